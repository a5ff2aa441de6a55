"""Receipts that ask again: whether the CRM has an order, or an employee, as it is now (section 5, number 12)."""

from starlette.responses import Response

from models.employees.employee import employee_by_id
from models.orders.order import order_by_number
from routes.web.errors import not_found
from routes.web.receipts import receipt_again
from routes.web.visit import Visit


def order(visit: Visit, number: int) -> Response:
    """Of an order; without htmx, its page."""
    found = order_by_number(visit.db, number)
    if found is None:
        raise not_found()
    return receipt_again(visit, found.about, place=visit.url("order", number=number))


def employee(visit: Visit, id: int) -> Response:
    """Of an employee; without htmx, the employee's page."""
    found = employee_by_id(visit.db, id)
    if found is None:
        raise not_found()
    return receipt_again(visit, found.about, place=visit.url("employee", id=id))
