"""Which element a part begins with, before it is drawn: its root carries the part's name, so that htmx finds it.

What is in a part below its root, is not looked at here.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import PurePath

from jinja2 import nodes

from tests.stage.templates.checks import EXPRESSION, ROOT
from tests.stage.templates.tree import Template, texts_of
from tests.stage.templates.wiring import Problem, Wiring

_ID = re.compile(r'\sid="([^"]*)"')
_PARTIALS = "partials/"


def problems(wiring: Wiring) -> Iterator[Problem]:
    """Parts that a handler names, whose root has another id, or none."""
    for at, line, file, part in _named_by_handlers():
        template = wiring.by_name.get(_PARTIALS + file)
        if template is None:
            yield at, line, f"partials/ has no {file}"
        elif part not in (found := _roots(wiring, template, template.tree.body) or set()):
            yield template.name, 1, f"{at}:{line} names the part {part}, and its root is {found or 'not clear'}"


def _named_by_handlers() -> Iterator[tuple[str, int, str, str]]:
    """Where a handler names a part, with the part's file and the id that its root has to have."""
    for path in sorted((ROOT / "routes").rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in {"page", "swap"}:
                at = str(path.relative_to(ROOT))
                yield from ((at, call.lineno, *found) for found in _files(call))


def _files(call: ast.Call) -> Iterator[tuple[str, str]]:
    """The file of `swap(visit, file)`; of `page(visit, place, part=…)` those of its parts, beside the place."""
    said = {key: _texts(value) for key, value in _given(call)}
    for place in said.get("", []):
        if place.rpartition("/")[2].startswith("_"):
            name = PurePath(place).stem.removeprefix("_").replace("_", "-")
            yield place, said["into"][0] if "into" in said else name
        for part in said.get("part", []):
            where = PurePath(part) if "/" in part else PurePath(place).parent / part
            yield f"{where.parent}/_{where.name.replace('-', '_')}.html", where.name


def _texts(value: ast.expr) -> list[str]:
    return [one.value for one in ast.walk(value) if isinstance(one, ast.Constant) and isinstance(one.value, str)]


def _given(call: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    yield from (("", value) for value in call.args[1:2])
    yield from ((keyword.arg or "", keyword.value) for keyword in call.keywords if keyword.arg in {"part", "into"})


def _roots(wiring: Wiring, template: Template, body: Sequence[nodes.Node]) -> set[str] | None:
    """The ids that the first element may have that is drawn; None where nothing is."""
    for node in body:
        found = _root(wiring, template, node)
        if found is not None:
            return found
    return None


def _root(wiring: Wiring, template: Template, node: nodes.Node) -> set[str] | None:
    match node:
        case nodes.Output():
            return _in_output(wiring, template, node)
        case nodes.CallBlock(call=call):
            return _of_macro(wiring, template, call)
        case nodes.Include(template=nodes.Const(value=name)):
            its = wiring.by_name[_PARTIALS + name]
            return _roots(wiring, its, its.tree.body)
        case nodes.If():
            ways = [node.body, *(one.body for one in node.elif_), node.else_]
            found = [_roots(wiring, template, way) for way in ways if way]
            return set[str]().union(*(one or set() for one in found)) if any(one is not None for one in found) else None
        case nodes.With() | nodes.Scope():
            return _roots(wiring, template, node.body)
    return None


def _in_output(wiring: Wiring, template: Template, output: nodes.Output) -> set[str] | None:
    text = ""
    for at, piece in enumerate(output.nodes):
        if isinstance(piece, nodes.TemplateData):
            text += piece.data
        elif not text.strip() and isinstance(piece, nodes.Call):
            return _of_macro(wiring, template, piece)
        else:
            text += f"\ue000{at}\ue001"
    if not text.strip():
        return None
    said = _ID.search(text.partition(">")[0])
    if said is None:
        return set()
    bare = EXPRESSION.fullmatch(said[1])
    return texts_of(output.nodes[int(bare[1])], template) if bare else {re.split("-?\ue000", said[1])[0]}


def _of_macro(wiring: Wiring, template: Template, call: nodes.Call) -> set[str]:
    """The root that a macro draws: its own, or the id that it is given."""
    name = call.node.attr if isinstance(call.node, nodes.Getattr) else getattr(call.node, "name", "")
    its = next((one for one in wiring.templates for macro in one.macros if macro.name == name), None)
    if its is None:
        return set()
    macro = next(one for one in its.macros if one.name == name)
    given = {
        text
        for roles, value in wiring.given(call)
        for role in roles
        if role.what == "id"
        for text in texts_of(value, template)
    }
    return (_roots(wiring, its, macro.body) or set()) | given
