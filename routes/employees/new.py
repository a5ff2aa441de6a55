"""Ny ansatt: from the empty form to the employee who is in the list (AN1-AN3)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from models.employees.employee import KeyUsed, NumberTaken, add_employee, was_sent
from models.employees.national_ids import register
from routes.employees.form import (
    EmployeeForm,
    carry,
    duplicates_among,
    employee_form,
    say_who_has_it,
    what_is_said,
)
from routes.web.answers import go, page
from routes.web.keys import idempotency_key, new_key
from routes.web.texts.asker import Ways, ways_at_desk
from routes.web.visit import Visit


@dataclass(frozen=True, slots=True)
class Made:
    """An employee who was added: the id, the name, and what is said of it, in which tone."""

    id: int
    name: str
    say: str
    tone: str


Filling = Callable[[Visit, Iterable[tuple[str, object]]], EmployeeForm]
"""How the form is filled: a customer's, or that of staff who act in a customer's stead."""


def new(visit: Visit) -> Response:
    """The empty form, or what was typed before the session ended."""
    return begin(visit, employee_form)


def create(visit: Visit) -> Response:
    """Add the employee; who may be there already is asked about first (AN2)."""
    made = save(visit, employee_form)
    if isinstance(made, Response):
        return made
    return go(visit, visit.url("employee", id=made.id), say=made.say, tone=made.tone)


def begin(visit: Visit, fill: Filling) -> Response:
    """The form as it is found."""
    draft = visit.draft()
    key = dict(draft or {}).get("idempotency_key") or new_key()
    return _new(visit, fill(visit, draft or visit.query_params.multi_items()), key)


def save(visit: Visit, fill: Filling) -> Response | Made:
    """Add the employee, unless something is wrong, or has to be asked first."""
    form, key = fill(visit, visit.form.multi_items()), idempotency_key(visit.form)
    if not form.validate():
        return _new(visit, form, key, status=422)
    if not was_sent(visit.db, by=visit.user, key=key) and (duplicates := duplicates_among(visit, form)):
        return _new(visit, form, key, status=422, duplicates=duplicates)
    number, keyring = form.national_id.number, visit.portal.keyring
    also = keyring.blind_indexes(number, purpose=f"forms:{key}")[0] if number else ""
    sent = {"key": key, "also": also, "asked_by": form.asker.name if form.asker else ""}
    try:
        id, is_new = add_employee(visit.db, form.details, by=visit.user, now=visit.now, **sent)
    except KeyUsed as used:
        return _new(visit, form, new_key(), status=409, made=used.id)
    except NumberTaken:
        say_who_has_it(visit, form)
        return _new(visit, form, key, status=422)
    if number and is_new:
        register(visit.db, keyring, id, number, by=visit.user, now=visit.now)
    name = f"{form.given_name.value} {form.family_name.value}"
    return Made(id, name, *what_is_said(visit, f"{name} er lagt til.", form))


def _new(visit: Visit, form: EmployeeForm, key: str, *, status: int = 200, **context: Any) -> Response:
    nothing: dict[str, Any] = {"duplicates": [], "all_the_same": ("duplicate", "save"), "made": None}
    at_desk = visit.is_at_desk
    return page(
        visit,
        "employees/desk/new.html" if at_desk else "employees/new.html",
        part="employees/employee-form",
        status=status,
        no_store=True,
        ways=_at_desk(visit) if at_desk else _ways(visit),
        form=form,
        key=key,
        sealed_number=carry(visit, form),
        **{**nothing, **context},
    )


def _ways(visit: Visit) -> Ways:
    return Ways(visit.url("create_employee"), visit.url("new_employee"), visit.url("employees"))


def _at_desk(visit: Visit) -> Ways:
    return ways_at_desk(visit, "desk_create_employee", "desk_new_employee", back="desk_employees")
