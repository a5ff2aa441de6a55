"""Loggen as a page and as a CSV, the same for a customer's administrators and at the desk."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from starlette.responses import Response

from models.core.database import Session
from models.core.search import COUNTED_TO
from models.customers.customer import Customer
from models.exchange.sheets.files import Row, writer
from models.log.search import Criteria, find_entries
from routes.log.words import KINDS, Line, line_of
from routes.web.downloads import download
from routes.web.errors import refusal
from routes.web.fields import Choice, Option, Text, at_most
from routes.web.search import Listing, PeriodSearch, answer
from routes.web.visit import Visit
from routes.web.words import moment

HEADINGS = ["Nummer", "Tidspunkt", "Hvem", "Hva", "Handling", "Før", "Etter", "Annet"]
BATCH = 500


class LogSearch(PeriodSearch):
    """What entries are searched by."""

    user = Text("Hvem:", [at_most(100)], description="Navn eller brukernavn")
    kind = Choice("Hva:", default="", choices=[Option("", "Alt"), *(Option(*each) for each in KINDS.items())])
    q = Text("Nummer:", [at_most(60)], description="Som i «Ansatt 17»")

    def criteria(self, after: int | None = None) -> Criteria:
        """What to search for, once the form is valid."""
        return Criteria(
            (self.user.data or "").strip(),
            self.kind.data or "",
            (self.q.data or "").strip(),
            self.from_date.day,
            self.to_date.day,
            after,
        )


@dataclass(frozen=True)
class Entries(Listing):
    """A page of the log."""

    route = "log"
    nothing = "Ingenting funnet i loggen"
    words = ("innførsel", "innførsler")
    counted_to = COUNTED_TO

    @property
    def csv(self) -> str:
        """The way to all of it as a file."""
        return self.visit.url("log_csv", **self.search.filters)

    @property
    def lines(self) -> list[Line]:
        """The entries in words."""
        return [line_of(entry) for entry in self.rows]


class DeskEntries(Entries):
    """The same of the customer that this visit serves."""

    route = "desk_log"

    def way(self, **changed: object) -> str:
        """The address of this search at this customer."""
        return super().way(id=self.visit.customer_id, **changed)

    @property
    def csv(self) -> str:
        """The way to all of it as a file."""
        return self.visit.url("desk_log_csv", id=self.visit.customer_id, **self.search.filters)


def index(visit: Visit) -> Response:
    """The customer's log, for its administrators."""
    return _page(visit, Entries, visit.url("log"))


def csv(visit: Visit) -> Response:
    """What the search finds, as a file."""
    return _file(visit)


def desk_index(visit: Visit, id: int) -> Response:
    """A customer's log at the desk."""
    visit.serve(Customer, id)
    return _page(visit, DeskEntries, visit.url("desk_log", id=id))


def desk_csv(visit: Visit, id: int) -> Response:
    """The same as a file."""
    visit.serve(Customer, id)
    return _file(visit)


def _page(visit: Visit, listing: type[Entries], action: str) -> Response:
    search: LogSearch = LogSearch.of(visit)
    return answer(
        visit,
        listing,
        "log/index.html",
        search,
        lambda after: find_entries(visit.db, search.criteria(after)),
        action=action,
        customer=visit.db.get_one(Customer, visit.customer_id) if visit.is_at_desk else None,
    )


def _file(visit: Visit) -> Response:
    search: LogSearch = LogSearch.of(visit)
    if not search.validate():
        raise refusal(400)
    criteria = search.criteria()

    def read(db: Session, after: int | None) -> tuple[Sequence[Row], int | None]:
        found = find_entries(db, replace(criteria, after=after), BATCH)
        return [_row(line_of(entry)) for entry in found.rows], found.next

    return download(visit, filename="Logg.csv", writer=writer("csv", HEADINGS), read=read)


def _row(line: Line) -> Row:
    before, after = (
        "; ".join(f"{value.name}: {getattr(value, side)}" for value in line.values) for side in ("before", "after")
    )
    return (line.number, moment(line.at), line.actor, line.thing, line.action, before, after, line.also)
