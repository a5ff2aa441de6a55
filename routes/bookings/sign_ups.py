"""A booking's page, and what is done there: putting employees on slots, moving them, taking them off (T1-T5).

Who may sit where is decided in `models.bookings.sign_ups.seating`; many at a time is in `distributions`. How the page
is answered is in `sheet`. At the desk the same is done in the customer's stead, and then there is a reason, `why`.
"""

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType

from starlette.responses import Response

from models.bookings.booking import Booking
from models.bookings.sign_ups import seating
from models.bookings.sign_ups.candidates import employees_by_id, not_there_yet, sign_up_by_id
from models.bookings.sign_ups.seating import sign_up_all
from models.bookings.sign_ups.sign_up import NoLongerSignedUp, SignUp
from models.bookings.sign_ups.waiting_list import join_all
from models.bookings.slots import Slot, slot_by_id
from models.core.scope import is_read_only
from models.employees.employee import Employee
from models.values.dates import parse_date
from routes.bookings.addresses import create as give_address
from routes.bookings.addresses import typed_in
from routes.bookings.inviting import invite_chosen
from routes.bookings.page import BookingPage, ReasonForm, booking_of
from routes.bookings.sheet import REFUSALS, changed, draw, refused
from routes.web.answers import go, nothing_new
from routes.web.errors import not_found
from routes.web.fields import Ids, Text, at_most, is_id
from routes.web.forms import PortalForm
from routes.web.visit import Visit
from routes.web.words import short_moment


class WhoForm(PortalForm):
    """Whom one looks for, the employees that are ticked, and those who were just put on a slot."""

    q = Text("Finn ansatte", [at_most(100)])
    employee = Ids("Ansatte")
    new = Ids("Påmeldt nå")
    only_free = Text("Bare ledige")
    dropped = Text("Fjern")


class SignUpForm(WhoForm):
    """Who, and when: the slot whose button was pressed."""

    slot = Ids("Tid")


class MoveForm(PortalForm):
    """Where to: a slot, or the sign-up of somebody to swap with."""

    slot = Ids("Tid")
    swap = Ids("Bytt")
    only_free = Text("Bare ledige")


def show(visit: Visit, id: int) -> Response:
    """One booking: its days and slots, who sits where, and whom one may put there."""
    return show_times(visit, booking_of(visit, id))


def show_times(visit: Visit, booking: Booking, why: ReasonForm | None = None) -> Response:
    """The same of a booking in hand; at the desk for a reason."""
    id, sent = booking.id, visit.draft() or visit.query_params.multi_items()
    form = WhoForm.of(visit, sent)
    sheet = _sheet(visit, booking, why, form, typed=typed_in(sent))
    if form.masked:  # the address of this page is kept by browsers: no identity number stays in it
        return go(visit, sheet.to("booking", id=id, employee=form.employee.data))
    sheet.just, sheet.anew = form.new.data, bool(form.dropped.data)
    moving = visit.query_params.get("move")
    if moving and sheet.may_change:
        sheet.moving = _sign_up(visit, int(moving) if is_id(moving) else 0, why)
    seen = visit.query_params.get("seen")
    if seen and seen == sheet.mark:
        return nothing_new()
    return draw(visit, sheet)


def create(visit: Visit, id: int, why: ReasonForm | None = None) -> Response:
    """Put the ticked employees on a slot, or on the waiting list of a day (T1-T4)."""
    form = SignUpForm.of(visit, visit.form.multi_items())
    is_for_a_time = bool(form.slot.data and form.employee.data)  # a time is sent by its own button alone
    if is_for_a_time and (too_late := _before_its_turn(visit, lambda: _too_late(visit, id, form, why))):
        return too_late
    booking = booking_of(visit, id)
    other = _other_button(visit, booking, form, why)
    if other:
        return other
    sheet, employees = _sheet(visit, booking, why, form), _employees(visit, form.employee.data)
    if without := _without_reason(visit, sheet):
        return without
    if not employees:
        sheet.problem = "Velg hvem som skal få timen: kryss av minst én ansatt."
        return draw(visit, sheet, status=422)
    if "wait" in visit.form:
        return _wait(visit, sheet, employees)
    if not form.slot.data:
        sheet.problem = "Velg en ledig tid."
        return draw(visit, sheet, status=422)
    slot = _slot_of(visit, booking, form)
    try:
        new = not_there_yet(visit.db, slot, employees, visit.user.user_id)
        sign_up_all(visit.db, slot, new, by=visit.user, now=visit.now, reason=sheet.reason)
    except REFUSALS as refusal:
        return refused(visit, sheet, refusal, employees)
    said = f"{_names(employees)} er påmeldt {short_moment(slot.starts_at)}."
    return changed(sheet, said, employees, just=new)


def _before_its_turn(visit: Visit, look: Callable[[], Response | None]) -> Response | None:
    """What `look` gives, which only reads; where it is None, the visit may write afterwards, and looks at all anew.

    So a refusal that is certain at a look waits for nobody who writes, and holds nobody up.
    """
    if is_read_only(visit.db):
        return look()
    database = visit.portal.database
    database.only_reads(visit.db, visit.scope)
    refusal = look()
    if refusal is None:
        visit.db.close()
        visit.db = database.session(visit.scope)
    return refusal


def _too_late(visit: Visit, id: int, form: SignUpForm, why: ReasonForm | None) -> Response | None:
    """The refusal that is certain at a look: the last place is gone, as most of those hear who come for it."""
    booking = booking_of(visit, id)
    sheet, slot = _sheet(visit, booking, why, form), _slot_of(visit, booking, form)
    if without := _without_reason(visit, sheet):
        return without
    employees = _employees(visit, form.employee.data)
    try:
        seating.refuse_full(visit.db, slot, employees, visit.now, sheet.reason)
    except REFUSALS as refusal:
        return refused(visit, sheet, refusal, employees)
    return None


def _slot_of(visit: Visit, booking: Booking, form: SignUpForm) -> Slot:
    slot = slot_by_id(visit.db, form.slot.first or 0)
    if slot is None or slot.booking_id != booking.id:
        raise not_found()
    return slot


def _other_button(visit: Visit, booking: Booking, form: SignUpForm, why: ReasonForm | None) -> Response | None:
    """What else the form's buttons do, for browsers that know no formaction."""
    if "address" in visit.form:
        return give_address(visit, booking.id, why)
    for pressed, act in ((visit.form.get("cancel"), destroy), (visit.form.get("accept"), accept)):
        if isinstance(pressed, str) and is_id(pressed):
            return act(visit, int(pressed), why)
    if "find" in visit.form:
        return draw(visit, _sheet(visit, booking, why, form, typed=typed_in(visit.form.multi_items())))
    if "invite" in visit.form and why is None:
        return invite_chosen(visit, booking, form.employee.data)
    if "distribute" in visit.form and why is None:
        return go(visit, visit.url("new_distribution", id=booking.id, employee=form.employee.data))
    return None


def destroy(visit: Visit, id: int, why: ReasonForm | None = None) -> Response:
    """Take somebody off a slot, or off the waiting list (T5)."""
    sign_up = _sign_up(visit, id, why)
    booking, [employee] = booking_of(visit, sign_up.booking_id), _employees(visit, [sign_up.employee_id])
    slot_id, sheet = sign_up.slot_id, _sheet(visit, booking, why)
    if without := _without_reason(visit, sheet):
        return without
    try:
        seating.cancel(visit.db, sign_up, by=visit.user, now=visit.now, reason=sheet.reason)
    except NoLongerSignedUp:
        pass  # pressed twice, or somebody else was faster: it is as one wanted it
    except REFUSALS as refusal:
        return refused(visit, sheet, refusal, [employee])
    said = f"{employee.full_name} er meldt av." if slot_id else f"{employee.full_name} står ikke lenger på venteliste."
    return changed(sheet, said, [employee], at=slot_id)


def move(visit: Visit, id: int, why: ReasonForm | None = None) -> Response:
    """Give somebody another slot of the booking, or let two people swap (T5)."""
    sign_up, form = _sign_up(visit, id, why), MoveForm.of(visit, visit.form.multi_items())
    booking, [employee] = booking_of(visit, sign_up.booking_id), _employees(visit, [sign_up.employee_id])
    other = _sign_up(visit, form.swap.first, why) if form.swap.data else None
    slot = slot_by_id(visit.db, (other.slot_id if other else form.slot.first) or 0)
    if slot is None or slot.booking_id != booking.id:
        raise not_found()
    sheet = _sheet(visit, booking, why, moving=sign_up)
    sheet.only_free = bool(form.only_free.data)
    if without := _without_reason(visit, sheet):
        return without
    try:
        if other:
            seating.swap(visit.db, sign_up, other, by=visit.user, now=visit.now, reason=sheet.reason)
        else:
            seating.move(visit.db, sign_up, slot, by=visit.user, now=visit.now, reason=sheet.reason)
    except REFUSALS as refusal:
        return refused(visit, sheet, refusal, [employee])
    said = f"{employee.full_name} er flyttet til {short_moment(slot.starts_at)}."
    return go(visit, sheet.url, say=f"{said} De to har byttet." if other else said)


def accept(visit: Visit, id: int, why: ReasonForm | None = None) -> Response:
    """Say yes, on behalf of an employee, to a place that the waiting list has offered."""
    sign_up = _sign_up(visit, id, why)
    booking, [employee] = booking_of(visit, sign_up.booking_id), _employees(visit, [sign_up.employee_id])
    sheet = _sheet(visit, booking, why)
    if without := _without_reason(visit, sheet):
        return without
    try:
        seating.accept(visit.db, sign_up, by=visit.user, now=visit.now, reason=sheet.reason)
    except REFUSALS as refusal:
        return refused(visit, sheet, refusal, [employee])
    return changed(sheet, f"{employee.full_name} er påmeldt.", [employee], at=sign_up.slot_id)


def _without_reason(visit: Visit, sheet: BookingPage) -> Response | None:
    """At the desk nothing is changed without a reason (D1); what was chosen stays chosen."""
    if sheet.why is None or sheet.why.validate():
        return None
    sheet.problem = sheet.why.sentences
    return draw(visit, sheet, status=422)


def _wait(visit: Visit, sheet: BookingPage, employees: list[Employee]) -> Response:
    try:
        day = None if visit.form.get("wait") == "any" else parse_date(str(visit.form.get("wait")))
    except ValueError:
        raise not_found() from None
    if day and all(day != of_booking.date for of_booking in sheet.view.days):
        raise not_found()
    try:
        join_all(visit.db, sheet.booking, employees, day, by=visit.user, now=visit.now, reason=sheet.reason)
    except REFUSALS as refusal:
        return refused(visit, sheet, refusal, employees)
    return changed(sheet, f"{_names(employees)} står på venteliste.", employees)


def _sheet(
    visit: Visit,
    booking: Booking,
    why: ReasonForm | None,
    form: WhoForm | None = None,
    *,
    moving: SignUp | None = None,
    typed: Mapping[int, str] = MappingProxyType({}),
) -> BookingPage:
    """The page of what was sent; for whom an address is typed, that row is there as well, wherever the list begins."""
    text, chosen = (form.q.data or "", form.employee.data) if form else ("", [])
    only_free = bool(form and form.only_free.data)
    shown = [*chosen, *(id for id in typed if id not in chosen)]
    return BookingPage(visit, booking, text, shown, moving, only_free=only_free, why=why, typed=typed)


def _sign_up(visit: Visit, id: int | None, why: ReasonForm | None) -> SignUp:
    """A sign-up of somebody whom the visitor may see, and may see there; else there is none."""
    sign_up = sign_up_by_id(visit.db, id or 0, visit.user.user_id, unhidden=why is not None and why.with_names)
    if sign_up is None:
        raise not_found()
    return sign_up


def _employees(visit: Visit, ids: list[int]) -> list[Employee]:
    found = employees_by_id(visit.db, ids)
    if len(found) != len(ids):
        raise not_found()
    return found


def _names(employees: Collection[Employee]) -> str:
    names = [employee.full_name for employee in employees]
    if len(names) > 3:
        return f"{len(names)} ansatte"
    return " og ".join(filter(None, (", ".join(names[:-1]), names[-1])))
