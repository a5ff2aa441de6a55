"""An entry of the catalogue: a status or a product group of orders, and what the portal goes by of it.

All of them together, as pages and the CRM need them, are in `words`; what administrators change in `changes`.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ColumnElement, Identity, Index, String, UniqueConstraint, false, select, true
from sqlalchemy.orm import Mapped, MappedColumn, mapped_column

from models.core.base import Base, Moment, Value, one_of

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
"""Those that a portal begins with (product 6.3), in the order in which figures have them; others come behind."""
LONGEST_STATUS, LONGEST_GROUP = 40, 100
HOLDS = "catalogue"
"""Under this key the column of a table says of which kind the names in it are."""


class Kind(StrEnum):
    """What an entry is a word for."""

    STATUS = "status"
    PRODUCT_GROUP = "product_group"


class Meaning(Value):
    """What a status means to the portal, whatever it is called. An order without a status is open."""

    RECEIVED = "received"
    OPEN = "open"
    PLANNED = "planned"
    RUNNING = "running"
    WAITING = "waiting"
    """For the customer."""
    DONE = "done"
    INVOICED = "invoiced"
    """Done, and the customer's reference stands on an invoice."""
    CANCELLED = "cancelled"
    """By the customer, or with the customer."""
    REJECTED = "rejected"


GOES_ON = (Meaning.RECEIVED, Meaning.OPEN, Meaning.PLANNED, Meaning.RUNNING, Meaning.WAITING)
"""Of an order that is not done, nor called off."""


class Entry(Base):
    """A status or a product group. Orders hold its name: when that changes, theirs changes with it."""

    __tablename__ = "catalogue"
    __table_args__ = (UniqueConstraint("kind", "name"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    kind: Mapped[Kind] = mapped_column(one_of(Kind, 20))
    name: Mapped[str] = mapped_column(String(LONGEST_GROUP))
    meaning: Mapped[Meaning] = mapped_column(one_of(Meaning, 20))
    """Of a product group it says nothing."""
    is_checks: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Of one product group: what is booked on its orders are health checks, for figures and lists."""
    position: Mapped[int]
    """Where it stands in lists, from 1 on."""
    is_active: Mapped[bool]
    """What is retired stays on the orders that have it, and is offered to no other."""
    is_news: Mapped[bool]
    """The CRM has brought it, and no administrator has looked at it yet."""
    former_names: Mapped[list[str]] = mapped_column(JSON)
    """By which the CRM, and a page that was drawn before, may know it still."""
    version: Mapped[int] = mapped_column(default=1)
    changed_by: Mapped[str] = mapped_column(String(310))
    changed_at: Mapped[datetime | None] = mapped_column(Moment)


_is_checks = Entry.is_checks.is_(true())
Index("uq_catalogue_is_checks", Entry.is_checks, unique=True, postgresql_where=_is_checks, sqlite_where=_is_checks)


def status_column() -> MappedColumn[Any]:
    """A column in which the name of a status stands; a new name is written into it as well."""
    return mapped_column(String(LONGEST_STATUS), info={HOLDS: Kind.STATUS})


def product_group_column(**kwargs: Any) -> MappedColumn[Any]:
    """The same for a product group."""
    return mapped_column(String(LONGEST_GROUP), info={HOLDS: Kind.PRODUCT_GROUP}, **kwargs)


def columns_with(kind: Kind) -> list[ColumnElement[Any]]:
    """Every column in which names of a kind stand."""
    return [
        getattr(mapper.class_, attribute.key)
        for mapper in sorted(Base.registry.mappers, key=lambda mapper: mapper.class_.__name__)
        for attribute in mapper.column_attrs
        if getattr(mapper.class_, attribute.key).info.get(HOLDS) is kind
    ]


def name_of_checks() -> ColumnElement[str]:
    """What the product group of the health checks is called, for `Order.product_group == …`."""
    return select(Entry.name).where(Entry.is_checks).scalar_subquery()


def named(*meanings: Meaning) -> ColumnElement[list[str]]:
    """The names of the statuses with these meanings, for `Order.status.in_(…)`."""
    which = select(Entry.name).where(Entry.kind == Kind.STATUS, Entry.meaning.in_(meanings))
    return which.scalar_subquery()
