"""What the portal knows of the people in a list: found in the database, for the rows to be compared with.

By what a row is compared is in `matching`.
"""

from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.checks.told import LastDay, last_days
from models.core.database import give_way
from models.core.sealed import Keyring
from models.customers.units import UnitRow, norwegian
from models.employees.details import DETAILS, Details
from models.employees.employee import Employee
from models.employees.national_ids import changes_among, holders_of
from models.employees.own_numbers import holders_of_numbers
from models.imports.cells.headings import Meaning
from models.imports.dry_run import DryRun, Gone
from models.imports.judging.matching import Colleague, Known, match
from models.imports.reading import Read
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
    there: dict[int, Colleague] = {}
    for colleague in _colleagues(db):
        if wanted.includes(colleague):
            known.take(colleague)
        if colleague.active and colleague.details.unit_id in in_units:
            there[colleague.id] = colleague
    matched = {one.row.number: match(one, known) for one in read}
    numbered = {who.id: one.number for one in read if one.number and (who := matched[one.row.number])}
    known.other_numbers = changes_among(db, keyring, customer_id, numbered)
    known.last_days = _last_days(db, [who.id for one in read if one.last_days and (who := matched[one.row.number])])
    names = {unit.id: unit.name for unit in units}
    in_list = {who.id for who in matched.values() if who}
    left = {who.id: who for one in read if one.has_left and (who := matched[one.row.number]) and who.active}
    dry_run.left = _gone(left.values(), names)
    dry_run.gone = _gone((one for one in there.values() if one.id not in in_list), names)
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
