"""Kontroller: who is due for which check, as a list and as a file, and the way from there to a time or an order (H8).

Nothing here says what came of a check. What is to be checked how often, staff say in the room of customers.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Literal

from starlette.responses import Response

from models.bookings.search import BookingRow, upcoming_bookings
from models.checks.check import names_of_checks
from models.checks.search import Criteria, DueRow, Within, count_due, due_by_id, find_due
from models.core.database import Session
from models.core.scope import Right
from models.core.search import COUNTED_TO
from models.customers.units import UnitRow, ids_below, norwegian, units_in_scope
from models.exchange.sheets.files import Row, writer
from routes.web.answers import go
from routes.web.downloads import download
from routes.web.errors import refusal
from routes.web.fields import ALL, Choice, Ids, Option, Text
from routes.web.forms import PortalForm, UnitFilter, set_unit_choices
from routes.web.search import Listing, Quick, answer
from routes.web.visit import Visit
from routes.web.words.labels import label

HEADINGS = ["Navn", "Ansattnummer", "Arbeidsgiver", "Kontroll", "Sist", "Forfaller", "Har time", "Status"]
_BATCH, _LOOKED_AT, _OFFERED = 200, 25, 3
"""So many rows of a file are read at once; so many bookings are looked at for free places, so many are offered."""
_WITHIN = [
    Option("", "Forfalt, og de neste 90 dagene"),
    Option(Within.OVERDUE.value, "Forfalt"),
    Option(Within.SOON.value, "Forfaller innen 90 dager"),
    Option(Within.IN_A_YEAR.value, "Forfaller innen et år"),
    Option(Within.UNKNOWN.value, "Uten dato"),
]


class DueSearch(UnitFilter):
    """Which of those who are due; an empty field does not restrict."""

    check = Choice("Kontroll:", default="", refusal="Velg en av kontrollene.")
    within = Choice("Når:", default="", choices=_WITHIN)
    booked = Text("Vis dem som har time")

    def criteria(self, visit: Visit, units: list[UnitRow]) -> Criteria:
        """What to search for, once the form is valid; a unit includes those below it."""
        below = ids_below(units, self.unit.data) if self.unit.data else None
        within = Within(self.within.data) if self.within.data else None
        return Criteria(visit.today, within, below, self.check.data or None, bool(self.booked.data))

    @property
    def filters(self) -> dict[str, str]:
        """The filters that are set, as they stand in the URL."""
        set_ = {"unit": self.unit.data, "check": self.check.data, "within": self.within.data}
        set_ |= {"booked": "1" if self.booked.data else ""}
        return {name: value for name, value in set_.items() if value}


class TickedForm(PortalForm):
    """Which rows are ticked, and, of the buttons, which was pressed: that of a booking, or that of an order."""

    due = Ids("Valgte")
    booking = Ids("Meld på")
    order = Text("Ny bestilling")


def index(visit: Visit) -> Response:
    """Who is due (H8)."""
    search, units, names = _search(visit)
    return answer(
        visit,
        Due,
        "employees/due/index.html",
        search,
        lambda after: find_due(visit.db, search.criteria(visit, units), after),
        part=("results", "units/unit-options"),
        form=search,
        may_order=visit.may(Right.ORDERS),
        is_asked=bool(names),
    )


def choose(visit: Visit) -> Response:
    """Go on with those who are ticked: to the times of a booking, or to an order with their number filled in."""
    form: TickedForm = TickedForm.of(visit)
    rows = due_by_id(visit.db, form.due.data) if form.due.data else []
    if not rows:
        return go(visit, visit.url("due"), say="Kryss av minst én ansatt først.", tone="bad")
    people = list(dict.fromkeys(row.employee_id for row in rows))
    if form.booking.first:
        return go(visit, visit.url("booking", id=form.booking.first, employee=people))
    units = {str(row.unit_id) for row in rows}
    begun = {
        "delivery": ", ".join(sorted({row.name for row in rows}, key=norwegian)),
        "quantity": f"{len(people)} {'ansatt' if len(people) == 1 else 'ansatte'}",
        "unit": units.pop() if len(units) == 1 else None,
    }
    return go(visit, visit.url("new_order", **begun))


def csv(visit: Visit) -> Response:
    """Those whom the search finds, as CSV."""
    return _export(visit, "csv")


def xlsx(visit: Visit) -> Response:
    """The same as a workbook."""
    return _export(visit, "xlsx")


class Due(Listing):
    """A page of those who are due."""

    route = "due"
    nothing = "Ingen skal til kontroll"
    counted_to = COUNTED_TO
    words = ("kontroll", "kontroller")

    @cached_property
    def quick(self) -> list[Quick]:
        """Those who are late, those who are next, and those of whom nobody knows."""
        counts = count_due(self.visit.db, self.visit.today)
        return self.quickly(
            ("Forfalt", {"within": Within.OVERDUE}, counts.overdue, True),
            ("Forfaller innen 90 dager", {"within": Within.SOON}, counts.soon, False),
            ("Uten dato", {"within": Within.UNKNOWN}, counts.unknown, False),
        )

    @cached_property
    def offered(self) -> list[BookingRow]:
        """The next bookings with free places whose title names a check that is listed."""
        if not self.rows:
            return []
        keys = {norwegian(row.name) for row in self.rows}
        coming = upcoming_bookings(self.visit.db, self.visit.now, _LOOKED_AT)
        free = (one for one in coming if one.free and one.deadline > self.visit.now)
        return [one for one in free if any(key in norwegian(one.title) for key in keys)][:_OFFERED]

    @property
    def csv(self) -> str:
        """The way to all of them in a file."""
        return self.visit.url("due_csv", **self.search.filters)

    @property
    def xlsx(self) -> str:
        """The way to all of them in a workbook."""
        return self.visit.url("due_xlsx", **self.search.filters)

    @property
    def others(self) -> str:
        """The way to those, too, who have a time ahead, or back."""
        return self.way(booked="" if self.search.booked.data else "1")


def _search(visit: Visit) -> tuple[DueSearch, list[UnitRow], list[str]]:
    search: DueSearch = DueSearch.of(visit, visit.query_params.multi_items())
    assert visit.user.scope is not None
    units = units_in_scope(visit.db, visit.user.scope, Right.EMPLOYEES)
    set_unit_choices(search, units)
    names = names_of_checks(visit.db)
    search.check.choices = [ALL, *(Option(name, name) for name in names)]
    return search, units, names


def _export(visit: Visit, kind: Literal["csv", "xlsx"]) -> Response:
    search, units, _ = _search(visit)
    if not search.validate():
        raise refusal(400)
    criteria = search.criteria(visit, units)

    def read(db: Session, after: int | None) -> tuple[Sequence[Row], int | None]:
        found = find_due(db, criteria, after, _BATCH)
        return [_row(row, visit) for row in found.rows], found.next

    return download(visit, filename=f"kontroller-{visit.today}.{kind}", writer=writer(kind, HEADINGS), read=read)


def _row(row: DueRow, visit: Visit) -> Row:
    day = visit.today
    who = (row.full_name, row.employee_number, row.unit_name)
    return (*who, row.name, row.last_on, row.due, row.booked(day), label(row.state(day)))
