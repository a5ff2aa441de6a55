"""Importer ansatte: a list by paste or file, looked over before anything is changed (section 5, number 9).

What becomes of a row is decided in `models.imports.judging.fates`; a dry run is kept in `models.imports.lists`.
"""

from collections.abc import Iterable
from functools import partial
from typing import Any

from starlette.datastructures import UploadFile
from starlette.responses import Response
from wtforms import BooleanField

from models.checks.check import names_of_checks
from models.core.lanes import Lane
from models.customers.units import UnitRow
from models.exchange.sheets import files as spreadsheet
from models.exchange.sheets.files import MAX_ROWS, Table, Unreadable
from models.imports.cells.checks import columns_of
from models.imports.cells.headings import Columns, column_of, is_list
from models.imports.dry_run import DryRun, begin, choose_columns
from models.imports.lists import Dumped, applied_lately, forget, keep
from models.imports.rows import Fate
from models.imports.steps import steps_at
from models.values.national_id import mask_in
from models.values.tables import MAX_COLUMNS
from routes.imports.outcome import applied_page, done_in_words
from routes.imports.page import COLUMNS, QUESTIONS, found_import, go_on, import_page, look_over, opened, units_of
from routes.imports.sheet import Sheet
from routes.web.answers import go, page
from routes.web.fields import Choice, Option, is_id
from routes.web.forms import PortalForm, unit_choices
from routes.web.visit import Visit


class ImportForm(PortalForm):
    """What has to be known of a list besides the list itself."""

    unit = Choice(
        "Bedrift/avdeling for rader uten",
        default="",
        description="Brukes når lista ikke sier hvor en ny ansatt hører til.",
        refusal="Velg en av dine avdelinger.",
    )
    complete = BooleanField(
        "Lista er fullstendig",
        description="Spør om ansatte i de samme avdelingene som ikke står i lista, har sluttet.",
    )


def new(visit: Visit) -> Response:
    """The empty form."""
    units, draft = units_of(visit), visit.draft() or []
    return _new(visit, _form(visit, units, draft), pasted=dict(draft).get("pasted", ""))


def create(visit: Visit) -> Response:
    """Read the list, and keep it with what is to become of each row; nothing is changed yet."""
    units = units_of(visit)
    form = _form(visit, units, visit.form.multi_items())
    valid = form.validate()
    try:
        table = _table(visit)
    except Unreadable as unreadable:
        form.form_errors.append(str(unreadable))
        valid = False
    else:
        if valid:
            unit_id, complete = int(form.unit.data) if form.unit.data else None, bool(form.complete.data)
            begun = partial(
                begin, today=visit.today, unit_id=unit_id, complete=complete, checks=names_of_checks(visit.db)
            )
            dry_run = visit.aside(begun, table, units, lane=Lane.LISTS)
            return _kept(visit, dry_run, units)
    return _new(visit, form, status=422, pasted=_typed_again(visit))


def show(visit: Visit, id: int) -> Response:
    """A list that waits, or the outcome of one that was applied."""
    found = found_import(visit, id)
    if found.applied_at:
        return applied_page(visit, found)
    units = units_of(visit)
    shown, after = visit.query_params.get("vis", ""), visit.query_params.get("after", "")
    sheet = Sheet(visit, found, opened(visit, found), units)
    sheet.shown = _fate(shown)
    sheet.after = int(after) if after.isascii() and after.isdecimal() and len(after) < 10 else 0
    step = _typed_before(visit, sheet) or visit.query_params.get("steg", "")
    return import_page(visit, sheet, step=step)


def _typed_before(visit: Visit, sheet: Sheet) -> str:
    """Put what was typed when a session ended where it was typed; returns at which step that was."""
    draft = visit.draft() or []
    of_row = visit.query_params.get("number", "")
    if is_id(of_row):
        sheet.typed[int(of_row)] = dict(draft)
        sheet.after, sheet.shown = int(of_row) - 1, ""
    sheet.ticked = {value for name, value in draft if name == "leaver"}
    if meanings := [value for name, value in draft if name == "meaning"]:
        checks = sheet.dry_run.checks
        sheet.dry_run.meanings = [value if column_of(value, checks) else None for value in meanings]
        return COLUMNS
    for at, question in enumerate(sheet.dry_run.questions):
        if given := dict(draft).get(f"answer-{at}"):
            sheet.dry_run.answers[question.key] = given
    return QUESTIONS if any(name.startswith("answer-") for name, _ in draft) else ""


def update(visit: Visit, id: int) -> Response:
    """Say what the columns mean, where their headings do not."""
    found, units = found_import(visit, id), units_of(visit)
    if found.applied_at:
        return go(visit, visit.url("import", id=id))
    dry_run = opened(visit, found)
    chosen = [column_of(str(text), dry_run.checks) for text in visit.form.getlist("meaning")][:MAX_COLUMNS]
    if not chosen:  # nothing was asked there: the list was read meanwhile, as in another window
        return go(visit, visit.url("import", id=id))
    taken = [meaning for meaning in chosen if meaning]
    if len(taken) != len(set(taken)) or not Columns(None, tuple(chosen)).are_enough:
        dry_run.meanings = [meaning.value if meaning else None for meaning in chosen]
        twice = len(taken) != len(set(taken))
        return import_page(visit, Sheet(visit, found, dry_run, units), status=422, step=COLUMNS, twice=twice)
    heading = "heading" in visit.form
    visit.aside(lambda: choose_columns(dry_run, chosen, units, heading=heading, today=visit.today), lane=Lane.LISTS)
    return go_on(visit, found, dry_run, units)


def destroy(visit: Visit, id: int) -> Response:
    """Throw a list away that is not to be applied."""
    found = found_import(visit, id)
    if found.applied_at:
        return go(visit, visit.url("import", id=id), say="Importen er allerede i gang.", tone="wait")
    forget(visit.db, found)
    return go(visit, visit.url("employees"), say="Lista er slettet. Ingen ansatte er endret.")


def _new(visit: Visit, form: ImportForm, *, status: int = 200, pasted: str = "") -> Response:
    lately = applied_lately(visit.db, by=visit.user, now=visit.now)
    shown: dict[str, Any] = {
        "state": "form",
        "steps": steps_at(0),
        "form": form,
        "pasted": pasted,
        "most_rows": MAX_ROWS,
        "checks": columns_of(names_of_checks(visit.db)),
        "begun": next((one for one in lately if one.is_under_way), None),
        "lately": [(one, done_in_words(one.outcome)) for one in lately if not one.is_under_way],
    }
    return page(visit, "imports/show.html", part="import", status=status, **shown)


def _form(visit: Visit, units: list[UnitRow], sent: Iterable[tuple[str, object]]) -> ImportForm:
    form: ImportForm = ImportForm.of(visit, sent)
    form.unit.choices = unit_choices(units)
    if len(units) > 1:
        form.unit.choices.insert(0, Option("", "Velg"))
    elif units and not form.unit.data:
        form.unit.data = str(units[0].id)
    return form


def _table(visit: Visit) -> Table:
    """What was sent, as a table; a file goes before what was pasted. Raises Unreadable."""
    upload, pasted = visit.form.get("file"), visit.form.get("pasted")
    if isinstance(upload, UploadFile) and upload.filename:
        return visit.aside(spreadsheet.read, upload.file.read(), is_list, lane=Lane.LISTS)
    if isinstance(pasted, str) and pasted.strip():
        return visit.aside(spreadsheet.read_pasted, pasted, lane=Lane.LISTS)
    raise Unreadable("Velg en fil, eller lim inn lista.")


def _typed_again(visit: Visit) -> str:
    """What was pasted, unless there is an identity number in it, which no page shows."""
    pasted = visit.form.get("pasted")
    short = isinstance(pasted, str) and len(pasted) < 100_000
    return str(pasted) if short and not mask_in(str(pasted), today=visit.today)[1] else ""


def _kept(visit: Visit, dry_run: DryRun, units: list[UnitRow]) -> Response:
    if dry_run.is_ready:
        look_over(visit, dry_run, units)
    dumped = visit.aside(Dumped.of, dry_run, lane=Lane.LISTS)
    id = keep(visit.db, visit.portal.keyring, dumped, by=visit.user, customer_id=visit.customer_id, now=visit.now)
    return go(visit, visit.url("import", id=id))


def _fate(text: str) -> str:
    """The fate that is asked for, in an address of before by its word; nothing where there is none such."""
    try:
        return Fate(text).value
    except ValueError:
        return ""
