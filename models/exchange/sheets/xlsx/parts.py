"""The parts of a workbook's archive: found by the relations between them, and inflated and parsed within limits.

What stands in them is read in `reading` and `cells`.
"""

import posixpath
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote
from xml.parsers import expat
from zipfile import ZipFile, ZipInfo

from models.exchange.sheets.xlsx.cells import TOO_LARGE
from models.values.tables import Unreadable

MAX_INFLATED = 100_000_000
"""The most bytes that a workbook may have when it is inflated."""
_GROWS, _SMALL = 100, 2_000_000
"""How many times its own size a workbook may have when it is inflated, and what every one may have."""
_MAX_PARTS = 2_000
_MAX_ELEMENTS = 4_000_000
"""Elements in all parts that are read: 20 000 rows of 60 columns have 2 420 000."""
_PIECE = 1 << 16
_LONGEST_TAG = 1 << 20

DAMAGED = "Arbeidsboken er skadet. Åpne den i Excel, lagre den på nytt som .xlsx, og velg den nye filen."

Begin = Callable[[str, dict[str, str]], None]


@dataclass(frozen=True, slots=True)
class Relation:
    """What one part says of another: its kind, as the last word of its type, and where it is."""

    kind: str
    part: str


class Parts:
    """The parts by their names, which are compared without regard to case (ECMA-376, part 2)."""

    def __init__(self, archive: ZipFile, size: int) -> None:
        members = archive.infolist()
        # `ZipFile` gives no more of a part than it announces, so what is announced is what there can be.
        inflated = sum(member.file_size for member in members)
        if len(members) > _MAX_PARTS or inflated > min(MAX_INFLATED, max(_SMALL, _GROWS * size)):
            raise Unreadable(TOO_LARGE)
        self._archive = archive
        self._elements = 0
        self._members: dict[str, ZipInfo] = {_key(member.filename): member for member in members}

    def __contains__(self, part: str) -> bool:
        return _key(part) in self._members

    def relations(self, part: str) -> dict[str, Relation]:
        """What a part is related to, by id; `""` is the archive as a whole."""
        folder, name = posixpath.split(part)
        found: dict[str, Relation] = {}

        def begin(element: str, attributes: dict[str, str]) -> None:
            if element == "Relationship" and attributes.get("TargetMode") != "External":
                target = attributes["Target"].replace("\\", "/")
                place = target if target.startswith("/") else posixpath.join(folder, target)
                place = posixpath.normpath(place).lstrip("/")
                found[attributes["Id"]] = Relation(
                    attributes.get("Type", "").rpartition("/")[2], place if place in self else unquote(place)
                )

        rels = posixpath.join(folder, "_rels", f"{name}.rels")
        if rels in self:
            self.parse(rels, begin)
        return found

    def parse(
        self,
        part: str,
        begin: Begin,
        end: Callable[[str], None] | None = None,
        characters: Callable[[str], None] | None = None,
    ) -> None:
        """Read the XML of a part; names come without their namespaces, entities are refused."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse_doctype

        def start(name: str, attributes: dict[str, str]) -> None:
            self._elements += 1
            if self._elements > _MAX_ELEMENTS:
                raise Unreadable(TOO_LARGE)
            begin(name.rpartition(" ")[2], attributes)

        parser.StartElementHandler = start
        if end:
            parser.EndElementHandler = lambda name: end(name.rpartition(" ")[2])
        if characters:
            parser.CharacterDataHandler = characters
        fed = 0
        for piece in self._pieces(part):
            parser.Parse(piece, False)
            fed += len(piece)
            if fed - parser.CurrentByteIndex > _LONGEST_TAG:  # it would be read again with each piece
                raise Unreadable(DAMAGED)
        parser.Parse(b"", True)

    def _pieces(self, part: str) -> Iterator[bytes]:
        with self._archive.open(self._members[_key(part)]) as opened:
            while piece := opened.read(_PIECE):
                yield piece


def _key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()


def _refuse_doctype(*_declared: object) -> None:
    raise Unreadable(DAMAGED)
