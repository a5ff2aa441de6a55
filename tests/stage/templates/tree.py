"""A template, read: what its macros take, what its names stand for, and where an expression leads.

What follows from all templates together is in `wiring`.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from jinja2 import nodes

from routes.bookings.page import AT_DESK
from tests.stage.templates.attributes import ASKS
from tests.stage.templates.checks import Element, Markup


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a macro is given."""

    macro: str
    name: str


@dataclass(frozen=True, slots=True)
class Led:
    """Where an expression leads: to a line of the map, or to what a macro is given, its address or its line's name."""

    line: str = ""
    to: Parameter | None = None
    by_name: bool = False


@dataclass
class Template:
    """A template, read."""

    name: str
    tree: nodes.Template
    markup: Markup
    macros: list[nodes.Macro] = field(init=False)

    def __post_init__(self) -> None:
        self.macros = sorted(self.tree.find_all(nodes.Macro), key=lambda macro: macro.lineno)

    @cached_property
    def assigned(self) -> dict[str, list[nodes.Node]]:
        """By name, what is given to it: with `set`, or one after the other in a loop."""
        found: dict[str, list[nodes.Node]] = defaultdict(list)
        for one in self.tree.find_all(nodes.Assign):
            if isinstance(one.target, nodes.Name):
                found[one.target.name].append(one.node)
        for loop in self.tree.find_all(nodes.For):
            for name in [loop.target, *loop.target.find_all(nodes.Name)]:
                if isinstance(name, nodes.Name) and isinstance(loop.iter, nodes.Tuple | nodes.List):
                    found[name.name] += loop.iter.find_all(nodes.Const)
        return found

    def parameter(self, name: str, line: int) -> Parameter | None:
        """What a macro is given, where the name stands for that at that line."""
        above = [macro for macro in self.macros if macro.lineno <= line]
        inside = above and any(one.name == name for one in above[-1].args)
        return Parameter(above[-1].name, name) if inside else None

    def calls(self) -> Iterator[tuple[str, nodes.Call]]:
        """What is called by a plain name, or as one of what was imported, such as `ui.text`."""
        for call in self.tree.find_all(nodes.Call):
            match call.node:
                case nodes.Name(name=name) | nodes.Getattr(node=nodes.Name(), attr=name):
                    yield name, call


def led(expression: nodes.Node, template: Template, at: int, seen: frozenset[str] = frozenset()) -> Iterator[Led]:
    """Where an expression at a line of a template may lead."""
    match expression:
        case nodes.Call(node=nodes.Name(name="url"), args=[first, *_]):
            yield from (Led(said) for said in line_names(first))
            if isinstance(first, nodes.Name) and (parameter := template.parameter(first.name, at)):
                yield Led(to=parameter, by_name=True)
        case nodes.CondExpr(expr1=one, expr2=other):
            for each in filter(None, (one, other)):
                yield from led(each, template, at, seen)
        case nodes.Concat(nodes=[first, *_]):
            yield from led(first, template, at, seen)
        case nodes.Name(name=name) if parameter := template.parameter(name, at):
            yield Led(to=parameter)
        case nodes.Name(name=name) if name not in seen:
            for given in template.assigned.get(name, []):
                yield from led(given, template, at, seen | {name})


def line_names(expression: nodes.Node) -> Iterator[str]:
    """What the first word of url(…) may be; `sheet.named("booking")` is that line, or the desk's of the same name."""
    match expression:
        case nodes.Const(value=str() as said):
            yield said
        case nodes.CondExpr(expr1=one, expr2=other):
            for each in filter(None, (one, other)):
                yield from line_names(each)
        case nodes.Call(node=nodes.Getattr(attr="named"), args=[nodes.Const(value=str() as said)]):
            yield from (said, AT_DESK[said])


def texts_of(expression: nodes.Node, template: Template) -> set[str]:
    """The texts that an expression may be."""
    found = [expression]
    for name in (expression, *expression.find_all(nodes.Name)):
        if isinstance(name, nodes.Name):
            found += template.assigned.get(name.name, [])
    constants = (one for each in found for one in (each, *each.find_all(nodes.Const)) if isinstance(one, nodes.Const))
    return {one.value for one in constants if isinstance(one.value, str)}


def method_of(element: Element, attribute: str) -> str:
    """The method that an attribute asks with; a button that stands in no form here is one of a macro's, which posts."""
    form = element if element.tag == "form" else element.form
    said = element.attrs.get("formmethod") or (form.attrs.get("method") if form else None)
    return ASKS.get(attribute) or (said or "post").upper()
