"""How an order gets on: its status and product group, which the provider sets (U9, C3), and orders made in the CRM."""

from dataclasses import asdict
from datetime import date, datetime

from sqlalchemy.orm import Session

from models.audit import Actor, record
from models.numbers import not_below
from models.orders import SERIES, STATUSES, Order, Parts, StatusChange
from models.units import Unit


class StatusRefused(Exception):
    """The text is none of the provider's words for a status."""


def progress(
    db: Session, order: Order, *, status: str | None, product_group: str | None, by: Actor, now: datetime
) -> bool:
    """Give an order a status and a product group, and note it in its history; returns whether anything is new.

    Raises StatusRefused.
    """
    if status is not None and status not in STATUSES:
        raise StatusRefused(f"a status is one of {', '.join(STATUSES)}")
    wanted = {"status": status, "product_group": product_group}
    changed = {name: value for name, value in wanted.items() if getattr(order, name) != value}
    for name, value in changed.items():
        setattr(order, name, value)
    if "status" in changed and status:
        db.add(StatusChange(customer_id=order.customer_id, order_number=order.number, status=status, at=now))
    if changed:
        told = {"customer_id": order.customer_id, "about": order.about, "action": "progress"}
        record(db, actor=by.label, now=now, changed=changed, **told)  # type: ignore[arg-type]
    return bool(changed)


def take_over(
    db: Session, number: int, unit: Unit, *, ordered_on: date, parts: Parts, by: Actor, now: datetime
) -> Order:
    """Add an order that was made in the CRM, under the number that it has there."""
    owner = {"customer_id": unit.customer_id, "unit_id": unit.id}
    order = Order(number=number, ordered_on=ordered_on, **owner, **asdict(parts))
    db.add(order)
    db.flush()
    not_below(db, SERIES, number)
    record(db, customer_id=unit.customer_id, actor=by.label, about=order.about, action="taken over", now=now)
    return order
