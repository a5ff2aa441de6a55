"""The walls between customers: each statement and each written row is held to one scope.

Who has which scope is decided by `models.users.user`; what belongs to a customer says so by its mixin.
The escape is the word `across_customers`, and for the provider's desk, which only looks, `looking_across`.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Any, ClassVar, TypeVar, cast

from sqlalchemy import (
    CursorResult,
    Executable,
    ForeignKey,
    ForeignKeyConstraint,
    Insert,
    Row,
    Select,
    Update,
    bindparam,
    event,
    inspect,
    select,
)
from sqlalchemy.orm import (
    Mapped,
    ORMExecuteState,
    Session,
    UOWTransaction,
    mapped_column,
    with_loader_criteria,
)
from sqlalchemy.sql.base import ExecutableOption

_SCOPE = "scope"
_READ_ONLY = "read_only"
_CHECKED = "rows_are_checked"
_WROTE = "wrote"


class Right(StrEnum):
    """What a user may see and do in a unit (X2)."""

    ORDERS = "orders"
    EMPLOYEES = "employees"
    INVOICES = "invoices"
    REPORTS = "reports"


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


class Unscoped(Exception):
    """A statement without a customer, or one that the walls cannot see through."""


class Trespass(Exception):
    """A row of another customer, or of a unit outside the scope, was about to be written."""


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
    bind(session, scope, read_only=bool(session.info.get(_READ_ONLY)))


def has_written(session: Session) -> bool:
    """Whether the session has written, or is about to, since its last commit."""
    return bool(session.info.get(_WROTE) or session.new or session.dirty or session.deleted)


@contextmanager
def across_customers(session: Session) -> Iterator[None]:
    """Let a session see every customer: at sign-in, and for the postman. Nowhere else."""
    before = session.info.get(_SCOPE)
    session.info[_SCOPE] = across_customers
    try:
        yield
        session.flush()
    finally:
        session.info[_SCOPE] = before


@contextmanager
def looking_across(session: Session) -> Iterator[None]:
    """Let the provider's desk look at every customer: what staff see in lists. Nothing can be written in it."""
    before = session.info.get(_SCOPE), session.info.get(_READ_ONLY)
    session.flush()
    session.info[_SCOPE], session.info[_READ_ONLY] = across_customers, True
    try:
        yield
    finally:
        session.info[_SCOPE], session.info[_READ_ONLY] = before


def owner_of(session: Session, owned: type[CustomerOwned], key: object) -> int | None:
    """The id of the customer whose row it is, by the row's primary key; None where there is no such row."""
    (column,) = inspect(owned).primary_key
    with looking_across(session):
        return session.scalar(select(owned.customer_id).where(column == key))


@contextmanager
def whole_customer(session: Session) -> Iterator[None]:
    """Let a rule see all units of the session's own customer: to say that somebody is there, never who (AN2).

    For what must hold across units whoever asks: nobody has two appointments at a time, a waiting list is in order.
    What is read in it decides, or is summed up so that no person can be told from the sum (decision 0023); no row that
    is read in it is shown.
    """
    before = session.info.get(_SCOPE)
    session.flush()
    if isinstance(before, Scope):
        session.info[_SCOPE] = Scope.whole(before.customer_id)
    try:
        yield
        session.flush()
    finally:
        session.info[_SCOPE] = before


def insert_rows(session: Session, owned: type[Any], rows: list[dict[str, Any]]) -> None:
    """Insert many rows of one table at once, each checked against the scope; raises Trespass."""
    scope = session.info.get(_SCOPE)
    for row in rows:
        _check(scope, owned, row["customer_id"], row.get("unit_id"))
    if rows:
        session.execute(Insert(owned.__table__), rows, execution_options={_CHECKED: True})


def update_rows(session: Session, owned: type[Any], rows: list[dict[str, Any]]) -> bool:
    """Update many rows of one table at once, by their `id`, each checked as it was and as it becomes; raises Trespass.

    Each row gives the same columns, `customer_id` and the `version` that it is made from, which is counted up. False
    where one of them is not in the scope, or another than that by now: then nothing of it must be kept.
    """
    scope = session.info.get(_SCOPE)
    for row in rows:
        _check(scope, owned, row["customer_id"], row.get("unit_id"))
    if not rows:
        return True
    table = owned.__table__
    names = rows[0].keys() - {"id", "customer_id", "version"}
    statement = (
        Update(table)
        .where(*(table.c[name] == bindparam(f"its_{name}") for name in ("id", "customer_id", "version")))
        .values({**{name: bindparam(f"its_{name}") for name in names}, "version": table.c.version + 1})
    )
    units = scope.units_with(*owned.rights) if isinstance(scope, Scope) and issubclass(owned, UnitOwned) else None
    if units is not None:
        statement = statement.where(table.c.unit_id.in_(sorted(units)))
    given = [{f"its_{name}": value for name, value in row.items()} for row in rows]
    done = session.execute(statement, given, execution_options={_CHECKED: True})
    return bool(cast("CursorResult[Any]", done).rowcount == len(rows))


@lru_cache(maxsize=4096)
def _criteria(scope: Scope) -> tuple[ExecutableOption, ...]:
    """The conditions that every statement of a scope gets; made once per scope, not once per request."""
    customer_id = scope.customer_id
    options: list[ExecutableOption] = [
        with_loader_criteria(CustomerOwned, lambda owned: owned.customer_id == customer_id, include_aliases=True)
    ]
    for owned in _unit_owned(UnitOwned):
        units = scope.units_with(*owned.rights)
        if units is not None:
            options.append(with_loader_criteria(owned, owned.unit_id.in_(sorted(units)), include_aliases=True))
    return tuple(options)


_Statement = TypeVar("_Statement", bound=Executable)


@lru_cache(maxsize=1024)
def _scoped(statement: _Statement, scope: Scope) -> _Statement:
    """A statement with the conditions of a scope; those built once at import keep their compiled form, too."""
    return statement.options(*_criteria(scope))


def _unit_owned(parent: type[UnitOwned]) -> Iterator[type[UnitOwned]]:
    for child in parent.__subclasses__():
        yield child
        yield from _unit_owned(child)


def select_rows(
    session: Session, statement: Select[*tuple[Any, ...]], parameters: dict[str, Any] | None = None
) -> list[Row[*tuple[Any, ...]]]:
    """The rows of a statement that selects columns, held to the scope; raises Unscoped.

    For what every page asks: without the way through the session's entities it takes half the time. The statement
    is built once, at import, so that its scoped and compiled forms are kept.
    """
    scope = session.info.get(_SCOPE)
    if scope is not across_customers:
        if not isinstance(scope, Scope):
            raise Unscoped("no customer is set for this session")
        if not _selects_mapped_columns(statement):
            raise Unscoped("a statement on bare tables or in text cannot be scoped")
        statement = _scoped(statement, scope)
    session.flush()
    return list(session.connection().execute(statement, parameters or {}))


@lru_cache(maxsize=1024)
def _selects_mapped_columns(statement: Executable) -> bool:
    """Whether the mapping knows the statement, and so adds the scope's conditions to it."""
    return statement._propagate_attrs.get("compile_state_plugin") == "orm"  # noqa: SLF001  # as Session.execute asks


@event.listens_for(Session, "do_orm_execute")
def _hold_to_scope(state: ORMExecuteState) -> None:
    """Wall one: add the scope to every statement, and refuse what cannot be scoped."""
    scope = state.session.info.get(_SCOPE)
    if not state.is_select:
        if state.session.info.get(_READ_ONLY):
            raise Unscoped("a page that is only read cannot write")
        state.session.info[_WROTE] = True
    if scope is across_customers or state.execution_options.get(_CHECKED):
        return
    if not isinstance(scope, Scope):
        raise Unscoped("no customer is set for this session")
    if state.is_select or state.is_update or state.is_delete:
        if not state.is_orm_statement:
            raise Unscoped("a statement on bare tables or in text cannot be scoped")
        if state.is_executemany or (state.is_update and _moves(state)):
            raise Unscoped("rows are moved, and written many at once, where each of them is checked")
        state.statement = _scoped(state.statement, scope)
    else:
        raise Unscoped("rows are added to the session, or with insert_rows")


def _moves(state: ORMExecuteState) -> bool:
    """Whether an UPDATE sets the customer or the unit; conditions hold only the rows that it starts from."""
    values: Iterable[Any] = getattr(state.statement, "_values", None) or ()
    written = {getattr(column, "key", column) for column in values} | set(state.parameters or ())
    return not written.isdisjoint({"customer_id", "unit_id"})


@event.listens_for(Session, "before_flush")
def _hold_rows_to_scope(session: Session, _flush: UOWTransaction, _objects: object) -> None:
    """Wall two: no row of another customer is written, none is moved between customers."""
    scope = session.info.get(_SCOPE)
    touched = [*session.new, *(row for row in session.dirty if session.is_modified(row)), *session.deleted]
    if touched and session.info.get(_READ_ONLY):
        raise Unscoped("a page that is only read cannot write")
    session.info[_WROTE] = session.info.get(_WROTE) or bool(touched)
    for row in touched:
        if isinstance(row, CustomerOwned) and scope is not across_customers:
            if inspect(row).attrs.customer_id.value is None and isinstance(scope, Scope):
                row.customer_id = scope.customer_id
            for customer_id in _now_and_before(row, "customer_id"):
                for unit_id in _now_and_before(row, "unit_id"):
                    _check(scope, type(row), customer_id, unit_id)


def _now_and_before(row: CustomerOwned, name: str) -> list[Any]:
    if name not in inspect(row).attrs:
        return [None]
    return [getattr(row, name), *(inspect(row).attrs[name].history.deleted or ())]


@event.listens_for(Session, "after_commit")
@event.listens_for(Session, "after_rollback")
def _nothing_written_yet(session: Session) -> None:
    session.info.pop(_WROTE, None)


def _check(scope: object, owned: type[CustomerOwned], customer_id: int, unit_id: int | None) -> None:
    if scope is across_customers:
        return
    if not isinstance(scope, Scope) or customer_id != scope.customer_id:
        raise Trespass(f"a row of {owned.__name__} belongs to another customer")
    if issubclass(owned, UnitOwned):
        units = scope.units_with(*owned.rights)
        if units is not None and unit_id not in units:
            raise Trespass(f"a row of {owned.__name__} belongs to a unit outside the scope")
