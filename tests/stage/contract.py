"""The contract of the HTML, `docs/urls.md`: written from the map and from what its handlers say they do.

`python -m tests.stage.contract` writes it anew. `test_house` checks that pages keep to it.
"""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from types import FunctionType

from routes import MAP
from routes.web.forms import PortalForm
from routes.web.lines import Line, administrating, anyone, auditing, of_a_customer, serving, signed_in, staff, viewing
from routes.web.portal import Who
from tests.stage.sweeps import fields_of

FILE = Path(__file__).parents[2] / "docs" / "urls.md"
_READ = re.compile(
    r'(?:form|query_params)\.get(?:list)?\("(\w+)"|"(\w+)" in visit\.form|visit\.(draft)\(|\b(idempotency_key)\('
)
_SHARED_FORMS = {
    "routes.employees.form",
    "routes.imports.page",
    "routes.bookings.page",
    "routes.web.search",
    "routes.orders.guard",
    "routes.orders.conversation",
    "routes.orders.page",
}
"""What several rooms read a form with."""
_ROWS = {"changes": "slots"}
"""By the file of a part that comes with what counts along with it: the id of the part."""
_GUARDS: dict[Who, str] = {
    anyone: "anyone",
    signed_in: "signed in",
    of_a_customer: "of a customer",
    staff: "staff",
    serving: "staff, no readers",
    administrating: "administrators",
    auditing: "administrators of a whole customer",
    viewing: "staff, viewing",
}
_STATUSES = {
    "page": {200},
    "swap": {200, 303},
    "go": {303},
    "nothing_new": {204},
    "Response": {200},
    "PlainTextResponse": {200},
    "not_found": {404},
    "download": {200},
    "receipt_again": {200, 204, 303},
    "whole_file": {200},
    "document": {200},
}

_HEAD = """\
# URLs, fields, parts and statuses

The contract of the HTML, for tests and other programs. Made by `python -m tests.stage.contract` from the map
(`routes/__init__.py`) and its handlers; a test fails when it is old.

- **fields**: names in the query of a GET, in the form of a POST. Each POST also takes `csrf_token`, from the hidden
  field of any form that the same session was given.
- **parts**: ids that htmx may name in `HX-Target` to get this part alone; with any other target the answer is title
  and `main`, for `#main`. Without `HX-Request: true` the answer is the whole document.
- **statuses**: of the route itself. `HEAD` is like `GET`. Besides, wherever it applies:

| status | when |
| --- | --- |
| 303, for htmx 401 with `HX-Redirect` | nobody is signed in where *who* asks for it: to `/login?next=…` and back |
| 304 | `If-None-Match` names what is still so |
| 400 | a foreign `Host`, or a body that is no form |
| 403 | a POST without the session's `csrf_token`, or from another site |
| 404 | an unknown address, a row that one may not see, a right that one does not have |
| 405 | a method that the address does not take; `Allow` names those that it does |
| 413 | a body of more than a megabyte; of ten where a list is sent, of 21 where a report is |
| 500, 503 | a fault; the database is away, or the portal is stopping |

Every page has `#main`, `#flash`, `#status` (role=status, empty), `#tabs` when signed in, one `h1` that begins the
title, and a skip link. Rows carry ids: `order-307390`, `slot-4`. Dates are read as `dd.mm.åååå` and as ISO.

Programs have two lines more, signed instead of signed in, and answered with JSON (crm.md): POST `/crm/events` gives
200, 401, 404, 413 or 422, GET `/crm/outbox` with `after` gives 200, 401, 404, 409 or 422.

| method and URL | name | who | fields | parts | statuses |
| --- | --- | --- | --- | --- | --- |
"""


def written() -> str:
    """The whole of `docs/urls.md`."""
    return _HEAD + "".join(
        f"| {line.method} `{line.path}` | {line.name} | {_who(line)} | {_names(fields(line))} | {_names(parts(line))} "
        f"| {', '.join(map(str, statuses(line)))} |\n"
        for line in MAP
    )


@cache
def fields(line: Line) -> Sequence[str]:
    """The names that the handler of a line reads, forms first."""
    found: list[str] = []
    asked: list[str] = []
    sources = {function: inspect.getsource(function) for function in _reached(line)}
    reads_forms = line.method == "POST" or any(
        "query_params" in text or ".of(visit)" in text for text in sources.values()
    )
    for function, source in sources.items():
        if reads_forms:
            for name, thing in function.__globals__.items():
                if isinstance(thing, type) and issubclass(thing, PortalForm) and f"{name}.of(" in source:
                    found += fields_of(thing)
        asked += [name for names in _READ.findall(source) for name in names if name]
    return tuple(dict.fromkeys(found + asked))


@cache
def parts(line: Line) -> Sequence[str]:
    """The ids of the parts that a line gives alone."""
    found: list[str] = []
    for name, call in _calls(line):
        named = [keyword.value for keyword in call.keywords if keyword.arg == "part"]
        for value in named + (call.args[1:2] if name == "swap" else []):
            names = [Path(str(file)).stem.removeprefix("_").replace("_", "-") for file in _constants(value)]
            found += [_ROWS.get(name, name) for name in names]
        found += ["receipt"] if name == "receipt_again" else []
    return tuple(dict.fromkeys(found))


def statuses(line: Line) -> list[int]:
    """The statuses that the handler of a line gives."""
    found: set[int] = set()
    for name, call in _calls(line):
        found |= _STATUSES.get(name, set())
        said = [keyword.value for keyword in call.keywords if keyword.arg == "status"]
        for value in said + (call.args[:1] if name in {"refusal", "Refused"} else []):
            found |= {status for status in _constants(value) if isinstance(status, int)}
        if any(keyword.arg == "frame" for keyword in call.keywords):
            found.add(204)
    return sorted(found)


@cache
def _reached(line: Line) -> list[FunctionType]:
    """The handler of a line, and the functions of its room that it comes through."""
    assert isinstance(line.handler, FunctionType)
    found = [line.handler]
    for function in found:
        names = {leaf.id for leaf in ast.walk(_tree(function)) if isinstance(leaf, ast.Name)}
        for name, thing in function.__globals__.items():
            is_of_room = isinstance(thing, FunctionType) and (
                _room(thing) == _room(function) or thing.__module__ in _SHARED_FORMS
            )
            if is_of_room and name in names and thing not in found:
                found.append(thing)
    return found


def _room(function: FunctionType) -> list[str]:
    """The room that a function stands in; a room of several modules is a package, what rooms share is none."""
    names = function.__module__.split(".")
    return names if names[:2] == ["routes", "web"] else names[:2]


def _calls(line: Line) -> Iterator[tuple[str, ast.Call]]:
    for function in _reached(line):
        for leaf in ast.walk(_tree(function)):
            if isinstance(leaf, ast.Call):
                yield leaf.func.id if isinstance(leaf.func, ast.Name) else "", leaf


def _constants(value: ast.expr) -> list[object]:
    return [leaf.value for leaf in ast.walk(value) if isinstance(leaf, ast.Constant)]


@cache
def _tree(function: FunctionType) -> ast.AST:
    return ast.parse(textwrap.dedent(inspect.getsource(function)))


def _who(line: Line) -> str:
    if line.who in _GUARDS:
        return _GUARDS[line.who]
    rights = inspect.getclosurevars(line.who).nonlocals["rights"]
    return "right: " + " or ".join(rights)


def _names(names: Sequence[str]) -> str:
    return " ".join(f"`{name}`" for name in names)


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
