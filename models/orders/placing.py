"""Placing an order: it is written once, however often its form is sent, and those whom it concerns are told (NB9-NB11).

What an order is, is in `order`; orders that were made in the CRM come in through `progress`.
"""

import hashlib
import json
from dataclasses import asdict, astuple, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.core.audit import Change, record
from models.core.clock import today_in_oslo
from models.customers.units import Unit
from models.orders.files import NOTHING, Chosen, FileRow, attach
from models.orders.news import PLACED, tell_provider, who_is_told
from models.orders.numbers import next_number
from models.orders.order import SERIES, Order, Parts, parts_of
from models.outbox.message import Outgoing, post
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
) -> int:
    """Create an order, tell the account manager and confirm to the sender; returns its number (NB9-NB11).

    The files of its form hang on it. The same form sent again (`key` and content) returns the number of the first time.
    Raises KeyUsed where the key was used for other content, and sqlalchemy's NoResultFound for a foreign unit.
    """
    unit_name = db.execute(select(Unit.name).where(Unit.id == unit_id)).scalar_one()
    fingerprint = hashlib.sha256(json.dumps([unit_id, astuple(parts), *chosen.digests]).encode()).hexdigest()
    sent = _sent_with(db, by.user_id, key, fingerprint)
    if sent is not None:
        return sent
    try:
        with db.begin_nested():
            number, today = next_number(db, SERIES, begin=terms.first_number), today_in_oslo(now)
            sent_by = {"placed_by_id": by.user_id, "idempotency_key": key, "fingerprint": fingerprint}
            db.add(order := Order(number=number, unit_id=unit_id, ordered_on=today, **sent_by, **asdict(parts)))
    except IntegrityError:  # the same form came twice at the same moment, and the other one was first
        sent = _sent_with(db, by.user_id, key, fingerprint)
        if sent is None:
            raise
        return sent
    record(db, Change.of(order, "placed", by=by, at=now))
    files = attach(db, order, chosen, message_id=None, by=by, key=key, now=now)
    _tell(db, order, unit_name, terms, files=files, by=by, now=now)
    return order.number


def _sent_with(db: Session, user_id: int, key: str, fingerprint: str) -> int | None:
    sent = db.execute(
        select(Order.number, Order.fingerprint).where(Order.placed_by_id == user_id, Order.idempotency_key == key)
    ).one_or_none()
    if sent is None:
        return None
    if sent.fingerprint != fingerprint:
        raise KeyUsed(sent.number)
    return int(sent.number)


def _tell(
    db: Session,
    order: Order,
    unit_name: str,
    terms: Terms,
    *,
    files: list[FileRow],
    by: SignedIn,
    now: datetime,
) -> None:
    """Write the letters and the event of a new order into the outbox, in the order's own transaction."""
    told = who_is_told(db, order.unit_id, fallback=terms.fallback_email, now=now)
    manager = told.manager
    facts: dict[str, Any] = {
        "number": order.number,
        "ordered_on": order.ordered_on.isoformat(),
        "customer": by.customer.name if by.customer else "",
        "unit": unit_name,
        **asdict(parts_of(order)),
        "sender_name": by.full_name,
        "sender_email": by.email,
        "account_manager_name": manager.name if manager else "",
        "account_manager_email": manager.email if manager else "",
        "account_manager_phone": manager.phone if manager else "",
    }
    named = {"files": [file.file_name for file in files]}
    tell_provider(db, told, kind=PLACED, order=order, facts=facts | named, now=now)
    stand_in = {"stand_in": told.reader.name if told.reader and told.reader is not manager else ""}
    post(db, Outgoing.letter(order, "order_confirmation", facts | named | stand_in, now, to=by.email))
    post(db, Outgoing.event(order, "order.placed", facts | {"files": [file.told for file in files]}, now))
