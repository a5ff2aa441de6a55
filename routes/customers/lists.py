"""Importer kunder at the desk: a list is looked over row by row, corrected where it stands, and brought in.

What a row says and what becomes of it is found out in `models.imports.customers`.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.datastructures import UploadFile
from starlette.responses import Response

from models.core.database import Session
from models.core.lanes import Lane
from models.exchange.sheets import files as spreadsheet
from models.exchange.sheets.delimited import pasted as pasted_text
from models.imports.customers.bringing import bring_in
from models.imports.customers.headings import NAMES, TEMPLATE, is_list, lines_of
from models.imports.customers.reading import Read, by_customer, read_rows, titles
from models.imports.rows import Fate
from models.imports.steps import OF_CUSTOMERS, steps_at
from models.staff.administration import NotAnAdministrator
from models.values.national_id import mask_in
from models.values.tables import Unreadable
from routes.web.answers import go, page
from routes.web.downloads import download
from routes.web.errors import not_found
from routes.web.forms import PortalForm
from routes.web.search import Whose
from routes.web.visit import Visit
from routes.web.words import count

MOST = 1000
"""Rows of a list that are looked over on a page; longer ones are for the command."""


class ListForm(PortalForm):
    """What is wrong with a list as a whole."""


class _NotKept(Exception):
    """A list was only looked over."""


@dataclass(frozen=True, slots=True)
class Looked:
    """A list that was looked over."""

    rows: Sequence[Read]
    unknown: Sequence[str]
    """Headings that mean nothing."""

    @property
    def promise(self) -> str:
        """What the page says that would be done, in short."""
        said = [(one.row.number, one.row.faults, one.new, one.changed) for one in self.rows]
        return hashlib.sha256(repr(said).encode()).hexdigest()[:16]

    @property
    def counts(self) -> Counter[Fate]:
        """How many rows there are of each fate."""
        return Counter(one.row.fate for one in self.rows)

    @property
    def good(self) -> int:
        """How many rows would change something."""
        return self.counts[Fate.NEW] + self.counts[Fate.CHANGED]

    @property
    def shown(self) -> list[Read]:
        """The rows, those with a fault first."""
        return sorted(self.rows, key=lambda one: one.row.fate is not Fate.FAULTY)


def new(visit: Visit) -> Response:
    """The empty form."""
    return _draw(visit, dict(visit.draft() or []).get("pasted", ""))


def create(visit: Visit) -> Response:
    """Look a list over; nothing is kept."""
    text, form = "", ListForm.of(visit, [])
    try:
        text = _text(visit)
        return _draw(visit, text, _look_over(visit, text))
    except Unreadable as unreadable:
        form.form_errors.append(str(unreadable))
    return _draw(visit, text or str(visit.form.get("pasted", "")), form=form, status=422)


def update(visit: Visit) -> Response:
    """Bring in what was looked over; where it is not what the page said any more, show what it would be now."""
    text, form = str(visit.form.get("pasted", "")), ListForm.of(visit, [])
    try:
        looked = _look_over(visit, text)
        if looked.promise != visit.form.get("promise"):
            return _draw(visit, text, looked, status=409, stale=True)
        done = looked.good
        _bring_in(visit, looked.rows, keep=True)
    except Unreadable as unreadable:
        form.form_errors.append(str(unreadable))
        return _draw(visit, text, form=form, status=422)
    said = f"{count(done)} {'rad' if done == 1 else 'rader'} er importert."
    if looked.counts[Fate.FAULTY]:
        return _draw(visit, text, _look_over(visit, text), status=422, done=said)
    return go(visit, visit.url("desk_customers", whose=Whose.ALL), say=said)


def template(visit: Visit) -> Response:
    """A workbook with the headings, and rows that show how a list is written."""
    writer = spreadsheet.writer("xlsx", list(NAMES.values()))
    return download(visit, filename="Kunder.xlsx", writer=writer, read=lambda _db, _after: (TEMPLATE, None))


def _text(visit: Visit) -> str:
    """What was sent, as it is copied out of a spreadsheet; a file goes before what was typed. Raises Unreadable."""
    upload, pasted = visit.form.get("file"), visit.form.get("pasted")
    if isinstance(upload, UploadFile) and upload.filename:
        table = visit.aside(spreadsheet.read, upload.file.read(), is_list, lane=Lane.LISTS)
        table.check_letters()
        return pasted_text(table)
    if isinstance(pasted, str) and pasted.strip():
        return pasted
    raise Unreadable("Velg en fil, eller lim inn lista.")


def _look_over(visit: Visit, text: str) -> Looked:
    table = visit.aside(spreadsheet.read_pasted, text, lane=Lane.LISTS)
    lines, columns, unknown = lines_of(table, MOST)
    rows = read_rows(lines, columns, visit.today)
    _bring_in(visit, rows, keep=False)
    return Looked(rows, unknown)


def _bring_in(visit: Visit, rows: Sequence[Read], *, keep: bool) -> None:
    """Each customer in a transaction of its own, so that whoever saves meanwhile waits for one of them."""

    def bring(of_customer: Sequence[Read], db: Session) -> None:
        bring_in(db, of_customer, by=visit.user, now=visit.now)
        if not keep:
            raise _NotKept

    try:
        for of_customer in by_customer(rows):
            try:
                visit.write_in_turn(bring, [of_customer])
            except _NotKept:
                visit.portal.database.make_room()
    except NotAnAdministrator:
        raise not_found() from None


def _draw(
    visit: Visit,
    text: str,
    looked: Looked | None = None,
    *,
    form: ListForm | None = None,
    status: int = 200,
    stale: bool = False,
    done: str = "",
) -> Response:
    shown, _ = mask_in(text, today=visit.today)
    return page(
        visit,
        "customers/list.html",
        part="list",
        status=status,
        form=form or ListForm.of(visit, []),
        text=shown,
        looked=looked,
        steps=steps_at(1 if looked else 0, names=OF_CUSTOMERS),
        titles=titles,
        stale=stale,
        done=done,
        most=MOST,
    )
