"""Alerts that wait for the next letter: written in the transaction of what they tell of, one for each who may see it.

The letters are in `letters`; they ask once more who may see what.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, ForeignKey, Identity, Index, String, literal, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.alerts.kinds import ABOUT, Kind
from models.alerts.wishes import AlertWish, wish, wishes_of
from models.core.audit import Thing
from models.core.base import Base, Moment
from models.core.scope import Right, UnitOwned, of_unit, whole_customer
from models.customers.account_managers import MailWish
from models.customers.units import Unit, paths_down_to
from models.users.user import Grant, User


class WaitingAlert(UnitOwned, Base):
    """Something that a user is to be told of; gone once it is, or once nobody wishes to be told."""

    __tablename__ = "waiting_alerts"
    __table_args__ = (of_unit(), Index(None, "user_id", "id"))
    rights = tuple(Right)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[str] = mapped_column(String(20))
    about: Mapped[str] = mapped_column(String(80))
    """What it is about, and leads to: `booking:12`."""
    title: Mapped[str] = mapped_column(String(200))
    told: Mapped[str] = mapped_column(String(200))
    """What is said of it, if anything: `Avlyst`."""
    at: Mapped[datetime] = mapped_column(Moment)


def alert(db: Session, kind: Kind, thing: Thing, unit_id: int, *, title: str, told: str = "", now: datetime) -> None:
    """Tell of a thing in a unit those users who may see it there and wish to be told."""
    with whole_customer(db):
        for user_id in _who_may_see(db, kind, unit_id):
            wait(db, kind, thing, unit_id, user_id, title=title, told=told, now=now)


def at_once(
    db: Session, kind: Kind, thing: Thing, unit_id: int, users: Sequence[User], *, title: str, now: datetime
) -> list[User]:
    """Those of some users who want a letter of their own now; for those who want the morning's, it waits."""
    told: list[User] = []
    for user in users:
        wanted = wishes_of(db, user.id)[kind]
        if wanted == MailWish.EACH:
            told.append(user)
        elif wanted == MailWish.MORNING:
            wait(db, kind, thing, unit_id, user.id, title=title, now=now)
    return told


def wait(  # all that there is to say of one
    db: Session, kind: Kind, thing: Thing, unit_id: int, user_id: int, *, title: str, told: str = "", now: datetime
) -> None:
    """Let one user be told of a thing in the next letter."""
    db.add(
        WaitingAlert(
            customer_id=thing.customer_id,
            unit_id=unit_id,
            user_id=user_id,
            kind=kind.value,
            about=thing.about,
            title=title[:200],
            told=told[:200],
            at=now,
        )
    )


def _who_may_see(db: Session, kind: Kind, unit_id: int) -> Sequence[int]:
    path = db.execute(select(Unit.path).where(Unit.id == unit_id)).scalar_one()
    has_right: ColumnElement[bool] = or_(*(getattr(Grant, right.value) for right in ABOUT[kind].rights))
    is_of_kind = (AlertWish.user_id == User.id) & (AlertWish.kind == kind.value)
    return db.scalars(
        select(User.id)
        .join(Grant, Grant.user_id == User.id)
        .join(Unit, Unit.id == Grant.unit_id)
        .outerjoin(AlertWish, is_of_kind)
        .where(has_right, Unit.path.in_(paths_down_to(path)), User.active, User.account_manager_id.is_(None))
        .where(wish(literal(kind.value)) != MailWish.NONE.value)
        .distinct()
        .order_by(User.id)
    ).all()
