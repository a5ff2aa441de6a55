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
from models.reports.plans import COLUMNS, NEEDED, PlanRefused, plan_of, replace_plan
from models.values.texts.invisible import cell
from routes.web.answers import go, page
from routes.web.fields import Choice, Option, cleaned
from routes.web.forms import PortalForm
from routes.web.visit import Visit
from routes.web.words import count

_SEARCHED = 10
"""Lines at the top among which the names of the columns are; above them may be a title."""


class PlanForm(PortalForm):
    """Which year a plan is for."""

    year = Choice("År", default="", refusal="Velg et av årene i listen.")


def show(visit: Visit, id: int) -> Response:
    """The plan of a year, and the form for another one."""
    visit.serve(Customer, id)
    form = _form(visit)
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


def _form(visit: Visit) -> PlanForm:
    form: PlanForm = PlanForm.of(visit)
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
    table = visit.aside(spreadsheet.read, upload.file.read(), lambda table: _heads(table) is not None, lane=Lane.LISTS)
    if table.rivals:
        raise Unreadable(
            "Bokstavene i filen kan leses på flere måter. Lagre den i Excel som «CSV UTF-8» eller .xlsx, og velg den."
        )
    return table


def _heads(table: Table) -> tuple[int, dict[str, int]] | None:
    """Which of the first lines has the names of the columns, and where each of them is; None where none has all."""
    for at, line in enumerate(table.lines[:_SEARCHED]):
        heads = [cell(text).casefold() for text in line.cells]
        places = {column: heads.index(column.casefold()) for column in COLUMNS if column.casefold() in heads}
        if set(NEEDED) <= places.keys():
            return at, places
    return None


def _lines(visit: Visit, table: Table) -> Iterator[tuple[int, dict[str, str | None]]]:
    """The lines below the headings, each with its number; raises Unreadable."""
    found = _heads(table)
    if found is None:
        there = {cell(text).casefold() for line in table.lines[:_SEARCHED] for text in line.cells}
        missing = next((column for column in NEEDED if column.casefold() not in there), NEEDED[0])
        raise Unreadable(f"Filen mangler kolonnen {missing}. Øverste linje må ha navnene på kolonnene.")
    first, places = found
    if len(table.lines) == first + 1:
        raise Unreadable("Det står ingen aktiviteter i filen.")
    for line in table.lines[first + 1 :]:
        yield (
            line.number,
            {
                column: cleaned(line.cells[at], today=visit.today)[0]
                for column, at in places.items()
                if at < len(line.cells)
            },
        )
