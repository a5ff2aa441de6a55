"""Bookinger at the desk: the list across customers, a booking's page, and its list for printing.

Publishing one is in `new`, changing one in `changes`, its times in `slots`, who came in `attendances`.
"""

from starlette.responses import Response

from models.bookings.desk import BookingRow, Criteria, find_bookings
from models.bookings.timetable import roll_of
from routes.bookings.desk.page import draw, sheet_of
from routes.bookings.months import FREE
from routes.web.answers import page
from routes.web.fields import ALL, Choice, Text, at_most
from routes.web.search import Listing, PeriodSearch, Whose, answer
from routes.web.visit import Visit


class BookingSearch(PeriodSearch):
    """What bookings are searched by; an empty filter does not restrict."""

    customer = Text("Kunde:", [at_most(200)])
    free = Choice("Plasser:", choices=[ALL, FREE], default="")
    whose = Whose("Kundeansvarlig:", of="")

    def criteria(self, visit: Visit, after: int | None) -> Criteria:
        """What to search for, once the form is valid."""
        manager = self.whose.managers(visit)
        return Criteria(
            self.from_date.day,
            self.to_date.day,
            self.customer.data or "",
            served_by=manager,
            only_free=bool(self.free.data),
            after=after,
        )


class Bookings(Listing):
    """A page of bookings: those to come, soonest first, then those before."""

    route = "desk_bookings"
    nothing = "Ingen bookinger funnet"
    words = ("booking", "bookinger")

    @property
    def among_all(self) -> str:
        """The same search, whosever the customers are."""
        return self.way(whose=Whose.ALL)

    @property
    def halves(self) -> list[tuple[str, list[BookingRow]]]:
        """The two tables, where something stands in them."""
        halves = [("Kommende", True), ("Tidligere", False)]
        found = [(title, [row for row in self.rows if row.is_to_come is which]) for title, which in halves]
        return [(title, rows) for title, rows in found if rows]


def index(visit: Visit) -> Response:
    """The bookings of one's customers, or of all."""
    search: BookingSearch = BookingSearch.of(visit)
    return answer(
        visit,
        Bookings,
        "bookings/desk/index.html",
        search,
        lambda after: find_bookings(visit.db, visit.now, search.criteria(visit, after)),
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
