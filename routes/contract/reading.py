"""What a line of the map takes and gives, read from its handler's source, so that it cannot differ from it.

How that is told to developers is in `description`.
"""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import FunctionType

from routes.web.forms import PortalForm
from routes.web.lines import (
    Line,
    administrating,
    anyone,
    auditing,
    of_a_customer,
    serving,
    signed_in,
    staff,
    viewing,
    with_password,
)
from routes.web.portal import Who

_READ = re.compile(
    r'(?:form|query_params)\.get(?:list)?\(f?"(\w+)(?:"|-{)|"(\w+)" in visit\.(?:form|query_params)|visit\.(draft)\('
    r"|\b(idempotency_key)\(|\buploads\(visit, \"(\w+)\""
)
_SHARED = {
    "routes.web.search",
    *(f"routes.web.texts.{name}" for name in ("asker", "attaching", "guard", "sending", "talk")),
}
"""What rooms read a search with, a message, in whose stead it is written, and what was asked about a text."""
_ROWS = {"changes": "slots", "slot": "slot-{id}", "delivery": "delivery-{id}"}
"""By the file of a part whose id is another: it comes with what counts along with it, or is one of many rows."""
_GUARDS: dict[Who, str] = {
    anyone: "anyone",
    signed_in: "signed in",
    with_password: "signed in with a password",
    of_a_customer: "of a customer",
    staff: "staff",
    serving: "staff, no readers",
    administrating: "administrators",
    auditing: "administrators of a whole customer",
    viewing: "staff, viewing",
}
_STATUSES = {
    "swap": {200, 303},
    "go": {303},
    "nothing_new": {204},
    "Response": {200},
    "PlainTextResponse": {200},
    "not_found": {404},
    "download": {200},
    "receipt_again": {200, 204, 303},
    "whole_file": {200},
    "kept_file": {200},
    "file_as_sent": {200, 404},
    "document": {200},
}

_NEVER = {
    "a reason is asked for at the desk alone": {
        ("cancel_sign_up", 422),
        ("move_sign_up", 422),
        ("accept_sign_up", 422),
    },
    "a name that is taken hinders nobody who takes one away": {("remove_entry", 422)},
    "no old address ends so": {("invoice_xml", 303)},
}
"""What functions give that several lines come through, and a line of them does not; and why."""


@cache
def fields(line: Line) -> dict[str, type[PortalForm] | None]:
    """The names that the handler of a line reads, those of forms first, each with its form if it has one."""
    found: dict[str, type[PortalForm] | None] = {}
    sources = {function: _source(function) for function in _reached(line)}
    reads_forms = line.method == "POST" or any(
        "query_params" in text or ".of(visit)" in text for text in sources.values()
    )
    forms = [form for function, text in sources.items() for form in _forms(function, text) if reads_forms]
    for form in forms:
        found |= {field.name: form for field in form() if field.name not in found}
    texts = [*sources.values(), *(text for form in forms for text in _filling(form))]
    asked = [name for text in texts for names in _READ.findall(text) for name in names if name]
    asked += [_of_each_row(function) for function, text in sources.items() if "(_FIELD)" in text]
    return found | {name: None for name in asked if name not in found}


def _forms(function: FunctionType, text: str) -> Iterator[type[PortalForm]]:
    """The forms that a function fills."""
    for name, thing in function.__globals__.items():
        if isinstance(thing, type) and issubclass(thing, PortalForm) and f"{name}.of(" in text:
            yield thing


def _filling(form: type[PortalForm]) -> Iterator[str]:
    """How a form is filled, where it reads more than its fields."""
    for one in form.mro():
        if "of" in vars(one) and one is not PortalForm:
            yield _source(vars(one)["of"].__func__)


def _of_each_row(function: FunctionType) -> str:
    """The name of a field that each row has, with the row's number behind it."""
    return str(function.__globals__["_FIELD"]).removesuffix("-")


@cache
def parts(line: Line) -> Sequence[str]:
    """The ids of the parts that a line gives alone."""
    return tuple(files(line))


@cache
def files(line: Line) -> Mapping[str, str]:
    """By the id of each part that a line gives alone, the template that it is drawn with."""
    found: dict[str, str] = {}
    places = templates(line)
    for name, call in _calls(line):
        folder = next(iter([*_templates(call), *places]), "").rpartition("/")[0]
        named = [value for word in call.keywords if word.arg == "part" for value in _constants(word.value)]
        drawn = [_file_of(str(part), folder) for part in named] + (_templates(call) if name == "swap" else [])
        for file in drawn:
            id = Path(file).stem.removeprefix("_").replace("_", "-")
            found.setdefault(_ROWS.get(id, id), file)
        if name == "receipt_again":
            found.setdefault("receipt", "frame/_receipt.html")
    return found


def templates(line: Line) -> list[str]:
    """The templates that the functions of a line name: its pages, and parts that are named in full."""
    return [file for _, call in _calls(line) for file in _templates(call)]


def _templates(call: ast.Call) -> list[str]:
    """The templates that a call names."""
    named = [str(value) for argument in call.args for value in _constants(argument)]
    return [value for value in named if value.endswith(".html")]


@cache
def says(line: Line) -> bool:
    """Whether a line says something of what it has changed, beside the part."""
    return any(name == "swap" and any(word.arg == "say" for word in call.keywords) for name, call in _calls(line))


def _file_of(part: str, folder: str) -> str:
    """The template of a part of a place, as `routes.web.answers` finds it."""
    own, _, name = part.rpartition("/")
    return f"{own or folder}/_{name.replace('-', '_')}.html"


@cache
def statuses(line: Line) -> Sequence[int]:
    """The statuses that the handler of a line gives."""
    found: set[int] = set()
    for function in _reached(line):
        for name, call in _calls_in(function):
            said = next((keyword.value for keyword in call.keywords if keyword.arg == "status"), None)
            found |= _STATUSES.get(name, set()) | _numbers(said)
            if name in {"refusal", "Refused"}:
                found |= _numbers(*call.args[:1])
            if name == "page" and _is_good(line, function, said):
                found.add(200)
            if any(keyword.arg == "frame" for keyword in call.keywords):
                found.add(204)
    return sorted(found - {status for lines in _NEVER.values() for name, status in lines if name == line.name})


def _is_good(line: Line, function: FunctionType, said: ast.expr | None) -> bool:
    """Whether a place is drawn that is no refusal: no status is said, or something else decides on it.

    Where it is the function's own parameter, whoever calls the function decides.
    """
    if said is None or any(isinstance(leaf, ast.Attribute) for leaf in ast.walk(said)):
        return True
    if "status" not in {leaf.id for leaf in ast.walk(said) if isinstance(leaf, ast.Name)}:
        return False
    return any(_leaves_out(caller, function.__name__) for caller in _reached(line) if caller is not function)


def _leaves_out(caller: FunctionType, function: str) -> bool:
    """Whether a function calls another with no status that is a number, or hands it on to be called."""
    named = sum(isinstance(leaf, ast.Name) and leaf.id == function for leaf in ast.walk(_tree(caller)))
    with_number = [
        call
        for name, call in _calls_in(caller)
        if name == function
        and any(keyword.arg == "status" and isinstance(keyword.value, ast.Constant) for keyword in call.keywords)
    ]
    return named > len(with_number)


def _numbers(*values: ast.expr | None) -> set[int]:
    """The statuses that stand in an expression."""
    return {one for value in values if value for one in _constants(value) if isinstance(one, int)}


def who(line: Line) -> str:
    """Whom a line lets in."""
    if line.who in _GUARDS:
        return _GUARDS[line.who]
    rights = inspect.getclosurevars(line.who).nonlocals["rights"]
    return "right: " + " or ".join(rights)


@cache
def _reached(line: Line) -> list[FunctionType]:
    """The handler of a line, and the functions of its room that it comes through."""
    assert isinstance(line.handler, FunctionType)
    found = [line.handler]
    for function in found:
        names = _names(function)
        for name, thing in function.__globals__.items():
            is_of_room = isinstance(thing, FunctionType) and (
                _room(thing) == _room(function) or thing.__module__ in _SHARED
            )
            if is_of_room and name in names and thing not in found:
                found.append(thing)
    return found


@cache
def _names(function: FunctionType) -> set[str]:
    return {leaf.id for leaf in ast.walk(_tree(function)) if isinstance(leaf, ast.Name)}


def _room(function: FunctionType) -> list[str]:
    """The room that a function stands in; a room of several modules is a package, what rooms share is none."""
    names = function.__module__.split(".")
    return names if names[:2] == ["routes", "web"] else names[:2]


def _calls(line: Line) -> Iterator[tuple[str, ast.Call]]:
    for function in _reached(line):
        yield from _calls_in(function)


def _calls_in(function: FunctionType) -> Iterator[tuple[str, ast.Call]]:
    for leaf in ast.walk(_tree(function)):
        if isinstance(leaf, ast.Call):
            yield leaf.func.id if isinstance(leaf.func, ast.Name) else "", leaf


def _constants(value: ast.expr) -> list[object]:
    return [leaf.value for leaf in ast.walk(value) if isinstance(leaf, ast.Constant)]


@cache
def _tree(function: FunctionType) -> ast.AST:
    return ast.parse(textwrap.dedent(_source(function)))


@cache
def _source(function: FunctionType) -> str:
    return inspect.getsource(function)
