"""What happens to how a user gets in: told to the user by letter, to the log of each customer, and to operators.

What it is that happens, the modules say that do it.
"""

import logging
from datetime import datetime

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from models.core.audit import Change, record
from models.core.scope import across_customers
from models.outbox.message import Channel, Outgoing, post
from models.users.user import Grant, User

_log = logging.getLogger(__name__)
_UNSAID = "unsaid events of users"


def tell(db: Session, user: User, kind: str, facts: dict[str, str], now: datetime, *, to: str | None = None) -> None:
    """Write to the user's own address, or to the one before."""
    post(
        db,
        Outgoing(
            channel=Channel.MAIL,
            kind=kind,
            about=f"user:{user.id}",
            customer_id=None,
            to=to or user.email,
            payload={"full_name": user.full_name, "username": user.username} | facts,
            at=now,
        ),
    )


def note(db: Session, user: User, action: str, label: str, now: datetime, **counts: int) -> None:
    """Log it with every customer where the user has rights, and for operators: some users have none.

    `counts` are for operators: how many are left, or were ended.
    """
    about = f"user:{user.id}"
    with across_customers(db):
        customers = db.scalars(select(Grant.customer_id).where(Grant.user_id == user.id).distinct())
        for customer_id in sorted(customers):
            record(db, Change(customer_id=customer_id, actor=label, about=about, action=action, at=now))
    say(db, "user changed", user.id, action=action, **counts)


def say(db: Session, what: str, user_id: int, **facts: str | int) -> None:
    """Tell operators what has happened to a user, once it is kept: by number, and never by name or address."""
    db.info.setdefault(_UNSAID, []).append((what, _of(user_id) | facts))


def say_refused(user_id: int | None, given: str) -> None:
    """Tell operators that somebody gave what is not right; at once, since nothing is kept. None: there is no such user.

    `given` is what kind of thing it was, such as `password`.
    """
    _log.warning("wrong credentials", extra=(_of(user_id) if user_id else {}) | {"given": given})


@event.listens_for(Session, "after_commit")
def _say(session: Session) -> None:
    """The log tells of what was kept: an import that is only looked over changes nobody."""
    if not session.in_nested_transaction():
        for what, told in session.info.pop(_UNSAID, ()):
            _log.info(what, extra=told)


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(_UNSAID, None)


def _of(user_id: int) -> dict[str, str | int]:
    return {"about": f"user:{user_id}"}
