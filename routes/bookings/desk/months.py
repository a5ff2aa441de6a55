"""Bookings of all customers, a month at a time, for the provider's desk.

The list is in `search`; what a customer's users see of a month is in `routes.bookings.months`, whose table this draws.
"""

from starlette.responses import Response

from models.bookings.days.month import rounds_across
from routes.bookings.months import FREE, Month, days, draw_month, month_of
from routes.web.fields import ALL, Choice, Text, at_most
from routes.web.forms import PortalForm
from routes.web.search import Whose
from routes.web.visit import Visit


class MonthSearch(PortalForm):
    """What the month shows; an empty filter does not restrict."""

    customer = Text("Kunde:", [at_most(200)])
    free = Choice("Plasser:", choices=[ALL, FREE], default="")
    whose = Whose("Kundeansvarlig:", of="")


class DeskMonth(Month):
    """The same table, with whose booking each is, and the desk's pages behind it."""

    route = "desk_bookings_month"
    to_one = "desk_booking"
    to_list = "desk_bookings"
    with_customer = True


def index(visit: Visit) -> Response:
    """The bookings of one's customers in a month, or of all."""
    search: MonthSearch = MonthSearch.of(visit)
    first = month_of(visit)
    rounds = (
        rounds_across(
            visit.db,
            first,
            visit.now,
            customer=search.customer.data or "",
            served_by=search.whose.managers(visit),
            only_free=bool(search.free.data),
        )
        if search.validate()
        else {}
    )
    return draw_month(visit, "bookings/month/desk.html", DeskMonth(visit, search, first, days(visit, first, rounds)))
