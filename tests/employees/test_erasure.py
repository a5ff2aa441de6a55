"""purge: former employees are gone after their time, what is counted stays, and twice is once."""

import email
import email.policy
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

import app
from models.bookings.sign_ups.sign_up import SignUp
from models.core.audit import AuditEntry, Change, Named, record
from models.core.base import Base
from models.core.database import Database
from models.core.scope import across_customers
from models.core.sealed import Keyring
from models.core.settings import Settings, SettingsRefused
from models.employees import news
from models.employees.employee import Employee
from models.employees.erasing import about_employees
from models.employees.national_ids import NationalId
from models.imports.lists import Import
from models.operations.erasure import purge
from models.outbox.claims import delivered, resend
from models.outbox.message import Channel, Message, Outgoing, post
from models.users.drafts import Draft, keep
from models.users.factors.devices import remember
from models.users.password_links import PasswordLink
from models.users.sessions import UserSession, open_session
from models.users.user import User
from tests.stage.house import House
from tests.stage.portals.outgoing import FACTS
from tests.stage.stores.databases import FIELD_KEYS, SECRET_KEY
from tests.stage.times import NOW

KEPT = timedelta(days=1095)
RING = Keyring(FIELD_KEYS)
REST = (
    *("messages emptied", "drafts", "imports", "messages on orders", "messages on invoices", "password links"),
    *("sessions", "remembered browsers", "files", "files on orders", "files on invoices"),
)


@pytest.fixture
def database(quiet_house: House) -> Iterator[Database]:
    database = Database(quiet_house.settings.database_url)
    yield database
    database.close()


def purged(database: Database, now: datetime = NOW, var: Path = Path("/nowhere")) -> dict[str, int]:
    return dict(purge(database, var, former_kept=KEPT, now=now))


def everything(database: Database) -> str:
    """Every value in the database."""
    with database.session(read_only=True) as db, across_customers(db):
        connection = db.connection()
        return "\n".join(
            repr(row) for table in Base.metadata.sorted_tables for row in connection.execute(table.select())
        )


def test_after_their_time_people_are_gone_and_counts_stay(quiet_house: House, database: Database) -> None:
    with quiet_house.behind() as db:
        seated = select(SignUp.employee_id).join(NationalId, NationalId.employee_id == SignUp.employee_id)
        one, other = db.scalars(select(Employee).where(Employee.id.in_(seated)).order_by(Employee.id).limit(2))
        for who, left in ((one, KEPT + timedelta(minutes=1)), (other, KEPT - timedelta(minutes=1))):
            who.given_name, who.family_name, who.email = "Xenia", f"Qvist{who.id}", f"xenia.{who.id}@qvist.example"
            who.mobile, who.deactivated_at = f"1234{who.id:04}", NOW - left
            change, event = news.change_and_event(
                who.customer_id, who.id, "changed", {"email": who.email}, {}, by=Named("Hanne Moe (hms.fjord)"), now=NOW
            )
            record(db, change)
            sat = db.scalars(select(SignUp).where(SignUp.employee_id == who.id).order_by(SignUp.id).limit(1)).one()
            record(db, Change.of(sat, "moved", by=Named("Kari"), at=NOW, changed={"reason": f"Qvist{who.id} ringte"}))
            now = news.facts(who.id, who.details, "Bergen", active=False)
            changed, waits = now | {"fields": ["email"]}, {"id": who.id, "registered": False}
            arrived = post(db, replace(event, payload=changed))
            post(db, replace(event, kind="employee.national_id_changed", payload=waits))
            db.flush()
            assert delivered(db, arrived, NOW)
        before = db.scalar(select(func.count(SignUp.id)))
        had = db.scalar(select(func.count(SignUp.id)).where(SignUp.employee_id == one.id))
        gone = [f"Qvist{one.id}", f"xenia.{one.id}@qvist.example", f"1234{one.id:04}"]
        index = db.get_one(NationalId, one.id).blind_index
        db.commit()
    assert all(word in everything(database) for word in [*gone, index])
    former = sum(1 for _ in former_before(quiet_house))
    assert purged(database) == {"former employees": former} | dict.fromkeys(REST, 0)
    assert not [word for word in [*gone, index] if word in everything(database)]
    assert f"Qvist{other.id}" in everything(database), "whoever left a moment later is still there"
    with quiet_house.behind() as db:
        assert db.scalar(select(func.count(SignUp.id))) == before
        assert db.scalar(select(func.count(SignUp.id)).where(SignUp.employee_id.is_(None))) == had != 0
        entries = db.scalars(select(AuditEntry).where(AuditEntry.about == f"employee:{one.id}")).all()
        assert [(entry.actor, entry.action, entry.changed) for entry in entries] == [
            ("Hanne Moe (hms.fjord)", "changed", {}),
            ("Kundeportalen", "erased", {}),
        ]
        told = db.scalars(select(Message).where(Message.about == f"employee:{one.id}").order_by(Message.id)).all()
        assert [(message.kind, message.payload) for message in told] == [
            ("employee.changed", {}),
            ("employee.national_id_changed", {"id": one.id, "registered": False}),
            ("employee.erased", {"id": one.id}),
        ]
        assert told[1].sequence == told[2].sequence, "the CRM hears of the erasure last"
    assert set(purged(database).values()) == {0}


def former_before(house: House) -> Iterator[int]:
    with house.behind() as db:
        yield from db.scalars(select(Employee.id).where(Employee.deactivated_at <= NOW - KEPT))


def test_old_messages_are_emptied_and_old_drafts_and_sessions_deleted(quiet_house: House, database: Database) -> None:
    with quiet_house.behind() as db:
        user = db.scalars(select(User).where(User.username == "Tester")).one()
        customer_id = db.scalars(select(Employee.customer_id).where(Employee.family_name == "yoyo")).one()
        mail = Outgoing(
            channel=Channel.MAIL,
            kind="order_placed",
            about="order:1",
            customer_id=customer_id,
            payload={"sender_name": "Xenia Qvist"},
            at=NOW,
            to="xenia@qvist.example",
        )
        arrived, dead, waits = (post(db, mail) for _ in range(3))
        db.flush()
        delivered(db, arrived, NOW)
        dead.dead_at = NOW
        keep(db, RING, user_id=user.id, customer_id=customer_id, form="/orders/new", fields=[("a", "b")], now=NOW)
        db.add(Import(customer_id=customer_id, key="k", user_id=user.id, made_at=NOW, sealed=""))
        db.add(PasswordLink(user_id=user.id, made_at=NOW, good_until=NOW + timedelta(hours=1)))
        remember(db, user.id, "a browser", NOW)
        for _ in range(2):
            open_session(db, user.id, customer_id, NOW)
        db.commit()
    assert set(purged(database).values()) == {0}
    assert purged(database, NOW + timedelta(days=91)) == {
        "former employees": 0,
        "messages emptied": 1,
        "drafts": 1,
        "imports": 1,
        "messages on orders": 0,
        "messages on invoices": 0,
        "files on orders": 0,
        "files on invoices": 0,
        "password links": 1,
        "sessions": 1,
        "remembered browsers": 1,
        "files": 0,
    }
    with quiet_house.behind() as db:
        first, second, third = db.scalars(select(Message).order_by(Message.id))
        assert (first.payload, first.to, first.sequence, first.delivered_at) == ({}, None, "", NOW)
        assert second.payload == third.payload == {"sender_name": "Xenia Qvist"}
        assert db.scalars(select(Draft)).all() == []
        assert len(db.scalars(select(UserSession)).all()) == 1, "where the next session begins is still known"
    assert purged(database, NOW + timedelta(days=366))["messages emptied"] == 1
    with quiet_house.behind() as db:
        assert db.get_one(Message, waits.id).payload == {"sender_name": "Xenia Qvist"}, "what waits is not lost"
        assert not resend(db, dead.id, NOW), "nothing is left that could be sent"
    assert set(purged(database, NOW + timedelta(days=366)).values()) == {0}


def test_who_is_erased_is_nowhere_in_the_files_either(quiet_house: House, database: Database) -> None:
    """Letters without a mail server are files, and events were."""
    var = quiet_house.settings.var
    hms = quiet_house.sign_in("hms.fjord").open("/employees/new")
    hms.fill(given_name="Xenofon", family_name="Quist", email="xenofon@fjordbygg.example")
    hms.fill(unit=hms.option("unit", "Bergen")).press("Lagre")
    with quiet_house.behind() as db:
        id = db.scalars(select(Employee.id).where(Employee.family_name == "Quist")).one()
        told = {"to": "xenofon@fjordbygg.example", "payload": FACTS | {"sender_name": "Xenofon Quist"}}
        about = {"about": f"employee:{id}", "customer_id": None, "at": NOW}
        post(db, Outgoing(channel=Channel.MAIL, kind="order_placed", **about, **told))  # type: ignore[arg-type]
        db.commit()
    quiet_house.deliver()
    left_behind = var / "crm" / "2026-10-01-100000-employee.created.json"
    left_behind.parent.mkdir(exist_ok=True)
    left_behind.write_text("Xenofon Quist", encoding="utf-8")
    assert _files(var).count("Xenofon") > 1
    with quiet_house.behind() as db:
        db.get_one(Employee, id).deactivated_at = NOW - KEPT
        db.execute(update(Message).where(Message.channel == Channel.CRM).values(delivered_at=NOW))
        db.commit()
    assert purged(database, NOW, var)["files"] >= 2
    assert "Xenofon" not in _files(var)
    assert "Xenofon" not in everything(database)


def _files(folder: Path) -> str:
    """What stands in all files below a folder, letters read as their readers do."""
    found = []
    for file in folder.rglob("*"):
        if file.is_file():
            raw = file.read_bytes()
            letter = email.message_from_bytes(raw, policy=email.policy.default)
            body = letter.get_body(("plain",)) if file.suffix == ".eml" else None
            found += [raw.decode(errors="replace"), body.get_content() if body else ""]
    return "\n".join(found)


def test_the_command_says_what_it_did(
    quiet_house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(app, "configure_logs", lambda _format: None)  # the log is pytest's
    environment = {"SECRET_KEYS": SECRET_KEY, "FIELD_KEYS": FIELD_KEYS[0], "PORTAL_TODAY": "2030-01-01"}
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DATABASE_URL", quiet_house.settings.database_url)
    with quiet_house.behind() as db:
        former = len(db.scalars(select(Employee.id).where(Employee.deactivated_at.is_not(None))).all())
    assert app.main(["purge"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == f"former employees: {former}"


@pytest.mark.parametrize("wrong", ["29", "x", "-1"])
def test_a_time_so_short_that_a_slip_cannot_be_undone_is_refused(wrong: str) -> None:
    with pytest.raises(SettingsRefused, match="FORMER_EMPLOYEE_DAYS must be a whole number of at least 30"):
        Settings.from_environment({"SECRET_KEYS": SECRET_KEY, "FIELD_KEYS": "k", "FORMER_EMPLOYEE_DAYS": wrong})


def test_what_refers_to_an_employee_is_known() -> None:
    """A new table comes in here by a decision: it is about that person alone, or still counted without the person."""
    assert {(table.__tablename__, stays) for table, _, stays in about_employees()} == {
        ("sign_ups", True),
        ("national_ids", False),
        ("invitations", False),
        ("due_checks", False),
        ("told_days", False),
        ("import_effects", False),
    }
