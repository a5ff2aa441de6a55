"""Imports: a list of employees that somebody wants to bring in, looked over and not applied yet (section 5, number 9).

What a row says and what becomes of it is in `rows` and `fates`. A list is personal data, identity numbers among it: it
is sealed, belongs to the user who sent it, and is deleted after a day or once it is applied.
"""

import base64
import json
import re
import secrets
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, ForeignKey, Identity, Index, String, Text, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.base import Base, Moment
from models.core.database import give_way
from models.core.scope import CustomerOwned
from models.core.sealed import Keyring, Sealed
from models.customers.units import UnitRow, norwegian
from models.employees.details import DETAILS, Details
from models.employees.employee import Employee
from models.employees.national_ids import changes_among, holders_of
from models.employees.search_words import fold
from models.imports.fates import Colleague, Known, match
from models.imports.headings import Columns, Meaning, guess, recognise
from models.imports.rows import Fate, Read, Row, read_row, rows_of
from models.users.sessions import SignedIn
from models.values.tables import Line, Table

KEPT = timedelta(hours=24)
"""For how long a list waits to be applied."""
_AT_ONCE = 1000
_OF_ROW = tuple(part.name for part in fields(Row))


class Import(CustomerOwned, Sealed, Base):
    """One list; `sealed` is a DryRun, and None once it is applied."""

    __tablename__ = "imports"
    __table_args__ = (Index(None, "customer_id", "user_id", "made_at"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    key: Mapped[str] = mapped_column(String(32))
    """What the seal is bound to."""
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime] = mapped_column(Moment, index=True)
    version: Mapped[int] = mapped_column(default=1)
    """Counted up when the list is corrected, so that what is applied is what was seen."""
    sealed: Mapped[str | None] = mapped_column(Text)
    applied_at: Mapped[datetime | None] = mapped_column(Moment)
    outcome: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """How many were added, changed and so on."""

    @property
    def place(self) -> str:
        """What the seal is bound to."""
        return f"imports:{self.key}"

    def open(self, keyring: Keyring) -> "DryRun":
        """The list as it was left."""
        assert self.sealed is not None
        return DryRun.loads(keyring.open(self.sealed, place=self.place))


@dataclass
class Gone:
    """Somebody who is active in the portal and does not stand in a list that is complete."""

    id: int
    name: str
    unit_name: str


@dataclass
class DryRun:
    """A list with what is to become of each of its rows."""

    rows: list[Row] = field(default_factory=list)
    gone: list[Gone] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    left_aside: list[str] = field(default_factory=list)
    """Headings of columns that are not understood."""
    unit_id: int | None = None
    """The unit of rows that name none."""
    complete: bool = False
    """Whether who does not stand in the list has left."""
    unread: list[Line] = field(default_factory=list)
    """The rows as they came, while nobody has said what the columns mean."""
    guessed: list[str | None] = field(default_factory=list)
    heading: bool = False
    """Whether the first of them looks like headings."""
    first_day: date | None = None

    @property
    def counts(self) -> Counter[Fate]:
        """How many rows there are of each fate."""
        return Counter([*(row.fate for row in self.rows), *(Fate.GONE for _ in self.gone)])

    def dumps(self) -> str:
        """As text, to be sealed."""
        text = json.dumps(
            {
                **vars(self),
                "rows": [[getattr(row, name) for name in _OF_ROW] for row in self.rows],
                "gone": [[one.id, one.name, one.unit_name] for one in self.gone],
                "unread": [[line.number, line.cells] for line in self.unread],
            },
            ensure_ascii=False,
            default=str,
        )
        return base64.b64encode(zlib.compress(text.encode(), 1)).decode()

    @classmethod
    def loads(cls, text: str) -> "DryRun":
        """The same again."""
        kept = json.loads(zlib.decompress(base64.b64decode(text)))
        kept["rows"] = [Row(*row) for row in kept["rows"]]
        for row in kept["rows"]:
            row.fate = Fate(row.fate)
        kept["gone"] = [Gone(*one) for one in kept["gone"]]
        kept["unread"] = [Line(*line) for line in kept["unread"]]
        kept["first_day"] = date.fromisoformat(kept["first_day"]) if kept["first_day"] else None
        return cls(**kept)


def begin(table: Table, units: list[UnitRow], *, unit_id: int | None = None, complete: bool = False) -> DryRun:
    """A dry run of a table: with its rows where the headings are understood, else with a guess at the columns."""
    begun = DryRun(notes=table.told(), unit_id=unit_id, complete=complete, first_day=table.first_day)
    cells = [line.cells for line in table.lines]
    columns = recognise(cells)
    if columns:
        _take_rows(begun, table.lines, columns)
    else:
        begun.unread = table.lines
        guessed = guess(cells, frozenset(unit.name.casefold() for unit in units))
        begun.guessed, begun.heading = list(guessed.meanings), guessed.heading is not None
    return begun


def choose_columns(dry_run: DryRun, meanings: list[Meaning | None], *, heading: bool) -> None:
    """Read the rows with the columns that somebody chose; `heading` says that the first row is none of them."""
    _take_rows(dry_run, dry_run.unread, Columns(0 if heading else None, tuple(meanings)))
    dry_run.unread, dry_run.guessed = [], []


def _take_rows(dry_run: DryRun, lines: list[Line], columns: Columns) -> None:
    first = 0 if columns.heading is None else columns.heading + 1
    headings = lines[columns.heading].cells if columns.heading is not None else []
    table = Table(lines, first_day=dry_run.first_day or date.min)
    dry_run.rows = rows_of(table, columns.meanings, first=first)
    width = max((len(line.cells) for line in lines[first:]), default=0)
    dry_run.left_aside = [
        (re.sub(r"\d{5,}", "…", headings[at].strip()) if at < len(headings) else "") or f"kolonne {at + 1}"
        for at in range(width)
        if (at >= len(columns.meanings) or columns.meanings[at] is None)
        and any(at < len(line.cells) and line.cells[at].strip() for line in lines[first:])
    ]


def read_all(dry_run: DryRun, units: list[UnitRow], *, today: date, synthetic: bool) -> list[Read]:
    """What all rows say. A thing for `Visit.aside` where there are many."""
    return [read_row(row, units, dry_run.unit_id, today=today, synthetic=synthetic) for row in dry_run.rows]


def known_to(
    db: Session, keyring: Keyring, customer_id: int, *, read: list[Read], units: list[UnitRow], dry_run: DryRun
) -> Known:
    """What the portal knows of the people in the rows; gives way often. Notes who is gone, if the list is complete."""
    known = Known(units)
    numbers = sorted({one.number for one in read if one.number})
    holders: dict[str, list[int]] = {}
    for at in range(0, len(numbers), _AT_ONCE):
        found = holders_of(db, keyring, customer_id, numbers[at : at + _AT_ONCE])
        holders |= {number: [holder.employee_id for holder in those] for number, those in found.items()}
        give_way()
    known.holders = holders
    wanted = _Wanted(read, {id for ids in holders.values() for id in ids})
    in_units = {id for one in read for id in one.unit_ids} if dry_run.complete else set()
    there: dict[int, Colleague] = {}
    for colleague in _colleagues(db):
        if wanted.includes(colleague):
            known.take(colleague)
        if colleague.active and colleague.details.unit_id in in_units:
            there[colleague.id] = colleague
    matched = {one.row.number: match(one, known) for one in read}
    numbered = {who.id: one.number for one in read if one.number and (who := matched[one.row.number])}
    known.other_numbers = changes_among(db, keyring, customer_id, numbered)
    names = {unit.id: unit.name for unit in units}
    in_list = {who.id for who in matched.values() if who}
    dry_run.gone = sorted(
        (Gone(one.id, one.name, names.get(one.details.unit_id, "")) for one in there.values() if one.id not in in_list),
        key=lambda gone: norwegian(gone.name),
    )
    return known


class _Wanted:
    """Whom the rows may be about."""

    def __init__(self, read: list[Read], holders: set[int]) -> None:
        ids = {one.row.values.get(Meaning.ID, "") for one in read}
        self._ids = holders | {int(id) for id in ids if id.isascii() and id.isdecimal() and len(id) < 10}
        self._emails = {one.email.casefold() for one in read if one.email}
        self._names = {(fold(one.given_name), fold(one.family_name)) for one in read}

    def includes(self, one: Colleague) -> bool:
        details = one.details
        return (
            one.id in self._ids
            or (details.email or "").casefold() in self._emails
            or (fold(details.given_name), fold(details.family_name)) in self._names
        )


def _colleagues(db: Session) -> Iterator[Colleague]:
    """All employees of the scope, in steps that give way."""
    after = 0
    columns = (getattr(Employee, name) for name in DETAILS)
    statement = (
        select(Employee.id, Employee.version, Employee.deactivated_at, *columns).order_by(Employee.id).limit(_AT_ONCE)
    )
    while True:
        rows = db.execute(statement.where(Employee.id > after)).all()
        for id, version, deactivated_at, *values in rows:
            yield Colleague(id, version, Details(*values), deactivated_at is None)
        if len(rows) < _AT_ONCE:
            return
        after = rows[-1][0]
        give_way()


def keep(db: Session, keyring: Keyring, dumped: str, *, by: SignedIn, customer_id: int, now: datetime) -> int:
    """Keep a list, as `DryRun.dumps` gives it, for the user who sent it, until it is applied; returns its id."""
    forget_expired(db, now)
    kept = Import(
        customer_id=customer_id, user_id=by.user_id, key=secrets.token_hex(16), made_at=now, version=1, outcome={}
    )
    kept.sealed = keyring.seal(dumped, place=kept.place)
    db.add(kept)
    db.flush()
    return kept.id


def change(db: Session, keyring: Keyring, found: Import, dry_run: DryRun) -> bool:
    """Keep a list as it is now; False where somebody changed or applied it since it was opened."""
    changed = db.scalar(
        update(Import)
        .where(Import.id == found.id, Import.version == found.version, Import.applied_at.is_(None))
        .values(version=found.version + 1, sealed=keyring.seal(dry_run.dumps(), place=found.place))
        .returning(Import.version)
    )
    return changed is not None


def import_by_id(db: Session, id: int, *, by: SignedIn, now: datetime) -> Import | None:
    """The user's own list, as long as it is kept; the outcome stays as long."""
    return db.scalar(select(Import).where(Import.id == id, Import.user_id == by.user_id, Import.made_at > now - KEPT))


def forget_expired(db: Session, now: datetime) -> int:
    """Delete the lists that nobody applied within a day, and what came of the others; returns how many."""
    gone = delete(Import).where(Import.made_at <= now - KEPT).returning(Import.id)
    return len(db.scalars(gone).all())


def forget(db: Session, found: Import) -> None:
    """Delete a list, as its user wishes."""
    db.delete(found)
