"""Bookings (timeavtaler): rounds of times that the provider has defined (T1).

Their times are in `slots`, who sits on them in `sign_ups.seating`, and what pages show of them in `timetable`.
"""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Identity, Index, String, Text, UniqueConstraint, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.base import Base, Moment
from models.core.scope import Right, UnitOwned, of_unit


class BookingCancelled(Exception):
    """The provider has called the booking off."""


class ChangedMeanwhile(Exception):
    """Somebody else has changed the booking since it was shown."""


class TooLate(Exception):
    """The deadline is over, or the time itself has begun (T5)."""


class Booking(UnitOwned, Base):
    """A round of times for one order, such as three days of health checks."""

    __tablename__ = "bookings"
    __table_args__ = (
        of_unit(),
        UniqueConstraint("customer_id", "id"),
        UniqueConstraint("customer_id", "unit_id", "id"),
        UniqueConstraint("customer_id", "idempotency_key"),
        ForeignKeyConstraint(["customer_id", "order_number"], ["orders.customer_id", "orders.number"]),
        Index(None, "customer_id", "order_number"),
        Index(None, "deadline"),  # for what is told of those that are near, which looks across customers
    )
    rights = (Right.ORDERS, Right.EMPLOYEES)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    order_number: Mapped[int | None]
    title: Mapped[str] = mapped_column(String(200))
    place: Mapped[str] = mapped_column(String(200))
    preparation: Mapped[str] = mapped_column(Text, default="")
    self_declaration_url: Mapped[str] = mapped_column(String(500), default="")
    """Where the self-declaration is filled in; what is written there never comes here."""
    deadline: Mapped[datetime] = mapped_column(Moment)
    names_hidden: Mapped[bool] = mapped_column(default=False)
    """Only how many sit, not who: støttesamtaler."""
    needs_national_id: Mapped[bool] = mapped_column(default=False)
    """Whether those who come must be identified securely, as for the record of a health check."""
    check_name: Mapped[str | None] = mapped_column(String(100))
    """Which of the customer's checks whoever comes has been to; without it, those that the title names."""
    cancelled_at: Mapped[datetime | None] = mapped_column(Moment)
    deadline_told: Mapped[datetime | None] = mapped_column(Moment)
    """The deadline that users were told of as being near; another one is told of anew."""
    idempotency_key: Mapped[str | None] = mapped_column(String(64))
    fingerprint: Mapped[str | None] = mapped_column(String(64))
    """A digest of what was published under the key: the same form twice is one booking, another form is not."""
    version: Mapped[int] = mapped_column()
    """Counted up with each change of the booking's own facts: what one saw is what one changes."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy reads it

    @property
    def about(self) -> str:
        """What the log of changes and the CRM call the booking."""
        return f"booking:{self.id}"

    def check_open(self, now: datetime, *, late: bool = False) -> None:
        """Whether sign-ups may change at `now`, or (`late`) after the deadline; raises BookingCancelled or TooLate."""
        if self.cancelled_at is not None:
            raise BookingCancelled(f"booking {self.id} is cancelled")
        if self.deadline <= now and not late:
            raise TooLate(f"the deadline of booking {self.id} is over")

    def is_open(self, now: datetime) -> bool:
        """The same as an answer."""
        return self.cancelled_at is None and self.deadline > now


def of_booking() -> ForeignKeyConstraint:
    """The composite foreign key that keeps what belongs to a booking in the booking's unit, also when it moves."""
    return ForeignKeyConstraint(
        ["customer_id", "unit_id", "booking_id"],
        ["bookings.customer_id", "bookings.unit_id", "bookings.id"],
        onupdate="CASCADE",
    )


_BY_ID = select(Booking).where(Booking.id == bindparam("id"))
_HELD = _BY_ID.with_for_update(read=True)


def booking_by_id(db: Session, id: int) -> Booking | None:
    """The booking, or None where there is none in the scope."""
    return db.scalar(_BY_ID, {"id": id})


def hold_booking(db: Session, id: int) -> Booking:
    """The booking as it is now; its deadline and its being cancelled cannot change until the commit."""
    return db.scalars(_HELD, {"id": id}, execution_options={"populate_existing": True}).one()
