"""The second factor of a member of the staff who has lost it, taken away by a colleague.

One's own, and what it is, are in `models.users.factors`.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.core.audit import Actor
from models.staff.administration import administration
from models.staff.log import note
from models.users.factors.changes import remove
from models.users.user import User


def reset_factor(db: Session, member_id: int, *, by: Actor, now: datetime) -> bool:
    """Let a member in with the password alone, who is told by letter; False where there is no second factor."""
    with administration(db, by):
        signs_in = select(User.id).where(User.account_manager_id == member_id, User.active).order_by(User.id)
        were_there = [remove(db, user_id, by=by, now=now) for user_id in db.scalars(signs_in).all()]
        if any(were_there):
            note(db, member_id, "second factor removed", by=by, now=now)
    return any(were_there)
