"""The register of identity numbers: sealed, found by equality, shown as a mask, and every touch of it on record."""

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from models.core.audit import AuditEntry
from models.core.scope import Right, Scope
from models.core.sealed import Keyring, SealBroken, new_field_key
from models.customers.units import Unit
from models.employees.employee import Employee
from models.employees.national_ids import (
    NationalId,
    changes_among,
    has_number,
    holders_of,
    mask_of,
    others_with,
    register,
    register_many,
    remove,
    with_number,
)
from models.outbox.message import Message
from models.users.sessions import Choice, SignedIn
from tests.stage.house import House
from tests.stage.stores.databases import FIELD_KEYS
from tests.stage.times import NOW
from tests.stage.walls import World

RING = Keyring(FIELD_KEYS)
INGRID = "14838419861"
NEW = "17912099997"
OTHER = "29822099635"


class Register:
    """The register of Fjordbygg, as somebody sees it who has the right in all or in some units."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.world = World(house)
        self.customer_id = self.world.fjord.customer_id
        with house.behind() as db:
            people = db.execute(
                select(Employee.id, Employee.given_name, Employee.family_name, Unit.name).join(
                    Unit, Unit.id == Employee.unit_id
                )
            ).all()
        self.ids = {(f"{given} {family}", unit): id for id, given, family, unit in people}

    def __getitem__(self, name: str) -> int:
        return next(id for (whole, _), id in self.ids.items() if whole == name)

    def strangers(self, unit: str, count: int) -> list[int]:
        """Employees of a unit who are not in the guide, and have no number now."""
        ids = [id for (_, of), id in self.ids.items() if of == unit][4 : 4 + count]
        with self.house.behind() as db:
            for row in db.scalars(select(NationalId).where(NationalId.employee_id.in_(ids))):
                db.delete(row)
            db.commit()
        return ids

    def as_seen(self, *units: Unit) -> tuple[Session, SignedIn]:
        """A session and its user; without units, of the whole customer."""
        seen = frozenset(unit.id for unit in units) if units else None
        scope = Scope(self.customer_id, dict.fromkeys(Right, seen))
        choice = Choice(self.customer_id, "Fjordbygg")
        user = SignedIn(1, NOW, NOW, 1, "hms.fjord", "Hanne Moe", "h@x.example", choice, (choice,), None, scope)
        return self.world.database.session(scope), user

    def log(self, employee_id: int) -> list[str]:
        """What the log of changes says of an employee, oldest first."""
        with self.house.behind() as db:
            entries = db.scalars(select(AuditEntry).where(AuditEntry.about == f"employee:{employee_id}"))
            return [f"{entry.actor}: {entry.action}" for entry in entries.all()]

    def told(self, employee_id: int) -> list[Message]:
        """What the CRM is told of an employee, in order."""
        with self.house.behind() as db:
            about = select(Message).where(Message.about == f"employee:{employee_id}").order_by(Message.id)
            return list(db.scalars(about))


@pytest.fixture
def register_(quiet_house: House) -> Iterator[Register]:
    made = Register(quiet_house)
    yield made
    made.world.database.close()


def test_ar4_ar6_a_number_is_sealed_shown_as_its_mask_and_every_touch_is_on_record(register_: Register) -> None:
    [id] = register_.strangers("Bergen", 1)
    db, by = register_.as_seen()
    with db:
        assert mask_of(db, RING, id, by=by, now=NOW) == ""
        assert not has_number(db, id)
        assert register(db, RING, id, NEW, by=by, now=NOW)
        assert not register(db, RING, id, NEW, by=by, now=NOW)
        assert mask_of(db, RING, id, by=by, now=NOW) == "179120*****"
        assert register(db, RING, id, OTHER, by=by, now=NOW)
        assert has_number(db, id)
        row = db.get_one(NationalId, id)
        assert NEW not in repr(vars(row)) + row.sealed + row.blind_index
        assert row.sealed.startswith(f"{RING.newest}.")
        assert remove(db, id, by=by, now=NOW)
        assert not remove(db, id, by=by, now=NOW)
        db.commit()
    done = ["set", "seen", "changed", "removed"]
    assert register_.log(id) == [f"Hanne Moe (hms.fjord): national_id_{what}" for what in done]
    told = register_.told(id)
    assert [message.kind for message in told] == ["employee.national_id_changed"] * 3
    assert [message.payload for message in told] == [
        {"id": id, "registered": True},
        {"id": id, "registered": True},
        {"id": id, "registered": False},
    ]
    sealed = [RING.open(message.sealed, place=message.place) if message.sealed else None for message in told]
    assert sealed == [NEW, OTHER, None]
    assert len({message.sequence for message in told}) == 1


def test_x1_nobody_outside_the_units_is_touched_or_named(register_: Register) -> None:
    ingrid, siv = register_["Ingrid Solbakken"], register_["Siv Ånonsen"]
    [twin] = register_.strangers("Stavanger", 1)
    db, hms = register_.as_seen()
    with db:
        register(db, RING, twin, INGRID, by=hms, now=NOW)
        assert [
            (other.name, other.unit_name) for other in others_with(db, RING, register_.customer_id, INGRID, than=twin)
        ] == [("Ingrid Solbakken", "Bergen")]
        assert [other.employee_id for other in others_with(db, RING, register_.customer_id, INGRID)] == [ingrid, twin]
        [former] = others_with(db, RING, register_.customer_id, "01816932455")
        assert (former.employee_id, former.active) == (siv, False)
        db.commit()
    db, leader = register_.as_seen(register_.world.stavanger)
    with db:
        assert holders_of(db, RING, register_.customer_id, [INGRID, "01816932455"]) == {
            INGRID: others_with(db, RING, register_.customer_id, INGRID)
        }
        assert [other.employee_id for other in others_with(db, RING, register_.customer_id, INGRID)] == [twin]
        assert not has_number(db, ingrid)
        assert with_number(db, [ingrid, twin]) == {twin}
        for touch in (
            lambda: mask_of(db, RING, ingrid, by=leader, now=NOW),
            lambda: register(db, RING, ingrid, NEW, by=leader, now=NOW),
            lambda: remove(db, ingrid, by=leader, now=NOW),
        ):
            with pytest.raises(NoResultFound):
                touch()


def test_the_same_person_at_two_customers_cannot_be_told_from_the_indexes(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        annas = db.scalars(
            select(NationalId)
            .join(Employee, Employee.id == NationalId.employee_id)
            .where(Employee.given_name == "Anna")
        ).all()
        annas = [row for row in annas if RING.open(row.sealed, place=row.place) == "19898802658"]
        assert len(annas) == 2
        assert annas[0].customer_id != annas[1].customer_id
        assert annas[0].blind_index != annas[1].blind_index
        with pytest.raises(SealBroken):
            RING.open(annas[0].sealed, place=annas[1].place)


def test_many_numbers_are_compared_and_registered_without_opening_one(register_: Register) -> None:
    """As an import does it, also while some numbers are still under an older key."""
    kept, replaced, first = register_.strangers("Bergen", 3)
    newer = Keyring((new_field_key(), *FIELD_KEYS))
    db, by = register_.as_seen()
    with db:
        register_many(db, RING, register_.customer_id, {kept: NEW, replaced: OTHER}, by=by, now=NOW)
        wanted = {kept: NEW, replaced: "05840399895", first: "15507600333"}
        assert changes_among(db, newer, register_.customer_id, wanted) == {replaced, first}
        assert holders_of(db, newer, register_.customer_id, [NEW])[NEW][0].employee_id == kept
        assert register_many(db, newer, register_.customer_id, wanted, by=by, now=NOW) == {replaced, first}
        db.commit()
    db, by = register_.as_seen()
    with db:
        assert not register_many(db, newer, register_.customer_id, wanted, by=by, now=NOW)
        rows = {
            row.employee_id: row for row in db.scalars(select(NationalId).where(NationalId.employee_id.in_(wanted)))
        }
    assert {id: newer.open(row.sealed, place=row.place) for id, row in rows.items()} == wanted
    assert {id: row.sealed.partition(".")[0] for id, row in rows.items()} == {
        kept: RING.newest,
        replaced: newer.newest,
        first: newer.newest,
    }
    assert [entry.rpartition("_")[2] for entry in register_.log(replaced)] == ["set", "changed"]
    last = register_.told(replaced)[-1]
    assert last.sealed
    assert newer.open(last.sealed, place=last.place) == "05840399895"


def test_two_who_register_at_the_same_moment_both_get_an_answer_and_the_later_one_stands(register_: Register) -> None:
    [id] = register_.strangers("Bergen", 1)
    first, by = register_.as_seen()
    done: list[bool] = []

    def second() -> None:
        db, other = register_.as_seen()
        with db:
            done.append(register(db, RING, id, OTHER, by=other, now=NOW))
            db.commit()

    thread = threading.Thread(target=second)
    with first:
        register(first, RING, id, NEW, by=by, now=NOW)
        first.flush()
        thread.start()
        first.commit()
    thread.join()
    assert done == [True]
    db, by = register_.as_seen()
    with db:
        assert mask_of(db, RING, id, by=by, now=NOW) == "298220*****"
    assert [entry.rpartition("_")[2] for entry in register_.log(id)] == ["set", "changed"]
