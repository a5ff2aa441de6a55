"""Slots (timer): the times of a booking, each with a capacity and a count of the places that are taken.

The count changes here only, by one conditional statement, so that no place is given twice (T3).
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Identity,
    Index,
    UniqueConstraint,
    bindparam,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.orm.attributes import set_committed_value

from models.bookings.booking import of_booking
from models.core.base import Base, Moment
from models.core.clock import today_in_oslo
from models.core.scope import Right, UnitOwned


class SlotFull(Exception):
    """No place is left; `slot_ids` says where."""

    def __init__(self, *slot_ids: int) -> None:
        super().__init__(f"slots {slot_ids}")
        self.slot_ids = slot_ids


def is_ahead(starts_at: datetime, now: datetime, *, late: bool = False) -> bool:
    """Whether what begins at a moment has not begun, or (`late`) whether its day is not over."""
    return today_in_oslo(starts_at) >= today_in_oslo(now) if late else starts_at > now


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
        Index(None, "starts_at"),  # for the reminders, which look across customers
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

    def is_ahead(self, now: datetime, *, late: bool = False) -> bool:
        """The same of this one."""
        return is_ahead(self.starts_at, now, late=late)

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
            raise SlotFull(self.id)
        set_committed_value(self, "taken", taken)


def take_places(db: Session, wanted: Mapping[int, int]) -> dict[int, Slot]:
    """Take several places on several slots, all or none, and give the slots; raises SlotFull.

    The slots are locked first, in one order for everybody.
    """
    held = select(Slot).where(Slot.id.in_(wanted)).order_by(Slot.id).with_for_update()
    slots = {slot.id: slot for slot in db.scalars(held, execution_options={"populate_existing": True})}
    full = [id for id, places in wanted.items() if id not in slots or slots[id].taken + places > slots[id].capacity]
    if full:
        raise SlotFull(*full)
    for id, places in wanted.items():
        slots[id].taken += places
    db.flush()
    return slots


_BY_ID = select(Slot).where(Slot.id == bindparam("id"))


def slot_by_id(db: Session, id: int) -> Slot | None:
    """The slot, or None where there is none in the scope."""
    return db.scalar(_BY_ID, {"id": id})
