"""The walls between customers: each statement and each written row is held to the scope of its session.

What a scope is, and the escapes, are in `models.core.scope`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar, cast

from sqlalchemy import CursorResult, Executable, Insert, Integer, Row, Select, Update, bindparam, event, func, inspect
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, UOWTransaction, with_loader_criteria
from sqlalchemy.sql.base import ExecutableOption

from models.core.scope import CustomerOwned, Right, Scope, UnitOwned, across_customers, held_to, is_read_only

_CHECKED = "rows_are_checked"
_WROTE = "wrote"


class Unscoped(Exception):
    """A statement without a customer, or one that the walls cannot see through."""


class Trespass(Exception):
    """A row of another customer, or of a unit outside the scope, was about to be written."""


def has_written(session: Session) -> bool:
    """Whether the session has written, or is about to, since its last commit."""
    return bool(session.info.get(_WROTE) or session.new or session.dirty or session.deleted)


def insert_rows(session: Session, owned: type[Any], rows: list[dict[str, Any]]) -> None:
    """Insert many rows of one table at once, each checked against the scope; raises Trespass."""
    scope = held_to(session)
    for row in rows:
        _check(scope, owned, row["customer_id"], row.get("unit_id"))
    if rows:
        session.execute(Insert(owned.__table__), rows, execution_options={_CHECKED: True})


def last_id(session: Session, key: Any) -> int:
    """The highest id that a table has, whosever it is, for who gives many rows their ids: no row is read."""
    return session.connection().scalar(Select(func.max(key))) or 0


def update_rows(session: Session, owned: type[Any], rows: list[dict[str, Any]]) -> bool:
    """Update many rows of one table at once, by their `id`, each checked as it was and as it becomes; raises Trespass.

    Each row gives the same columns, `customer_id` and the `version` that it is made from, which is counted up. False
    where one of them is not in the scope, or another than that by now: then nothing of it must be kept.
    """
    scope = held_to(session)
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


_HELD = "held_to_customer"


@dataclass(frozen=True, slots=True)
class _Shape:
    """What the scopes of many sessions have in common: by which rights their units are restricted."""

    restricted: frozenset[tuple[Right, ...]]


@lru_cache(maxsize=256)
def _options(shape: _Shape) -> tuple[ExecutableOption, ...]:
    """The conditions of these scopes; whose customer and which units it is, is given with the statement.

    They go no further than the statement: what is loaded after it comes by here as well, with the scope of then.
    """
    held = {"include_aliases": True, "propagate_to_loaders": False}
    options: list[ExecutableOption] = [
        with_loader_criteria(CustomerOwned, lambda owned: owned.customer_id == bindparam("held_to_customer"), **held)
    ]
    for owned in _unit_owned(UnitOwned):
        if owned.rights in shape.restricted:
            units = bindparam(_units_name(owned.rights), expanding=True, type_=Integer, required=True)
            options.append(with_loader_criteria(owned, owned.unit_id.in_(units), **held))
    return tuple(options)


def _units_name(rights: tuple[Right, ...]) -> str:
    return "held_to_units_with_" + "_".join(rights)


@lru_cache(maxsize=4096)
def _held(scope: Scope) -> tuple[_Shape, dict[str, Any]]:
    """The shape of a scope, and what fills it."""
    units = {owned.rights: scope.units_with(*owned.rights) for owned in _unit_owned(UnitOwned)}
    restricted = {rights: sorted(ids) for rights, ids in units.items() if ids is not None}
    filled = {_units_name(rights): ids for rights, ids in restricted.items()}
    return _Shape(frozenset(restricted)), {_HELD: scope.customer_id, **filled}


@lru_cache(maxsize=1024)
def _shaped(statement: _Statement, shape: _Shape) -> _Statement:
    """A statement for all scopes of a shape: where it was built at import, its compiled form is the same for all."""
    return statement.options(*_options(shape))


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
    scope = held_to(session)
    if scope is not across_customers:
        if not isinstance(scope, Scope):
            raise Unscoped("no customer is set for this session")
        if not _selects_mapped_columns(statement):
            raise Unscoped("a statement on bare tables or in text cannot be scoped")
        shape, held = _held(scope)
        statement, parameters = _shaped(statement, shape), {**(parameters or {}), **held}
    session.flush()
    return list(session.connection().execute(statement, parameters or {}))


@lru_cache(maxsize=1024)
def _selects_mapped_columns(statement: Executable) -> bool:
    """Whether the mapping knows the statement, and so adds the scope's conditions to it."""
    return statement._propagate_attrs.get("compile_state_plugin") == "orm"  # noqa: SLF001  # as Session.execute asks


@event.listens_for(Session, "do_orm_execute")
def _hold_to_scope(state: ORMExecuteState) -> None:
    """Wall one: add the scope to every statement, and refuse what cannot be scoped."""
    scope = held_to(state.session)
    if not state.is_select:
        if is_read_only(state.session):
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
        if state.is_select:
            shape, held = _held(scope)
            state.statement, state.parameters = _shaped(state.statement, shape), {**_given(state), **held}
        else:  # what is given to these is what they set
            state.statement = _scoped(state.statement, scope)
    else:
        raise Unscoped("rows are added to the session, or with insert_rows")


def _given(state: ORMExecuteState) -> Mapping[str, Any]:
    """The values of a SELECT, which takes one set of them."""
    return cast("Mapping[str, Any]", state.parameters or {})


def _moves(state: ORMExecuteState) -> bool:
    """Whether an UPDATE sets the customer or the unit; conditions hold only the rows that it starts from."""
    values: Iterable[Any] = getattr(state.statement, "_values", None) or ()
    written = {getattr(column, "key", column) for column in values} | set(state.parameters or ())
    return not written.isdisjoint({"customer_id", "unit_id"})


@event.listens_for(Session, "before_flush")
def _hold_rows_to_scope(session: Session, _flush: UOWTransaction, _objects: object) -> None:
    """Wall two: no row of another customer is written, none is moved between customers."""
    scope = held_to(session)
    touched = [*session.new, *(row for row in session.dirty if session.is_modified(row)), *session.deleted]
    if touched and is_read_only(session):
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


@event.listens_for(Session, "after_transaction_end")
def _nothing_written_yet(session: Session, transaction: SessionTransaction) -> None:
    """What was written within a savepoint is not committed with it."""
    if transaction.parent is None:
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
