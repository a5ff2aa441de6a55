"""What can be wrong with a template without rendering it, as far as that template alone shows it.

How a rendered page has to be is not judged here, but by the house rules, on every page that a test sees.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from jinja2 import Environment, StrictUndefined, TemplateSyntaxError, nodes

from routes import MAP
from routes.web.templates import MARKUP
from routes.web.words import FILTERS
from routes.web.words.labels import FILTERS as LABELLED
from tests.stage.templates import neighbours

ROOT = Path(__file__).parents[3]
PARTIALS = ROOT / "partials"
STATIC = ROOT / "static"

ROUTES = {line.name for line in MAP}

VERBS = {"hx-get", "hx-post", "hx-put", "hx-patch", "hx-delete", "hx-query", "hx-action"}
"""With one of these, htmx sends a request; the value is its URL."""

URL_ATTRIBUTES = VERBS | {"href", "action", "formaction", "src", "poster", "hx-push-url", "hx-replace-url"}

BESIDE_A_VERB = {
    *("hx-target", "hx-swap", "hx-include", "hx-trigger", "hx-confirm", "hx-disable", "hx-indicator", "hx-sync"),
    *("hx-select", "hx-push-url", "hx-replace-url", "hx-encoding", "hx-validate"),
}
"""In htmx 4 without effect where no request is sent: nothing below inherits them unless they say `:inherited`."""

HTMX_2 = {
    *("hx-disabled-elt", "hx-disinherit", "hx-ext", "hx-history", "hx-inherit", "hx-params", "hx-prompt"),
    *("hx-request", "hx-vars"),
}

SCRIPTED = re.compile(r"on[a-z]+$|hx-on")
EVENT_FILTER = re.compile(r"(?:^|,)\s*[\w:.-]+\[")

# The HTML parser sees, instead of an expression, its number between two characters that no template holds.
EXPRESSION = re.compile("\ue000([0-9]+)\ue001")
# What is a word for people, and not a value: a state is compared by its value, and drawn with ui.tag or |label.
WORD = re.compile("[A-Z][a-zæøå]|[æøåÆØÅ]")
VALUES = {"state", "fate", "standing"}
"""What things are called that hold a value."""
# What may stand instead of a path: what stays on the page or leaves the portal, and hx-push-url's yes and no.
AWAY = re.compile(r"#|mailto:|tel:|https://|(?:true|false)$")

STYLED = "style belongs in the sheets under static/"
"""Not said of letters: a mail brings its own."""

Problem = tuple[int, str]
"""The line and what is wrong there."""


@dataclass(frozen=True, slots=True)
class Element:
    """An element as it stands in a template: in its attributes, numbers stand for expressions."""

    line: int
    tag: str
    attrs: dict[str, str]
    form: "Element | None" = None
    """The form that it stands in."""


def environment() -> Environment:
    """The templates' syntax, filters and tests, to read them with."""
    templates = Environment(autoescape=True, undefined=StrictUndefined)
    templates.filters.update(FILTERS | LABELLED | MARKUP)
    return templates


TEMPLATES = environment()


def problems(source: str, *, html: bool = True) -> list[Problem]:
    """What is wrong with a template, by line; `html` is False for letters in plain text."""
    try:
        tree = TEMPLATES.parse(source)
    except TemplateSyntaxError as error:
        return [(error.lineno, error.message or "cannot be read")]
    found = list(_in_expressions(tree))
    if html:
        found += [*Markup(source).problems, *neighbours.problems(source)]
    return sorted(found)


def _in_expressions(tree: nodes.Template) -> Iterator[Problem]:
    for node in tree.find_all((nodes.Expr, nodes.Pair, nodes.Stmt)):
        for reason in (*_about_names(node), *_about_texts(node), *_about_words(node)):
            yield node.lineno, reason


def _about_names(node: nodes.Node) -> Iterator[str]:
    """What is named and not there."""
    match node:
        case nodes.Filter(name=name) if name not in TEMPLATES.filters:
            yield f"there is no filter {name}"
        case nodes.Test(name=name) if name not in TEMPLATES.tests:
            yield f"there is no test {name}"
        case nodes.Call(node=nodes.Name(name="url"), args=[nodes.Const(value=name), *_]) if name not in ROUTES:
            yield f"the map has no {name}"
        case nodes.Call(node=nodes.Name(name="static"), args=[nodes.Const(value=name)]) if not (
            STATIC / name
        ).is_file():
            yield f"static/ has no {name}"
        case nodes.Extends() | nodes.Include() | nodes.Import() | nodes.FromImport():
            if isinstance(node.template, nodes.Const) and not (PARTIALS / node.template.value).is_file():
                yield f"partials/ has no {node.template.value}"


def _about_texts(node: nodes.Node) -> Iterator[str]:
    """What is written in an expression and should not be."""
    match node:
        case nodes.Filter(name="safe"):
            yield "|safe lets markup through unescaped"
        case nodes.Const(value=str() as text) if re.match(r"/\w", text):
            yield f"{text} is written out; the map knows it as url(…)"
        case nodes.Pair(key=nodes.Const(value=str() as name), value=nodes.Const(value=value)):  # for |xmlattr
            yield from _about_attribute(name, str(value), path=False)
        case nodes.Pair(key=nodes.Const(value=str() as name), value=value):
            yield from _about_attribute(name, "", path=_is_path(value))


def _about_words(node: nodes.Node) -> Iterator[str]:
    """What is compared, or looked up in a table, and is not a value; what is drawn, and is one."""
    match node:
        case nodes.Output(nodes=parts):
            for part in parts:
                if getattr(part, "attr", getattr(part, "name", "")) in VALUES and not isinstance(part, nodes.Filter):
                    yield "a value is drawn by its word, with ui.tag or |label"
            return
        case nodes.Compare(expr=left, ops=operands):
            asked = [left, *(operand.expr for operand in operands)]
        case nodes.Pair(key=key):
            asked = [key]
        case nodes.Filter(name="selectattr" | "rejectattr", args=[_, *asked]):
            pass
        case _:
            return
    for constant in (part for each in asked for part in (each, *each.find_all(nodes.Const))):
        if isinstance(constant, nodes.Const) and isinstance(constant.value, str) and WORD.search(constant.value):
            yield f"{constant.value} is a word for people; what is compared is a value"


def _is_path(node: nodes.Node) -> bool:
    """Tell whether it is made by url(…) or static(…), or is a variable, which a path may have been given to."""
    match node:
        case nodes.Call(node=nodes.Name(name="url" | "static")) | nodes.Name():
            return True
        case nodes.Getattr(node=inner) | nodes.Getitem(node=inner):
            return _is_path(inner)
        case nodes.CondExpr(expr1=one, expr2=other):
            return _is_path(one) and other is not None and _is_path(other)
        case nodes.Concat(nodes=[first, *_]):
            return _is_path(first)
    return False


def _about_attribute(name: str, value: str, *, path: bool) -> Iterator[str]:
    """What is wrong with an attribute; `path` says that its value begins with an expression that is a path."""
    plain = name.partition(":")[0]
    if SCRIPTED.match(name):
        yield f"{name} is inline script"
    elif name == "style":
        yield STYLED
    elif name.startswith("data-hx-"):
        yield f"{name} is not read here; htmx attributes are written hx-…"
    elif plain in HTMX_2:
        yield f"{name} is htmx 2"
    elif plain.startswith("hx-") and re.match(r"\s*(js|javascript):", value):
        yield f"{name} is inline script"
    elif plain == "hx-trigger" and EVENT_FILTER.search(value):
        yield f"{name} filters with inline script"
    elif plain in URL_ATTRIBUTES and not (path or AWAY.match(value)):
        yield f"{name} is written out or put together; the map knows it as url(…), static/ as static(…)"


class Markup(HTMLParser):
    """Reads a template's HTML; what is wrong with it is in `problems`."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.source = source
        self.problems: list[Problem] = []
        self.elements: list[Element] = []
        self.drawn: list[tuple[nodes.Node, Element | None]] = []
        """What is drawn between elements, with the form that it stands in."""
        self._form: Element | None = None
        self.expressions: list[nodes.Node] = []
        self._script_line: int | None = None
        self.feed(self._without_jinja(source))
        self.close()

    def _without_jinja(self, source: str) -> str:
        """Numbers for expressions, spaces for statements, nothing for comments; lines stay lines."""
        text, expression = "", ""
        for line, kind, value in TEMPLATES.lex(source):
            match kind:
                case "data":
                    text += "\n" * (line - 1 - text.count("\n")) + value
                case "variable_begin" | "block_begin":
                    expression = ""
                case "variable_end":
                    drawn = TEMPLATES.parse(f"{{{{ {expression} }}}}").find(nodes.Output)
                    assert drawn
                    text += f"\ue000{len(self.expressions)}\ue001"
                    self.expressions.append(drawn.nodes[0])
                case "block_end":
                    text += " "
                case _:
                    expression += value
        return text

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Judge an element by its attributes."""
        given = {name: value or "" for name, value in attrs}
        more_to_come = any(EXPRESSION.search(name) for name in (tag, *given))  # as in <input{{ kwargs | xmlattr }}>
        tag = EXPRESSION.sub("", tag)
        self.elements.append(element := Element(self.getpos()[0], tag, given, self._form))
        self._form = element if tag == "form" else self._form
        for name, value in attrs:  # not `given`: an `if` may draw one of two with the same name
            for reason in _about_attribute(name, value or "", path=self._begins_with_path(value or "")):
                self._say(reason, name)
        if tag == "style":
            self._say(STYLED)
        if tag == "script" and "src" not in given:
            self._say("script belongs in static/portal.js")
        if tag == "form" and not {"action", "method"} <= given.keys():
            self._say("a form has action and method, so that it works without htmx")
        verbs = VERBS & {name.partition(":")[0] for name in given}
        if tag == "a" and verbs and "href" not in given:
            self._say("a link has href, so that it works without htmx")
        if not verbs and not more_to_come and tag != "hx-partial":
            for name in sorted(BESIDE_A_VERB & given.keys()):
                self._say(f"{name} has no effect where nothing is requested; {name}:inherited is for what is below")

    def handle_data(self, data: str) -> None:
        """Keep what an expression draws."""
        self.drawn += [(self.expressions[int(found[1])], self._form) for found in EXPRESSION.finditer(data)]

    def handle_endtag(self, tag: str) -> None:
        """A form ends."""
        self._form = None if tag == "form" else self._form

    def _begins_with_path(self, value: str) -> bool:
        expression = EXPRESSION.match(value)
        return expression is not None and _is_path(self.expressions[int(expression[1])])

    def _say(self, reason: str, attribute: str = "") -> None:
        start = self.get_starttag_text() or ""
        self.problems.append((self.getpos()[0] + start[: start.lower().find(attribute)].count("\n"), reason))


def of_the_portal() -> Iterator[tuple[str, int, str]]:
    """What is wrong in any template of the portal: its name, the line, and the reason."""
    for path in sorted(PARTIALS.rglob("*.*")):
        for line, reason in problems(path.read_text(encoding="utf-8"), html=path.suffix == ".html"):
            if not (reason == STYLED and path.parent.name == "letters"):
                yield str(path.relative_to(ROOT)), line, reason
