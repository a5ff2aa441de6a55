"""The search among invoices (F1-F9). Its exports are in `exports`, an invoice's own page in `page`."""

from dataclasses import dataclass
from functools import cached_property, partial

from starlette.responses import Response

from models.invoices.ageing import DUE, Age
from models.invoices.invoice import Status
from models.invoices.lacking import Lack
from models.invoices.search import Criteria, Found, Owed, Sum, find_invoices, owed
from models.invoices.sorts import Column, Sort
from models.values.money import KRONER
from routes.web.errors import not_found
from routes.web.fields import Text, at_most
from routes.web.forms import masked_sentence
from routes.web.search import Listing, PeriodSearch, answer
from routes.web.visit import Visit
from routes.web.words import amount
from routes.web.words.labels import ValueChoice

HEADINGS = {
    Column.NUMBER: "Fakturanummer",
    Column.ISSUED: "Fakturadato",
    Column.DUE: "Forfallsdato",
    Column.PAYER: "Betaler",
    Column.TOTAL: "Total",
    Column.OUTSTANDING: "Utestående",
    Column.STATUS: "Status",
}


DUE_FIRST = Sort(Column.DUE)
"""How what is to be paid is sorted."""
_TO_PAY = (Status.UNPAID, Status.OVERDUE, *DUE, *Lack)
_REMEMBERED = "invoices-sort"


class InvoiceSearch(PeriodSearch):
    """The four filters (F2); an empty one does not restrict."""

    number = Text("Fakturanummer:", [at_most(60)])
    status = ValueChoice("Status:", (*Status, *DUE, *Lack))

    def criteria(self, sort: Sort, after: int | None = None) -> Criteria:
        """What to search for, once the form is valid."""
        wanted = self.status.data
        due = Age(wanted) if wanted in DUE else None
        lack = Lack(wanted) if wanted in set(Lack) else None
        return Criteria(
            number=self.number.data or None,
            from_date=self.from_date.day,
            to_date=self.to_date.day,
            status=Status(wanted) if wanted and not (due or lack) else None,
            due=due,
            lack=lack,
            sort=sort,
            after=after,
        )


def index(visit: Visit) -> Response:
    """Search the invoices of the user's payers (F1-F9)."""
    search: InvoiceSearch = InvoiceSearch.of(visit)
    chosen, sort = chosen_sort(visit), sort_of(visit, search)
    response = answer(
        visit,
        partial(Invoices, sort=sort, chosen=chosen, owed=owed(visit.db, visit.today)),
        "invoices/index.html",
        search,
        lambda after: find_invoices(visit.db, search.criteria(sort, after), visit.today),
        nothing=Found([], 0, None),
        masked=masked_sentence(search.masked),
        today=visit.today,
    )
    if chosen and visit.query_params.get("sort"):
        visit.portal.cookies.remember(response, _REMEMBERED, str(chosen))
    return response


def sort_of(visit: Visit, search: InvoiceSearch) -> Sort:
    """What the list is sorted by; until somebody chooses, what is to be paid begins with what is due first (F6)."""
    return chosen_sort(visit) or (DUE_FIRST if search.status.data in _TO_PAY else Sort())


def chosen_sort(visit: Visit) -> Sort | None:
    """The column that the query names, or that was chosen last; one that there is not, is not found."""
    text = visit.query_params.get("sort")
    try:
        return Sort.parse(text) if text else _remembered(visit)
    except ValueError:
        raise not_found() from None


def _remembered(visit: Visit) -> Sort | None:
    text = visit.portal.cookies.remembered(visit.request, _REMEMBERED)
    try:
        return Sort.parse(text) if text else None
    except ValueError:  # of another release
        return None


@dataclass(frozen=True)
class Heading:
    """A heading that sorts: what it says, how the list is sorted by it now, and the way to the other order."""

    text: str
    aria: str | None
    href: str
    figures: bool


@dataclass(frozen=True)
class Invoices(Listing):
    """A page of invoices, with what all pages come to."""

    route = "invoices"
    nothing = "Ingen fakturaer funnet"
    words = ("faktura", "fakturaer")

    sort: Sort
    chosen: Sort | None
    """The sort that somebody asked for."""
    owed: Owed

    @property
    def sums(self) -> tuple[Sum, ...]:
        """What all pages come to, per currency."""
        sums: tuple[Sum, ...] = self.found.sums
        return sums

    @property
    def owed_text(self) -> str:
        """What of the result is outstanding; other currencies stand beside kroner, never in them."""
        owing = [each for each in self.sums if each.outstanding]
        return " + ".join(
            f"{'kr' if each.currency == KRONER else each.currency}\u00a0{amount(each.outstanding)}" for each in owing
        )

    @property
    def sorted_by(self) -> str | None:
        """The sort as the search form sends it along; None for the usual one."""
        return str(self.chosen) if self.chosen else None

    @cached_property
    def headings(self) -> list[Heading]:
        """The seven columns (F6)."""
        return [self._heading(column) for column in Column]

    def _heading(self, column: Column) -> Heading:
        current = self.sort.column == column
        to = self.sort.reverse if current else Sort(column)
        return Heading(
            text=HEADINGS[column],
            aria=("descending" if self.sort.descending else "ascending") if current else None,
            href=self.way(sort=to),
            figures=column in {Column.TOTAL, Column.OUTSTANDING},
        )

    def way(self, **changed: object) -> str:
        """The address also says how it is sorted."""
        return super().way(**{"sort": self.sorted_by, **changed})
