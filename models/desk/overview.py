"""What the desk's overview warns of: orders of nobody's, those that stand still, and attendance to note today.

What waits for an answer and what is new is in `waits`; this week, and free places, in `ahead`.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Integer, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from models.bookings.booking import Booking
from models.bookings.sign_ups.sign_up import COMING, SignUp
from models.bookings.slots import Slot
from models.catalogue.entry import Meaning, named
from models.core.clock import in_oslo, today_in_oslo
from models.core.scope import looking_across
from models.core.walls import select_rows
from models.customers.account_managers import AccountManager
from models.customers.customer import Customer
from models.customers.search import SERVED, UNSERVED
from models.customers.units import Unit
from models.desk.waits import WHAT
from models.orders.messages import OrderMessage
from models.orders.order import Order
from models.orders.search import CONDITIONS

BEGUN = (Meaning.RECEIVED, Meaning.OPEN, Meaning.WAITING)
"""What the statuses mean of orders that somebody has begun with, and that nothing is planned for yet."""

_AT_MOST = bindparam("at_most", type_=Integer)
_UNTIL = bindparam("until", type_=Slot.starts_at.type)


@dataclass(frozen=True, slots=True)
class Unserved:
    """An order of a customer without an account manager that nobody has begun with, or that waits for an answer."""

    number: int
    what: str
    customer_name: str
    ordered_on: date
    is_written_on: bool


_above, _theirs = aliased(Unit), aliased(AccountManager)
_served_in_part = (
    select(_above.id)
    .join(_theirs, _theirs.id == _above.account_manager_id)
    .where(_theirs.serves, _above.customer_id == Unit.customer_id, Unit.path.startswith(_above.path))
    .correlate(Unit)
    .exists()
)
_written_on = Order.number.in_(select(OrderMessage.order_number).where(OrderMessage.unanswered.is_(True)))
_UNSERVED = (
    select(Order.number, WHAT, Customer.name, Order.ordered_on, _written_on)
    .join(Customer, Customer.id == Order.customer_id)
    .join(Unit, Unit.id == Order.unit_id)
    .where(Order.customer_id.in_(select(Customer.id).where(UNSERVED)), ~_served_in_part)
    .where(CONDITIONS["open"], Order.status.is_(None) | _written_on)
    .order_by(Order.ordered_on, Order.number)
    .limit(_AT_MOST)
)


def unserved(db: Session, at_most: int) -> list[Unserved]:
    """What waits at customers without an account manager, whoever looks: the oldest first."""
    with looking_across(db):
        return [Unserved(*row) for row in select_rows(db, _UNSERVED, {"at_most": at_most})]


@dataclass(frozen=True, slots=True)
class Waiting:
    """An order that has not come further."""

    number: int
    what: str
    customer_name: str
    unit_name: str
    status: str
    ordered_on: date


_WAITING = (
    select(Order.number, WHAT, Customer.name, Unit.name, Order.status, Order.ordered_on)
    .join(Customer, Customer.id == Order.customer_id)
    .join(Unit, Unit.id == Order.unit_id)
    .where(Order.status.in_(named(*BEGUN)), Order.customer_id.in_(SERVED))
    .order_by(Order.ordered_on, Order.number)
    .limit(_AT_MOST)
)


def longest_waiting(db: Session, served_by: tuple[int, ...], at_most: int) -> list[Waiting]:
    """The oldest orders that have a status but no plan."""
    with looking_across(db):
        rows = select_rows(db, _WAITING, {"served_by": served_by, "at_most": at_most})
    return [Waiting(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Today:
    """A booking that takes place today, and of how many it is not said yet whether they came."""

    id: int
    title: str
    customer_name: str
    first: datetime
    unsaid: int


_TODAY = (
    select(Booking.id, Booking.title, Customer.name, func.min(Slot.starts_at), func.count())
    .join(Slot, Slot.booking_id == Booking.id)
    .join(SignUp, SignUp.slot_id == Slot.id)
    .join(Customer, Customer.id == Booking.customer_id)
    .where(
        Slot.starts_at >= bindparam("begins", type_=Slot.starts_at.type),
        Slot.starts_at < _UNTIL,
        SignUp.state.in_(COMING),
        Booking.cancelled_at.is_(None),
        Booking.customer_id.in_(SERVED),
    )
    .group_by(Booking.id, Customer.name)
    .order_by(func.min(Slot.starts_at), Booking.id)
    .limit(_AT_MOST)
)


def to_note_today(db: Session, served_by: tuple[int, ...], now: datetime, at_most: int) -> list[Today]:
    """The bookings of today on which attendance is still to be noted, in the order of their times (D3)."""
    today = today_in_oslo(now)
    days = {"begins": in_oslo(today, time()), "until": in_oslo(today + timedelta(days=1), time())}
    with looking_across(db):
        rows = select_rows(db, _TODAY, {"served_by": served_by, "at_most": at_most, **days})
    return [Today(id, title, customer, first, int(unsaid)) for id, title, customer, first, unsaid in rows]
