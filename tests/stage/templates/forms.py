"""What forms in templates send, before they are drawn; a drawn form is held to it in `tests.stage.house_rules.wiring`.

Where templates lead is in `wiring`, which root a part has in `roots`.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache

from jinja2 import nodes

from routes import MAP
from routes.contract.reading import fields
from tests.stage.templates.attributes import names_of_fields, names_read
from tests.stage.templates.checks import EXPRESSION, ROOT, Element
from tests.stage.templates.tree import Template, led, line_names
from tests.stage.templates.wiring import LINES, Problem, Wiring

_NAMED_AS_DRAWN = {
    *(
        "new_times",
        "changed_times",
        "new_invoice",
        "overdue_invoice",
        "invoice_answer",
    ),  # a choice for each kind of alert
    *("end_date", "duplicate"),
}
"""Fields whose name no template says: kinds of alerts, the cells of a list's row, what a warning is overruled with."""
_NAME = re.compile(r'(?<![\w-])name="([a-z]\w*)"')


def problems(wiring: Wiring) -> Iterator[Problem]:
    """Fields that are sent and not read, and fields that are read and nowhere sent."""
    sent = {*_named_by_handlers()}
    for template in wiring.templates:
        sent |= _named_anywhere(template)
        for lines, names, at in (*_written_forms(template), *_called_forms(wiring, template)):
            read = set[str]().union(*(names_read(LINES[name]) for name in lines if name in LINES))
            for name in sorted(names - read) if read else ():
                yield template.name, at, f"{' and '.join(sorted(lines))} read no {name}, which the form sends"
    for line in MAP:
        for name in fields(line):
            if name not in sent | _NAMED_AS_DRAWN:
                yield "partials", 1, f"no template or address sends {name}, which {line.method} {line.path} reads"


def _written_forms(template: Template) -> Iterator[tuple[set[str], set[str], int]]:
    """Of each `<form>`: the lines that it or a button in it is sent to, the fields in it, and where it begins."""
    markup = template.markup
    for form in (element for element in markup.elements if element.tag == "form"):
        inside = [form, *(element for element in markup.elements if element.form is form)]
        lines = {line for element in inside for line in _lines(template, element)}
        names = {element.attrs["name"] for element in inside[1:] if _NAME.match(f'name="{element.attrs.get("name")}"')}
        drawn = [expression for expression, within in markup.drawn if within is form]
        yield lines, names | {name for expression in drawn for name in _in_calls(expression)}, form.line


def _lines(template: Template, element: Element) -> Iterator[str]:
    for name in ("action", "formaction", "hx-post", "hx-get"):
        if first := EXPRESSION.match(element.attrs.get(name, "")):
            ways = led(template.markup.expressions[int(first[1])], template, element.line)
            yield from (way.line for way in ways if way.line)


def _called_forms(wiring: Wiring, template: Template) -> Iterator[tuple[set[str], set[str], int]]:
    """The same of forms that a macro draws around what stands in a `call`."""
    for block in template.tree.find_all(nodes.CallBlock):
        lines: set[str] = set()
        for roles, given in wiring.given(block.call):
            if any(role.what == "url" for role in roles):
                lines |= {way.line for way in led(given, template, block.lineno) if way.line}
            elif any(role.what == "line" for role in roles):
                lines |= set(line_names(given))
        buttons = (call for part in block.body for call in part.find_all(nodes.Call))
        lines |= {name for call in buttons for name in _addresses(call)} if lines else set()
        yield lines, {name for part in block.body for name in (*_in_calls(part), *_in_text(part))}, block.lineno


def _addresses(call: nodes.Call) -> Iterator[str]:
    if isinstance(call.node, nodes.Name) and call.node.name == "url" and call.args:
        yield from line_names(call.args[0])


def _in_calls(node: nodes.Node) -> Iterator[str]:
    """The fields that macros draw: `ui.text(form.email)`, `ui.hidden("next", …)`."""
    for call in (node, *node.find_all(nodes.Call)):
        match call:
            case nodes.Call(node=nodes.Getattr(attr="hidden"), args=[nodes.Const(value=str() as name), *_]):
                yield name
            case nodes.Call(node=nodes.Getattr(), args=[nodes.Getattr(node=nodes.Name(name="form"), attr=name), *_]):
                yield from names_of_fields().get(name, {name})


def _in_text(node: nodes.Node) -> Iterator[str]:
    for text in node.find_all(nodes.TemplateData):
        yield from _NAME.findall(text.data)


@cache
def _named_by_handlers() -> frozenset[str]:
    """What stands in the query of an address that a handler puts together."""
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "routes").rglob("*.py")]
    calls = (one for text in texts for one in ast.walk(ast.parse(text)) if isinstance(one, ast.Call))
    asked = (call for call in calls if isinstance(call.func, ast.Attribute))
    return frozenset(key.arg for call in asked for key in call.keywords if key.arg)


def _named_anywhere(template: Template) -> set[str]:
    """Every name that a template may send: of a control, of a field, in the query of an address."""
    found = {*_NAME.findall("".join(text.data for text in template.tree.find_all(nodes.TemplateData)))}
    found |= {one.key for one in template.tree.find_all(nodes.Keyword)}
    attributes = {one.attr for one in template.tree.find_all(nodes.Getattr)}
    found |= attributes.union(*(names_of_fields().get(one, ()) for one in attributes))
    return found | {one.value for one in template.tree.find_all(nodes.Const) if isinstance(one.value, str)}
