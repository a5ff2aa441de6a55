"""Orders (bestillinger): what a customer asked for, its status and its reference.

Status, product group and bookings come from the provider; the portal owns the order as it was sent. The search among
orders is in `search`.
"""

import hashlib
import json
from dataclasses import asdict, astuple, dataclass, fields, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    String,
    Text,
    UniqueConstraint,
    select,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.audit import record
from models.core.base import Base, Moment
from models.core.clock import today_in_oslo
from models.core.numbers import next_number
from models.core.scope import CustomerOwned, Right, UnitOwned, of_unit
from models.customers.units import Unit, account_manager_of
from models.orders.news import PLACED, tell_manager
from models.outbox.message import Channel, post
from models.users.sessions import SignedIn
from models.users.user import User
from models.values.national_id import mask_in

SERIES = "orders"
NUMBER_DIGITS = 6

INVOICED = "Fakturert"
STATUSES = (
    "Mottatt",
    "Under behandling",
    "Planlagt",
    "Løpende",
    "Utført",
    INVOICED,
    "Venter på kunde",
    "Avbestilt",
    "Avvist",
)
"""The provider's words for where an order stands; a new order has none yet (U8, U9)."""
CLOSED = ("Utført", INVOICED, "Avbestilt", "Avvist")

PRODUCT_GROUPS = (
    "Arbeidshelse / helsekontroll",
    "Sertifisering og helseattest",
    "Vaksinasjon",
    "Arbeidsmedisinsk poliklinikk (AMP)",
    "Ergonomi",
    "Yrkeshygiene",
    "Psykososialt og organisatorisk arbeidsmiljø",
    "Systematisk HMS",
    "Kurs",
    "Sykefravær",
    "Hjertestarter",
)


class Order(UnitOwned, Base):
    """One order; the parts of the form are kept as they were written (B12)."""

    __tablename__ = "orders"
    __table_args__ = (
        of_unit(),
        UniqueConstraint("customer_id", "number"),
        UniqueConstraint("placed_by_id", "idempotency_key"),
        Index(None, "customer_id", "ordered_on", "number"),
        Index(None, "customer_id", "unit_id", "ordered_on", "number"),
        Index(None, "customer_id", "status", "ordered_on", "number"),
        Index(None, "customer_id", "reference"),
        Index(None, "ordered_on", "number"),  # for the desk, across customers
        Index(None, "status", "ordered_on", "number"),
    )
    rights = (Right.ORDERS,)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    ordered_on: Mapped[date]
    placed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    idempotency_key: Mapped[str | None] = mapped_column(String(64))
    fingerprint: Mapped[str | None] = mapped_column(String(64))
    """A digest of what was sent under the key: the same form twice is one order, another form is not."""
    product_group: Mapped[str | None] = mapped_column(String(100))
    status: Mapped[str | None] = mapped_column(String(40))
    delivery: Mapped[str] = mapped_column(String(200), default="")
    quantity: Mapped[str] = mapped_column(String(100), default="")
    contact: Mapped[str] = mapped_column(String(200), default="")
    reference: Mapped[str] = mapped_column(String(100), default="")
    location: Mapped[str] = mapped_column(String(200), default="")
    description: Mapped[str] = mapped_column(Text, default="")

    @property
    def is_invoiced(self) -> bool:
        """From then on the reference stands on the invoice and cannot be changed (B16)."""
        return self.status == INVOICED

    @property
    def about(self) -> str:
        """What the log of changes and the CRM call the order."""
        return f"order:{self.number}"

    def change_reference(self, db: Session, reference: str, *, by: SignedIn, now: datetime) -> None:
        """Give the order another own reference; raises AlreadyInvoiced (B16)."""
        if self.is_invoiced:
            raise AlreadyInvoiced(f"order {self.number} is invoiced")
        if reference == self.reference:
            return
        self.reference = reference
        record(db, customer_id=self.customer_id, actor=by.label, about=self.about, action="reference", now=now)
        post(
            db,
            channel=Channel.CRM,
            kind="order.reference_changed",
            about=self.about,
            customer_id=self.customer_id,
            payload={"number": self.number, "reference": reference},
            now=now,
        )


class StatusChange(CustomerOwned, Base):
    """An order came to have a status (B15)."""

    __tablename__ = "order_status_changes"
    __table_args__ = (
        ForeignKeyConstraint(["customer_id", "order_number"], ["orders.customer_id", "orders.number"]),
        Index(None, "customer_id", "order_number", "at"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    order_number: Mapped[int]
    status: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(Moment)


class AlreadyInvoiced(Exception):
    """The order is invoiced; its reference stands."""


class KeyUsed(Exception):
    """The form was already sent once, with other content, as order `number`."""

    def __init__(self, number: int) -> None:
        super().__init__(f"the form was sent before as order {number}")
        self.number = number


@dataclass(frozen=True, slots=True)
class Parts:
    """The free texts of an order, in the order of the form."""

    delivery: str = ""
    quantity: str = ""
    contact: str = ""
    reference: str = ""
    location: str = ""
    description: str = ""

    @property
    def composed(self) -> str:
        """The one text that lists show as `Beskrivelse`; what was left empty is left out (B12)."""
        labelled = (
            ('Ønsket leveranse: "{}".', self.delivery),
            ("Antall/omfang: {}.", self.quantity),
            ("Sted/lokasjon for gjennomføring av leveranse: {}.", self.location),
            ("Kundebestilling referanse: {}.", self.reference),
            ("Navn og tlf nr til kontaktperson: {}.", self.contact),
        )
        written = [self.description] if self.description else []
        return " ".join(written + [label.format(text) for label, text in labelled if text])

    def masked(self, today: date) -> tuple["Parts", int]:
        """The same with every identity number masked, and how many there were (section 5, number 6)."""
        masked = {name: mask_in(text, today=today) for name, text in asdict(self).items()}
        return replace(self, **{name: text for name, (text, _) in masked.items()}), sum(
            count for _, count in masked.values()
        )


PART_NAMES = tuple(field.name for field in fields(Parts))


def place_order(db: Session, unit_id: int, parts: Parts, *, by: SignedIn, key: str, now: datetime) -> int:
    """Create an order, tell the account manager and confirm to the sender; returns its number (NB9-NB11).

    The same form (the same `key` and content) sent again returns the number that it got the first time.
    Raises KeyUsed where the key was used for other content, and sqlalchemy's NoResultFound for a foreign unit.
    """
    unit_name = db.execute(select(Unit.name).where(Unit.id == unit_id)).scalar_one()
    fingerprint = hashlib.sha256(json.dumps([unit_id, astuple(parts)]).encode()).hexdigest()
    sent = _sent_with(db, by.user_id, key, fingerprint)
    if sent is not None:
        return sent
    try:
        with db.begin_nested():
            order = Order(
                number=next_number(db, SERIES),
                unit_id=unit_id,
                ordered_on=today_in_oslo(now),
                placed_by_id=by.user_id,
                idempotency_key=key,
                fingerprint=fingerprint,
                **asdict(parts),
            )
            db.add(order)
    except IntegrityError:  # the same form came twice at the same moment, and the other one was first
        sent = _sent_with(db, by.user_id, key, fingerprint)
        if sent is None:
            raise
        return sent
    record(db, customer_id=order.customer_id, actor=by.label, about=order.about, action="placed", now=now)
    _tell(db, order, unit_name, parts, by=by, now=now)
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


def _tell(db: Session, order: Order, unit_name: str, parts: Parts, *, by: SignedIn, now: datetime) -> None:
    """Write the letters and the event of a new order into the outbox, in the order's own transaction."""
    manager = account_manager_of(db, order.unit_id)
    facts: dict[str, Any] = {
        "number": order.number,
        "ordered_on": order.ordered_on.isoformat(),
        "customer": by.customer.name if by.customer else "",
        "unit": unit_name,
        **asdict(parts),
        "sender_name": by.full_name,
        "sender_email": by.email,
        "account_manager_name": manager.name if manager else "",
        "account_manager_email": manager.email if manager else "",
        "account_manager_phone": manager.phone if manager else "",
    }
    told: dict[str, Any] = {"about": order.about, "customer_id": order.customer_id, "payload": facts, "now": now}
    if manager:
        tell_manager(db, manager, kind=PLACED, order=order, facts=facts, now=now)
    post(db, channel=Channel.MAIL, kind="order_confirmation", to=by.email, **told)
    post(db, channel=Channel.CRM, kind="order.placed", **told)


def parts_of(order: Order) -> Parts:
    """The free texts of a stored order."""
    return Parts(*(getattr(order, name) for name in PART_NAMES))


def order_by_number(db: Session, number: int) -> Order | None:
    """The order, or None where there is none in the scope (B13)."""
    return db.scalar(select(Order).where(Order.number == number))


@dataclass(frozen=True, slots=True)
class Names:
    """The names that an order refers to."""

    unit: str
    placed_by: str | None


def names_around(db: Session, order: Order) -> Names:
    """The unit of an order, and who sent it where somebody did so in the portal."""
    unit, placed_by = db.execute(
        select(Unit.name, User.full_name)
        .select_from(Order)
        .join(Unit, Unit.id == Order.unit_id)
        .outerjoin(User, User.id == Order.placed_by_id)
        .where(Order.number == order.number)
    ).one()
    return Names(unit, placed_by)


def history_of(db: Session, order: Order) -> list[StatusChange]:
    """The statuses that an order has had, oldest first (B15)."""
    return list(
        db.scalars(
            select(StatusChange)
            .where(StatusChange.order_number == order.number)
            .order_by(StatusChange.at, StatusChange.id)
        )
    )
