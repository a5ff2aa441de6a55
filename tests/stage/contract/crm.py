"""The contract with the CRM, `docs/crm-events.md`: written from the shapes of the events, in both directions.

How events travel is not said here, but in `docs/crm.md`.
"""

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from models.exchange.crm import shapes
from models.exchange.crm.intake import receiving

FILE = Path(__file__).parents[3] / "docs" / "crm-events.md"
_HEAD = """\
# Events between the portal and the CRM

Made by `python -m tests.stage.contract` from the shapes in the code. How events travel is in [crm.md](crm.md).
Fields without a default must be there; `null` is only taken where it is named. Bytes are base64, days and moments ISO
8601, moments with their zone, amounts a number or a text with two decimals.
"""


def page() -> str:
    """The whole document."""
    out = {kind: (f"`{kind.partition('.')[0]}:…`", shape) for kind, shape in shapes.KINDS.items()}
    out["employee.national_id_changed"] = ("`employee:…`", shapes.NationalIdChanged)
    into = {kind: (f"`{line.record}:…`", line.data) for kind, line in receiving.KINDS.items()}
    return (
        "\n".join(
            [_HEAD, "## What the portal tells\n", *_tables(out), "## What the portal takes\n", *_tables(into)]
        ).rstrip()
        + "\n"
    )


def _tables(kinds: dict[str, tuple[str, type[Struct]]]) -> Iterator[str]:
    shown: dict[type[Struct], list[str]] = {}
    for kind, (_, shape) in kinds.items():
        shown.setdefault(shape, []).append(kind)
    nested: list[type[Struct]] = []
    for shape, names in shown.items():
        yield f"### {', '.join(f'`{name}`' for name in names)}\n"
        yield f"Subject {kinds[names[0]][0]}. {_said(shape)}\n"
        yield from _fields(shape, nested)
    for shape in nested:
        yield f"### {_name(shape)}\n"
        yield f"{_said(shape)}\n"
        yield from _fields(shape, [])


def _fields(shape: type[Struct], nested: list[type[Struct]]) -> Iterator[str]:
    yield "| field | type | default |"
    yield "| --- | --- | --- |"
    for field in msgspec.structs.fields(shape):
        yield f"| `{field.encode_name}` | {_type(msgspec.inspect.type_info(field.type), nested)} | {_default(field)} |"
    yield ""


def _default(field: Any) -> str:
    if field.required:
        return "–"
    return "stays as it is" if field.default is msgspec.UNSET else f"`{msgspec.json.encode(field.default).decode()}`"


def _type(info: Any, nested: list[type[Struct]]) -> str:
    """A type in words."""
    if isinstance(info, msgspec.inspect.Metadata):
        return _type(info.type, nested)
    if isinstance(info, msgspec.inspect.UnionType):
        return " or ".join(_type(each, nested) for each in info.types)
    if isinstance(info, msgspec.inspect.ListType):
        return f"list of {_type(info.item_type, nested)}"
    if isinstance(info, msgspec.inspect.StructType):
        if info.cls not in nested:
            nested.append(info.cls)
        return f"[{_name(info.cls)}](#{_name(info.cls).replace(' ', '-')})"
    if isinstance(info, msgspec.inspect.LiteralType):
        return " or ".join(f"`{value}`" for value in info.values)
    if isinstance(info, msgspec.inspect.EnumType):
        return " or ".join(f"`{member.value}`" for member in info.cls)
    name = type(info).__name__.removesuffix("Type").lower()
    words = {
        "str": "text",
        "int": "whole number",
        "bool": "true or false",
        "datetime": "moment",
        "date": "day",
        "none": "null",
        "bytes": "bytes",
        "decimal": "amount",
    }
    limit = getattr(info, "max_length", None)
    return words[name] + (f", at most {limit}" if limit else "")


def _name(shape: type[Struct]) -> str:
    name = shape.__name__.removesuffix("Data")
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()


def _said(shape: type[Struct]) -> str:
    return " ".join((inspect.getdoc(shape) or "").split())
