"""One employee's page, which the card is changed on: who it is, its card and its receipt.

The form in the place of the card is in `edit`; who has left, in `deactivations`.
"""

from starlette.responses import Response

from models.employees.card import card_of
from models.employees.employee import Employee, employee_by_id
from routes.web.answers import swap
from routes.web.errors import not_found
from routes.web.receipts import ReceiptLine, receipt_again, receipt_of
from routes.web.visit import Visit


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


def show_saved(visit: Visit, employee: Employee, say: str, *, tone: str = "good") -> Response:
    """The card as it is after a save, in the place of what was saved."""
    back, card = visit.url("employee", id=employee.id), card_of(visit.db, employee)
    return swap(
        visit,
        "employees/_employee.html",
        or_go=back,
        say=say,
        tone=tone,
        state="card",
        employee=employee,
        card=card,
        receipt=receipt_of_employee(visit, employee),
    )
