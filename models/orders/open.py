"""A customer's orders that are not done: those that a booking can be published for."""

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.catalogue.entry import GOES_ON, named
from models.customers.units import Unit
from models.orders.order import Order

AT_MOST = 200


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """An order as one chooses it."""

    number: int
    unit_id: int
    unit: str
    delivery: str


def open_orders(db: Session, at_most: int = AT_MOST) -> list[OpenOrder]:
    """The newest of them, newest first."""
    is_open = or_(Order.status.is_(None), Order.status.in_(named(*GOES_ON)))
    return _found(db, is_open, at_most)


def order_to_book(db: Session, number: int) -> OpenOrder | None:
    """One of the customer's orders, whatever its status; None where there is none in the scope."""
    return next(iter(_found(db, Order.number == number, 1)), None)


def _found(db: Session, which: object, at_most: int) -> list[OpenOrder]:
    rows = db.execute(
        select(Order.number, Order.unit_id, Unit.name, Order.delivery, Order.description)
        .join(Unit, Unit.id == Order.unit_id)
        .where(which)  # type: ignore[arg-type]
        .order_by(Order.ordered_on.desc(), Order.number.desc())
        .limit(at_most)
    )
    return [
        OpenOrder(number, unit_id, unit, delivery or description[:200])
        for number, unit_id, unit, delivery, description in rows
    ]
