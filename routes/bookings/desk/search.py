"""Bookinger at the desk: the list across customers, a booking's page, and its list for printing.

Publishing one is in `new`, changing one in `changes`, its times in `slots`, who came in `attendances`.
"""

from starlette.responses import Response

from models.bookings.desk import BookingRow, Criteria, Cursor, Found, find_bookings
from models.bookings.timetable import roll_of
from routes.bookings.desk.page import draw, sheet_of
from routes.web import search as listing
from routes.web.answers import page
from routes.web.fields import Choice, Option, Text, at_most
from routes.web.forms import PeriodSearch
from routes.web.search import after_of
from routes.web.visit import Visit

MINE, EVERYBODYS = Option("", "Mine"), Option("all", "Alle")


class BookingSearch(PeriodSearch):
    """What bookings are searched by; an empty filter does not restrict."""

    customer = Text("Kunde:", [at_most(200)])
    whose = Choice("Kundeansvarlig:", default="", choices=[MINE, EVERYBODYS])

    def criteria(self, account_manager_id: int | None, after: Cursor | None) -> Criteria:
        """What to search for, once the form is valid."""
        return Criteria(
            self.from_date.day,
            self.to_date.day,
            self.customer.data or "",
            None if self.whose.data else account_manager_id,
            after,
        )


class Listing(listing.Listing):
    """A page of bookings: those to come, soonest first, then those before."""

    route = "desk_bookings"
    nothing = "Ingen bookinger funnet"
    words = ("booking", "bookinger")

    @property
    def among_all(self) -> str:
        """The same search, whosever the customers are."""
        return self.way(whose=EVERYBODYS.value)

    @property
    def halves(self) -> list[tuple[str, list[BookingRow]]]:
        """The two tables, where something stands in them."""
        halves = [("Kommende", True), ("Tidligere", False)]
        found = [(title, [row for row in self.rows if row.is_to_come is which]) for title, which in halves]
        return [(title, rows) for title, rows in found if rows]


def index(visit: Visit) -> Response:
    """The bookings of one's customers, or of all."""
    search: BookingSearch = BookingSearch.of(visit)
    search.were_wrong = "wrong" in visit.query_params
    after = after_of(visit, Cursor.parse)
    valid = search.validate()
    criteria = search.criteria(visit.user.account_manager_id, after)
    found = find_bookings(visit.db, visit.now, criteria) if valid else Found([], 0, None)
    return page(
        visit,
        "bookings/desk/index.html",
        part="results",
        status=200 if valid else 422,
        at=visit.url("desk_bookings", **search.filters, after=after),
        search=search,
        found=Listing(visit, search, found, later=after is not None),
    )


def show(visit: Visit, id: int) -> Response:
    """One booking: its times, who sits where, who waits, and what staff can do about it."""
    return draw(visit, sheet_of(visit, id))


def day_list(visit: Visit, id: int) -> Response:
    """Who comes when, or who comes at all, to be printed and taken along."""
    sheet = sheet_of(visit, id)
    by_name = visit.query_params.get("by") == "name"
    return page(
        visit,
        "bookings/desk/day_list.html",
        sheet=sheet,
        roll=roll_of(visit.db, sheet.booking, visit.user.user_id, by_name=by_name, unhidden=sheet.with_names),
        by_name=by_name,
    )
