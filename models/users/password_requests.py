"""Password requests: somebody has forgotten a password and typed a user name or an address (`Glemt passord?`).

The page only writes down what was typed. Whether there is such a user is looked up afterwards, by the postman, so that
neither the answer nor the time it takes can tell (decision 0027).
"""

from datetime import datetime

from sqlalchemy import Identity, String, delete, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.base import Base, Moment
from models.core.scope import across_customers
from models.users.password_links import send_link
from models.users.throttle import Bucket, TooManyAttempts, attempt, key_of
from models.users.user import User

_AT_ONCE = 50
"""So many requests in one transaction; the rest in the next."""
_SHARE = 10
"""How many users with one address get a letter each: some departments share one."""


class PasswordRequest(Base):
    """What was typed, until the postman has looked it up."""

    __tablename__ = "password_requests"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    typed: Mapped[str] = mapped_column(String(254))
    asked_at: Mapped[datetime] = mapped_column(Moment)


def ask(db: Session, typed: str, *, address: str, now: datetime) -> None:
    """Note a request; `address` is what its sender is counted by. Raises TooManyAttempts, whoever was asked for."""
    asker = {Bucket.ASKER: address}
    with across_customers(db):
        attempt(db, asker, now)
        db.add(PasswordRequest(typed=typed, asked_at=now))


def answer(db: Session, now: datetime) -> int:
    """Post the letters that were asked for; how many. Across customers; the caller commits.

    A user gets three in a quarter of an hour, however many ask. What names nobody is forgotten like the rest.
    """
    first = select(PasswordRequest.id).order_by(PasswordRequest.id).limit(_AT_ONCE).with_for_update(skip_locked=True)
    taken = delete(PasswordRequest).where(PasswordRequest.id.in_(first)).returning(PasswordRequest.typed)
    typed = db.scalars(taken, execution_options={"synchronize_session": False}).all()
    called = {user.id: user for name in set(typed) for user in _called(db, name)}
    return sum(_answer(db, called[id], now) for id in sorted(called))  # in order: no two wait for each other


def _called(db: Session, typed: str) -> list[User]:
    """The active users with this user name or this address, ignoring case."""
    folded = typed.strip().casefold()
    named = or_(User.username_folded == folded, func.lower(User.email) == folded)
    return list(db.scalars(select(User).where(named, User.active).order_by(User.id).limit(_SHARE)))


def _answer(db: Session, user: User, now: datetime) -> bool:
    letters = {Bucket.LETTER: key_of("user", str(user.id))}
    try:
        attempt(db, letters, now)
    except TooManyAttempts:
        return False
    send_link(db, user, now)
    return True
