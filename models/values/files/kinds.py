"""Which files the portal keeps: nothing that a browser runs, and nothing that is something else than its name says.

How a file comes with a form is in `routes.web.uploads`.
"""

import io
from dataclasses import dataclass
from pathlib import PurePath
from zipfile import ZipFile

from models.values.zips import BROKEN

MAX_SIZE = 20 * 1024 * 1024

PDF = "application/pdf"
PNG = "image/png"
_OFFICE = "application/vnd.openxmlformats-officedocument."
MEDIA_TYPES = {
    ".pdf": PDF,
    ".png": PNG,
    ".docx": f"{_OFFICE}wordprocessingml.document",
    ".xlsx": f"{_OFFICE}spreadsheetml.sheet",
}
"""What a file may be. Nothing that a browser runs: no HTML, no SVG, no macros."""
SHOWN = (PDF, PNG)
"""What a browser may show by itself; the rest is saved."""
_BEGINNINGS = {PDF: b"%PDF-", PNG: b"\x89PNG\r\n\x1a\n"}
_INSIDE = {MEDIA_TYPES[".docx"]: "word/document.xml", MEDIA_TYPES[".xlsx"]: "xl/workbook.xml"}


class FileRefused(Exception):
    """The file is of a kind or size that the portal does not keep; the sentence says why."""


class WrongEnding(FileRefused):
    """Files that are called so are not kept."""


class WrongSize(FileRefused):
    """There is nothing in it, or too much."""


class NotWhatItSays(FileRefused):
    """What is in it is something else than its name says."""


def media_type_of(file_name: str, content: bytes) -> str:
    """What a file is, by its ending and by what is in it, which must agree; raises FileRefused."""
    media_type = MEDIA_TYPES.get(PurePath(file_name).suffix.lower())
    if media_type is None:
        raise WrongEnding(f"only {', '.join(MEDIA_TYPES)} are kept, not {file_name}")
    if not 0 < len(content) <= MAX_SIZE:
        raise WrongSize(f"a document has 1 to {MAX_SIZE} bytes, {file_name} has {len(content)}")
    if not (content.startswith(_BEGINNINGS[media_type]) if media_type in SHOWN else _is_office(content, media_type)):
        raise NotWhatItSays(f"what is in {file_name} is not what its name says")
    return media_type


def is_png(content: bytes) -> bool:
    """Whether it is a picture of the kind that pages show."""
    return content.startswith(_BEGINNINGS[PNG])


def _is_office(content: bytes, media_type: str) -> bool:
    try:
        names = ZipFile(io.BytesIO(content)).namelist()
    except BROKEN:
        return False
    return _INSIDE[media_type] in names and not any("vbaProject" in name for name in names)


def ending_of(media_type: str) -> str:
    """`PDF`, `DOCX`: what people call the kind of file."""
    return next(ending for ending, kept in MEDIA_TYPES.items() if kept == media_type)[1:].upper()


@dataclass(frozen=True, slots=True)
class Download:
    """A file as it is sent."""

    file_name: str
    media_type: str
    content: bytes

    @property
    def is_shown(self) -> bool:
        """Whether a browser may show it."""
        return self.media_type in SHOWN
