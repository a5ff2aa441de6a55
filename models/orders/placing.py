"""Placing an order: it is written once, however often its form is sent, and those whom it concerns are told (NB9-NB11).

What an order is, is in `order`; orders that were made in the CRM come in through `progress`.
"""

import hashlib
import json
from dataclasses import asdict, astuple, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.conversations.files import NOTHING, Chosen, FileRow
from models.conversations.news import who_is_told
from models.core.audit import Change, record
from models.core.clock import today_in_oslo
from models.customers.account_managers import AccountManager
from models.customers.customer import Customer
from models.customers.units import Unit
from models.orders.files import ON_ORDERS
from models.orders.messages import sender_of
from models.orders.news import PLACED, tell_provider
from models.orders.numbers import next_number
from models.orders.order import SERIES, Order, Parts, parts_of
from models.outbox.message import Outgoing, post
from models.users.of_customer import Asker
from models.users.sessions import SignedIn


@dataclass(frozen=True, slots=True)
class Terms:
    """What an installation says of its orders."""

    first_number: int
    """Where their numbers begin."""
    fallback_email: str | None
    """Who is told where a customer has no account manager; without it every administrator is."""


class KeyUsed(Exception):
    """The form was already sent once, with other content, as order `number`."""

    def __init__(self, number: int) -> None:
        super().__init__(f"the form was sent before as order {number}")
        self.number = number


def place_order(
    db: Session,
    unit_id: int,
    parts: Parts,
    *,
    by: SignedIn,
    key: str,
    terms: Terms,
    now: datetime,
    chosen: Chosen = NOTHING,
    asker: Asker | None = None,
) -> int:
    """Create an order, tell the account manager and confirm to the sender; returns its number (NB9-NB11).

    Where staff write it in the customer's stead, it is the `asker`'s, who gets the confirmation (D2). The files of its
    form hang on it. The same form sent again (`key` and content) returns the number of the first time. Raises KeyUsed
    where the key was used for other content, and sqlalchemy's NoResultFound for a foreign unit.
    """
    names, fingerprint = _names(db, unit_id), _fingerprint(unit_id, parts, chosen, asker)
    if (sent := _sent_with(db, by.user_id, key, fingerprint)) is not None:
        return sent
    try:
        with db.begin_nested():
            number, today = next_number(db, SERIES, begin=terms.first_number), today_in_oslo(now)
            form = {"idempotency_key": key, "fingerprint": fingerprint, **_whose(by, asker), **asdict(parts)}
            db.add(order := Order(number=number, unit_id=unit_id, ordered_on=today, **form))
    except IntegrityError:  # the same form came twice at the same moment, and the other one was first
        sent = _sent_with(db, by.user_id, key, fingerprint)
        if sent is None:
            raise
        return sent
    record(db, Change.of(order, "placed", by=by, at=now, changed={"asked_by": asker.name} if asker else {}))
    files = ON_ORDERS.attach(db, order, order.number, chosen, message_id=None, by=by, key=key, now=now)
    _tell(db, order, names, terms, files=files, by=by, asker=asker, now=now)
    return order.number


def _names(db: Session, unit_id: int) -> dict[str, str]:
    """How the customer and the unit are called."""
    both = select(Customer.name, Unit.name).join(Unit, Unit.customer_id == Customer.id).where(Unit.id == unit_id)
    customer, unit = db.execute(both).one()
    return {"customer": customer, "unit": unit}


def _fingerprint(unit_id: int, parts: Parts, chosen: Chosen, asker: Asker | None) -> str:
    told = [unit_id, astuple(parts), *chosen.digests, *([astuple(asker)] if asker else [])]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _whose(by: SignedIn, asker: Asker | None) -> dict[str, Any]:
    """Who sent an order; or who asked for it, and who wrote it then."""
    if asker is None:
        return {"placed_by_id": by.user_id}
    named = {"placed_by_id": asker.user_id} if asker.user_id else {"asked_by": asker.name}
    return named | {"written_by_id": by.user_id}


def _sent_with(db: Session, user_id: int, key: str, fingerprint: str) -> int | None:
    sent = db.execute(
        select(Order.number, Order.fingerprint).where(
            Order.idempotency_key == key, or_(Order.written_by_id == user_id, Order.placed_by_id == user_id)
        )
    ).one_or_none()
    if sent is None:
        return None
    if sent.fingerprint != fingerprint:
        raise KeyUsed(sent.number)
    return int(sent.number)


def _tell(
    db: Session,
    order: Order,
    names: dict[str, str],
    terms: Terms,
    *,
    files: list[FileRow],
    by: SignedIn,
    asker: Asker | None,
    now: datetime,
) -> None:
    """Write the letters and the event of a new order into the outbox, in the order's own transaction."""
    told = who_is_told(db, order.unit_id, fallback=terms.fallback_email, now=now)
    manager, sender = told.manager, asker or Asker(by.full_name, by.user_id, by.email)
    facts = names | _facts(order, manager, sender, written_by=by.full_name if asker else "")
    named = {"files": [file.file_name for file in files]}
    stand_in = {"stand_in": told.reader.name if told.reader and told.reader is not manager else ""}
    tell_provider(db, told.besides(by) if asker else told, kind=PLACED, order=order, facts=facts | named, now=now)
    if asker is None or sender_of(db, order):  # nobody is written to of what is not to be seen
        post(db, Outgoing.letter(order, "order_confirmation", facts | named | stand_in, now, to=sender.email))
    post(db, Outgoing.event(order, "order.placed", facts | {"files": [file.told for file in files]}, now))


def _facts(order: Order, manager: AccountManager | None, sender: Asker, *, written_by: str) -> dict[str, Any]:
    """What letters and event say of a new order and of those who have to do with it."""
    return {
        "number": order.number,
        "ordered_on": order.ordered_on.isoformat(),
        **asdict(parts_of(order)),
        "sender_name": sender.name,
        "sender_email": sender.email,
        "written_by": written_by,
        "account_manager_name": manager.name if manager else "",
        "account_manager_email": manager.email if manager else "",
        "account_manager_phone": manager.phone if manager else "",
    }
