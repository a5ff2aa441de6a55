"""Many employees on the free times of a booking: who, the proposal, which can be adjusted, and its confirmation.

How the times are given out is in `models.bookings.sign_ups.distribution`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from starlette.responses import Response

from models.bookings.booking import BookingCancelled, TooLate
from models.bookings.sign_ups.candidates import employees_by_id
from models.bookings.sign_ups.distribution import (
    MOST,
    WAIT,
    FreeTime,
    NotAsSeen,
    Proposal,
    distribute,
    is_as_wanted,
    propose,
)
from models.bookings.sign_ups.selection import Selection, Wanted, select_employees
from models.core.scope import Right
from models.customers.units import UnitRow, ids_below, units_in_scope
from models.employees.employee import Employee
from routes.bookings.page import BookingPage, booking_of
from routes.web.answers import go, page
from routes.web.errors import not_found
from routes.web.fields import Choice, Day, Ids, Option, Text, at_most, is_id
from routes.web.forms import PortalForm, unit_choices
from routes.web.visit import Visit

EVERY_UNIT = Option("all", "Alle avdelinger")
NO_UNIT = Option("", "Ingen")
_FIELD = "place-"
_MOST_OPTIONS = 3000
_OPTIONS_EACH = 20


class DistributionForm(PortalForm):
    """Whom to distribute: ticked before, a whole unit, or a pasted list."""

    employee = Ids("Ansatte")
    unit = Choice("Bedrift/avdeling:", default="", refusal="Velg en av dine avdelinger.")
    not_since = Day("Ikke hatt helsekontroll siden", description="Gjelder dem i avdelingen over.")
    pasted = Text(
        "Lim inn navn eller e-post",
        [at_most(40_000)],
        description="Én på hver linje, for eksempel kopiert fra et regneark.",
    )


def new(visit: Visit, id: int) -> Response:
    """Whom to distribute."""
    sheet = BookingPage(visit, booking_of(visit, id))
    draft = [
        ("employee", name.removeprefix(_FIELD)) if name.startswith(_FIELD) else (name, value)
        for name, value in visit.draft() or []
    ]
    return _new(visit, sheet, _form(visit, draft or visit.query_params.multi_items()))


def propose_times(visit: Visit, id: int) -> Response:
    """Show who would get which time; nothing is saved yet."""
    sheet = BookingPage(visit, booking_of(visit, id))
    form, units = _form(visit, visit.form.multi_items()), _units(visit)
    if not form.validate():
        return _new(visit, sheet, form, status=422)
    selection = select_employees(visit.db, sheet.booking, _wanted(form, units))
    if set(form.employee.data) - {employee.id for employee in selection.employees}:
        raise not_found()
    if not selection.employees or len(selection.employees) > MOST:
        many = f"Det er {len(selection.employees)} ansatte. Velg høyst {MOST} om gangen."
        form.form_errors.append(many if selection.employees else "Velg hvem som skal få en time.")
        return _new(visit, sheet, form, status=422, selection=selection)
    proposal = propose(visit.db, sheet.booking, selection.employees, visit.now)
    return _show(visit, sheet, Draft(proposal, selection))


def create(visit: Visit, id: int) -> Response:
    """Do what the proposal says, all of it or nothing."""
    sheet = BookingPage(visit, booking_of(visit, id))
    places, left_out = _places(visit)
    employees = employees_by_id(visit.db, [*places, *left_out])
    if not places or len(employees) != len(places) + len(left_out):
        raise not_found()
    if is_as_wanted(visit.db, sheet.booking, places, visit.user.user_id):  # confirmed twice
        return _done(visit, sheet, places)
    try:
        distribute(visit.db, sheet.booking, places, by=visit.user, now=visit.now)
    except NotAsSeen as changed:
        visit.undo()
        kept = {id: slot for id, slot in places.items() if id not in changed.employee_ids}
        proposal = propose(visit.db, sheet.booking, employees, visit.now, wanted=kept)
        draft = Draft(proposal, Selection(employees), changed.employee_ids, left_out)
        return _show(visit, sheet, draft, status=409)
    except (BookingCancelled, TooLate):
        return page(visit, "bookings/sign_ups/show.html", status=409, sheet=sheet)
    return _done(visit, sheet, places)


def _done(visit: Visit, sheet: BookingPage, places: Mapping[int, int]) -> Response:
    seated = sum(slot != WAIT for slot in places.values())
    waiting = len(places) - seated
    said = f"{seated} {'ansatt' if seated == 1 else 'ansatte'} er påmeldt."
    return go(visit, sheet.url, say=f"{said} {waiting} står på venteliste." if waiting else said)


@dataclass(frozen=True)
class Draft:
    """A proposal on its way to the page."""

    proposal: Proposal
    selection: Selection
    changed: frozenset[int] = frozenset()
    """Those whose time was gone."""
    left_out: frozenset[int] = frozenset()

    @property
    def rows(self) -> list[Employee]:
        """Those who can get a time, in the order of the list."""
        return [employee for employee in self.selection.employees if employee.id in self.proposal.places]

    @property
    def refused(self) -> list[tuple[Employee, str]]:
        """Those who cannot, and why."""
        return [
            (employee, self.proposal.refused[employee.id])
            for employee in self.selection.employees
            if employee.id in self.proposal.refused
        ]

    @property
    def seated(self) -> int:
        """How many get a time."""
        return sum(slot != WAIT for slot in self.proposal.places.values())

    def place(self, employee: Employee) -> int | None:
        """What is proposed; None for one who is to be left out."""
        return None if employee.id in self.left_out else self.proposal.places[employee.id]

    def times(self, employee: Employee) -> list[FreeTime]:
        """What one may choose instead; where there are very many, what is proposed and the first that are left."""
        times = self.proposal.times_for(employee.id)
        if len(self.proposal.times) * len(self.proposal.places) <= _MOST_OPTIONS:
            return times
        taken = set(self.proposal.places.values()) - {self.proposal.places[employee.id]}
        mine = [time for time in times if time.id == self.proposal.places[employee.id]]
        return mine + [time for time in times if time.id not in taken and time not in mine][:_OPTIONS_EACH]


def _new(
    visit: Visit,
    sheet: BookingPage,
    form: DistributionForm,
    *,
    status: int = 200,
    selection: Selection | None = None,
) -> Response:
    return page(
        visit,
        "bookings/distributions/distribute.html",
        status=status,
        sheet=sheet,
        form=form,
        selection=selection or Selection(),
    )


def _show(visit: Visit, sheet: BookingPage, draft: Draft, *, status: int = 200) -> Response:
    return page(visit, "bookings/distributions/proposal.html", status=status, sheet=sheet, draft=draft)


def _form(visit: Visit, pairs: Iterable[tuple[str, object]]) -> DistributionForm:
    form: DistributionForm = DistributionForm.of(visit, pairs)
    form.unit.find_choices = lambda: [NO_UNIT, EVERY_UNIT, *unit_choices(_units(visit))]
    return form


def _wanted(form: DistributionForm, units: list[UnitRow]) -> Wanted:
    below = ids_below(units, form.unit.data)
    every = form.unit.data == EVERY_UNIT.value or (form.not_since.day and not form.unit.data)
    return Wanted(form.employee.data, None if every else below, form.not_since.day, form.pasted.data or "")


def _places(visit: Visit) -> tuple[Mapping[int, int], frozenset[int]]:
    """By employee, the slot or WAIT; and those who are to be left out. What is neither is passed over."""
    places: dict[int, int] = {}
    left_out: set[int] = set()
    for name, value in visit.form.multi_items():
        employee = name.removeprefix(_FIELD)
        if name.startswith(_FIELD) and is_id(employee):
            if isinstance(value, str) and is_id(value):
                places[int(employee)] = int(value)
            else:
                left_out.add(int(employee))
    return places, frozenset(left_out - places.keys())


def _units(visit: Visit) -> list[UnitRow]:
    assert visit.user.scope is not None
    return units_in_scope(visit.db, visit.user.scope, Right.EMPLOYEES)
