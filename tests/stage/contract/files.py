"""The contract of the HTML as files, `docs/urls.md` and `docs/contract.json`, written from `routes.contract`.

Whether a page keeps to them is asked in `keeping`.
"""

import json
from collections.abc import Iterable
from pathlib import Path

from routes import MAP
from routes.contract.description import ANYWHERE, as_json, described
from routes.contract.reading import fields, parts, statuses, who
from routes.web.lines import Line

FILE = Path(__file__).parents[3] / "docs" / "urls.md"
JSON = FILE.with_name("contract.json")

_HEAD = """\
# URLs, fields, parts and statuses

The contract of the HTML, for tests and other programs. Made by `python -m tests.stage.contract` from the map
(`routes/__init__.py`) and its handlers; a test fails when it is old.

- **fields**: names in the query of a GET, in the form of a POST. Each POST also takes `csrf_token`, from the hidden
  field of any form that the same session was given.
- **parts**: ids that htmx may name in `HX-Target` to get this part alone; with any other target the answer is title
  and `main`, for `#main`. Without `HX-Request: true` the answer is the whole document.
- **beside**: what may come with a part as `<hx-partial hx-target="#…">`, for elsewhere on the page: `#field-{name}` is
  of the field that is called so, `#person-{id}` of a row. *said* is what comes with a part once a change was made.
- **rows**: the ids of rows on the page and in its parts: `order-{number}` is `order-307390`.
- **statuses**: of the route itself. `HEAD` is like `GET`. Besides, wherever it applies:

| status | when |
| --- | --- |
{anywhere}
Every page has `#main`, `#flash`, `#status` (role=status, empty), `#tabs` when signed in, one `h1` that begins the
title, and a skip link. Dates are read as `dd.mm.åååå` and as ISO.

A refused form comes back with 422, or 409, and with all that was typed: `#problems` names what is wrong, with a link to
each field; a field `to` that is wrong has `aria-invalid="true"` and its sentence in `#to-error`. The title begins with
`Feil: `. An `idempotency_key` is the page's own: the same form sent twice under it is done once.

Programs have two lines more, signed instead of signed in, and answered with JSON (crm.md): POST `/crm/events` gives
200, 401, 404, 413 or 422, GET `/crm/outbox` with `after` gives 200, 401, 404, 409 or 422.

| method and URL | name | who | fields | parts | beside | rows | statuses |
| --- | --- | --- | --- | --- | --- | --- | --- |
"""


def written() -> str:
    """The whole of `docs/urls.md`."""
    anywhere = "".join(f"| {status} | {when} |\n" for status, when in ANYWHERE.items())
    return _HEAD.replace("{anywhere}\n", anywhere + "\n") + "".join(
        f"| {line.method} `{line.path}` | {line.name} | {who(line)} | {_names(fields(line))} | {_names(parts(line))} "
        f"| {_beside(line)} | {_names(described(line).rows)} | {', '.join(map(str, statuses(line)))} |\n"
        for line in MAP
    )


def as_text() -> str:
    """The whole of `docs/contract.json`, a line for each line of the map, so that a difference names it."""
    told = as_json(MAP)
    lines = ",\n".join(json.dumps(line, ensure_ascii=False) for line in told["lines"])
    head = json.dumps({name: told[name] for name in ("version", "kinds", "anywhere")}, ensure_ascii=False)
    return f'{head.removesuffix("}")}, "lines": [\n{lines}\n]}}\n'


def _beside(line: Line) -> str:
    """With which part what comes, and what with any of them once a change was made."""
    told = described(line)
    with_parts = [f"`{part}`: {_names(targets)}" for part, targets in told.beside.items()]
    return "; ".join(with_parts + ([f"*said*: {_names(told.says)}"] if told.says else []))


def _names(names: Iterable[str]) -> str:
    return " ".join(f"`{name}`" for name in names)
