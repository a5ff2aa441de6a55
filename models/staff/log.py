"""The log of the staff: who changed what of whom, when (X4). Staff belong to no customer, so it is none of theirs.

What is done for a customer, and who serves it, is in the customer's own log, `models.core.audit`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Identity, Index, String, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.audit import Actor
from models.core.base import Base, Moment
from models.core.scope import looking_across
from models.core.walls import select_rows


class StaffChange(Base):
    """One change: `actor` did `action` to a member of the staff at `at`."""

    __tablename__ = "staff_changes"
    __table_args__ = (Index(None, "account_manager_id", "id"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    account_manager_id: Mapped[int] = mapped_column(ForeignKey("account_managers.id"))
    """Who was changed."""
    at: Mapped[datetime] = mapped_column(Moment)
    actor: Mapped[str] = mapped_column(String(310))
    action: Mapped[str] = mapped_column(String(80))
    changed: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


def note(
    db: Session, member_id: int, action: str, *, by: Actor, now: datetime, changed: Mapping[str, Any] | None = None
) -> None:
    """Write down a change in its own transaction; `changed` holds names of fields, days, and names of staff."""
    told = dict(changed or {})
    db.add(StaffChange(account_manager_id=member_id, at=now, actor=by.label, action=action, changed=told))


@dataclass(frozen=True, slots=True)
class Entry:
    """A change as the desk lists it."""

    at: datetime
    actor: str
    action: str
    changed: Mapping[str, Any]


_NEWEST = (
    select(StaffChange.at, StaffChange.actor, StaffChange.action, StaffChange.changed)
    .where(StaffChange.account_manager_id == bindparam("member_id"))
    .order_by(StaffChange.id.desc())
    .limit(bindparam("at_most"))
)


def history(db: Session, member_id: int, at_most: int) -> list[Entry]:
    """What was changed of a member of the staff, newest first; for the desk."""
    with looking_across(db):
        return [Entry(*row) for row in select_rows(db, _NEWEST, {"member_id": member_id, "at_most": at_most})]
