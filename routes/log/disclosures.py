"""Alt om en ansatt: everything that the portal holds of one employee, as a PDF to read and as JSON for programs.

Given to whoever has the right to the employee, and to staff who serve the customer; each time stands in the log. What
belongs in it is listed in `models.log.disclosure.held`.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from starlette.responses import Response

from models.core.database import Session
from models.customers.customer import Customer
from models.employees.employee import Employee, employee_by_id
from models.employees.search import Criteria, find_employees
from models.exchange.pdf import write_pdf
from models.log.disclosure.reading import Asker, File, everything_of, put_on_record
from routes.log.sections import sections_of
from routes.web.answers import page
from routes.web.downloads import whole_file
from routes.web.errors import not_found
from routes.web.fields import Text, at_most
from routes.web.forms import PortalForm
from routes.web.visit import Visit
from routes.web.words import moment

MOST = 20
_WHAT = "Dette er alt kundeportalen har lagret om deg: opplysninger, timer, brev, endringer, og hvem som har sett dem."
_NOT_HIDDEN = (
    "Timer på bookinger der navn er skjult for arbeidsgiver, og timer for avdelinger som den som hentet fila ikke har "
    "tilgang til, er ikke med. De får du av bedriftshelsetjenesten."
)


class PersonSearch(PortalForm):
    """Whom staff look for."""

    q = Text("Navn, e-post eller mobil:", [at_most(200)])


@dataclass(frozen=True, slots=True)
class Given:
    """What is given out of one employee, and about whom."""

    employee: Employee
    customer: str
    made_at: datetime
    made_by: str
    found: File
    left_out: str
    """What is not in it, in a sentence."""


def index(visit: Visit, id: int) -> Response:
    """Find an employee of a customer at the desk, who wants to know what the portal holds."""
    visit.serve(Customer, id)
    search: PersonSearch = PersonSearch.of(visit, visit.query_params.multi_items())
    asked = search.validate() and bool(search.q.data) and not search.masked
    found = [
        row
        for inactive in ((False, True) if asked else ())
        for row in find_employees(visit.db, id, Criteria(search.q.data or "", inactive=inactive), MOST).rows
    ]
    return page(
        visit,
        "log/disclosure.html",
        part="found",
        customer=visit.db.get_one(Customer, id),
        search=search,
        asked=asked,
        found=found[:MOST],
        most=MOST,
    )


def pdf(visit: Visit, id: int) -> Response:
    """To read and to print."""
    return _pdf(visit, _given(visit, id))


def as_json(visit: Visit, id: int) -> Response:
    """For programs."""
    return _json(_given(visit, id))


def desk_pdf(visit: Visit, id: int) -> Response:
    """The same at the desk, with what is hidden from the employer."""
    visit.serve(Employee, id)
    return _pdf(visit, _given(visit, id))


def desk_json(visit: Visit, id: int) -> Response:
    """The same for programs."""
    visit.serve(Employee, id)
    return _json(_given(visit, id))


def _given(visit: Visit, id: int) -> Given:
    """Everything of the employee that this visit may see; that it is given out, is on record before."""
    employee = employee_by_id(visit.db, id)
    if employee is None:
        raise not_found()
    customer = visit.db.get_one(Customer, employee.customer_id).name
    keyring, asker = visit.portal.keyring, Asker(visit.user, visit.now, visit.is_at_desk)
    mask = visit.on_record(lambda db: put_on_record(db, keyring, employee, asker))

    def read(db: Session) -> File:
        return everything_of(db, keyring, id, mask, asker)

    left_out = "" if asker.is_provider else _NOT_HIDDEN
    return Given(employee, customer, visit.now, visit.user.full_name, visit.look(read), left_out)


def _json(given: Given) -> Response:
    told = {"customer": given.customer, "made_at": given.made_at, "made_by": given.made_by, "left_out": given.left_out}
    body = json.dumps(told | given.found, ensure_ascii=False, indent=2, default=_said).encode()
    return whole_file(body, f"{_name(given)}.json", "application/json")


def _said(value: Any) -> str:
    assert isinstance(value, date)  # a moment is one, too; other values JSON knows by itself
    return value.isoformat()


def _pdf(visit: Visit, given: Given) -> Response:
    title = _name(given)
    facts = {
        "title": title,
        "author": given.customer,
        "what": _WHAT,
        "left_out": given.left_out,
        "about": [["Kunde", given.customer], ["Laget", moment(given.made_at)], ["Laget av", given.made_by]],
        "sections": sections_of(given.found),
    }
    return whole_file(visit.aside(write_pdf, "log/disclosure.typ", facts), f"{title}.pdf", "application/pdf")


def _name(given: Given) -> str:
    return f"Alt om {given.employee.full_name}"
