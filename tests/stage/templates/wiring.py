"""Where templates lead, and what they refer to, before they are drawn.

The same of pages as they are drawn is in `tests.stage.house_rules.wiring`; what forms in templates send is in `forms`.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property

from jinja2 import nodes

from routes import MAP
from tests.stage.templates.attributes import LEADING, SELECTING, field_ids, ids_named, names_read
from tests.stage.templates.checks import EXPRESSION, PARTIALS, ROOT, TEMPLATES, Element, Markup
from tests.stage.templates.tree import Parameter, Template, led, line_names, method_of, texts_of

LINES = {line.name: line for line in MAP}
Problem = tuple[str, int, str]
"""The template, the line, and what is wrong there."""

_IN_PATH = re.compile(r"{(\w+)")
_BARE = re.compile(r"#?\ue000([0-9]+)\ue001$")
_ID = re.compile(r"[a-z][\w-]*")


@dataclass(frozen=True, slots=True)
class Role:
    """What becomes of what a macro is given: an address (`url`), a line's name (`line`), an `id`, or a `target`."""

    what: str
    method: str = ""


class Wiring:
    """All templates together: what macros do with what they are given, and which ids are drawn."""

    def __init__(self, sources: dict[str, str]) -> None:
        self.templates = [Template(name, TEMPLATES.parse(text), Markup(text)) for name, text in sources.items()]
        self.signatures = {
            macro.name: [one.name for one in macro.args] for its in self.templates for macro in its.macros
        }
        self.by_name = {template.name: template for template in self.templates}
        self.roles: dict[Parameter, set[Role]] = defaultdict(set)
        self.ids: set[str] = set()
        self.patterns: set[str] = set()
        for template in self.templates:
            for element in template.markup.elements:
                self._learn(template, element)
        while self._hand_down():
            pass
        for template in self.templates:
            for _, call in template.calls():
                for roles, given in self.given(call):
                    if Role("id") in roles:
                        self.ids |= _ids(given, template)

    # What macros do, and which ids there are

    def _learn(self, template: Template, element: Element) -> None:
        for name, value in element.attrs.items():
            plain, first = name.partition(":")[0], EXPRESSION.match(value)
            if plain in LEADING and first:
                for way in led(template.markup.expressions[int(first[1])], template, element.line):
                    if way.to:
                        self.roles[way.to].add(Role("line" if way.by_name else "url", method_of(element, plain)))
            elif plain in SELECTING:
                self._note(template, element, value, "target")
        self._learn_id(template, element, element.attrs.get("id", ""))

    def _learn_id(self, template: Template, element: Element, value: str) -> None:
        bare = self._note(template, element, value, "id")
        if bare:
            self.ids |= _ids(bare, template)
        elif EXPRESSION.search(value):
            self.patterns.add(r"[\w-]*".join(map(re.escape, EXPRESSION.split(value)[::2])))
        else:
            self.ids.add(value)

    def _note(self, template: Template, element: Element, value: str, what: str) -> nodes.Node | None:
        """The expression that is the whole of a value; what macros are given there has that role."""
        bare = _BARE.fullmatch(value)
        if bare is None:
            return None
        expression = template.markup.expressions[int(bare[1])]
        for name in (expression, *expression.find_all(nodes.Name)):
            if isinstance(name, nodes.Name) and (parameter := template.parameter(name.name, element.line)):
                self.roles[parameter].add(Role(what))
        return expression

    def _hand_down(self) -> bool:
        """What a macro hands to another one, has its role there; returns whether that was news."""
        before = sum(map(len, self.roles.values()))
        for template in self.templates:
            for macro in template.macros:
                own = {one.name for one in macro.args}
                for call in macro.find_all(nodes.Call):
                    for roles, given in self.given(call):
                        if isinstance(given, nodes.Name) and given.name in own:
                            self.roles[Parameter(macro.name, given.name)] |= roles
        return sum(map(len, self.roles.values())) > before

    def given(self, call: nodes.Call) -> Iterator[tuple[set[Role], nodes.Expr]]:
        """What a call gives to a macro, with what becomes of it there."""
        match call.node:
            case nodes.Name(name=name) | nodes.Getattr(node=nodes.Name(), attr=name) if name in self.signatures:
                named = [*zip(self.signatures[name], call.args, strict=False)]
                named += [(one.key, one.value) for one in call.kwargs]
                for key, value in named:
                    if roles := self.roles.get(Parameter(name, key)):
                        yield roles, value

    def is_drawn(self, id: str) -> bool:
        """Whether some template draws an element with this id; the control of a field has the field's name."""
        return id in self.ids or id in field_ids() or bool(self._pattern.fullmatch(id))

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile("|".join(sorted(self.patterns)) or "(?!)")

    # What is wrong

    def problems(self) -> Iterator[Problem]:
        """Everything that leads nowhere."""
        for template in self.templates:
            for element in template.markup.elements:
                for reason in (*_about_lines(template, element), *self._about_ids(ids_named(element.attrs))):
                    yield template.name, element.line, reason
            for name, call in template.calls():
                for reason in (*_about_address(name, call), *self._about_arguments(template, call)):
                    yield template.name, call.lineno, reason

    def _about_ids(self, ids: Iterator[str] | set[str]) -> Iterator[str]:
        for id in ids:
            if "\ue000" not in id and not self.is_drawn(id):
                yield f"no template draws an element with the id {id}"

    def _about_arguments(self, template: Template, call: nodes.Call) -> Iterator[str]:
        for roles, given in self.given(call):
            for role in roles:
                if role.what == "target":
                    yield from self._about_ids(_ids(given, template))
                elif role.what == "url":
                    ways = led(given, template, call.lineno)
                    yield from (said for way in ways for said in _about_method(way.line, role.method, "the macro"))
                elif role.what == "line":
                    yield from (
                        said for name in line_names(given) for said in _about_method(name, role.method, "the macro")
                    )


def _about_lines(template: Template, element: Element) -> Iterator[str]:
    """An attribute asks with the method of the line that it leads to."""
    for name, value in element.attrs.items():
        plain, first = name.partition(":")[0], EXPRESSION.match(value)
        if plain in LEADING and first:
            for way in led(template.markup.expressions[int(first[1])], template, element.line):
                yield from _about_method(way.line, method_of(element, plain), name)


def _about_method(name: str, method: str, asks: str) -> Iterator[str]:
    line = LINES.get(name)
    if line and line.method != method:
        yield f"{asks} asks with {method}, and {line.path} ({name}) takes {line.method}"


def _about_address(name: str, call: nodes.Call) -> Iterator[str]:
    """An address has what stands in its path, and a query that is read."""
    if name != "url" or not call.args:
        return
    lines = [LINES[said] for said in line_names(call.args[0]) if said in LINES]
    given = {one.key for one in call.kwargs}
    unread = set(given)
    for line in lines:  # of several, one reads it, and the others are not told
        needed = set(_IN_PATH.findall(line.path))
        if needed - given and not call.dyn_kwargs:
            yield f"url({line.name}) lacks {', '.join(sorted(needed - given))}"
        unread -= needed | names_read(line)
    if lines and unread:
        yield f"{lines[0].method} {lines[0].path} reads no {', '.join(sorted(unread))}"


def _ids(expression: nodes.Node, template: Template) -> set[str]:
    return {text for text in texts_of(expression, template) if _ID.fullmatch(text)}


@cache
def of_the_portal() -> Wiring:
    """The templates of the portal, but for letters in plain text and documents."""
    paths = sorted(PARTIALS.rglob("*.html"))
    return Wiring({str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in paths})
