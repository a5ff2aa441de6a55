"""How users wish to be told, kind by kind; who has said nothing is told as the kind's own line says."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, ForeignKey, String, case, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.sql.roles import ExpressionElementRole

from models.alerts.kinds import ABOUT, Kind
from models.core.base import Base
from models.customers.account_managers import MailWish


class AlertWish(Base):
    """A user's own wish for one kind, at all the user's customers alike."""

    __tablename__ = "alert_wishes"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    wish: Mapped[str] = mapped_column(String(10))


def wish(kind: ExpressionElementRole[str]) -> ColumnElement[str]:
    """The wish for a kind, where AlertWish is outer joined."""
    default = case({each.value: about.default.value for each, about in ABOUT.items()}, value=kind)
    return func.coalesce(AlertWish.wish, default)


def wishes_of(db: Session, user_id: int) -> dict[Kind, MailWish]:
    """How a user wishes to be told of each kind."""
    said = db.scalars(select(AlertWish).where(AlertWish.user_id == user_id).order_by(AlertWish.kind))
    own = {one.kind: one.wish for one in said}
    return {kind: MailWish(own.get(kind, about.default)) for kind, about in ABOUT.items()}


def wish_for(db: Session, user_id: int, wishes: Mapping[Kind, MailWish]) -> None:
    """Remember a user's wishes; what waits is told as they are by then."""
    for kind, wanted in wishes.items():
        db.merge(AlertWish(user_id=user_id, kind=kind.value, wish=wanted.value))
