"""Another key for all that is sealed (`rotate-keys`): in small steps while the portal runs; it can be started again.

Which rows are sealed is known from their class, `models.core.sealed.Sealed`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, inspect, or_, select
from sqlalchemy.orm import Session

from models.core.base import Base
from models.core.database import Database
from models.core.scope import across_customers
from models.core.sealed import Keyring, SealBroken, Sealed

_AT_ONCE = 200
"""Rows in one transaction: a moment's work, so that nobody waits."""
_ROUNDS = 3
"""A process that was not restarted yet may go on sealing with the key before; what it sealed is found in the next."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """What was done to one table."""

    table: str
    resealed: int
    broken: int
    """Rows that no key opens."""
    left: int
    """Rows that are sealed with an older key all the same, the broken ones among them."""


def rotate(database: Database, keyring: Keyring) -> Iterator[Rotated]:
    """Seal with the newest key whatever another one has sealed; an older key can be dropped where nothing is left."""
    for table in sealed_tables():
        resealed = broken = left = 0
        for _ in range(_ROUNDS):
            done, broken = _through(database, keyring, table)
            resealed += done
            with database.session(read_only=True) as db, across_customers(db):
                left = db.scalar(select(func.count()).select_from(table).where(_is_older(table, keyring))) or 0
            if left == broken:
                break
        yield Rotated(table.__tablename__, resealed, broken, left)


def sealed_tables() -> list[Any]:
    """The tables with sealed rows, by name."""
    found = [mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, Sealed)]
    return sorted(found, key=lambda table: str(table.__tablename__))


def missing_keys(db: Session, keyring: Keyring) -> Iterator[tuple[str, str]]:
    """The tables that something is sealed in with a key that is not there, and the id of such a key."""
    for table in sealed_tables():
        known = [table.sealed.startswith(f"{id}.") for id in sorted(keyring.ids)]
        unknown = select(func.min(table.sealed)).where(table.sealed.is_not(None), ~or_(*known))
        if sealed := db.scalar(unknown):
            yield table.__tablename__, str(sealed).partition(".")[0]


def _through(database: Database, keyring: Keyring, table: Any) -> tuple[int, int]:
    """Once through a table, in the order of its key; how many rows were resealed, and how many no key opens."""
    [key] = inspect(table).primary_key
    done = broken = 0
    after: list[ColumnElement[bool]] = []
    while True:
        with database.session() as db, across_customers(db):
            rows = db.scalars(
                select(table)
                .where(_is_older(table, keyring), *after)
                .order_by(key)
                .limit(_AT_ONCE)
                .with_for_update()
                .execution_options(populate_existing=True)
            ).all()
            for row in rows:
                try:
                    row.reseal(keyring)
                    done += 1
                except SealBroken:
                    broken += 1
            db.commit()
        if len(rows) < _AT_ONCE:
            return done, broken
        after = [key > getattr(rows[-1], key.name)]


def _is_older(table: Any, keyring: Keyring) -> ColumnElement[bool]:
    older: ColumnElement[bool] = table.sealed.is_not(None) & ~table.sealed.startswith(f"{keyring.newest}.")
    return older
