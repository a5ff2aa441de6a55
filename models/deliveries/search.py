"""What was sent to customers and the CRM, and what could not be delivered: the outbox as the provider's desk sees it.

Never what a message says, nor to whom: no more of an address than the part behind the @.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, bindparam, select
from sqlalchemy.orm import Session

from models.core.audit import Actor, Change, record
from models.core.base import Value
from models.core.scope import looking_across
from models.core.search import COUNTED_TO, PAGE_SIZE, Conditions, Found, Search
from models.core.walls import select_rows
from models.customers.customer import Customer
from models.customers.search import of_customers, within
from models.outbox import claims, endpoints
from models.outbox.endpoints import Endpoint
from models.outbox.message import Channel, Message


class State(Value):
    """How far a message has come."""

    WAITING = "waiting"
    DEAD = "dead"
    DELIVERED = "delivered"


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is searched for; what is None or empty does not restrict."""

    state: State | None = None
    """None is what has not arrived: it waits, or is dead."""
    channel: Channel | None = None
    customer: str = ""
    """In the name of the customer."""
    served_by: tuple[int, ...] | None = None
    """The account managers of whom one serves the customer, or one of its units."""
    after: int | None = None
    """The last message of the page before."""

    @property
    def restrictions(self) -> dict[str, Any]:
        """The conditions with their values; what is None does not restrict."""
        return {
            self.state or "undelivered": True,
            "channel": self.channel,
            "customer": within(self.customer) if self.customer else None,
            "served_by": self.served_by,
        }


_undelivered = Message.delivered_at.is_(None)
_CONDITIONS: Conditions = {
    "undelivered": _undelivered,
    State.WAITING: _undelivered & Message.dead_at.is_(None),
    State.DEAD: _undelivered & Message.dead_at.is_not(None),
    State.DELIVERED: Message.delivered_at.is_not(None),
    "channel": Message.channel == bindparam("channel", type_=String),
    **of_customers(Message.customer_id.expression),
}
_COLUMNS = (
    Message.channel,
    Message.kind,
    Message.about,
    Message.to,
    Message.customer_id,
    Customer.name,
    Message.created_at,
    Message.due_at,
    Message.attempts,
    Message.claimed_until > bindparam("now", type_=Message.claimed_until.type),
    Message.delivered_at,
    Message.dead_at,
    Message.last_error,
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message as a line of the list."""

    id: int
    channel: Channel
    kind: str
    about: str
    domain: str
    """Behind the @ of the address; empty for the CRM."""
    customer_id: int | None
    customer: str | None
    created_at: datetime
    due_at: datetime
    attempts: int
    is_under_way: bool
    delivered_at: datetime | None
    dead_at: datetime | None
    last_error: str | None

    @property
    def state(self) -> State:
        """How far it has come."""
        if self.delivered_at:
            return State.DELIVERED
        return State.DEAD if self.dead_at else State.WAITING

    @property
    def order_number(self) -> int | None:
        """The order that it is about, where it is about one."""
        what, _, key = self.about.partition(":")
        return int(key) if what == "order" and key.isdecimal() else None

    @property
    def may_be_sent(self) -> bool:
        """Whether somebody at the desk can have it tried now: it belongs to a customer, and has not arrived."""
        return self.customer_id is not None and self.delivered_at is None


def _row(id: int, channel: str, kind: str, about: str, to: str | None, *rest: Any) -> Delivery:
    customer_id, customer, created_at, due_at, attempts, is_under_way, *came_of_it = rest
    domain = (to or "").rpartition("@")[2]
    owner = (customer_id, customer, created_at, due_at, attempts, bool(is_under_way))
    return Delivery(id, Channel(channel), kind, about, domain, *owner, *came_of_it)


_NEWEST_FIRST = Search(
    key=Message.id,
    shown=_COLUMNS,
    row=_row,
    conditions=_CONDITIONS,
    descending=True,
    joined=lambda rows: rows.outerjoin(Customer, Customer.id == Message.customer_id),
    counted_to=COUNTED_TO,
)
_ONE = _NEWEST_FIRST.joined(select(Message.id, *_COLUMNS)).where(Message.id == bindparam("id"))


def find_deliveries(db: Session, criteria: Criteria, now: datetime, page_size: int = PAGE_SIZE) -> Found[Delivery]:
    """The messages that meet the criteria, of whichever customer: one statement."""
    with looking_across(db):
        holding = criteria.restrictions | {"now": now}
        return _NEWEST_FIRST.find(db, holding, after=criteria.after, page_size=page_size)


def delivery_by_id(db: Session, id: int, now: datetime) -> Delivery | None:
    """One message, of whichever customer."""
    with looking_across(db):
        rows = select_rows(db, _ONE, {"id": id, "now": now})
    return _row(*rows[0]) if rows else None


def send_now(db: Session, delivery: Delivery, *, by: Actor, now: datetime) -> bool:
    """Send a dead message again, or have a waiting one tried now; False where it is on its way, or has arrived.

    Its endpoint is tried as well, if it rests. Noted in the log of the customer, to whom the session is held.
    """
    assert delivery.customer_id is not None
    if not (claims.resend(db, delivery.id, now) or claims.hurry(db, delivery.id, now)):
        return False
    endpoints.probe_now(db, delivery.channel, now)
    record(
        db,
        Change(
            customer_id=delivery.customer_id,
            actor=by.label,
            about=delivery.about,
            action="resend",
            at=now,
            changed={"kind": delivery.kind},
        ),
    )
    return True


def resting_endpoints(db: Session) -> list[Endpoint]:
    """The endpoints that take nothing now, for whoever looks at the desk."""
    with looking_across(db):
        return endpoints.resting(db)
