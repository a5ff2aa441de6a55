"""The geometry of a page: where its texts lie, at the widths that windows have and with the spacing that some ask for.

What is looked for is in `geometry.js`; which pages are looked at is said in the tests.
"""

from pathlib import Path

from playwright.sync_api import Page

WIDTHS = (280, 320, 360, 768, 1093, 1280)
"""CSS pixels: the narrowest telephone, what WCAG 1.4.10 asks for, most telephones, a tablet, zoomed and whole desks."""
SPACED = (280, 360, 1093)
"""Where the text is also looked at with more space."""
_FAULTS = (Path(__file__).parent / "geometry.js").read_text(encoding="utf-8")
_SPACED = """spaced => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`p { margin-bottom: 2em !important }
        * { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }`);
    document.adoptedStyleSheets = spaced ? [sheet] : [];
}"""
"""WCAG 1.4.12: the spacing that a page has to bear."""


def faults(page: Page) -> list[str]:
    """What is wrong at any of the widths, as it comes and with more space in the text; the width is left changed."""
    found = []
    for spaced, widths in ((False, WIDTHS), (True, SPACED)):
        page.evaluate(_SPACED, spaced)
        for width in widths:
            page.set_viewport_size({"width": width, "height": 800})
            found += [f"{width} px{', spaced' if spaced else ''}: {fault}" for fault in page.evaluate(_FAULTS)]
    page.evaluate(_SPACED, arg=False)
    return found
