"""A page as a picture, the same on every machine with this Chromium. What is done with pictures is in `comparing`."""

import base64
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, CDPSession, Page, Playwright

from tests.stage.browsers.chromium import open_chromium

LOOKS = (
    ("1280 px, light", 1280, "light", 2),
    ("1280 px, dark", 1280, "dark", 4),
    ("360 px, light", 360, "light", 2),
    ("360 px, dark", 360, "dark", 4),
)
"""What it is called, width, colours, and how many points become one: in the dark only colours are others."""
_HIGHEST = 1600
"""How far down a page is looked at, in CSS pixels: what comes below it is more rows of the same."""
_FONT = Path(__file__).parent / "font"
_FLAGS = (
    "--font-render-hinting=none",
    "--disable-lcd-text",
    "--force-device-scale-factor=1",
    "--disable-skia-runtime-opts",  # the same arithmetic on each processor
)
_FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>{font}</dir>
  <cachedir>{cache}</cachedir>
  <match target="pattern">
    <edit name="family" mode="assign" binding="strong"><string>DejaVu Sans</string></edit>
  </match>
  <match target="font">
    <edit name="antialias" mode="assign"><bool>true</bool></edit>
    <edit name="hinting" mode="assign"><bool>false</bool></edit>
    <edit name="autohint" mode="assign"><bool>false</bool></edit>
    <edit name="hintstyle" mode="assign"><const>hintnone</const></edit>
    <edit name="rgba" mode="assign"><const>none</const></edit>
  </match>
</fontconfig>
"""
"""One font for everything, whatever else the machine has, and drawn in one way."""
_STILL = """async () => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`*, ::before, ::after { animation: none !important; transition: none !important;
        caret-color: transparent !important }`);
    document.adoptedStyleSheets = [sheet];
    for (const code of document.querySelectorAll('.qr ~ p code, #codes code')) code.textContent = 'secret';
    for (const code of document.querySelectorAll('code')) {
        code.textContent = code.textContent.replace(/:\\d+\\//, ':8000/');
    }
    for (const field of document.querySelectorAll('#address[readonly]')) field.value = 'secret';
    for (const path of document.querySelectorAll('.qr path')) path.remove();
    for (const image of document.images) image.loading = 'eager';
    await Promise.all([...document.images].map(image => image.decode()));
    scrollTo(0, 0);
}"""
"""Nothing moves, and what is another each time is not seen."""


@contextmanager
def camera(playwright: Playwright, folder: Path) -> Iterator[Browser]:
    """A browser that draws alike everywhere; its settings are in the folder."""
    fonts = folder / "fonts.conf"
    fonts.write_text(_FONTS.format(font=_FONT, cache=folder / "cache"), encoding="utf-8")
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "XDG_RUNTIME_DIR") if name in os.environ}
    ours = {"FONTCONFIG_FILE": str(fonts), "LANG": "C.UTF-8", "LANGUAGE": "en", "TZ": "UTC"}
    with open_chromium(playwright, flags=_FLAGS, environment=kept | ours) as browser:
        yield browser


def taken(page: Page) -> Image.Image:
    """The page in all its looks, side by side."""
    page.mouse.move(0, 0)  # where nothing lies that shows it
    page.evaluate(_STILL)
    cdp = page.context.new_cdp_session(page)
    looks = [_look(page, cdp, width, colours, apart) for _, width, colours, apart in LOOKS]
    cdp.detach()
    sheet = Image.new("RGB", (sum(look.width for look in looks), max(look.height for look in looks)))
    for at, look in zip(edges(), looks, strict=False):
        sheet.paste(look, (at, 0))
    return sheet.point(_coarse)


def edges() -> list[int]:
    """Where each look begins on the sheet, and where the last one ends."""
    found = [0]
    for _, width, _, apart in LOOKS:
        found.append(found[-1] + width // apart)
    return found


def _look(page: Page, cdp: CDPSession, width: int, colours: str, apart: int) -> Image.Image:
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme="dark" if colours == "dark" else "light", reduced_motion="reduce")
    height = min(page.evaluate("document.documentElement.scrollHeight"), _HIGHEST)
    shot = cdp.send(
        "Page.captureScreenshot",
        {
            "format": "png",
            "optimizeForSpeed": True,
            "captureBeyondViewport": True,
            "clip": {"x": 0, "y": 0, "width": width, "height": height, "scale": 1 / apart},
        },
    )
    return Image.open(io.BytesIO(base64.b64decode(shot["data"]))).convert("RGB")


def _coarse(value: int) -> int:
    """A colour's share in steps of eight, which nobody sees: the file is lighter by a third."""
    return value & 0xF8 | value >> 5
