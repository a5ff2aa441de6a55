"""The rows of a list that is not applied yet: a faulty one is corrected in place, or taken out."""

from starlette.responses import Response

from models.imports.cells.checks import columns_of
from models.imports.cells.headings import Meaning
from models.imports.dry_run import DryRun
from models.imports.judging.matching import SAME_PERSON
from models.imports.lists import change
from models.imports.rows import Fate, Row, names_of
from models.values.texts.invisible import cell as cell_text
from routes.imports.page import found_import, look_over, opened, units_of
from routes.imports.row_form import RowForm
from routes.imports.sheet import Sheet
from routes.web.answers import go, swap
from routes.web.errors import not_found
from routes.web.fields import is_id
from routes.web.visit import Visit


def update(visit: Visit, id: int, number: int) -> Response:
    """Correct a row in place, and look the list over again: another row may be right by this as well."""
    found, units = found_import(visit, id), units_of(visit)
    back = visit.url("import", id=id, vis=Fate.FAULTY.value)
    if found.applied_at:
        return go(visit, visit.url("import", id=id))
    dry_run = opened(visit, found)
    row = next((row for row in dry_run.rows if row.number == number), None)
    if row is None:
        raise not_found()
    removed = "remove" in visit.form
    if removed:
        dry_run.rows.remove(row)
    else:
        _correct(visit, row, {unit.id: unit.name for unit in units})
        _correct_days(visit, row, dry_run)
    look_over(visit, dry_run, units)
    if not change(visit.db, visit.portal.keyring, found, dry_run):
        return go(visit, back, say="Lista er endret i et annet vindu. Se over på nytt.", tone="wait")
    return swap(
        visit,
        "imports/_row.html",
        or_go=back,
        say=_said(row, dry_run, removed=removed),
        row=row,
        removed=removed,
        sheet=Sheet(visit, found, dry_run, units),
    )


def _correct(visit: Visit, row: Row, units: dict[int, str]) -> None:
    """Put what was typed into the cells that were sent; the others keep what the list says."""
    form: RowForm = RowForm.of(visit)
    given, family = names_of(row.values)
    for meaning in (Meaning.FULL_NAME, Meaning.FAMILY_FIRST):
        row.values.pop(meaning, None)
    row.values |= {Meaning.GIVEN_NAME.value: given, Meaning.FAMILY_NAME.value: family}
    row.same_person = row.same_person or SAME_PERSON in visit.form
    for cell in form:
        if cell.name in visit.form and cell.name != SAME_PERSON:
            row.values[cell.name] = cell_text(str(visit.form[cell.name]))
            row.typed = [*{*row.typed, cell.name}]
    chosen = row.values.get(Meaning.UNIT, "")
    row.unit_id = int(chosen) if Meaning.UNIT in visit.form and is_id(chosen) and int(chosen) in units else row.unit_id
    if row.unit_id in units:
        row.values[Meaning.UNIT.value] = units[row.unit_id]
    row.values = {name: value for name, value in row.values.items() if value}


def _correct_days(visit: Visit, row: Row, dry_run: DryRun) -> None:
    """The same for the days of checks, of which each list has others."""
    for column in columns_of(dry_run.checks):
        if (typed := visit.form.get(f"last_on-{column.at}")) is not None:
            row.values[column.value] = cell_text(str(typed))
            row.typed = [*{*row.typed, column.value}]
    row.values = {name: value for name, value in row.values.items() if value}


def _said(row: Row, dry_run: DryRun, *, removed: bool) -> str:
    if removed:
        return f"Rad {row.number} er tatt ut av lista."
    if row.faults:
        return f"Rad {row.number} har fortsatt feil."
    left = sum(bool(other.faults) for other in dry_run.rows)
    return f"Rad {row.number} er rettet." + _left(left)


def _left(faulty: int) -> str:
    if not faulty:
        return " Ingen feil igjen."
    return f" {faulty} {'rad' if faulty == 1 else 'rader'} med feil igjen."
