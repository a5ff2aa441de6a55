"""Cancelling an order: a customer takes it back, with a reason, as long as nothing is planned (H6).

The reason is a message on the order, kept and erased as the others. What the provider does with it is in `progress`.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from models.catalogue.entry import Kind, Meaning
from models.catalogue.words import Catalogue, catalogue_of, held_name
from models.conversations.message import Side, add
from models.conversations.news import Told, who_is_told
from models.core.audit import Change, record
from models.customers.customer import Customer
from models.customers.units import Unit
from models.orders.messages import OrderMessage
from models.orders.news import CANCELLATION, tell_provider
from models.orders.order import Order, StatusChange
from models.outbox.message import Outgoing, post
from models.users.sessions import SignedIn

_NOTHING_IS_PLANNED = {Meaning.RECEIVED, Meaning.OPEN, Meaning.WAITING}


class TooFar(Exception):
    """The order has come so far that only the provider can stop it."""


def is_cancelled(order: Order, catalogue: Catalogue) -> bool:
    """Whether somebody has taken the order back, here or in the CRM."""
    return catalogue.meaning(order.status) is Meaning.CANCELLED


def may_be_cancelled(order: Order, catalogue: Catalogue) -> bool:
    """Whether the customer may still take an order back: nothing of it is planned yet."""
    return catalogue.meaning(order.status) in _NOTHING_IS_PLANNED


def cancel_order(
    db: Session, order: Order, reason: str, *, by: SignedIn, fallback: str | None, now: datetime
) -> Told | None:
    """Take an order back, and tell the account manager and the CRM once; returns who is told.

    None where it is cancelled already, so that pressing twice changes nothing. Who is told where the customer has no
    account manager is `fallback`, or every administrator. Raises TooFar.
    """
    db.refresh(order, with_for_update=True)  # what the CRM or a colleague did at the same moment is seen
    catalogue = catalogue_of(db)
    if is_cancelled(order, catalogue):
        return None
    if not may_be_cancelled(order, catalogue):
        raise TooFar
    status = held_name(db, Kind.STATUS, catalogue.name_of(Meaning.CANCELLED))
    before, order.status = order.status, status
    db.add(StatusChange(customer_id=order.customer_id, order_number=order.number, status=status, at=now))
    told = {"before": {"status": before}, "after": {"status": status}}
    record(db, Change.of(order, "order cancelled", by=by, at=now, changed=told))
    message = OrderMessage(
        customer_id=order.customer_id,
        order_number=order.number,
        side=Side.CUSTOMER.value,
        author=by.full_name,
        user_id=by.user_id,
        text=f"Avbestilt: {reason}",
        at=now,
    )
    add(db, message)
    return _tell(db, order, message.id, reason, by=by, fallback=fallback, now=now)


def _tell(
    db: Session, order: Order, message: int, reason: str, *, by: SignedIn, fallback: str | None, now: datetime
) -> Told:
    """Write the letter and the event, in the transaction of the change."""
    event = {
        "number": order.number,
        "message": message,
        "reason": reason,
        "author": by.full_name,
        "at": now.isoformat(),
    }
    post(db, Outgoing.event(order, "order.cancelled", event, now))
    told = who_is_told(db, order.unit_id, fallback=fallback, now=now)
    facts = {
        "number": order.number,
        "delivery": order.delivery,
        "customer": db.get_one(Customer, order.customer_id).name,
        "unit": db.get_one(Unit, order.unit_id).name,
        "reason": reason,
        "sender_name": by.full_name,
        "sender_email": by.email,
    }
    tell_provider(db, told, kind=CANCELLATION, order=order, author=by.full_name, facts=facts, now=now)
    return told
