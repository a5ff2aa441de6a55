"""The progress of an order: status and product group, which the provider sets (U9, C3), and orders made in the CRM."""

from dataclasses import asdict
from datetime import date, datetime

from sqlalchemy.orm import Session

from models.catalogue.entry import Kind
from models.catalogue.words import held_name
from models.core.audit import Actor, Change, record
from models.customers.units import Unit
from models.orders.messages import sender_of
from models.orders.numbers import not_below
from models.orders.order import SERIES, Order, Parts, StatusChange
from models.outbox.message import Outgoing, post
from models.users.sessions import SignedIn


class MovedOn(Exception):
    """Somebody else has set the status or the product group meanwhile."""


def progress(
    db: Session, order: Order, *, status: str | None, product_group: str | None, by: Actor, now: datetime
) -> bool:
    """Give an order a status and a product group, and note it in its history; returns whether anything is new.

    Both are names of the catalogue (`models.catalogue`), or None.
    """
    wanted = {"status": status, "product_group": product_group}
    changed = {name: value for name, value in wanted.items() if getattr(order, name) != value}
    before = {name: getattr(order, name) for name in changed}
    for name, value in changed.items():
        setattr(order, name, value)
    if "status" in changed and status:
        db.add(StatusChange(customer_id=order.customer_id, order_number=order.number, status=status, at=now))
    if changed:
        record(db, Change.of(order, "progress", by=by, at=now, changed={"before": before, "after": changed}))
    return bool(changed)


def progress_at_desk(
    db: Session,
    order: Order,
    *,
    seen: tuple[str | None, str | None],
    status: str | None,
    product_group: str | None,
    notify: bool,
    by: SignedIn,
    now: datetime,
) -> bool:
    """The same from the provider's desk: the CRM is told, and, with `notify`, whoever sent the order.

    `seen` is the status and product group that the change was made from. Raises MovedOn where they are others by
    now.
    """
    status = held_name(db, Kind.STATUS, status)  # before the order, as whoever renames one holds them
    product_group = held_name(db, Kind.PRODUCT_GROUP, product_group)
    db.refresh(order, with_for_update=True)  # of two at the same moment the second sees what the first did
    if (order.status, order.product_group) not in {seen, (status, product_group)}:
        raise MovedOn
    if not progress(db, order, status=status, product_group=product_group, by=by, now=now):
        return False
    post(
        db,
        Outgoing.event(
            order, "order.progressed", {"number": order.number, "status": status, "product_group": product_group}, now
        ),
    )
    if notify:
        _tell_sender(db, order, by=by, now=now)
    return True


def _tell_sender(db: Session, order: Order, *, by: SignedIn, now: datetime) -> None:
    """Write to whoever sent the order in the portal and still has the right to it."""
    sender = sender_of(db, order)
    if sender is None:
        return
    payload = {
        "number": order.number,
        "delivery": order.delivery,
        "status": order.status,
        "product_group": order.product_group,
        "sender_name": sender.full_name,
        "staff_name": by.full_name,
        "staff_email": by.email,
    }
    post(db, Outgoing.letter(order, "order_progress", payload, now, to=sender.email))


def take_over(
    db: Session, number: int, unit: Unit, *, ordered_on: date, parts: Parts, by: Actor, now: datetime
) -> Order:
    """Add an order that was made in the CRM, under the number that it has there."""
    owner = {"customer_id": unit.customer_id, "unit_id": unit.id}
    order = Order(number=number, ordered_on=ordered_on, **owner, **asdict(parts))
    db.add(order)
    db.flush()
    not_below(db, SERIES, number)
    record(db, Change.of(order, "taken over", by=by, at=now))
    return order
