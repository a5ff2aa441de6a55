"""Scopes: what a session may see, the mixins of what belongs to a customer or a unit, and the ways to look further.

How statements and rows are held to a scope is in `models.core.walls`; who has which, in `models.users`. The escape is
the word `across_customers`, and for the provider's desk, which only looks, `looking_across`.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Select, bindparam, inspect, select
from sqlalchemy.orm import Mapped, Session, mapped_column

_SCOPE = "scope"
_READ_ONLY = "read_only"


class Right(StrEnum):
    """What a user may see and do in a unit (X2)."""

    ORDERS = "orders"
    EMPLOYEES = "employees"
    INVOICES = "invoices"
    REPORTS = "reports"
    ADMINISTRATOR = "administrator"
    """Say who has which rights there, and so can sign in."""


Units = frozenset[int] | None
"""Ids of units; None is every unit of the customer."""


NO_UNITS: Units = frozenset()


@dataclass(frozen=True)
class Scope:
    """One customer, and per right the units in which the user has it (X1, X2)."""

    customer_id: int
    units: Mapping[Right, Units]
    _key: tuple[Any, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "units", MappingProxyType(dict(self.units)))
        object.__setattr__(self, "_key", (self.customer_id, frozenset(self.units.items())))

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scope) and self._key == other._key

    def units_with(self, *rights: Right) -> Units:
        """The units in which the user has at least one of the rights."""
        found = [self.units.get(right, NO_UNITS) for right in rights]
        if any(units is None for units in found):
            return None
        return frozenset().union(*(units for units in found if units is not None))

    @classmethod
    def whole(cls, customer_id: int) -> "Scope":
        """Everything of one customer, for the portal's own work on its behalf."""
        return cls(customer_id, dict.fromkeys(Right, None))


class CustomerOwned:
    """A row that belongs to one customer."""

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))


class UnitOwned(CustomerOwned):
    """A row that belongs to one unit of a customer; `rights` says which of a user's rights open it."""

    rights: ClassVar[tuple[Right, ...]]
    unit_id: Mapped[int]


def of_unit() -> ForeignKeyConstraint:
    """The composite foreign key that keeps a row's unit inside the row's customer."""
    return ForeignKeyConstraint(["customer_id", "unit_id"], ["units.customer_id", "units.id"])


def bind(session: Session, scope: Scope | None, *, read_only: bool = False) -> None:
    """Hold a session to a scope, for good."""
    session.info[_SCOPE] = scope
    session.info[_READ_ONLY] = read_only


def narrow(session: Session, scope: Scope) -> None:
    """Hold a session to another scope than it came with, as a personal link does; what it may write stays."""
    bind(session, scope, read_only=is_read_only(session))


def held_to(session: Session) -> object:
    """What a session is held to: a Scope, or `across_customers`; None: nothing can be asked."""
    return session.info.get(_SCOPE)


def is_read_only(session: Session) -> bool:
    """Whether nothing can be written in a session."""
    return bool(session.info.get(_READ_ONLY))


@contextmanager
def across_customers(session: Session) -> Iterator[None]:
    """Let a session see every customer: at sign-in, and for the postman. Nowhere else."""
    before = held_to(session)
    session.info[_SCOPE] = across_customers
    try:
        yield
        session.flush()
    finally:
        session.info[_SCOPE] = before


@contextmanager
def looking_across(session: Session) -> Iterator[None]:
    """Let the provider's desk look at every customer: what staff see in lists. Nothing can be written in it."""
    before = held_to(session), is_read_only(session)
    session.flush()
    session.info[_SCOPE], session.info[_READ_ONLY] = across_customers, True
    try:
        yield
    finally:
        session.info[_SCOPE], session.info[_READ_ONLY] = before


def owner_of(session: Session, owned: type[CustomerOwned], key: object) -> int | None:
    """The id of the customer whose row it is, by the row's primary key; None where there is no such row."""
    with looking_across(session):
        return session.scalar(_owner(owned), {"key": key})  # type: ignore[arg-type]  # mypy takes the rows' hash


@cache
def _owner(owned: type[CustomerOwned]) -> Select[int]:
    (column,) = inspect(owned).primary_key
    return select(owned.customer_id).where(column == bindparam("key"))


@contextmanager
def whole_customer(session: Session) -> Iterator[None]:
    """Let a rule see all units of the session's own customer: to say that somebody is there, never who (AN2).

    For what must hold across units whoever asks: nobody has two appointments at a time, a waiting list is in order.
    What is read in it decides, or is summed up so that no person can be told from the sum (decision 0023); no row that
    is read in it is shown.
    """
    before = held_to(session)
    session.flush()
    if isinstance(before, Scope):
        session.info[_SCOPE] = Scope.whole(before.customer_id)
    try:
        yield
        session.flush()
    finally:
        session.info[_SCOPE] = before


@contextmanager
def on_behalf_of(session: Session, customer_id: int) -> Iterator[None]:
    """Hold a session to all of one customer, whatever it is held to: for what follows from rows that it has written.

    At the commit a session may be held to nothing any more, as after the desk has added a customer.
    """
    before = held_to(session)
    session.flush()
    session.info[_SCOPE] = Scope.whole(customer_id)
    try:
        yield
        session.flush()
    finally:
        session.info[_SCOPE] = before
