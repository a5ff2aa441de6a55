"""The second wall between customers: what is written (X1)."""

from collections.abc import Iterator

import pytest
from sqlalchemy import CursorResult, Executable, bindparam, delete, select, update
from sqlalchemy.orm import Session

from models.bookings.sign_ups.sign_up import SignUp
from models.core.scope import Scope, across_customers
from models.core.walls import Trespass, Unscoped, insert_rows
from models.employees.employee import Employee
from models.orders.order import Order, StatusChange
from tests.stage.house import House
from tests.stage.times import NOW
from tests.stage.walls import World


@pytest.fixture
def world(quiet_house: House) -> Iterator[World]:
    world = World(quiet_house)
    yield world
    world.database.close()


def untouched(world: World) -> list[tuple[object, ...]]:
    """What a leader of Bergen must never change."""
    with world.session(None) as db, across_customers(db):
        orders = (
            select(Order.number, Order.status).where(Order.number.not_in(world.bergen_orders)).order_by(Order.number)
        )
        foreign = select(SignUp.id).where(SignUp.customer_id != world.fjord.customer_id).order_by(SignUp.id)
        return [tuple(row) for row in (*db.execute(orders), *db.execute(foreign))]


def test_x1_bulk_changes_reach_only_what_one_may_see(world: World) -> None:
    before = untouched(world)
    with world.session(world.one_unit) as db:
        assert changed_rows(db, update(Order).values(status="Avvist")) == len(world.bergen_orders)
        assert changed_rows(db, update(Order).values(status=None).where(Order.status == "Avvist")) > 0
        assert changed_rows(db, delete(SignUp)) > 0
        db.commit()
    assert untouched(world) == before


def changed_rows(db: Session, change: Executable) -> int:
    done = db.execute(change)
    assert isinstance(done, CursorResult)
    return done.rowcount


def test_rows_are_not_moved_by_a_bulk_change_nor_written_by_their_keys(world: World) -> None:
    mine, foreign = min(world.bergen_orders), min(world.fjord_orders - world.bergen_orders)
    with world.session(world.one_unit) as db:
        for move in (update(Order).values(unit_id=world.stavanger.id), update(Order).values({Order.customer_id: 1})):
            with pytest.raises(Unscoped):
                db.execute(move)
        with pytest.raises(Unscoped):
            db.execute(update(Order).where(Order.number == mine), {"unit_id": world.stavanger.id})
        with pytest.raises(Unscoped):
            db.execute(update(Order), [{"number": foreign, "status": "Avvist"}])
        with pytest.raises(Unscoped):
            db.execute(delete(Order).where(Order.number == bindparam("n")), [{"n": mine}, {"n": foreign}])


def test_a_new_row_gets_the_customer_of_the_scope(world: World) -> None:
    with world.session(world.one_unit) as db:
        order = world.an_order(customer_id=None)
        db.add(order)
        db.flush()
        assert order.customer_id == world.fjord.customer_id


def test_a_row_of_another_customer_or_unit_is_not_added(world: World) -> None:
    strangers = [
        world.an_order(customer_id=world.demo.customer_id, unit_id=world.demo.id),
        world.an_order(unit_id=world.stavanger.id),
        world.an_order(unit_id=world.demo.id),
        StatusChange(customer_id=world.demo.customer_id, order_number=307390, status="Avvist", at=NOW),
    ]
    for row in strangers:
        with world.session(world.one_unit) as db:
            db.add(row)
            with pytest.raises(Trespass):
                db.flush()


def test_a_row_is_not_moved_to_another_customer_or_unit_nor_taken_from_there(world: World) -> None:
    mine, foreign = min(world.bergen_orders), min(world.fjord_orders - world.bergen_orders)
    for change in ({"customer_id": world.demo.customer_id}, {"unit_id": world.stavanger.id}):
        with world.session(world.one_unit) as db:
            order = db.get_one(Order, mine)
            for name, value in change.items():
                setattr(order, name, value)
            with pytest.raises(Trespass):
                db.flush()
    for scope, number in ((Scope.whole(world.demo.customer_id), mine), (world.one_unit, foreign)):
        with world.session(scope) as db:
            with across_customers(db):
                order = db.get_one(Order, number)
            order.unit_id, order.customer_id = world.bergen.id, scope.customer_id
            with pytest.raises(Trespass):
                db.flush()
            db.rollback()
            with across_customers(db):
                order = db.get_one(Order, number)
            db.delete(order)
            with pytest.raises(Trespass):
                db.flush()


def test_a_page_that_is_only_read_cannot_write(world: World) -> None:
    with world.session(world.whole, read_only=True) as db:
        db.get_one(Order, min(world.bergen_orders)).status = "Avvist"
        with pytest.raises(Unscoped):
            db.flush()
    with world.session(world.whole, read_only=True) as db, pytest.raises(Unscoped):
        db.execute(update(Order).values(status="Avvist"))


def test_many_rows_are_inserted_each_of_them_checked(world: World) -> None:
    def change(customer_id: int, number: int) -> dict[str, object]:
        return {"customer_id": customer_id, "order_number": number, "status": "Mottatt", "at": NOW}

    here = change(world.fjord.customer_id, min(world.bergen_orders))
    with world.session(world.one_unit) as db:
        insert_rows(db, StatusChange, [])
        insert_rows(db, StatusChange, [here] * 3)
        with pytest.raises(Trespass):
            insert_rows(db, StatusChange, [here, change(world.demo.customer_id, 307390)])
        with pytest.raises(Trespass):
            insert_rows(db, Employee, [{"customer_id": world.fjord.customer_id, "unit_id": world.stavanger.id}])
