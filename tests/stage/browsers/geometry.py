"""The geometry of a page: where its texts lie, at the widths that windows have and with the spacing that some ask for.

What is looked for is in `geometry.js`; which pages are looked at is said in the tests.
"""

from pathlib import Path

from playwright.sync_api import Page

Widths = tuple[int, ...]
FEW: tuple[Widths, Widths] = (320, 1280), (360,)
"""CSS pixels: what WCAG 1.4.10 asks for and whole desks; and where the text is looked at with more space."""
ALL: tuple[Widths, Widths] = (280, 320, 360, 768, 1093, 1280), (280, 360, 1093)
"""The same, the narrowest telephone, most of them, a tablet and zoomed desks; and where the text has more space."""
_FAULTS = (Path(__file__).parent / "geometry.js").read_text(encoding="utf-8")
_SPACED = """spaced => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`p { margin-bottom: 2em !important }
        * { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }`);
    document.adoptedStyleSheets = spaced ? [sheet] : [];
}"""
"""WCAG 1.4.12: the spacing that a page has to bear."""


def faults(page: Page, widths: Widths, spaced_widths: Widths) -> list[str]:
    """What is wrong at any of the widths, as it comes and with more space in the text; the width is left changed."""
    found = []
    for spaced, at in ((False, widths), (True, spaced_widths)):
        page.evaluate(_SPACED, spaced)
        for width in at:
            page.set_viewport_size({"width": width, "height": 800})
            found += [f"{width} px{', spaced' if spaced else ''}: {fault}" for fault in page.evaluate(_FAULTS)]
    page.evaluate(_SPACED, arg=False)
    return found
