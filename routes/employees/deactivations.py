"""Deaktiver: the question with its consequences, the deactivation, and taking it back (AD4, section 5 number 7)."""

from collections.abc import Mapping, Sequence

from starlette.datastructures import FormData
from starlette.responses import Response

from models.bookings.booking import BookingCancelled, TooLate
from models.bookings.sign_ups.leaving import (
    Ahead,
    CannotTakeOver,
    Freed,
    Undecided,
    ahead_of,
    deactivate,
    reactivate,
)
from models.bookings.sign_ups.sign_up import AlreadySignedUp, NoEmail, NoLongerSignedUp, NotActive, Overlaps
from models.employees.employee import Employee, NumberTaken
from models.employees.own_numbers import who_has
from models.employees.search import Criteria, find_employees
from routes.employees.page import employee_of, show_saved
from routes.web.answers import page
from routes.web.fields import cleaned
from routes.web.visit import Visit
from routes.web.words import short_moment

_WHY: dict[type[Exception], str] = {
    AlreadySignedUp: "Den ansatte er allerede påmeldt, eller venter på plass.",
    NoEmail: "Den ansatte mangler e-post, og kan ikke få innkallingen.",
    NotActive: "Den ansatte er deaktivert.",
    Overlaps: "Den ansatte er opptatt på det tidspunktet.",
    TooLate: "Fristen er ute. Timen kan frigis, men ikke gis videre.",
    BookingCancelled: "Timen er avlyst.",
    NoLongerSignedUp: "Timen er allerede frigitt.",
}
_CHOOSE = "Kryss av for å frigi timen, eller skriv hvem som skal ha den."
_BOTH = "Velg enten å frigi timen eller hvem som skal ha den."
_CHOOSE_FREE = "Kryss av for å frigi timen."


def new(visit: Visit, id: int) -> Response:
    """Ask first, and show what lies ahead."""
    return _ask(visit, employee_of(visit, id), {}, draft=visit.draft())


def create(visit: Visit, id: int) -> Response:
    """Deactivate, once it is said of each time ahead whether it is freed or who gets it."""
    employee = employee_of(visit, id)
    heirs, errors = _read(visit, ahead_of(visit.db, employee, by=visit.user, now=visit.now))
    if errors:
        return _ask(visit, employee, errors, status=422)
    try:
        deactivate(visit.db, employee, heirs, by=visit.user, now=visit.now)
    except Undecided:  # somebody has just signed the employee up
        visit.db.rollback()
        return _ask(visit, employee_of(visit, id), {}, status=409)
    except CannotTakeOver as refused:
        visit.db.rollback()
        return _ask(visit, employee_of(visit, id), {refused.sign_up: _WHY[type(refused.why)]}, status=422)
    return show_saved(visit, employee, f"{employee.full_name} er deaktivert.")


def destroy(visit: Visit, id: int) -> Response:
    """Undo it: the employee is back in the lists."""
    employee = employee_of(visit, id)
    try:
        freed = reactivate(visit.db, employee, by=visit.user, now=visit.now)
    except NumberTaken:
        taken = who_has(visit.db, employee.employee_number or "")
        return show_saved(visit, employee, f"{taken} Gi den ene et annet nummer først.", tone="wait")
    back, gone = ([_named(one) for one in freed if one.is_back is is_back] for is_back in (True, False))
    said = [f"{employee.full_name} er aktiv igjen."]
    said += [f"Har fått tilbake {', '.join(back)}."] if back else []
    said += [f"Er ikke lenger å få: {', '.join(gone)}."] if gone else []
    return show_saved(visit, employee, " ".join(said), tone="wait" if gone else "good")


def _named(freed: Freed) -> str:
    return f"{freed.title} {short_moment(freed.starts_at)}"


def _read(visit: Visit, ahead: list[Ahead]) -> tuple[dict[int, Employee | None], dict[int, str]]:
    """Who gets which time, None where it is freed; and the sentences for those of which it is not clear."""
    heirs: dict[int, Employee | None] = {}
    errors: dict[int, str] = {}
    freed, typed = visit.form.getlist("free"), _typed(visit)
    for one in ahead:
        wanted = typed.get(str(one.sign_up), "")
        if str(one.sign_up) in freed and not wanted:
            heirs[one.sign_up] = None
        elif wanted and str(one.sign_up) not in freed:
            heir = _heir(visit, wanted)
            if isinstance(heir, str):
                errors[one.sign_up] = heir
            else:
                heirs[one.sign_up] = heir
        else:
            errors[one.sign_up] = _BOTH if wanted else _CHOOSE if one.may_be_given else _CHOOSE_FREE
    return heirs, errors


def _typed(visit: Visit) -> Mapping[str, str]:
    """By sign-up, who was typed to take over."""
    names = [cleaned(str(name)[:200], today=visit.today)[0] for name in visit.form.getlist("heir")]
    return _by_sign_up(visit.form.getlist("sign_up"), names)


def _by_sign_up(ids: Sequence[object], typed: Sequence[object]) -> Mapping[str, str]:
    names = [name if isinstance(name, str) else "" for name in typed]
    return {str(id): " ".join(name.split())[:200] for id, name in zip(ids, names, strict=False)}


def _heir(visit: Visit, wanted: str) -> Employee | str:
    """The one active employee whom the words find, or the sentence that says why there is none."""
    assert visit.customer is not None
    found = find_employees(visit.db, visit.customer.id, Criteria(wanted), 3)
    if not found.rows:
        return "Fant ingen aktiv ansatt med dette navnet eller denne e-postadressen."
    if found.count > 1:
        names = ", ".join(f"{row.full_name} ({row.email or 'uten e-post'})" for row in found.rows)
        return f"Flere passer: {names}. Skriv hele e-postadressen."
    return employee_of(visit, found.rows[0].id)


def _ask(
    visit: Visit,
    employee: Employee,
    errors: dict[int, str],
    *,
    status: int = 200,
    draft: Sequence[tuple[str, str]] | None = None,
) -> Response:
    kept = FormData(list(draft or []))
    return page(
        visit,
        "employees/deactivation.html",
        part="employee",
        status=status,
        state="leaving",
        employee=employee,
        ahead=ahead_of(visit.db, employee, by=visit.user, now=visit.now),
        errors=errors,
        freed=set(visit.form.getlist("free") or kept.getlist("free")),
        typed=_typed(visit) or _by_sign_up(kept.getlist("sign_up"), kept.getlist("heir")),
    )
