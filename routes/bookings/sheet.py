"""How a booking's page is answered: whole, with what changed on it, or with why nothing was done.

What stands on it is in `page`; what is done there, in `sign_ups`.
"""

from collections.abc import Collection

from starlette.responses import Response

from models.bookings.booking import BookingCancelled, TooLate
from models.bookings.sign_ups.sign_up import AlreadySignedUp, NoEmail, NoLongerSignedUp, NotActive, Overlaps
from models.bookings.slots import SlotFull
from models.employees.employee import Employee
from routes.bookings.page import BookingPage
from routes.web.answers import page, swap
from routes.web.visit import Visit

_SENTENCES: dict[type[Exception], str] = {
    SlotFull: "Timen ble nettopp full. Velg en av dem som er ledige.",
    TooLate: "Fristen er ute. Ring kundeansvarlig for endringer.",
    BookingCancelled: "Bookingen er avlyst.",
    NotActive: "{} er deaktivert og kan ikke meldes på.",
    NoEmail: "{} mangler e-post og kan ikke få innkallingen.",
    AlreadySignedUp: "{} har allerede en time her. Bruk Flytt for å bytte.",
    Overlaps: "{} er opptatt på dette tidspunktet.",
    NoLongerSignedUp: "{} er ikke lenger påmeldt.",
}
REFUSALS = tuple(_SENTENCES)
"""Why somebody is not put on a slot, or not taken off."""


def draw(visit: Visit, sheet: BookingPage, *, status: int = 200) -> Response:
    """The page, or the part of it that is asked for."""
    return page(
        visit,
        "bookings/sign_ups/desk.html" if sheet.why else "bookings/sign_ups/show.html",
        part=("slots", "people"),
        status=status,
        sheet=sheet,
    )


def changed(
    before: BookingPage,
    said: str,
    employees: Collection[Employee],
    *,
    just: Collection[Employee] = (),
    at: int | None = None,
) -> Response:
    """The times as they are now, and what is said of the people; `just` were put there now, or focus goes to `at`.

    All times are drawn: their buttons named who has a time now, and a place that was freed may be somebody else's.
    """
    booking, why = before.booking, before.why
    sheet = BookingPage(before.visit, booking, just=[employee.id for employee in just], at=at, why=why)
    return swap(
        before.visit,
        "bookings/sign_ups/_changes.html",
        into="slots",
        or_go=sheet.to("booking", id=booking.id, new=sheet.just) if just else sheet.url,
        say=said,
        sheet=sheet,
        touched=[employee.id for employee in employees],
    )


def refused(visit: Visit, sheet: BookingPage, why: Exception, employees: Collection[Employee]) -> Response:
    """409: why, and what is still to be had; who was chosen stays chosen (T3), and nobody else is looked for.

    Where many press for the last places, most of them get this answer.
    """
    sheet.problem = _sentence(sheet, why, {employee.id: employee.full_name for employee in employees})
    sheet.in_hand = bool(sheet.chosen)
    visit.undo()
    return draw(visit, sheet, status=409)


def _sentence(sheet: BookingPage, why: Exception, names: dict[int, str]) -> str:
    name = names.get(getattr(why, "employee_id", 0), "Den ansatte")
    if isinstance(why, AlreadySignedUp) and sheet.booking.names_hidden:
        return f"{name} kan ikke meldes på her nå."  # who signed the person up is nobody's business
    if isinstance(why, TooLate) and sheet.why:
        return "Dagen er over, så ingenting kan endres. Noter oppmøtet i stedet."
    if isinstance(why, SlotFull) and len(names) > 1:
        return f"Det er ikke plass til alle {len(names)} på den tiden. Velg en annen, eller fordel dem på ledige tider."
    return _SENTENCES[type(why)].format(name)
