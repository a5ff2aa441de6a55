"""What the portal knows of the people in a list: found in the database, for the rows to be compared with.

By what a row is compared is in `matching`.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, Integer, Select, bindparam, select
from sqlalchemy.orm import Session

from models.checks.told import LastDay, last_days
from models.core.database import give_way
from models.core.sealed import Keyring
from models.core.walls import select_rows
from models.customers.units import UnitRow, norwegian
from models.employees.details import DETAILS, Details
from models.employees.employee import UNFOLDED, Employee
from models.employees.names import sort_key
from models.employees.national_ids import changes_among, holders_of
from models.employees.own_numbers import holders_of_numbers
from models.imports.cells.headings import Meaning
from models.imports.dry_run import DryRun, Gone
from models.imports.judging.matching import Colleague, Known, match
from models.imports.reading import Read
from models.values.email_address import folded
from models.values.texts.folding import fold

_AT_ONCE = 1000


def known_to(
    db: Session, keyring: Keyring, customer_id: int, *, read: list[Read], units: list[UnitRow], dry_run: DryRun
) -> Known:
    """What the portal knows of the people in the rows; gives way often. Notes who has left, and who is gone."""
    known = Known(units)
    numbers = sorted({one.number for one in read if one.number})
    holders: dict[str, list[int]] = {}
    for at in range(0, len(numbers), _AT_ONCE):
        found = holders_of(db, keyring, customer_id, numbers[at : at + _AT_ONCE])
        holders |= {number: [holder.employee_id for holder in those] for number, those in found.items()}
        give_way()
    known.holders = holders
    known.number_holders = holders_of_numbers(db, (one.employee_number for one in read))
    wanted = _Wanted(read, {id for ids in holders.values() for id in ids} | set(known.number_holders.values()))
    in_units = {id for one in read for id in one.unit_ids} if dry_run.complete else set()
    for colleague in wanted.found(db):
        known.take(colleague)
    matched = {one.row.number: match(one, known) for one in read}
    numbered = {who.id: one.number for one in read if one.number and (who := matched[one.row.number])}
    known.other_numbers = changes_among(db, keyring, customer_id, numbered)
    known.last_days = _last_days(db, [who.id for one in read if one.last_days and (who := matched[one.row.number])])
    names = {unit.id: unit.name for unit in units}
    in_list = {who.id for who in matched.values() if who}
    left = {who.id: who for one in read if one.has_left and (who := matched[one.row.number]) and who.active}
    dry_run.left = _gone(left.values(), names)
    dry_run.gone = _gone((one for one in _active_in(db, in_units) if one.id not in in_list), names)
    return known


def _last_days(db: Session, ids: list[int]) -> dict[tuple[int, str], LastDay]:
    found: dict[tuple[int, str], LastDay] = {}
    for at in range(0, len(ids), _AT_ONCE):
        found |= last_days(db, ids[at : at + _AT_ONCE])
        give_way()
    return found


def _gone(colleagues: Iterable[Colleague], names: Mapping[int, str]) -> list[Gone]:
    return sorted(
        (Gone(one.id, one.name, names.get(one.details.unit_id, "")) for one in colleagues),
        key=lambda gone: norwegian(gone.name),
    )


_COLUMNS = (Employee.id, Employee.version, Employee.deactivated_at, *(getattr(Employee, name) for name in DETAILS))
_ONE_OF: BindParameter[Any] = bindparam("values", expanding=True)
# By name they are asked for twice: of those who are active, and of those who are not, there is an index each.
_BY_ID = select(*_COLUMNS).where(Employee.id.in_(_ONE_OF))
_BY_EMAIL = select(*_COLUMNS).where(Employee.email_folded.in_(_ONE_OF))
_BY_EMAIL_UNFOLDED = select(*_COLUMNS).where(UNFOLDED)
_BY_NAME = select(*_COLUMNS).where(Employee.sort_key.in_(_ONE_OF), Employee.deactivated_at.is_(None))
_BY_NAME_OF_FORMER = select(*_COLUMNS).where(Employee.sort_key.in_(_ONE_OF), Employee.deactivated_at.is_not(None))
_ACTIVE_IN = (
    select(*_COLUMNS)
    .where(
        Employee.unit_id.in_(bindparam("units", expanding=True)),
        Employee.deactivated_at.is_(None),
        Employee.id > bindparam("after", type_=Integer),
    )
    .order_by(Employee.id)
    .limit(_AT_ONCE)
)


def details_by_id(db: Session, ids: Collection[int]) -> dict[int, Details]:
    """Those in the scope as they are now, for a few rows that are shown."""
    rows = select_rows(db, _BY_ID, {"values": sorted(ids)}) if ids else []
    return {one.id: one.details for one in map(_colleague, rows)}


class _Wanted:
    """Whom the rows may be about."""

    def __init__(self, read: list[Read], holders: set[int]) -> None:
        ids = {one.row.values.get(Meaning.ID, "") for one in read}
        self._ids = holders | {int(id) for id in ids if id.isascii() and id.isdecimal() and len(id) < 10}
        self._emails = {folded(one.email) for one in read if one.email}
        self._names = {(fold(one.given_name), fold(one.family_name)) for one in read}
        self._keys = {sort_key(one.given_name, one.family_name) for one in read}

    def found(self, db: Session) -> Iterator[Colleague]:
        """Those of them who are in the scope, in the order in which they came, in steps that give way."""
        people = {row[0]: _colleague(row) for row in select_rows(db, _BY_EMAIL_UNFOLDED, {}) if self._emails}
        asked: Sequence[tuple[Select[*tuple[Any, ...]], list[Any]]] = (
            (_BY_ID, sorted(self._ids)),
            (_BY_EMAIL, sorted(self._emails)),
            (_BY_NAME, sorted(self._keys)),
            (_BY_NAME_OF_FORMER, sorted(self._keys)),
        )
        for statement, values in asked:
            for at in range(0, len(values), _AT_ONCE):
                rows = select_rows(db, statement, {"values": values[at : at + _AT_ONCE]})
                people |= {row[0]: _colleague(row) for row in rows}
                give_way()
        return (people[id] for id in sorted(people) if self._includes(people[id]))

    def _includes(self, one: Colleague) -> bool:
        """Keys are cut where names are very long."""
        details = one.details
        return (
            one.id in self._ids
            or folded(details.email) in self._emails
            or (fold(details.given_name), fold(details.family_name)) in self._names
        )


def _active_in(db: Session, unit_ids: Collection[int]) -> Iterator[Colleague]:
    """Everybody who works in some units, in steps that give way."""
    after = 0
    while unit_ids:
        rows = select_rows(db, _ACTIVE_IN, {"units": sorted(unit_ids), "after": after})
        yield from map(_colleague, rows)
        if len(rows) < _AT_ONCE:
            return
        after = rows[-1][0]
        give_way()


def _colleague(row: Sequence[Any]) -> Colleague:
    id, version, deactivated_at, *values = row
    return Colleague(id, version, Details(*values), deactivated_at is None)
