"""Days that customers tell in their lists: when an employee last came to a check that was not one of our bookings (H8).

Who came to a booking is in `models.bookings`; the later of the two counts, in `keeping`. Never a result.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Identity, String, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.checks.due import LONGEST_NAME, DueCheck
from models.core.audit import Actor, Change, record_all
from models.core.base import Base
from models.core.scope import CustomerOwned
from models.core.walls import insert_rows

_AT_ONCE = 500
Days = Mapping[str, date | None]
"""By the name of a check, the day on which somebody last came to it; None where nobody says so."""


class ToldDay(CustomerOwned, Base):
    """The day on which an employee last came to a check, as the customer says; it stays as long as the employee."""

    __tablename__ = "told_days"
    __table_args__ = (
        ForeignKeyConstraint(["customer_id", "employee_id"], ["employees.customer_id", "employees.id"]),
        UniqueConstraint("customer_id", "employee_id", "name"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    employee_id: Mapped[int]
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    """What the check is called."""
    last_on: Mapped[date]


@dataclass(frozen=True, slots=True)
class LastDay:
    """When an employee last came to a check: the day that counts, and the one that the customer has told."""

    counts: date | None = None
    told: date | None = None

    def is_changed_by(self, day: date) -> bool:
        """Whether another day counts once this one is told; one before somebody came to a booking changes nothing."""
        if self.counts is None or self.counts == self.told:
            return day != self.told
        return day > self.counts


NOT_KNOWN = LastDay()


def heading_of(name: str) -> str:
    """What a column with the days of a check is called, in lists and in the log: `Hørselskontroll sist`."""
    return f"{name} sist"


def last_days(db: Session, ids: Sequence[int]) -> dict[tuple[int, str], LastDay]:
    """By employee and check, what is known of those employees, whom who asks may see."""
    found: dict[tuple[int, str], LastDay] = {}
    for at in range(0, len(ids), _AT_ONCE):
        some = ids[at : at + _AT_ONCE]
        told = select(ToldDay.employee_id, ToldDay.name, ToldDay.last_on).where(ToldDay.employee_id.in_(some))
        for id, name, day in db.execute(told.order_by(ToldDay.id)):
            found[id, name] = LastDay(day, day)
        due = select(DueCheck.employee_id, DueCheck.name, DueCheck.last_on).where(
            DueCheck.employee_id.in_(some), DueCheck.last_on.is_not(None)
        )
        for id, name, counts in db.execute(due.order_by(DueCheck.id)):
            found[id, name] = LastDay(counts, found.get((id, name), NOT_KNOWN).told)
    return found


def told_days(db: Session, ids: Collection[int]) -> dict[int, dict[str, date]]:
    """By employee and check, what customers have told."""
    told = select(ToldDay.employee_id, ToldDay.name, ToldDay.last_on).where(ToldDay.employee_id.in_(ids))
    found: dict[int, dict[str, date]] = {}
    for id, name, day in db.execute(told.order_by(ToldDay.id)):
        found.setdefault(id, {})[name] = day
    return found


def tell_days(
    db: Session, customer_id: int, days: Mapping[int, Days], *, by: Actor, now: datetime
) -> dict[int, dict[str, str | None]]:
    """Take what a customer tells of some employees, and note it in the log; returns what was there before.

    None takes a day away. Whoever calls touches those employees, so that it follows when they are due.
    """
    before = told_days(db, days)
    changed: dict[int, dict[str, str | None]] = {}
    rows: list[dict[str, Any]] = []
    log: list[Change] = []
    for id, wanted in days.items():
        had = before.get(id, {})
        other = {name: day for name, day in wanted.items() if had.get(name) != day}
        if not other:
            continue
        changed[id] = {name: _iso(had.get(name)) for name in other}
        kept = {name: day for name, day in {**had, **other}.items() if day}
        rows += [{"customer_id": customer_id, "employee_id": id, "name": n, "last_on": day} for n, day in kept.items()]
        said, about = _said(changed[id], other), f"employee:{id}"
        log.append(Change(customer_id=customer_id, actor=by.label, about=about, action="changed", at=now, changed=said))
    if changed:
        gone = delete(ToldDay).where(ToldDay.employee_id.in_(changed))
        db.execute(gone, execution_options={"synchronize_session": False})
        insert_rows(db, ToldDay, rows)
        record_all(db, log)
    return changed


def _said(before: Mapping[str, str | None], after: Days) -> dict[str, Any]:
    """What changed, as the log says it."""
    return {
        "fields": [heading_of(name) for name in after],
        "before": {heading_of(name): day for name, day in before.items()},
        "after": {heading_of(name): _iso(day) for name, day in after.items()},
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
