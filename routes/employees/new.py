"""Ny ansatt: from the empty form to the employee who is in the list (AN1-AN3)."""

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
from routes.web.visit import Visit


def new(visit: Visit) -> Response:
    """The empty form, or what was typed before the session ended."""
    draft = visit.draft()
    key = dict(draft or {}).get("idempotency_key") or new_key()
    return _new(visit, employee_form(visit, draft or visit.query_params.multi_items()), key)


def create(visit: Visit) -> Response:
    """Add the employee; who may be there already is asked about first (AN2)."""
    form, key = employee_form(visit, visit.form.multi_items()), idempotency_key(visit.form)
    if not form.validate():
        return _new(visit, form, key, status=422)
    if not was_sent(visit.db, by=visit.user, key=key) and (duplicates := duplicates_among(visit, form)):
        return _new(visit, form, key, status=422, duplicates=duplicates)
    number, keyring = form.national_id.number, visit.portal.keyring
    also = keyring.blind_indexes(number, purpose=f"forms:{key}")[0] if number else ""
    try:
        id, is_new = add_employee(visit.db, form.details, by=visit.user, key=key, now=visit.now, also=also)
    except KeyUsed as used:
        return _new(visit, form, new_key(), status=409, made=used.id)
    except NumberTaken:
        say_who_has_it(visit, form)
        return _new(visit, form, key, status=422)
    if number and is_new:
        register(visit.db, keyring, id, number, by=visit.user, now=visit.now)
    say, tone = what_is_said(visit, f"{form.given_name.value} {form.family_name.value} er lagt til.", form)
    return go(visit, visit.url("employee", id=id), say=say, tone=tone)


def _new(visit: Visit, form: EmployeeForm, key: str, *, status: int = 200, **context: Any) -> Response:
    nothing: dict[str, Any] = {"duplicates": [], "all_the_same": ("duplicate", "save"), "made": None}
    return page(
        visit,
        "employees/new.html",
        part="employee-form",
        status=status,
        no_store=True,
        form=form,
        key=key,
        sealed_number=carry(visit, form),
        **{**nothing, **context},
    )
