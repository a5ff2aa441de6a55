"""XML from others: read into a tree, without entities, network or disk, within limits.

What the elements mean is in `reading`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

LARGEST_FILE = 25 * 1024 * 1024
"""Bytes; an invoice with its attachments is smaller."""
DEEPEST = 24
MOST_ELEMENTS = 250_000
MOST_ATTRIBUTES = 40

_CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
_CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
_PREFIXES = {_CBC: "", _CAC: ""}


class Unreadable(Exception):
    """The file is not what it should be; says why, in one sentence without anything that stands in it."""


@dataclass(slots=True)
class Node:
    """An element: UBL's own components by their local name, any other as `{namespace}name`."""

    name: str
    attributes: dict[str, str]
    children: list["Node"] = field(default_factory=list)
    text: str = ""

    def all(self, path: str) -> Iterator["Node"]:
        """The elements at a path such as `Party/PartyName`."""
        first, _, rest = path.partition("/")
        for child in self.children:
            if child.name == first:
                if rest:
                    yield from child.all(rest)
                else:
                    yield child

    def first(self, path: str) -> "Node | None":
        """The first element at a path; None where there is none."""
        return next(self.all(path), None)

    def has(self, path: str) -> bool:
        """Whether there is an element at a path."""
        return self.first(path) is not None

    def at(self, path: str) -> str:
        """The text at a path, without blanks around it; empty where there is none."""
        found = self.first(path)
        return found.text.strip() if found else ""

    def scheme(self, path: str) -> str:
        """The `schemeID` of the element at a path."""
        found = self.first(path)
        return found.attributes.get("schemeID", "").strip() if found else ""


class _Builder:
    """Builds the tree from the parser's events, and stops at what is too much."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self._open: list[Node] = []
        self._texts: list[list[str]] = []
        self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > MOST_ELEMENTS:
            raise Unreadable(f"it has more than {MOST_ELEMENTS} elements")
        if len(self._open) >= DEEPEST:
            raise Unreadable(f"its elements lie more than {DEEPEST} deep")
        if len(attributes) > MOST_ATTRIBUTES:
            raise Unreadable("an element has too many attributes")
        namespace, _, local = name.rpartition(" ")
        node = Node(local if namespace in _PREFIXES else f"{{{namespace}}}{local}", attributes)
        if self._open:
            self._open[-1].children.append(node)
        else:
            self.root = node
        self._open.append(node)
        self._texts.append([])

    def characters(self, text: str) -> None:
        self._texts[-1].append(text)

    def end(self, _name: str) -> None:
        self._open.pop().text = "".join(self._texts.pop())


def parse(data: bytes) -> Node:
    """The root element of a file; raises Unreadable."""
    if len(data) > LARGEST_FILE:
        raise Unreadable(f"it is larger than {LARGEST_FILE // 2**20} MB")
    if not data.strip():
        raise Unreadable("it is empty")
    builder = _Builder()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartDoctypeDeclHandler = _refuse_declarations
    parser.EntityDeclHandler = _refuse_declarations
    parser.ExternalEntityRefHandler = _refuse_declarations
    parser.StartElementHandler = builder.start
    parser.CharacterDataHandler = builder.characters
    parser.EndElementHandler = builder.end
    try:
        parser.Parse(data, True)  # the C function takes it by place
    except expat.ExpatError as error:
        raise Unreadable(
            f"it is not well-formed XML: {expat.errors.messages[error.code]}, line {error.lineno}"
        ) from None
    except (LookupError, ValueError):  # an encoding that Python does not know, or that needs more than one byte
        raise Unreadable("it is in an encoding that cannot be read") from None
    assert builder.root
    return builder.root


def _refuse_declarations(*_declared: object) -> int:
    raise Unreadable("it declares a document type or entities (DTD), which an invoice has no use for")
