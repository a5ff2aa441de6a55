"""Ny ansatt at the desk, in the stead of a customer who phones (D2): the customer's own form, and who asked.

The form and its checks are in `routes.employees.new`; what is held here is whose employee it is, and who may.
"""

from collections.abc import Iterable

from starlette.responses import Response

from routes.employees.form import EmployeeForm, filled
from routes.employees.new import begin, save
from routes.web.answers import go
from routes.web.texts.asker import AskerForm, act_for
from routes.web.visit import Visit


class EmployeeInStead(AskerForm, EmployeeForm):
    """The fields of an employee, and who asked for it."""


def new(visit: Visit, id: int) -> Response:
    """The empty form, or what was typed before the session ended."""
    act_for(visit, id)
    return begin(visit, _form)


def create(visit: Visit, id: int) -> Response:
    """Add the employee, who is then found in the list."""
    act_for(visit, id)
    made = save(visit, _form)
    if isinstance(made, Response):
        return made
    return go(visit, visit.url("desk_employees", id=id, q=made.name), say=made.say, tone=made.tone)


def _form(visit: Visit, pairs: Iterable[tuple[str, object]]) -> EmployeeInStead:
    form: EmployeeInStead = EmployeeInStead.of(visit, pairs)
    form.ask_for(visit, needed=True)
    filled(visit, form)
    return form
