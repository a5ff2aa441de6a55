"""One employee's page, which the card is changed on: who it is, its card and its receipt.

The form in the place of the card is in `edit`; who has left, in `deactivations`.
"""

from typing import Any

from starlette.responses import Response

from models.bookings.search import upcoming_bookings
from models.bookings.sign_ups.times import times_of_employee
from models.checks.keeping import keep_touched
from models.employees.card import card_of
from models.employees.employee import Employee, employee_by_id
from routes.employees.checks import checks_ahead
from routes.web.answers import go, swap
from routes.web.errors import not_found
from routes.web.receipts import ReceiptLine, receipt_again, receipt_of
from routes.web.visit import Visit

_LOOKED_AT, _SHOWN = 25, 3
"""So many of the next bookings are looked at for a free place, and so many of those are shown."""


def employee_of(visit: Visit, id: int) -> Employee:
    """The employee; raises the refusal for what one may not see."""
    employee = employee_by_id(visit.db, id)
    if employee is None:
        raise not_found()
    return employee


def receipt(visit: Visit, id: int) -> Response:
    """Whether the CRM knows of the newest change; without htmx, the employee's page (section 5, number 12)."""
    employee = employee_of(visit, id)
    return receipt_again(visit, employee.about, place=visit.url("employee", id=id))


def receipt_of_employee(visit: Visit, employee: Employee) -> ReceiptLine:
    """The receipt line of an employee, on each page that follows a save."""
    return receipt_of(visit, employee.about, ask=visit.url("employee_receipt", id=employee.id))


def times_around(visit: Visit, employee: Employee) -> dict[str, Any]:
    """The employee's times, and the bookings with free places where another one can be had (H7)."""
    times = times_of_employee(visit.db, employee.id, visit.user.user_id)
    has = {time.booking_id for time in times}
    coming = upcoming_bookings(visit.db, visit.now, _LOOKED_AT) if employee.is_active and employee.email else []
    free = [row for row in coming if row.free and row.deadline > visit.now and row.id not in has]
    return {
        "coming": [time for time in reversed(times) if not time.is_over(visit.now)],
        "over": [time for time in times if time.is_over(visit.now)],
        "free": free[:_SHOWN],
        "checks": checks_ahead(visit, employee, free),
    }


def show_saved(visit: Visit, employee: Employee, say: str, *, tone: str = "good") -> Response:
    """The card as it is after a save, in the place of what was saved, and what stands around it."""
    back = visit.url("employee", id=employee.id)
    if not visit.asked.partial:
        return go(visit, back, say=say, tone=tone)
    keep_touched(visit.db)
    return swap(
        visit,
        "employees/_employee.html",
        or_go=back,
        say=say,
        tone=tone,
        state="card",
        employee=employee,
        card=card_of(visit.db, employee),
        receipt=receipt_of_employee(visit, employee),
        **times_around(visit, employee),
    )
