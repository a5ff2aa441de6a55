"""Stand-ins: who gets the letters of an account manager who is away, and has the customers among one's own meanwhile.

Who names them is in `models.staff.stand_ins`; what they are told, in `models.conversations.news`.
"""

from datetime import date

from sqlalchemy import ForeignKey, Identity, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.base import Base
from models.customers.account_managers import AccountManager


class StandIn(Base):
    """From one day to another, both included, one account manager stands in for another."""

    __tablename__ = "stand_ins"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    account_manager_id: Mapped[int] = mapped_column(ForeignKey("account_managers.id"), index=True)
    """Who is away."""
    stand_in_id: Mapped[int] = mapped_column(ForeignKey("account_managers.id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]


def reader_of_letters(db: Session, manager: AccountManager, today: date) -> AccountManager:
    """Who reads the letters to an account manager on a day: the stand-in, or that one's, who may be away as well.

    Where they stand in for each other in a circle, the last one before it closes.
    """
    passed = {manager.id}
    while following := _stand_in_for(db, manager, today):
        if following.id in passed:
            break
        passed.add(following.id)
        manager = following
    return manager


def _stand_in_for(db: Session, manager: AccountManager, today: date) -> AccountManager | None:
    return db.scalar(
        select(AccountManager)
        .join(StandIn, StandIn.stand_in_id == AccountManager.id)
        .where(StandIn.account_manager_id == manager.id, StandIn.first_day <= today, StandIn.last_day >= today)
        .where(AccountManager.serves)
        .order_by(StandIn.id)
        .limit(1)
    )
