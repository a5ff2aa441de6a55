"""PDF: what is printed and filed, tagged for screen readers (PDF/UA-1), from the templates `partials/**/*.typ`.

The room decides what a PDF says; how all of them look is in `partials/frame/_document.typ`. Facts go in
as JSON, so nothing that somebody typed is ever markup. It is slow, so a visit does it in a thread (`aside`).
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import typst

from models.core.partials import as_started


def write_pdf(template: str, facts: Mapping[str, Any]) -> bytes:
    """The PDF of a template, such as `invoices/invoice.typ`; the same facts give the same bytes.

    `facts` are what JSON holds, with texts as people read them, and the `title` and `author` of the PDF.
    A sign that none of the fonts has, as in a name in Chinese letters, is drawn as an empty box, and that PDF
    is tagged but does not call itself PDF/UA.
    """
    try:
        return _compile(template, facts, accessible=True)
    except typst.TypstError as refused:
        if "could not be displayed with font" not in str(refused):
            raise
        return _compile(template, facts, accessible=False)


def draw_first_page(template: str, facts: Mapping[str, Any]) -> bytes:
    """The first page of a PDF as a picture (PNG) of about 600 by 840 pixels."""
    drawn: bytes | list[bytes] = typst.compile(
        _files(template),  # type: ignore[call-overload]  # as its README has it; its types do not know
        font_paths=_fonts(),
        ignore_system_fonts=True,
        format="png",
        ppi=72.0,
        sys_inputs={"facts": json.dumps(facts)},
    )
    return drawn if isinstance(drawn, bytes) else drawn[0]


def _compile(template: str, facts: Mapping[str, Any], *, accessible: bool) -> bytes:
    written: bytes = typst.compile(
        _files(template),  # type: ignore[call-overload]  # as its README has it; its types do not know
        font_paths=_fonts(),
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"facts": json.dumps(facts)},
        pdf_standards="ua-1" if accessible else [],
        timestamp=0,
    )
    return written


@cache
def _files(template: str) -> dict[str, bytes]:
    """The template, and what it may import."""
    files = {name: text.encode() for name, text in as_started().items() if name.endswith(".typ")}
    return {"main": files[template], **files}


@cache
def _fonts() -> typst.Fonts:
    """The fonts that come with the compiler: the same on every machine."""
    return typst.Fonts(include_system_fonts=False)
