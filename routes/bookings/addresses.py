"""A missing e-mail address, typed where somebody is chosen for a booking (T2).

The same on Info is in the worklist; all that is known of an employee, in the employee's form.
"""

from collections.abc import Iterable
from dataclasses import replace

from starlette.responses import Response

from models.bookings.sign_ups.candidates import employees_by_id
from models.employees.employee import ChangedMeanwhile
from models.values import email_address
from routes.bookings.page import BookingPage, ReasonForm, booking_of
from routes.bookings.sheet import draw
from routes.web.answers import swap
from routes.web.errors import not_found
from routes.web.fields import Ids, Read, Text, at_most, is_id
from routes.web.forms import PortalForm
from routes.web.visit import Visit

_FIELD = "email-"


class AddressForm(PortalForm):
    """The address of one employee (AN2)."""

    email = Read("E-post", email_address.read, needed=True)


class WhoseForm(PortalForm):
    """Whose button was pressed, with who is ticked and what was looked for."""

    address = Ids("Lagre")
    employee = Ids("Ansatte")
    q = Text("Finn ansatte", [at_most(100)])


def typed_in(sent: Iterable[tuple[str, object]]) -> dict[int, str]:
    """By employee, the addresses that are typed in the form of a booking."""
    found = ((name.removeprefix(_FIELD), value) for name, value in sent if name.startswith(_FIELD))
    return {int(id): value[:300] for id, value in found if is_id(id) and isinstance(value, str) and value}


def create(visit: Visit, id: int, why: ReasonForm | None = None) -> Response:
    """Give the employee an address; who has got one meanwhile keeps it (AR12)."""
    booking, sent = booking_of(visit, id), WhoseForm.of(visit, visit.form.multi_items())
    whose, ticked = sent.address.first or 0, sent.employee.data
    employee = next(iter(employees_by_id(visit.db, [whose])), None)
    if employee is None:
        raise not_found()
    form: AddressForm = AddressForm.of(visit, [("email", visit.form.get(f"{_FIELD}{whose}", ""))])
    if not form.validate():
        sheet = BookingPage(visit, booking, sent.q.data or "", [*ticked, whose], why=why)
        sheet.typed, sheet.wrong = typed_in(visit.form.multi_items()), {whose: " ".join(form.email.errors)}
        return draw(visit, sheet, status=422)
    said, tone = f"E-postadressen til {employee.full_name} er lagret.", "good"
    try:
        if employee.email:
            raise ChangedMeanwhile
        employee.change(visit.db, replace(employee.details, email=form.email.value), by=visit.user, now=visit.now)
    except ChangedMeanwhile:
        said, tone = f"{employee.full_name} har fått en e-postadresse av noen andre i mellomtiden.", "wait"
    chosen = [*ticked, whose]
    sheet = BookingPage(visit, booking, chosen=chosen, anew=True, why=why)
    return swap(
        visit,
        "bookings/sign_ups/_people.html",
        or_go=sheet.to("booking", id=id, employee=chosen),
        say=said,
        tone=tone,
        sheet=sheet,
    )
