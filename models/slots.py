"""Slots (timer): the times of a booking, each with a capacity and a count of the places that are taken.

The count changes here only, by one conditional statement, so that no place is given twice (T3).
"""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Identity,
    Index,
    UniqueConstraint,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.orm.attributes import set_committed_value

from models.base import Base, Moment
from models.bookings import of_booking
from models.tenancy import Right, UnitOwned


class SlotFull(Exception):
    """No place is left."""


class Slot(UnitOwned, Base):
    """One time of a booking, with places for `capacity` employees."""

    __tablename__ = "slots"
    __table_args__ = (
        of_booking(),
        UniqueConstraint("customer_id", "booking_id", "id"),
        CheckConstraint("capacity > 0", name="capacity"),
        CheckConstraint("ends_at > starts_at", name="length"),
        CheckConstraint("taken >= 0 AND taken <= capacity", name="taken"),
        Index(None, "customer_id", "booking_id", "starts_at"),
    )
    rights = (Right.ORDERS, Right.EMPLOYEES)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    unit_id: Mapped[int]
    booking_id: Mapped[int]
    starts_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    capacity: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    """How many sign-ups hold a place: as many as there are rows of them, always."""

    def take(self, db: Session) -> None:
        """Take one place, if there is one at this very moment; raises SlotFull."""
        self._count(db, Slot.taken < Slot.capacity, +1)

    def give_back(self, db: Session) -> None:
        """Give one place back."""
        self._count(db, Slot.taken > 0, -1)

    def _count(self, db: Session, possible: ColumnElement[bool], change: int) -> None:
        taken = db.scalar(
            update(Slot).where(Slot.id == self.id, possible).values(taken=Slot.taken + change).returning(Slot.taken),
            execution_options={"synchronize_session": False},
        )
        if taken is None:
            raise SlotFull(f"slot {self.id}")
        set_committed_value(self, "taken", taken)


def slot_by_id(db: Session, id: int) -> Slot | None:
    """The slot, or None where there is none in the scope."""
    return db.scalar(select(Slot).where(Slot.id == id))
