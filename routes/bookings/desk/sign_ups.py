"""Who sits where, changed at the desk in a customer's stead, after the deadline too, for a reason (D1).

It is the customer's own form with the same checks, in `routes.bookings.sign_ups`; what is held here is whose booking it
is, and who may.
"""

from starlette.responses import Response

from models.bookings.sign_ups.sign_up import SignUp
from routes.bookings.desk.page import BookingSheet, sheet_of
from routes.bookings.page import ReasonForm
from routes.bookings.sign_ups import accept as accept_place
from routes.bookings.sign_ups import create as put_on
from routes.bookings.sign_ups import destroy as take_off
from routes.bookings.sign_ups import move as give_another
from routes.bookings.sign_ups import show_times
from routes.web.errors import not_found
from routes.web.visit import Visit


def show(visit: Visit, id: int) -> Response:
    """The times with who sits there, and whom one may put there."""
    sheet = sheet_of(visit, id)
    return show_times(visit, sheet.booking, _why(sheet))


def create(visit: Visit, id: int) -> Response:
    """Put the ticked employees on a slot, or on the waiting list of a day."""
    why = _why(sheet_of(visit, id))
    visit.act()
    return put_on(visit, id, why)


def destroy(visit: Visit, id: int) -> Response:
    """Take somebody off a slot, or off the waiting list."""
    return take_off(visit, id, _begin(visit, id))


def move(visit: Visit, id: int) -> Response:
    """Give somebody another slot of the booking, or let two people swap."""
    return give_another(visit, id, _begin(visit, id))


def accept(visit: Visit, id: int) -> Response:
    """Say yes, on behalf of an employee, to a place that the waiting list has offered."""
    return accept_place(visit, id, _begin(visit, id))


def _begin(visit: Visit, id: int) -> ReasonForm:
    """Serve the customer whose sign-up it is, and let in who may act there."""
    visit.serve(SignUp, id)
    sign_up = visit.db.get(SignUp, id)
    if sign_up is None:
        raise not_found()
    why = _why(sheet_of(visit, sign_up.booking_id))
    visit.act()
    return why


def _why(sheet: BookingSheet) -> ReasonForm:
    """The reason as it was typed, and whether names are seen; a look at hidden ones is on record by now."""
    visit = sheet.visit
    form: ReasonForm = ReasonForm.of(visit, visit.form.multi_items() or visit.draft() or [])
    form.with_names = sheet.with_names
    return form
