"""Rediger ansatt: the form in the place of the card, and what of it is saved (AR1-AR12)."""

from typing import Any

from starlette.responses import Response

from models.employees.card import last_actor
from models.employees.employee import ChangedMeanwhile, Employee, NumberTaken
from models.employees.national_ids import mask_of, register, remove
from models.values.national_id import mask
from routes.employees.form import (
    EmployeeForm,
    carry,
    duplicates_among,
    employee_form,
    others_with_number,
    say_who_has_it,
    texts,
    what_is_said,
)
from routes.employees.page import employee_of, show_saved
from routes.web.answers import page
from routes.web.visit import Visit

ONLY_THE_NUMBER, ALL_THE_SAME = "fodselsnummer", "fodselsnummer-likevel"
REMOVE, REMOVE_FOR_CERTAIN = "fjern", "fjern-likevel"
"""What the buttons beside the number say in `handling`; the other `Lagre` says nothing (U3)."""
_CHANGE_NUMBER = "Skriv hele fødselsnummeret, eller ta bort haken foran Endre fødselsnummer."


def edit(visit: Visit, id: int) -> Response:
    """The form with the stored values, or with what was typed before the session ended (AR1-AR5)."""
    employee, draft = employee_of(visit, id), visit.draft()
    form = employee_form(visit, draft or texts(employee).items(), str(id))
    return _edit(visit, employee, form, version=_number(dict(draft or {}).get("version")))


def update(visit: Visit, id: int) -> Response:
    """Save everything, or only the number (U3); what a colleague saved is never overwritten unseen."""
    employee, form = employee_of(visit, id), employee_form(visit, visit.form.multi_items(), str(id))
    handling, seen = visit.form.get("handling"), _number(visit.form.get("version"))
    # Enter in a field presses the first button of a form; where no number is typed, everything is meant.
    is_number = handling in {ONLY_THE_NUMBER, ALL_THE_SAME} and form.national_id.is_typed
    if is_number or handling in {REMOVE, REMOVE_FOR_CERTAIN}:
        return _only_the_number(visit, employee, form, str(handling), seen)
    if not _is_valid(visit, form):
        return _edit(visit, employee, form, status=422, version=seen)
    if duplicates := duplicates_among(visit, form, employee):
        return _edit(visit, employee, form, status=422, version=seen, duplicates=duplicates)
    try:
        changed = employee.change(visit.db, form.details, by=visit.user, now=visit.now, seen=seen)
    except ChangedMeanwhile:
        return _conflict(visit, id, form)
    except NumberTaken:
        say_who_has_it(visit, form)
        return _edit(visit, employee, form, status=422, version=seen)
    number = form.national_id.number
    if number:
        register(visit.db, visit.portal.keyring, id, number, by=visit.user, now=visit.now)
    return _show(visit, employee, form, "Endringene er lagret." if changed or number else "Ingenting var endret.")


def _is_valid(visit: Visit, form: EmployeeForm) -> bool:
    """Whether all can be saved; a tick before Endre fødselsnummer asks for a number (U4)."""
    valid = bool(form.validate())
    if "change_number" in visit.form and not form.national_id.number and not form.national_id.errors:
        form.national_id.errors = [_CHANGE_NUMBER]
        return False
    return valid


def _only_the_number(visit: Visit, employee: Employee, form: EmployeeForm, handling: str, seen: int | None) -> Response:
    """Save or remove the number; what else was typed is neither saved nor lost."""
    field = form.national_id
    if handling == REMOVE:
        return _edit(visit, employee, form, removing=True, version=seen)
    if handling == REMOVE_FOR_CERTAIN:
        remove(visit.db, employee.id, by=visit.user, now=visit.now)
        said, field.data = "Fødselsnummeret er fjernet.", ""
    elif not field.validate(form):
        return _edit(visit, employee, form, status=422, version=seen)
    elif handling != ALL_THE_SAME and (duplicates := others_with_number(visit, field.number, employee)):
        again = ("handling", ALL_THE_SAME)
        return _edit(visit, employee, form, status=422, version=seen, duplicates=duplicates, all_the_same=again)
    else:
        assert field.number
        register(visit.db, visit.portal.keyring, employee.id, field.number, by=visit.user, now=visit.now)
        said, field.data = "Fødselsnummeret er lagret.", mask(field.number)
    if form.differing(employee):
        return _edit(visit, employee, form, version=seen, said=f"{said} Resten av skjemaet er ikke lagret ennå.")
    return _show(visit, employee, form, said)


def _conflict(visit: Visit, id: int, form: EmployeeForm) -> Response:
    """What was typed, and beside it what a colleague has saved meanwhile; pressing again saves on purpose."""
    visit.db.rollback()
    employee = employee_of(visit, id)
    return _edit(
        visit,
        employee,
        form,
        status=409,
        theirs=form.differing(employee),
        who=last_actor(visit.db, employee),
    )


def _edit(
    visit: Visit,
    employee: Employee,
    form: EmployeeForm,
    *,
    status: int = 200,
    version: int | None = None,
    said: str = "",
    **context: Any,
) -> Response:
    field, keyring = form.national_id, visit.portal.keyring
    sealed = "" if said else carry(visit, form, str(employee.id))
    if not said and not field.data and not field.errors:
        field.data = visit.on_record(lambda db: mask_of(db, keyring, employee.id, by=visit.user, now=visit.now))
    nothing: dict[str, Any] = {
        "theirs": {},
        "who": None,
        "duplicates": [],
        "all_the_same": ("duplicate", "save"),
        "removing": False,
    }
    return page(
        visit,
        "employees/edit.html",
        part="employee",
        status=status,
        no_store=True,
        state="form",
        employee=employee,
        form=form,
        version=version or employee.version,
        said=said,
        sealed_number=sealed,
        **{**nothing, **context},
    )


def _show(visit: Visit, employee: Employee, form: EmployeeForm, said: str) -> Response:
    say, tone = what_is_said(visit, said, form)
    return show_saved(visit, employee, say, tone=tone)


def _number(text: object) -> int | None:
    """The version that was before the sender's eyes."""
    return int(text) if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) <= 9 else None
