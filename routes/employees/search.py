"""Ansatte: the list and its search, and an employee's page.

Adding one is in `new`, changing one in `edit`, leaving in `deactivations`.
"""

from functools import cached_property
from typing import Literal

from starlette.responses import Response

from models.checks.check import names_of_checks
from models.core.scope import Right
from models.core.search import COUNTED_TO
from models.customers.units import UnitRow, ids_below, units_in_scope
from models.employees.card import card_of
from models.employees.employee import employee_by_id
from models.employees.search import Criteria, Lacking, find_employees
from models.employees.work import LONGEST_GROUP
from models.exchange.sheets.files import writer
from models.imports.export import exporting, headings
from models.info.worklist import count_without_email
from routes.employees.page import receipt_of_employee, times_around
from routes.web.answers import go, page
from routes.web.downloads import download
from routes.web.errors import not_found
from routes.web.fields import ALL, Choice, Option, Text, at_most
from routes.web.forms import UnitFilter, set_unit_choices, unit_choices
from routes.web.search import Listing, Quick, answer
from routes.web.visit import Visit

_NO_NUMBERS = "Det kan ikke søkes på fødselsnummer. Søk på navn, e-post eller mobil."


class EmployeeSearch(UnitFilter):
    """What employees are searched by (A2); an empty field does not restrict."""

    q = Text("Fritekst:", [at_most(200)], description="Navn, e-post, mobil, ansattnummer, stilling eller gruppe")
    inactive = Text("Vis deaktiverte")
    group = Text("Gruppe", [at_most(LONGEST_GROUP)])
    missing = Choice("Mangler:", choices=[ALL, *map(Option, Lacking)], default="")

    def criteria(self, units: list[UnitRow], after: int | None) -> Criteria:
        """What to search for, once the form is valid; a unit includes those below it (A4)."""
        below = ids_below(units, self.unit.data) if self.unit.data else None
        lacking = Lacking(self.missing.data) if self.missing.data else None
        group = " ".join((self.group.data or "").split()).lower()
        return Criteria(self.q.data or "", below, bool(self.inactive.data), after, group, lacking)

    @property
    def filters(self) -> dict[str, str]:
        """The filters that are set, as they stand in the URL."""
        set_ = {"q": self.q.data, "unit": self.unit.data, "inactive": "1" if self.inactive.data else ""}
        set_ |= {"group": self.group.data}
        set_ |= {"missing": self.missing.data if self.missing.data in set(Lacking) else ""}
        return {name: value for name, value in set_.items() if value}


def index(visit: Visit) -> Response:
    """Find employees (A1-A8)."""
    search: EmployeeSearch = EmployeeSearch.of(visit, visit.query_params.multi_items())
    if search.masked:  # the address of this page is kept by browsers: no identity number stays in it
        return go(visit, visit.url("employees", **search.filters), say=_NO_NUMBERS, tone="wait")
    units = _units(visit)
    set_unit_choices(search, units)
    return answer(
        visit,
        Employees,
        "employees/index.html",
        search,
        lambda after: find_employees(visit.db, visit.customer_id, search.criteria(units, after)),
        part=("results", "units/unit-options"),
        form=search,
    )


def csv(visit: Visit) -> Response:
    """The employees whom the search finds, as a file that the import reads again (section 5, number 9)."""
    return _export(visit, "csv")


def xlsx(visit: Visit) -> Response:
    """The same as a workbook."""
    return _export(visit, "xlsx")


def show(visit: Visit, id: int) -> Response:
    """One employee (AD1-AD4)."""
    employee = employee_by_id(visit.db, id)
    if employee is None:
        raise not_found()
    return page(
        visit,
        "employees/show.html",
        part="employee",
        state="card",
        employee=employee,
        card=card_of(visit.db, employee),
        receipt=receipt_of_employee(visit, employee),
        **times_around(visit, employee),
    )


class Employees(Listing):
    """A page of employees."""

    route = "employees"
    nothing = "Ingen ansatte funnet"
    counted_to = COUNTED_TO

    @property
    def words(self) -> tuple[str, str]:
        """Who has left is called so, and what they lack is said."""
        of = {Lacking.EMAIL: " uten e-post", Lacking.NATIONAL_ID: " uten fødselsnummer"}.get(
            self.search.missing.data, ""
        )
        of += f" i gruppen {self.search.group.data}" if self.search.group.data else ""
        left = ("deaktivert ", "deaktiverte ") if self.search.inactive.data else ("", "")
        return f"{left[0]}ansatt{of}", f"{left[1]}ansatte{of}"

    @cached_property
    def quick(self) -> list[Quick]:
        """Those about whom something is missing (H3); how many have no number is not counted: no index knows it."""
        return self.quickly(
            ("Mangler e-post", {"missing": Lacking.EMAIL}, count_without_email(self.visit.db), True),
            ("Mangler fødselsnummer", {"missing": Lacking.NATIONAL_ID}, None, False),
        )

    @property
    def csv(self) -> str:
        """The way to all of them in a file."""
        return self.visit.url("employees_csv", **self.search.filters)

    @property
    def xlsx(self) -> str:
        """The way to all of them in a workbook."""
        return self.visit.url("employees_xlsx", **self.search.filters)

    @property
    def others(self) -> str:
        """The way to those who have left, or back to those who are there (A1)."""
        return self.way(inactive="" if self.search.inactive.data else "1")


def _export(visit: Visit, kind: Literal["csv", "xlsx"]) -> Response:
    search: EmployeeSearch = EmployeeSearch.of(visit, visit.query_params.multi_items())
    units = _units(visit)
    search.unit.choices = [ALL, *unit_choices(units)]
    if not search.validate():
        raise not_found()
    checks = names_of_checks(visit.db)
    read = exporting(visit.customer_id, search.criteria(units, None), checks)
    return download(visit, filename=f"ansatte-{visit.today}.{kind}", writer=writer(kind, headings(checks)), read=read)


def _units(visit: Visit) -> list[UnitRow]:
    assert visit.user.scope is not None
    return units_in_scope(visit.db, visit.user.scope, Right.EMPLOYEES)
