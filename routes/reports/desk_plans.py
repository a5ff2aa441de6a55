"""Plan for BHT-bistand of a customer at the desk: what is planned for a year, and another plan in its place."""

from collections.abc import Iterator

from starlette.datastructures import UploadFile
from starlette.responses import Response

from models.core.lanes import Lane
from models.core.scope import Right
from models.customers.customer import Customer
from models.customers.units import units_in_scope
from models.exchange.sheets import files as spreadsheet
from models.exchange.sheets.files import Table, Unreadable
from models.reports.plan_files import is_plan, lines_of
from models.reports.plans import COLUMNS, PlanRefused, plan_of, replace_plan
from routes.web.answers import go, page
from routes.web.fields import Choice, Option, cleaned
from routes.web.forms import PortalForm
from routes.web.visit import Visit
from routes.web.words import count


class PlanForm(PortalForm):
    """Which year a plan is for."""

    year = Choice("År", default="", refusal="Velg et av årene i listen.")


def show(visit: Visit, id: int) -> Response:
    """The plan of a year, and the form for another one."""
    visit.serve(Customer, id)
    form = _form(visit, visit.draft() or visit.query_params.multi_items())
    return _show(visit, form, status=200 if form.validate() else 422)


def create(visit: Visit, id: int) -> Response:
    """Put a plan in the place of the one that there is; one line that cannot be read, and nothing is changed."""
    visit.serve(Customer, id)
    form = _form(visit)
    if not form.validate():
        return _show(visit, form, status=422)
    year, customer = int(form.year.data), visit.db.get_one(Customer, id)
    try:
        lines = list(_lines(visit, _table(visit)))
        number = replace_plan(visit.db, customer, year, lines, by=visit.user.label, now=visit.now)
    except Unreadable as unreadable:
        return _show(visit, form, status=422, problem=str(unreadable))
    except PlanRefused as refused:
        what = f"«{refused.value}» kan ikke stå" if refused.value else "mangler det som skal stå"
        return _show(visit, form, status=422, problem=f"Linje {refused.place}: {what} under {refused.column}.")
    what = "1 aktivitet" if number == 1 else f"{count(number)} aktiviteter"
    return go(visit, visit.url("desk_plan", id=id, year=year), say=f"Planen for {year} er lagt inn, med {what}.")


def _form(visit: Visit, sent: list[tuple[str, str]] | None = None) -> PlanForm:
    form: PlanForm = PlanForm.of(visit, sent)
    this = visit.today.year
    form.year.choices = [Option(str(year), str(year)) for year in range(this + 1, this - 5, -1)]
    form.year.data = form.year.data or str(this)
    return form


def _show(visit: Visit, form: PlanForm, *, status: int = 200, problem: str = "") -> Response:
    assert visit.scope is not None
    year = visit.today.year if form.year.errors else int(form.year.data)
    units = frozenset(unit.id for unit in units_in_scope(visit.db, visit.scope, *Right))
    return page(
        visit,
        "reports/desk/plan.html",
        status=status,
        customer=visit.db.get_one(Customer, visit.customer_id),
        form=form,
        year=year,
        lines=[(each, each.state(visit.today)) for each in plan_of(visit.db, (year, year), units)],
        problem=problem,
        columns=COLUMNS,
    )


def _table(visit: Visit) -> Table:
    """What was sent, as a table; raises Unreadable."""
    upload = visit.form.get("file")
    if not isinstance(upload, UploadFile) or not upload.filename:
        raise Unreadable("Velg en fil.")
    return visit.aside(spreadsheet.read, upload.file.read(), is_plan, lane=Lane.LISTS)


def _lines(visit: Visit, table: Table) -> Iterator[tuple[int, dict[str, str | None]]]:
    """The lines of a plan, with nothing in them that no text may hold; raises Unreadable."""
    for number, said in lines_of(table):
        yield number, {column: cleaned(text or "", today=visit.today)[0] for column, text in said.items()}
