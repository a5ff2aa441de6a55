"""Makes the pictures and the PDF of the user guide, and the README's picture: `make guide`.

It starts the portal with the demo's data on a day that stands still, signs in with Chromium, and stops both again.
The guide's text is `partials/guide/show.html`; PORTAL_BRAND gives the product another name, in pictures and PDF too.
"""

import base64
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, Route, sync_playwright

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "static" / "guide"
TODAY = "2026-10-01"
USER = "hms.fjord"
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
PATIENCE = 60
"""Seconds that the portal may take to start."""
SHARPNESS = 1.5
"""Pixels of a picture for each one of the page, so that it is sharp in print and on good screens."""
QUALITY, JPEG_QUALITY = 50, 50
FOOTER = (
    '<p style="width: 100%; font: 8pt sans-serif; text-align: center; color: #4d5c58">'
    '<span class="pageNumber"></span> / <span class="totalPages"></span></p>'
)


@dataclass(frozen=True)
class Picture:
    """What a picture of the guide shows: a page in a window of some size, with `top` at the window's upper edge."""

    name: str
    width: int
    height: int
    path: str
    top: str = "body"
    prepare: Callable[[Page], None] | None = None


def fill_in_order(page: Page) -> None:
    """An order as somebody would write it."""
    page.get_by_label("Bedrift/avdeling:").select_option(label="Bergen")
    page.get_by_label("Ønsket leveranse").fill("Førstehjelpskurs")
    page.get_by_label("Antall/omfang:").fill("12 ansatte")
    page.get_by_label("Navn og tlf nr til kontaktperson:").fill("Ola Olsen - tlf 1243254")
    page.get_by_label("Faktura merkes med/fakturareferanse:").fill("Prosjekt 4410")
    page.get_by_label("Sted/lokasjon for gjennomføring av leveranse:").fill("Møterom 2, Bergen")
    page.get_by_label("Bestillingsbeskrivelse:").fill("To grupper på seks. Helst en tirsdag i november.")
    page.get_by_label("Bestillingsbeskrivelse:").blur()


def meet_guard(page: Page) -> None:
    """An order whose text the guard stops."""
    fill_in_order(page)
    page.get_by_label("Bestillingsbeskrivelse:").fill("Støttesamtale for en ansatt som har vært sykmeldt i vår.")
    page.get_by_role("button", name="Send bestilling").click()
    page.locator("#guard").wait_for()


PICTURES = (
    Picture("orders", 1152, 760, "/orders"),
    Picture("orders-phone", 360, 720, "/orders", top="h1"),
    Picture("new-order", 768, 1024, "/orders/new", top="h1", prepare=fill_in_order),
    Picture("new-order-phone", 360, 720, "/orders/new", top="h1", prepare=fill_in_order),
    Picture("guard", 440, 522, "/orders/new", top="#field-description", prepare=meet_guard),
    Picture("order", 1152, 760, "/orders/307513", top=".kick"),
    Picture("order-phone", 360, 720, "/orders/307513", top=".kick"),
)


def main() -> int:
    """Make everything anew; returns the exit code."""
    chromium = shutil.which("chromium")
    if chromium is None:
        print("The guide's pictures need Chromium; on Debian and Ubuntu: apt install chromium", file=sys.stderr)
        return 1
    for_print: dict[str, bytes] = {}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        with running_portal(Path(folder)) as base:
            for picture in PICTURES:
                webp, for_print[picture.name] = taken(browser, base, picture)
                (GUIDE / f"{picture.name}.webp").write_bytes(webp)
            (ROOT / "docs" / "portal.png").write_bytes(front_picture(browser, base))
        with running_portal(Path(folder)) as base:  # anew, because it reads its static files at the start
            (GUIDE / "guide.pdf").write_bytes(printed(browser, base, for_print))
        browser.close()
    return 0


@contextmanager
def running_portal(folder: Path) -> Iterator[str]:
    """The portal with the demo's data in `folder`, on a free port of this machine; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    passed_on = {name: os.environ[name] for name in ("PATH", "PORTAL_BRAND", "PORTAL_GUIDE") if name in os.environ}
    process = subprocess.Popen(
        [sys.executable, "app.py", "run"],
        cwd=ROOT,
        env=passed_on
        | {
            "DATABASE_URL": f"sqlite:///{folder}/portal.db",
            "PORTAL_VAR": str(folder),
            "PORTAL_TODAY": TODAY,
            "PORT": str(port),
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/readyz", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    """Return as soon as the portal answers; raises RuntimeError if it does not."""
    until = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < until:
        try:
            with urlopen(url):  # noqa: S310  # the portal on this machine
                return
        except (URLError, ConnectionError):
            time.sleep(0.1)
    raise RuntimeError("the portal did not start; `make run` says why")


@contextmanager
def signed_in(browser: Browser, base: str, width: int, height: int, sharpness: float = 1) -> Iterator[Page]:
    """A window in the light theme, in which the user has signed in."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=sharpness,
        color_scheme="light",
        locale="nb-NO",
    )
    page = context.new_page()
    page.goto(f"{base}/login")
    page.get_by_label("Brukernavn").fill(USER)
    page.get_by_label("Passord").fill(f"demo-{USER}")
    page.get_by_role("button", name="Logg inn").click()
    page.wait_for_url("**/info")
    yield page
    context.close()


def taken(browser: Browser, base: str, picture: Picture) -> tuple[bytes, bytes]:
    """A picture of the guide: as WebP for the page, as JPEG for the PDF, which would unpack the other."""
    with signed_in(browser, base, picture.width, picture.height, SHARPNESS) as page:
        page.goto(base + picture.path)
        if picture.prepare:
            picture.prepare(page)
        page.evaluate(
            "top => scrollTo(0, document.querySelector(top).getBoundingClientRect().top + scrollY - 16)", picture.top
        )
        jpeg = page.screenshot(type="jpeg", quality=JPEG_QUALITY)
        devtools = page.context.new_cdp_session(page)  # Playwright itself makes no WebP
        webp = devtools.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
        return base64.b64decode(webp["data"]), jpeg


def front_picture(browser: Browser, base: str) -> bytes:
    """The order list as the README shows it."""
    with signed_in(browser, base, 1280, 860) as page:
        page.goto(f"{base}/orders")
        return page.screenshot()


def printed(browser: Browser, base: str, pictures: dict[str, bytes]) -> bytes:
    """The guide as it is for somebody who is not signed in, as a tagged PDF."""
    page = browser.new_page(locale="nb-NO", color_scheme="light")

    def jpeg(route: Route) -> None:
        name = Path(route.request.url).name.partition(".")[0]
        route.fulfill(body=pictures[name], content_type="image/jpeg")

    page.route("**/guide/*.webp", jpeg)
    page.goto(f"{base}/guide")
    page.emulate_media(media="print")
    page.evaluate("""async () => {
        for (const link of document.querySelectorAll('a:not([href^="#"])')) link.removeAttribute('href');
        for (const image of document.images) image.loading = 'eager';
        await Promise.all([...document.images].map(image => image.decode()));
    }""")
    pdf = page.pdf(
        format="A4",
        margin={"top": "14mm", "right": "16mm", "bottom": "18mm", "left": "16mm"},
        print_background=True,
        display_header_footer=True,
        header_template="<span></span>",
        footer_template=FOOTER,
        tagged=True,
        outline=True,
    )
    page.close()
    return without_origin(pdf)


def without_origin(pdf: bytes) -> bytes:
    """The same PDF without the hour and the browser that made it; every byte stays where the PDF's index says."""
    pdf = re.sub(rb"/Creator \((?:\\.|[^\\)])*\)", lambda creator: b" " * len(creator[0]), pdf)
    day = TODAY.replace("-", "").encode()
    return re.sub(rb"\(D:\d{14}", b"(D:" + day + b"120000", pdf)


if __name__ == "__main__":
    sys.exit(main())
