"""`/contract` in demo mode: all lines, searched; one line with examples of its answers; and the whole as JSON.

What is told of a line is in `description`; examples come from a rehearsal (`walk`).
"""

import json
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import cached_property
from pathlib import Path

from starlette.responses import Response

from routes.contract.asking import Example, signing_in
from routes.contract.description import ANYWHERE, EVERYWHERE, KINDS, VERSION, Described, as_json, described
from routes.web.answers import page
from routes.web.errors import not_found
from routes.web.fields import Text
from routes.web.forms import PortalForm
from routes.web.lines import Line
from routes.web.visit import Visit

_SCHEMA = Path(__file__).with_name("schema.json")


class Contract:
    """The lines of the map, and examples of what they answer, which are made when somebody first wants one."""

    def __init__(self, lines: Sequence[Line], rehearse: Callable[[], list[Example]]) -> None:
        self.lines = lines
        self._rehearse = rehearse

    def examples(self, name: str) -> list[Example] | None:
        """The examples of one line; None while the rehearsal goes on, which the first who asks begins."""
        return [one for one in self.all.result() if one.line == name] if self.all.done() else None

    @cached_property
    def as_text(self) -> str:
        """The whole as JSON, which is the same for everybody."""
        return json.dumps(as_json(self.lines), ensure_ascii=False, indent=1)

    @cached_property
    def all(self) -> Future[list[Example]]:
        """All examples, once they have been made."""
        made: Future[list[Example]] = Future()

        def make() -> None:
            try:
                made.set_result(self._rehearse())
            except Exception as failed:  # noqa: BLE001  # whoever wants the examples is told
                made.set_exception(failed)

        threading.Thread(target=make, name="rehearsal", daemon=True).start()
        return made


class ContractSearch(PortalForm):
    """What is looked for: words of an address, a name, a field or a part."""

    q = Text("Finn i kontrakten", description="For eksempel orders status, eller slot-{id}.")


def index(visit: Visit) -> Response:
    """All lines, or those that fit."""
    contract, search = _contract(visit), ContractSearch.of(visit)
    search.validate()
    found = [told for told in map(described, contract.lines) if told.fits(search.q.data or "")]
    return page(
        visit,
        "contract/index.html",
        part="results",
        at=visit.url("contract", q=search.q.data),
        search=search,
        found=found,
        version=VERSION,
    )


def show(visit: Visit, name: str) -> Response:
    """One line, with its fields, and examples of its answers."""
    contract = _contract(visit)
    told: Described | None = next(
        (one for one in (EVERYWHERE, *map(described, contract.lines)) if one.name == name), None
    )
    if told is None:
        raise not_found()
    examples, base = contract.examples(name), visit.portal.settings.public_url
    users = [one.asked.username for one in examples or [] if one.asked.username]
    return page(
        visit,
        "contract/show.html",
        part="examples",
        told=told,
        kinds={kind: said for kind, said in KINDS.items() if kind in {field.kind for field in told.fields}},
        when=ANYWHERE if told is EVERYWHERE else {},
        examples=examples,
        base=base,
        begin=signing_in(base, *users[:1]),
    )


def as_program(visit: Visit) -> Response:
    """The whole as JSON, for programs."""
    return Response(_contract(visit).as_text, media_type="application/json")


def schema(visit: Visit) -> Response:
    """What the JSON looks like."""
    _contract(visit)
    return Response(_SCHEMA.read_bytes(), media_type="application/json")


def _contract(visit: Visit) -> Contract:
    """The contract; raises not_found where the portal is no demo."""
    if not visit.portal.settings.demo:
        raise not_found()
    contract: Contract = visit.request.app.state.contract
    return contract
