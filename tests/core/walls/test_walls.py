"""The first wall between customers: what is read (X1, X2), with proof that it is the wall; and the escape."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import (
    Executable,
    Select,
    Table,
    event,
    exists,
    func,
    insert,
    literal_column,
    select,
    text,
    union_all,
    update,
)
from sqlalchemy.orm import Session, aliased

from models.bookings.booking import Booking
from models.core import walls
from models.core.base import Base
from models.core.scope import CustomerOwned, Right, Scope, UnitOwned, across_customers, looking_across, owner_of
from models.core.walls import Unscoped, select_rows
from models.customers.customer import Customer
from models.customers.units import Unit
from models.employees.employee import Employee
from models.orders.order import Order
from tests.stage.house import House
from tests.stage.walls import World

ROOT = Path(__file__).parents[3]


@pytest.fixture
def world(quiet_house: House) -> Iterator[World]:
    world = World(quiet_house)
    yield world
    world.database.close()


# Wall one: what is read


OTHER = aliased(Order)
PAGE = select(Order.number).subquery()
READS: dict[str, Executable] = {
    "entities": select(Order),
    "columns": select(Order.number),
    "with an outer join": select(Order.number, Unit.name).join(Unit, Unit.id == Order.unit_id, isouter=True),
    "an alias": select(OTHER.number),
    "of a subquery": select(PAGE.c.number),
    "in a list": select(Order.number).where(Order.number.in_(select(OTHER.number))),
    "that exist": select(Order.number).where(exists().where(OTHER.number == Order.number)),
    "of a common table expression": select(select(Order.number).cte().c.number),
    "a union": union_all(
        select(Order.number).where(Order.number % 2 == 0), select(Order.number).where(Order.number % 2 == 1)
    ),
    "grouped": select(Order.number, func.count()).group_by(Order.number),
}


def seen(db: Session, statement: Executable) -> set[int]:
    return {row[0].number if isinstance(row[0], Order) else row[0] for row in db.execute(statement)}


@pytest.mark.parametrize("what", READS)
def test_x1_what_is_read_is_of_ones_customer_and_units(world: World, what: str) -> None:
    with world.session(world.whole) as db:
        assert seen(db, READS[what]) == world.fjord_orders
    with world.session(world.one_unit) as db:
        assert seen(db, READS[what]) == world.bergen_orders != world.fjord_orders


@pytest.mark.parametrize(
    "what", [what for what, statement in READS.items() if isinstance(statement, Select) and what != "entities"]
)
def test_x1_the_short_way_for_columns_is_held_as_well(world: World, what: str) -> None:
    statement = READS[what]
    assert isinstance(statement, Select)
    for scope, expected in ((world.whole, world.fjord_orders), (world.one_unit, world.bergen_orders)):
        with world.session(scope) as db:
            assert {row[0] for row in select_rows(db, statement)} == expected
            with across_customers(db):
                assert {row[0] for row in select_rows(db, statement)} > world.fjord_orders
    # What was compiled for one of them serves all scopes of its shape: each gets its own rows, in whichever order.
    stavanger = Scope(world.fjord.customer_id, {Right.ORDERS: frozenset({world.stavanger.id})})
    for scope in 2 * (Scope.whole(world.demo.customer_id), world.whole, stavanger, world.one_unit):
        with world.session(scope) as db:
            assert {row[0] for row in select_rows(db, statement)} == seen(db, READS["entities"])
    with world.session(None) as db, pytest.raises(Unscoped):
        select_rows(db, statement)


def test_x1_counts_and_joins_from_another_side_are_held_too(world: World) -> None:
    with world.session(world.one_unit) as db:
        assert db.scalar(select(func.count()).select_from(Order)) == len(world.bergen_orders)
        assert db.scalar(select(func.count(Order.number))) == len(world.bergen_orders)
        assert (
            seen(db, select(Order.number).select_from(Unit).join(Order, Order.unit_id == Unit.id))
            == world.bergen_orders
        )
        assert [customer.id for customer in db.scalars(select(Customer))] == [world.fjord.customer_id]
        assert db.get(Order, min(world.fjord_orders - world.bergen_orders)) is None
        assert db.get(Customer, world.demo.customer_id) is None


def test_x2_each_right_has_its_own_units(world: World) -> None:
    units = {Right.ORDERS: frozenset({world.bergen.id}), Right.EMPLOYEES: frozenset({world.stavanger.id})}
    with world.session(Scope(world.fjord.customer_id, units)) as db:
        assert set(db.scalars(select(Order.unit_id))) == {world.bergen.id}
        assert set(db.scalars(select(Employee.unit_id))) == {world.stavanger.id}
        assert set(db.scalars(select(Booking.unit_id))) == {world.bergen.id, world.stavanger.id}
    with world.session(Scope(world.fjord.customer_id, {Right.INVOICES: None})) as db:
        assert list(db.scalars(select(Order.number))) == list(db.scalars(select(Employee.id))) == []


def test_without_the_wall_the_stories_above_would_see_everything(world: World) -> None:
    """On PostgreSQL everything of the customer: there the third wall stands behind it."""
    event.remove(Session, "do_orm_execute", walls._hold_to_scope)
    try:
        with world.session(world.one_unit) as db:
            for statement in READS.values():
                found = seen(db, statement)
                assert found >= world.fjord_orders > world.bergen_orders
                assert (found == world.fjord_orders) is not world.database.is_sqlite
    finally:
        event.listen(Session, "do_orm_execute", walls._hold_to_scope)
    with world.session(world.one_unit) as db:
        assert seen(db, READS["entities"]) == world.bergen_orders


def test_without_a_customer_nothing_can_be_asked(world: World) -> None:
    with world.session(None) as db:
        for statement in READS.values():
            with pytest.raises(Unscoped):
                db.execute(statement)


ORDERS: Table = Base.metadata.tables["orders"]
REFUSED: dict[str, Executable] = {
    "text": text("SELECT number FROM orders"),
    "a bare table": select(ORDERS.c.number),
    "a count of one": select(func.count()).select_from(ORDERS),
    "no table at all": select(literal_column("1")),
    "an update of one": ORDERS.update().values(status="Avvist"),
    "a deletion in one": ORDERS.delete(),
    "an insert into one": ORDERS.insert().values(number=1),
    "an insert": insert(Order).values(number=1),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_the_wall_cannot_see_through_is_refused(world: World, what: str) -> None:
    statement = REFUSED[what]
    with world.session(world.whole) as db:
        with pytest.raises(Unscoped):
            db.execute(statement)
        if isinstance(statement, Select):
            with pytest.raises(Unscoped):
                select_rows(db, statement)


# The escape


def test_the_escape_ends_where_it_ends_also_after_a_fault(world: World) -> None:
    with world.session(world.one_unit) as db:
        with across_customers(db):
            assert seen(db, READS["entities"]) > world.fjord_orders
            with across_customers(db):
                pass
            assert seen(db, READS["columns"]) > world.fjord_orders
        assert seen(db, READS["columns"]) == world.bergen_orders
        with pytest.raises(ZeroDivisionError), across_customers(db):
            _ = 1 / 0
        assert seen(db, READS["columns"]) == world.bergen_orders


def test_what_was_added_inside_is_written_inside(world: World) -> None:
    with world.session(world.one_unit) as db:
        with across_customers(db):
            db.add(world.an_order(customer_id=world.demo.customer_id, unit_id=world.demo.id))
        assert not db.new


def test_the_desk_looks_across_and_writes_nothing_there(world: World) -> None:
    with world.session(None) as db:
        with pytest.raises(Unscoped):
            db.scalars(select(Order)).all()
        with looking_across(db):
            seen = db.scalars(select(Order.customer_id)).all()
            assert len(set(seen)) > 1
            with pytest.raises(Unscoped):
                db.execute(update(Order).values(reference="x"))
            db.add(world.an_order(customer_id=world.demo.customer_id, unit_id=world.demo.id))
            with pytest.raises(Unscoped):
                db.flush()
        db.expunge_all()
        with pytest.raises(Unscoped):
            db.scalars(select(Order)).all()


def test_whose_a_row_is_can_be_asked_and_nothing_else(world: World) -> None:
    with world.session(None) as db:
        assert owner_of(db, Order, 307390) == world.demo.customer_id
        assert owner_of(db, Order, 1) is None
        with pytest.raises(Unscoped):
            db.scalars(select(Order)).all()


def test_the_walls_stand_wherever_there_is_a_table() -> None:
    asked = "import sys, models.core.base; sys.exit('models.core.walls' not in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asked], cwd=ROOT, check=False).returncode == 0


# The source


ESCAPES = {
    "models/core/scope.py",
    "models/core/walls.py",
    "models/core/audit/__init__.py",
    "models/core/servers/row_security.py",
    "models/operations/erasure.py",
    "models/operations/installation.py",
    "models/operations/key_rotation.py",
    "models/bookings/sign_ups/appointment.py",
    "models/bookings/calendar_feeds.py",
    "models/users/events.py",
    "models/users/factors/app.py",
    "models/users/factors/changes.py",
    "models/users/factors/devices.py",
    "models/users/factors/passkeys.py",
    "models/users/factors/recovery_codes.py",
    "models/users/issuers/issuer.py",
    "models/users/issuers/only_way.py",
    "models/users/sign_on/changes.py",
    "models/users/sign_on/linking.py",
    "models/users/password_links.py",
    "models/users/password_requests.py",
    "models/users/throttle.py",
    "models/users/sessions.py",
    "models/customers/unit_changes.py",
    "models/chores/asker.py",
    "models/chores/clerk.py",
    "models/exchange/deliver.py",
    "models/staff/administration.py",
    "models/exchange/crm/feed.py",
    "models/exchange/crm/intake/receiving.py",
    "routes/session/beginning.py",
    "routes/session/codes.py",
    "routes/session/sign_in.py",
    "routes/web/entrance/doors.py",
    "routes/web/entrance/kept.py",
    "routes/web/entrance/visits.py",
}
"""Sign-in with its passwords, factors, issuers, sessions and attempts, which are no customer's; the entrance, the
postman, the command line with what it carries out; links and feeds, to find whose; the CRM, which speaks of every
customer; a customer that is not there yet; the log, which ties the entries of all customers that a commit has."""
LOOKS = {
    "models/bookings/desk.py",
    "models/bookings/days/month.py",
    "models/desk/people.py",
    "models/invoices/desk.py",
    "models/crm/records.py",
    "models/customers/search.py",
    "models/users/of_customer.py",
    "models/deliveries/search.py",
    "models/log/verification.py",
    "models/metrics/rows.py",
    "models/orders/desk.py",
    "models/catalogue/changes.py",
    "models/catalogue/log.py",
    "models/catalogue/words.py",
    "models/desk/ahead.py",
    "models/desk/overview.py",
    "models/desk/waits.py",
    "models/users/drafts.py",
    "models/customers/account_managers.py",
    "models/notices/search.py",
    "models/outbox/overview.py",
    "models/staff/log.py",
    "models/staff/member.py",
    "models/staff/stand_ins.py",
    "models/core/scope.py",
    "models/imports/customers/bringing.py",
}
"""What the desk lists across customers (decision 0025), what operators count, and the chains that they verify."""
FOLLOWS = {"models/core/scope.py", "models/checks/keeping.py"}
"""What is written at the commit, for whichever customer the rows before it were of."""
WALLS = {
    "models/core/walls.py",
    "models/core/servers/row_security.py",
    "models/core/servers/replica.py",
    "models/core/database.py",
    "models/core/servers/write_lock.py",
}
WHOLE = {"models/operations/backup/moving.py"}
"""What operators move is every row of every table."""
BANNED = (
    r"(?<!def )\btext\(|__table__|\bTable\(\"|\.bulk_|exec_driver_sql|(?:db|session)\.connection\(|from_statement"
    r"|\.columns\b"
)


def sources() -> dict[str, str]:
    files = [ROOT / "app.py", *(ROOT / "routes").rglob("*.py"), *(ROOT / "models").rglob("*.py")]
    names = {file.relative_to(ROOT).as_posix(): file.read_text(encoding="utf-8") for file in files}
    return {name: source for name, source in names.items() if "/migrations/" not in name and "/demo/" not in name}


def test_the_escape_is_used_in_few_places_and_nothing_goes_around_the_walls() -> None:
    for name, source in sources().items():
        assert name in ESCAPES or "across_customers" not in source.replace("`across_customers`", ""), name
        assert name in LOOKS or "looking_across" not in source, name
        assert name in FOLLOWS or "on_behalf_of" not in source, name
        assert name in WALLS | WHOLE or not re.findall(BANNED, source), name


def test_every_table_that_names_a_customer_is_behind_the_walls_or_says_why() -> None:
    outside = {
        mapper.class_.__tablename__
        for mapper in Base.registry.mappers
        if "customer_id" in mapper.columns and not issubclass(mapper.class_, CustomerOwned)
    }
    assert outside == {
        "outbox",  # read by the postman, for all customers
        "crm_records",  # says whose record of the CRM it is, and is asked by the CRM's door alone
        "drafts",  # found by a secret key, and held to its user there
        "user_sessions",  # found by a secret, before there is a customer
    }


def test_every_table_of_a_unit_says_which_rights_open_it() -> None:
    of_a_branch = {"checks", "grants", "notices"}  # what they say holds from the unit downwards: test_desk_notices
    for mapper in Base.registry.mappers:
        if "unit_id" in mapper.columns and mapper.class_.__tablename__ not in of_a_branch:
            assert issubclass(mapper.class_, UnitOwned)
            assert mapper.class_.rights
