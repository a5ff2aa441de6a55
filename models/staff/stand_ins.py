"""Who stands in for whom: named by an administrator, with the days of a holiday.

What follows from it is in `models.customers.stand_ins`.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, bindparam, delete, select
from sqlalchemy.orm import Session

from models.core.scope import looking_across
from models.core.walls import select_rows
from models.customers.account_managers import AccountManager
from models.customers.stand_ins import StandIn
from models.staff.administration import administration
from models.staff.leaving import CannotServe
from models.staff.log import note
from models.users.sessions import SignedIn


class Overlaps(Exception):
    """Somebody stands in on one of the days already."""


@dataclass(frozen=True, slots=True)
class StandInRow:
    """Who stands in, and when, as the desk lists it."""

    id: int
    name: str
    first_day: date
    last_day: date


_AHEAD = (
    select(StandIn.id, AccountManager.name, StandIn.first_day, StandIn.last_day)
    .join(AccountManager, AccountManager.id == StandIn.stand_in_id)
    .where(StandIn.account_manager_id == bindparam("member_id"), StandIn.last_day >= bindparam("today", type_=Date))
    .order_by(StandIn.first_day)
)


def stand_ins_of(db: Session, member_id: int, today: date) -> list[StandInRow]:
    """Who stands in for a member of the staff today and later; for the desk."""
    with looking_across(db):
        return [StandInRow(*row) for row in select_rows(db, _AHEAD, {"member_id": member_id, "today": today})]


def name_stand_in(
    db: Session, member_id: int, stand_in_id: int, first_day: date, last_day: date, *, by: SignedIn, now: datetime
) -> None:
    """Let somebody stand in, on both days and those between; the same once more changes nothing.

    Raises Overlaps and CannotServe.
    """
    with administration(db, by):
        stand_in = db.scalar(select(AccountManager).where(AccountManager.id == stand_in_id, AccountManager.serves))
        if stand_in is None or stand_in_id == member_id:
            raise CannotServe
        same_days = StandIn.first_day <= last_day, StandIn.last_day >= first_day
        there = db.scalars(select(StandIn).where(StandIn.account_manager_id == member_id, *same_days)).all()
        wanted = (stand_in_id, first_day, last_day)
        if [(each.stand_in_id, each.first_day, each.last_day) for each in there] == [wanted]:
            return
        if there:
            raise Overlaps
        db.add(StandIn(account_manager_id=member_id, stand_in_id=stand_in_id, first_day=first_day, last_day=last_day))
        note(db, member_id, "stand-in", by=by, now=now, changed=_told(stand_in.name, first_day, last_day))


def remove_stand_in(db: Session, member_id: int, id: int, *, by: SignedIn, now: datetime) -> bool:
    """Nobody stands in on those days any more; False where nobody did."""
    with administration(db, by):
        gone = delete(StandIn).where(StandIn.id == id, StandIn.account_manager_id == member_id)
        row = db.execute(
            gone.returning(StandIn.stand_in_id, StandIn.first_day, StandIn.last_day),
            execution_options={"synchronize_session": False},
        ).one_or_none()
        if row is None:
            return False
        name = db.get_one(AccountManager, row.stand_in_id).name
        note(db, member_id, "no stand-in", by=by, now=now, changed=_told(name, row.first_day, row.last_day))
    return True


def _told(name: str, first_day: date, last_day: date) -> dict[str, Any]:
    return {"who": name, "from": first_day.isoformat(), "to": last_day.isoformat()}
