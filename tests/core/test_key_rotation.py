"""rotate-keys: everything under the newest key, resumed where it stopped, and the old key can be thrown away."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

import app
from models.core.database import Database
from models.core.scope import across_customers
from models.core.sealed import Keyring, SealBroken, new_field_key
from models.employees.employee import Employee
from models.employees.national_ids import NationalId, holders_of
from models.operations.key_rotation import rotate, sealed_tables
from models.outbox.message import Channel, Message, Outgoing, post
from models.users.drafts import Draft, find, keep
from models.users.issuers.issuer import Issuer, Subject, digests
from models.users.user import FactorKind, SecondFactor, User
from tests.stage.house import House
from tests.stage.stores.databases import FIELD_KEYS, SECRET_KEY
from tests.stage.times import NOW

OLD = Keyring(FIELD_KEYS)
NEW_KEY = new_field_key()
BOTH, NEW = Keyring((NEW_KEY, *FIELD_KEYS)), Keyring((NEW_KEY,))
INGRID, AT_WORK = "14838419861", "by this name the issuer knows her"


@pytest.fixture
def database(quiet_house: House) -> Iterator[Database]:
    """The demo's numbers, a draft, an event on its way, a second factor and an issuer, all sealed with the old key."""
    with quiet_house.behind() as db:
        user_id = db.scalars(select(User.id).where(User.username == "Tester")).one()
        customer_id = db.scalars(select(Employee.customer_id).where(Employee.family_name == "Solbakken")).one()
        key = keep(db, OLD, user_id=user_id, customer_id=customer_id, form="/orders/new", fields=[("a", "b")], now=NOW)
        assert find(db, OLD, key, user_id=user_id, customer_id=customer_id, form="/orders/new", now=NOW)
        event = Outgoing(
            channel=Channel.CRM,
            kind="employee.national_id_changed",
            about="employee:1",
            customer_id=customer_id,
            payload={},
            at=NOW,
        )
        post(db, event).seal(OLD, INGRID)
        factor = SecondFactor(user_id=user_id, kind=FactorKind.APP, counter=0, added_at=NOW)
        factor.keep(OLD, "a secret")
        db.add(factor)
        issuer = Issuer(customer_id=customer_id, key="k" * 16, address="https://i.example", client_id="portal")
        issuer.must_verify, issuer.is_on = False, True
        issuer.keep(OLD, "their secret")
        db.add(issuer)
        db.flush()
        subject = Subject(customer_id=customer_id, user_id=user_id, linked_at=NOW)
        subject.keep(OLD, AT_WORK)
        db.add(subject)
        db.commit()
    database = Database(quiet_house.settings.database_url)
    yield database
    database.close()


def opened(database: Database, keyring: Keyring) -> dict[str, int]:
    """How many rows a keyring opens, by table."""
    count: dict[str, int] = {}
    with database.session(read_only=True) as db, across_customers(db):
        for table in sealed_tables():
            for row in db.scalars(select(table).where(table.sealed.is_not(None))):
                try:
                    assert keyring.open(row.sealed, place=row.place)
                except SealBroken:
                    continue
                count[table.__tablename__] = count.get(table.__tablename__, 0) + 1
    return count


def test_it_goes_on_where_it_was_interrupted_and_then_the_old_key_can_be_dropped(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = opened(database, OLD)
    assert {"drafts": 1, "outbox": 1}.items() < everything.items()
    assert everything["national_ids"] > 1000
    reseal, done = NationalId.reseal, iter(range(500))

    def until_the_power_goes(row: NationalId, keyring: Keyring) -> None:
        if next(done, None) is None:
            raise KeyboardInterrupt
        reseal(row, keyring)

    monkeypatch.setattr(NationalId, "reseal", until_the_power_goes)
    with pytest.raises(KeyboardInterrupt):
        list(rotate(database, BOTH))
    monkeypatch.undo()
    assert opened(database, NEW) == {"drafts": 1, "issuers": 1, "national_ids": 400}
    assert opened(database, BOTH) == everything, "the portal, which has both keys, reads everything meanwhile"
    told = {one.table: (one.resealed, one.broken, one.left) for one in rotate(database, BOTH)}
    assert told["national_ids"] == (everything["national_ids"] - 400, 0, 0)
    assert told["outbox"] == (1, 0, 0)
    assert opened(database, NEW) == everything
    assert opened(database, OLD) == {}
    with database.session(read_only=True) as db, across_customers(db):
        customer_id = db.scalars(select(Employee.customer_id).where(Employee.family_name == "Solbakken")).one()
        assert [holder.name for holder in holders_of(db, NEW, customer_id, [INGRID])[INGRID]] == ["Ingrid Solbakken"]
        digest = digests(NEW, customer_id, AT_WORK)
        assert db.scalar(select(func.count(Subject.id)).where(Subject.digest.in_(digest))) == 1
    assert {(one.resealed, one.left) for one in rotate(database, BOTH)} == {(0, 0)}


def test_what_no_key_opens_is_counted_and_holds_nothing_up(
    quiet_house: House, database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also through the command, which then fails, so that nobody drops a key."""
    with quiet_house.behind() as db:
        broken = db.scalars(select(Draft)).one()
        broken.sealed = Keyring((new_field_key(),)).seal("lost", place=broken.place)
        total = db.scalar(select(func.count(NationalId.employee_id)))
        db.commit()
    keys = ",".join((NEW_KEY, *FIELD_KEYS))
    assert command(quiet_house, monkeypatch, keys) == 1
    said = capsys.readouterr()
    assert said.err == f"1 rows are not sealed with {NEW.newest} yet: keep the older keys, and run this again.\n"
    assert said.out.splitlines() == [
        "drafts: 0 sealed anew, 1 cannot be opened with any of FIELD_KEYS",
        "import_effects: 0 sealed anew",
        "imports: 0 sealed anew",
        "issuers: 1 sealed anew",
        f"national_ids: {total} sealed anew",
        "outbox: 1 sealed anew",
        "second_factors: 1 sealed anew",
        "subjects: 1 sealed anew",
    ]
    with quiet_house.behind() as db:
        db.delete(db.scalars(select(Draft)).one())
        db.commit()
    assert command(quiet_house, monkeypatch, keys) == 0
    assert f"everything is sealed with {NEW.newest}: older keys can be dropped" in capsys.readouterr().out


def command(house: House, monkeypatch: pytest.MonkeyPatch, keys: str) -> int:
    """`python app.py rotate-keys`, in this process."""
    monkeypatch.setattr(app, "configure_logs", lambda _format: None)  # the log is pytest's
    for name, value in {"SECRET_KEYS": SECRET_KEY, "FIELD_KEYS": keys}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DATABASE_URL", house.settings.database_url)
    return app.main(["rotate-keys"])


def test_whatever_seals_is_found_by_its_class() -> None:
    """A table that seals and is none of `Sealed` would keep the old key needed, and nobody would know."""
    models = Path(app.__file__).parent / "models"
    sealing = {file.stem for file in models.rglob("*.py") if ".seal(" in file.read_text()} - {"sealed"}
    assert sealing | {"effects"} == {table.__module__.rpartition(".")[2] for table in sealed_tables()}, (
        "the effects of imports keep what national_ids has sealed"
    )
    assert Message in sealed_tables()
