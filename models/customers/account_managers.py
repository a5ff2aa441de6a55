"""The provider's account managers, whom customers know by name, and how each wants to be told of news.

Whom a unit has is in `models.customers.units`; what they are told, in `models.conversations.news`; who stands in for
whom, in `stand_ins`. Which of them can sign in, and what they may do at the desk, is in `models.staff`.
"""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Identity, String, true
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.base import Base
from models.core.scope import looking_across


class MailWish(StrEnum):
    """How somebody wants to be told of news: a letter for each, or one each working morning; users also by none."""

    EACH = "each"
    MORNING = "morning"
    NONE = "none"


class AccountManager(Base):
    """The provider's person (kundeansvarlig) whom customers know by name."""

    __tablename__ = "account_managers"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254))
    phone: Mapped[str] = mapped_column(String(40))
    serves: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whether customers can have this one: whoever has left, or only looks, is told of nothing and named to nobody."""
    mail_wish: Mapped[str] = mapped_column(String(10), default=MailWish.EACH.value, server_default=MailWish.EACH.value)


@dataclass(frozen=True, slots=True)
class Contact:
    """How an account manager is reached."""

    name: str
    email: str
    phone: str


def wish_for(db: Session, account_manager_id: int, wish: MailWish) -> None:
    """Remember how an account manager wants to be told; the next round posts what waits in vain."""
    with looking_across(db):
        manager = db.get_one(AccountManager, account_manager_id)
    manager.mail_wish = wish.value
