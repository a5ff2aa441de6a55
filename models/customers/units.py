"""Units (bedrift, avdeling) of a customer: a tree whose root is the company itself."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    String,
    UniqueConstraint,
    bindparam,
    func,
    or_,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, aliased, mapped_column
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from models.core.base import Base
from models.core.scope import CustomerOwned, Right, Scope
from models.core.walls import select_rows
from models.customers.account_managers import AccountManager
from models.customers.customer import Customer
from models.values import organisation_number
from models.values.texts.folding import is_in


class Unit(CustomerOwned, Base):
    """One bedrift or avdeling; `path` is the ids from the root down to it, as in `/1/5/`."""

    __tablename__ = "units"
    __table_args__ = (
        UniqueConstraint("customer_id", "id"),
        ForeignKeyConstraint(["customer_id", "parent_id"], ["units.customer_id", "units.id"]),
        Index(None, "customer_id", "path"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    parent_id: Mapped[int | None]
    path: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(200))
    organisation_number: Mapped[str | None] = mapped_column(String(9))
    account_manager_id: Mapped[int | None] = mapped_column(ForeignKey("account_managers.id"))
    """Who serves this unit, where it is another than the customer's."""
    reference_pattern: Mapped[str | None] = mapped_column(String(40))
    """What the reference of an order has to look like (`models.customers.references`); None where none is needed."""
    reference_example: Mapped[str] = mapped_column(String(40), default="", server_default="")


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit as it stands in a list; `depth` is how many of the units above it are in the list, too."""

    id: int
    name: str
    organisation_number: str | None
    parent_name: str | None
    path: str
    depth: int = 0

    def matches(self, text: str) -> bool:
        """Whether the filter box's text is in the name, the number or the parent's name (NB4, U7)."""
        digits = organisation_number.bare(text)
        return (
            not text.strip()
            or is_in(text, self.name)
            or is_in(text, self.parent_name or "")
            or (digits.isdecimal() and digits in (self.organisation_number or ""))
        )


def ids_below(units: Iterable[UnitRow], id: str) -> frozenset[int]:
    """The unit that was chosen and those below it; none where it is not among them."""
    units = list(units)
    return frozenset(unit.id for top in units if str(top.id) == id for unit in units if unit.path.startswith(top.path))


_parent = aliased(Unit)
_UNITS = select(Unit.id, Unit.name, Unit.organisation_number, _parent.name, Unit.path).join(
    _parent, Unit.parent_id == _parent.id, isouter=True
)
_THESE_UNITS = _UNITS.where(Unit.id.in_(bindparam("ids", expanding=True)))


def units_in_scope(db: Session, scope: Scope, *rights: Right) -> list[UnitRow]:
    """The units in which the user has one of the rights, parents before children, siblings by name (NB3)."""
    allowed = scope.units_with(*rights)
    rows = select_rows(db, _UNITS) if allowed is None else select_rows(db, _THESE_UNITS, {"ids": sorted(allowed)})
    return list(_placed(tuple(map(tuple, rows))))


@lru_cache(maxsize=32)
def _placed(rows: tuple[tuple[Any, ...], ...]) -> tuple[UnitRow, ...]:
    """The same rows, in the same order: of the customers whose people are here, who ask again and again."""
    return tuple(in_tree_order(UnitRow(*row) for row in rows))


def in_tree_order(units: Iterable[UnitRow]) -> list[UnitRow]:
    """Parents before their children, siblings in Norwegian alphabetical order."""
    by_path = {unit.path: unit for unit in units}

    names = {path: (norwegian(unit.name), unit.id) for path, unit in by_path.items()}
    ways: dict[str, list[tuple[str, int]]] = {}
    for path in sorted(by_path, key=len):  # those above before those below
        above = path[: path.rindex("/", 0, -1) + 1]
        before = ways[above] if above in ways else [names[far] for far in paths_down_to(above) if far in names]
        ways[path] = [*before, names[path]]
    return [
        unit if unit.depth == len(way) - 1 else replace(unit, depth=len(way) - 1)
        for unit, way in sorted(((by_path[path], way) for path, way in ways.items()), key=lambda pair: pair[1])
    ]


def unit_by_name(db: Session, customer_id: int, name: str) -> Unit | None:
    """The unit of a customer with this name; the highest of several."""
    named = select(Unit).where(Unit.customer_id == customer_id, Unit.name == name)
    return db.scalars(named.order_by(func.length(Unit.path), Unit.id).limit(1)).first()


_ALPHABET = str.maketrans({"æ": "{", "ä": "{", "ø": "|", "ö": "|", "å": "}"})


def norwegian(name: str) -> str:
    """A sort key: ignoring case, with … z æ ø å, and `aa` as `å` (product section 7)."""
    return name.casefold().replace("aa", "å").translate(_ALPHABET)


class _Bytewise(FunctionElement[str]):
    """A text that is compared by its characters' numbers, as SQLite does by itself."""

    inherit_cache = True
    type = String()


@compiles(_Bytewise)
def _as_it_is(text: _Bytewise, compiler: SQLCompiler, **how: Any) -> str:
    return compiler.process(text.clauses, **how)


@compiles(_Bytewise, "postgresql")
def _in_the_c_collation(text: _Bytewise, compiler: SQLCompiler, **how: Any) -> str:
    return f'({compiler.process(text.clauses, **how)} COLLATE "C")'


def in_norwegian(name: ColumnElement[str] | InstrumentedAttribute[str]) -> ColumnElement[str]:
    """The same sort key, worked out by the database (but for capitals beyond the Norwegian alphabet)."""
    key: ColumnElement[str] = func.lower(name)
    for letters, placed in (("æÆäÄ", "{"), ("øØöÖ", "|"), ("åÅ", "}")):
        for letter in letters:
            key = func.replace(key, letter, placed)
    return _Bytewise(func.replace(key, "aa", "}"))


def is_called(name: ColumnElement[str] | InstrumentedAttribute[str], wanted: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a name is like what `norwegian` made of a text, also where that was typed without æ, ø and å.

    `tromso` and `tromsoe` find Tromsø; `tromsø` finds no Tromso.
    """
    key = in_norwegian(name)
    found = [key.like(wanted, escape="/")]
    for ae, oe, aa in (("ae", "o", "a"), ("ae", "oe", "aa")):
        plain = func.replace(func.replace(func.replace(key, "{", ae), "|", oe), "}", aa)
        found.append(plain.like(wanted, escape="/"))
    return or_(*found)


_below = aliased(Unit)
_NEAREST_MANAGER = (
    select(AccountManager)
    .join(Unit, Unit.account_manager_id == AccountManager.id)
    .join(_below, (_below.customer_id == Unit.customer_id) & _below.path.startswith(Unit.path))
    .where(_below.id == bindparam("unit_id"), AccountManager.serves)
    .order_by(func.length(Unit.path).desc())
    .limit(1)
)
_CUSTOMERS_MANAGER = (
    select(AccountManager)
    .join(Customer, Customer.account_manager_id == AccountManager.id)
    .join(Unit, Unit.customer_id == Customer.id)
    .where(Unit.id == bindparam("unit_id"), AccountManager.serves)
)


def account_manager_of(db: Session, unit_id: int) -> AccountManager | None:
    """Who is told of what happens in a unit (NB10): the nearest manager up the tree, or else the customer's."""
    asked = {"unit_id": unit_id}
    return db.scalar(_NEAREST_MANAGER, asked) or db.scalar(_CUSTOMERS_MANAGER, asked)


def paths_down_to(path: str) -> list[str]:
    """The paths of the units from the root down to one, by its path."""
    ids = path.strip("/").split("/")
    return ["/" + "/".join(ids[:n]) + "/" for n in range(1, len(ids) + 1)]


def path_of(db: Session, unit_id: int) -> str:
    """The ids from the root down to a unit; raises sqlalchemy's NoResultFound."""
    return db.execute(select(Unit.path).where(Unit.id == unit_id)).scalar_one()


_NAME = select(Unit.name).where(Unit.id == bindparam("id"))


def unit_name(db: Session, unit_id: int) -> str:
    """What a unit is called; raises sqlalchemy's NoResultFound."""
    return db.execute(_NAME, {"id": unit_id}).scalar_one()
