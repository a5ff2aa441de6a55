"""Orders (bestillinger): what a customer asked for, its status and its reference.

Status, product group and bookings come from the provider; the portal owns the order as it was sent. How one is placed
is in `placing`, how they are found in `search`, by which words in `words`.
"""

from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime

from sqlalchemy import (
    Connection,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    String,
    Text,
    UniqueConstraint,
    bindparam,
    event,
    inspect,
    select,
)
from sqlalchemy.orm import Mapped, Mapper, Session, aliased, mapped_column

from models.catalogue.entry import Meaning, product_group_column, status_column
from models.catalogue.words import catalogue_of
from models.core.audit import Change, record
from models.core.base import Base, Moment
from models.core.scope import CustomerOwned, Right, UnitOwned, of_unit
from models.customers.units import Unit
from models.orders import words
from models.outbox.message import Outgoing, post
from models.users.sessions import SignedIn
from models.users.user import User
from models.values.national_id import mask_in

SERIES = "orders"
NUMBER_DIGITS = 6


class Order(UnitOwned, Base):
    """One order; the parts of the form are kept as they were written (B12)."""

    __tablename__ = "orders"
    __table_args__ = (
        of_unit(),
        UniqueConstraint("customer_id", "number"),
        UniqueConstraint("placed_by_id", "idempotency_key"),
        Index(None, "written_by_id", "idempotency_key", unique=True),
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
    """The user who sent it, or on the telephone asked staff for it."""
    asked_by: Mapped[str] = mapped_column(String(200), default="", server_default="")
    """The name of who asked staff for it, where that is no user."""
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Who of the staff wrote it in the customer's stead (D2)."""
    idempotency_key: Mapped[str | None] = mapped_column(String(64))
    fingerprint: Mapped[str | None] = mapped_column(String(64))
    """A digest of what was sent under the key: the same form twice is one order, another form is not."""
    product_group: Mapped[str | None] = product_group_column()
    status: Mapped[str | None] = status_column()
    delivery: Mapped[str] = mapped_column(String(200), default="")
    quantity: Mapped[str] = mapped_column(String(100), default="")
    contact: Mapped[str] = mapped_column(String(200), default="")
    reference: Mapped[str] = mapped_column(String(100), default="")
    location: Mapped[str] = mapped_column(String(200), default="")
    description: Mapped[str] = mapped_column(Text, default="")

    @property
    def about(self) -> str:
        """What the log of changes and the CRM call the order."""
        return f"order:{self.number}"

    def change_reference(self, db: Session, reference: str, *, by: SignedIn, now: datetime) -> None:
        """Give the order another own reference; raises AlreadyInvoiced (B16): then it stands on the invoice."""
        if catalogue_of(db).meaning(self.status) is Meaning.INVOICED:
            raise AlreadyInvoiced(f"order {self.number} is invoiced")
        if reference == self.reference:
            return
        told = {"before": {"reference": self.reference}, "after": {"reference": reference}}
        self.reference = reference
        record(db, Change.of(self, "reference", by=by, at=now, changed=told))
        post(db, Outgoing.event(self, "order.reference_changed", {"number": self.number, "reference": reference}, now))


@event.listens_for(Order, "after_insert")
def _note_words(_mapper: Mapper[Order], connection: Connection, order: Order) -> None:
    words.note(connection, order.number)


@event.listens_for(Order, "after_update")
def _renew_words(_mapper: Mapper[Order], connection: Connection, order: Order) -> None:
    attributes = inspect(order).attrs
    if any(attributes[name].history.has_changes() for name in words.TEXTS):
        words.renew(connection, [order.number])


class StatusChange(CustomerOwned, Base):
    """An order came to have a status (B15)."""

    __tablename__ = "order_status_changes"
    __table_args__ = (
        ForeignKeyConstraint(["customer_id", "order_number"], ["orders.customer_id", "orders.number"]),
        Index(None, "customer_id", "order_number", "at"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    order_number: Mapped[int]
    status: Mapped[str] = status_column()
    at: Mapped[datetime] = mapped_column(Moment)


class AlreadyInvoiced(Exception):
    """The order is invoiced; its reference stands."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The free texts of an order, in the order of the form."""

    delivery: str = ""
    quantity: str = ""
    contact: str = ""
    reference: str = ""
    location: str = ""
    description: str = ""

    def known_as(self, product_group: str | None) -> str:
        """What was ordered, in a line: what people know an order by (H2)."""
        return self.delivery or self.description.partition("\n")[0][:120] or product_group or "Bestilling"

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


def parts_of(order: Order) -> Parts:
    """The free texts of a stored order."""
    return Parts(*(getattr(order, name) for name in PART_NAMES))


_BY_NUMBER = select(Order).where(Order.number == bindparam("number"))


def order_by_number(db: Session, number: int) -> Order | None:
    """The order, or None where there is none in the scope (B13)."""
    return db.scalar(_BY_NUMBER, {"number": number})


@dataclass(frozen=True, slots=True)
class Names:
    """The names that an order refers to."""

    unit: str
    placed_by: str | None
    written_by: str | None


_writer = aliased(User)
_NAMES = (
    select(Unit.name, User.full_name, _writer.full_name)
    .select_from(Order)
    .join(Unit, Unit.id == Order.unit_id)
    .outerjoin(User, User.id == Order.placed_by_id)
    .outerjoin(_writer, _writer.id == Order.written_by_id)
    .where(Order.number == bindparam("number"))
)


def names_around(db: Session, order: Order) -> Names:
    """The unit of an order, who sent it or asked for it where that is known, and who of the staff wrote it then."""
    unit, placed_by, written_by = db.execute(_NAMES, {"number": order.number}).one()
    return Names(unit, placed_by or order.asked_by or None, written_by)


_HISTORY = (
    select(StatusChange)
    .where(StatusChange.order_number == bindparam("number"))
    .order_by(StatusChange.at, StatusChange.id)
)


def history_of(db: Session, order: Order) -> list[StatusChange]:
    """The statuses that an order has had, oldest first (B15)."""
    return list(db.scalars(_HISTORY, {"number": order.number}))
