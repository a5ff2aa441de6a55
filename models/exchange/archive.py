"""Archives (ZIP): files packed while they are sent, so that no more than one of them is ever in memory."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from models.exchange.sheets.xlsx.writing import Ready

_FIRST_YEAR = 1980
"""ZIP knows no day before."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive."""

    name: str
    dated: date
    content: bytes


class ZipWriter:
    """Packs files one after the other; what was given out is forgotten."""

    media_type = "application/zip"

    def __init__(self) -> None:
        self._ready = Ready()
        self._zip = ZipFile(self._ready, "w")

    def add(self, rows: Iterable[Member]) -> bytes:
        """Pack files; gives the bytes that are ready."""
        for member in rows:
            day = member.dated
            info = ZipInfo(member.name, (max(day.year, _FIRST_YEAR), day.month, day.day, 0, 0, 0))
            # A PDF is compressed already.
            info.compress_type = ZIP_STORED if member.name.endswith(".pdf") else ZIP_DEFLATED
            self._zip.writestr(info, member.content)
        return self._ready.take()

    def end(self) -> bytes:
        """Gives the rest."""
        self._zip.close()
        return self._ready.take()
