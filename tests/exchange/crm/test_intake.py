"""What the CRM tells the portal, through HTTP and signed: orders, bookings, companies, people, documents (C3)."""

import base64
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from models.bookings.booking import Booking
from models.bookings.sign_ups.sign_up import SignUp
from models.bookings.slots import Slot
from models.crm.records import CrmRecord
from models.customers.units import Unit
from models.demo.ehf import write
from models.orders.order import Order, StatusChange
from models.outbox.message import Channel, Message
from models.users.user import Grant, User
from tests.exchange.crm.caller import DEMOKUNDE, FJORDBYGG, TESTBEDRIFTEN, Crm, event
from tests.stage.house import House
from tests.stage.material.invoicing import TESTBEDRIFTEN as SOMEBODY
from tests.stage.material.invoicing import paper
from tests.stage.sweeps import digest, password_token_of
from tests.stage.times import NOW


def test_c3_status_and_product_group_come_from_the_crm(quiet_house: House, crm: Crm) -> None:
    told = event("order.changed", "order:307390", 1, DEMOKUNDE, status="Planlagt", product_group="Kurs")
    assert crm.tell(told) == [("applied", "")]
    page = quiet_house.sign_in("Tester").open("/orders/307390")
    assert page.has("Planlagt")
    assert page.has("Kurs")
    assert crm.tell(event("order.changed", "order:307390", 2, DEMOKUNDE, status="Utført")) == [("applied", "")]
    with quiet_house.behind() as db:
        history = db.scalars(
            select(StatusChange.status).where(StatusChange.order_number == 307390).order_by(StatusChange.id)
        ).all()
        assert history[-2:] == ["Planlagt", "Utført"]
        assert db.get_one(Order, 307390).product_group == "Kurs"  # what was left out stays


def test_c3_the_newest_version_wins_however_late_the_older_ones_come(quiet_house: House, crm: Crm) -> None:
    newer = event("order.changed", "order:307390", 7, DEMOKUNDE, status="Utført")
    older = event("order.changed", "order:307390", 6, DEMOKUNDE, status="Mottatt")
    assert crm.tell(newer, older) == [("applied", ""), ("stale", "")]
    before = digest(quiet_house)
    assert crm.tell(newer, older) == [("duplicate", ""), ("duplicate", "")]
    assert digest(quiet_house) == before
    with quiet_house.behind() as db:
        assert db.get_one(Order, 307390).status == "Utført"


def test_c3_an_order_that_was_made_in_the_crm_is_found_in_the_portal(quiet_house: House, crm: Crm) -> None:
    unit = f"orgnr:{FJORDBYGG}"
    made = event(
        "order.changed", "order:399000", 1, unit=unit, ordered_on="2026-09-01", delivery="Vernerunde", status="Mottatt"
    )
    assert crm.tell(made) == [("applied", "")]
    assert quiet_house.sign_in("hms.fjord").open("/orders/399000").number == "399000"
    page = quiet_house.sign_in("Tester").open("/orders/new").fill(delivery="Kurs").press("Send bestilling")
    assert page.number == "399001"  # the portal's own numbers go on above it


def test_c3_a_message_that_was_written_in_the_crm_is_shown_once_and_the_sender_is_told(
    quiet_house: House, crm: Crm
) -> None:
    text, at = "Vi ringer 148384 19861.", "2026-09-30T12:00:00+02:00"
    told: dict[str, Any] = {"order_number": 307390, "author": "Per-Arne Lie", "text": text, "at": at}
    first = event("order.message_added", "message:M-1", 1, DEMOKUNDE, **told)
    again = event("order.message_added", "message:M-1", 2, DEMOKUNDE, **told | {"text": "Noe annet"})
    assert crm.tell(first, again, first) == [("applied", ""), ("applied", ""), ("duplicate", "")]
    page = quiet_house.sign_in("Tester").open("/orders/307390")
    assert page.has("Vi ringer 148384*****.")
    assert not page.has("Noe annet")
    with quiet_house.behind() as db:
        sender = db.scalars(select(User).where(User.username == "Tester")).one()
        letter, *more = db.scalars(select(Message).where(Message.kind.contains("message"))).all()
        assert (letter.kind, letter.to, more) == ("order_message", sender.email, [])
        assert letter.payload["author_name"] == "Per-Arne Lie"
    refused = event("order.message_added", "message:M-2", 1, FJORDBYGG, **told)
    assert crm.tell(refused) == [("refused", "the customer has no order with this number")]


# Bookings


def a_booking(version: int, *slots: tuple[str, datetime], **facts: Any) -> dict[str, Any]:
    wanted = {
        "unit": f"orgnr:{FJORDBYGG}",
        "title": "Hørselskontroll",
        "place": "Bussen",
        "deadline": (NOW + timedelta(days=5)).isoformat(),
        "slots": [
            {
                "key": key,
                "starts_at": at.isoformat(),
                "ends_at": (at + timedelta(minutes=30)).isoformat(),
                "capacity": 2,
            }
            for key, at in slots
        ],
    }
    return event("booking.changed", "booking:B-1", version, **(wanted | facts))


def test_c3_a_booking_is_published_moved_and_called_off(quiet_house: House, crm: Crm) -> None:
    first, second = NOW + timedelta(days=10), NOW + timedelta(days=11)
    assert crm.tell(a_booking(1, ("a", first), ("b", second))) == [("applied", "")]
    with quiet_house.behind() as db:
        booking = db.scalars(select(Booking).where(Booking.title == "Hørselskontroll", Booking.place == "Bussen")).one()
        early, late = db.scalars(select(Slot).where(Slot.booking_id == booking.id).order_by(Slot.starts_at))
        employee = db.scalar(select(SignUp.employee_id).where(SignUp.customer_id == booking.customer_id))
        sign_up = SignUp(
            customer_id=booking.customer_id,
            unit_id=booking.unit_id,
            booking_id=booking.id,
            slot_id=early.id,
            employee_id=employee,
            state="signed_up",
            signed_up_at=NOW,
        )
        db.add(sign_up)
        early.take(db)
        db.commit()
    moved = first + timedelta(hours=2)
    assert crm.tell(a_booking(2, ("a", moved), ("c", second), place="Kantina")) == [("applied", "")]
    with quiet_house.behind() as db:
        slots = db.scalars(select(Slot).where(Slot.booking_id == booking.id).order_by(Slot.starts_at)).all()
        assert [slot.starts_at for slot in slots] == [moved, second]
        assert slots[0].id == early.id
        assert db.get(Slot, late.id) is None
        assert db.get_one(Booking, booking.id).place == "Kantina"
        assert _told(db, sign_up.id) == ["sign_up.moved"]
    assert crm.tell(a_booking(3, ("c", second)))[0][0] == "refused"  # somebody sits on a
    assert crm.tell(a_booking(4, ("a", moved), ("c", second), cancelled=True)) == [("applied", "")]
    with quiet_house.behind() as db:
        assert db.get_one(SignUp, sign_up.id).state == "cancelled"
        assert db.get_one(Slot, early.id).taken == 0
        assert _told(db, sign_up.id) == ["sign_up.moved", "sign_up.cancelled"]
        letters = db.scalars(
            select(Message.kind).where(Message.about == f"sign_up:{sign_up.id}", Message.channel == Channel.MAIL.value)
        ).all()
        assert letters == ["appointment_moved", "appointment_cancelled"]


def _told(db: Any, sign_up_id: int) -> list[str]:
    told = select(Message.kind).where(Message.about == f"sign_up:{sign_up_id}", Message.channel == Channel.CRM.value)
    return list(db.scalars(told.order_by(Message.id)))


def test_c3_attendance_is_noted_for_the_customers_own_people_only(quiet_house: House, crm: Crm) -> None:
    with quiet_house.behind() as db:
        unit = select(Unit.customer_id).where(Unit.organisation_number == FJORDBYGG).scalar_subquery()
        mine, foreign = (
            db.scalar(select(SignUp.id).where(SignUp.state == "signed_up", which).limit(1))
            for which in (SignUp.customer_id == unit, SignUp.customer_id != unit)
        )
    assert crm.tell(
        event("attendance.noted", f"sign_up:{mine}", 1, state="Møtt"),
        event("attendance.noted", f"sign_up:{foreign}", 1, state="attended"),
        event("attendance.noted", f"sign_up:{mine}", 2, state="Syk"),
    )[0] == ("applied", "")
    with quiet_house.behind() as db:
        assert db.get_one(SignUp, mine).state == "attended"
        assert db.get_one(SignUp, foreign).state == "signed_up"


# Companies and people


def test_c3_units_users_and_rights_come_from_the_crm(quiet_house: House, crm: Crm) -> None:
    new = "310000002"
    outcomes = crm.tell(
        event("account_manager.changed", "account_manager:M9", 1, None, name="Ny Ansvarlig", email="ny@bht.example"),
        event("unit.changed", "unit:U1", 1, FJORDBYGG, name="Alta", parent=f"orgnr:{FJORDBYGG}", account_manager="M9"),
        event("unit.changed", "unit:U2", 1, FJORDBYGG, name="Alta nord", parent="U1"),
        event("unit.changed", "unit:U1", 2, FJORDBYGG, name="Alta", parent="U2"),
        event("unit.changed", "unit:U3", 1, new, name="Ingen AS"),
        event(
            "user.changed",
            "user:P1",
            1,
            None,
            username="leder.alta",
            full_name="Leder Alta",
            email="leder@alta.example",
            active=True,
            grants=[{"customer": FJORDBYGG, "unit": "U1", "rights": ["orders"]}],
        ),
    )
    assert [status for status, _ in outcomes] == ["applied", "applied", "applied", "refused", "refused", "applied"]
    with quiet_house.behind() as db:
        alta, north = (db.scalars(select(Unit).where(Unit.name == name)).one() for name in ("Alta", "Alta nord"))
        assert north.path.startswith(alta.path)
        user = db.scalars(select(User).where(User.username == "leder.alta")).one()
        grant = db.scalars(select(Grant).where(Grant.user_id == user.id)).one()
        assert (grant.unit_id, grant.orders, grant.employees) == (alta.id, True, False)
    assert quiet_house.sign_in("hms.fjord").open("/orders/new").has("Alta nord")
    gone = event(
        "user.changed",
        "user:P1",
        2,
        None,
        username="leder.alta",
        full_name="Leder Alta",
        email="leder@alta.example",
        active=False,
        grants=[],
    )
    assert crm.tell(gone) == [("applied", "")]
    with quiet_house.behind() as db:
        assert db.scalars(select(Grant).where(Grant.user_id == user.id)).all() == []
        assert not db.get_one(User, user.id).active


def a_user(version: int, **facts: Any) -> dict[str, Any]:
    """A user of the whole of Fjordbygg, as the CRM tells of one."""
    wanted = {
        "username": "ny.bruker",
        "full_name": "Nils Ny",
        "email": "nils@fjordbygg.example",
        "active": True,
        "grants": [{"customer": FJORDBYGG, "unit": f"orgnr:{FJORDBYGG}", "rights": ["orders"]}],
    }
    return event("user.changed", "user:P7", version, None, **(wanted | facts))


def test_c3_a_new_user_is_invited_once_to_choose_a_password(quiet_house: House, crm: Crm) -> None:
    told = a_user(2)
    assert crm.tell(told, a_user(1), told, a_user(3, full_name="Nils Nyere")) == [
        *(("applied", ""), ("stale", ""), ("duplicate", ""), ("applied", ""))
    ]
    assert _invited(quiet_house) == ["nils@fjordbygg.example"]
    assert crm.tell(a_user(4, email="nils@b_c.example"))[0] != ("applied", ""), "no letter could go there"
    assert crm.tell(a_user(4, email="nils.ny@fjordbygg.example")) == [("applied", "")]
    assert _invited(quiet_house) == ["nils@fjordbygg.example", "nils.ny@fjordbygg.example"], "the first was in vain"
    new = quiet_house.visitor().open(f"/password/{password_token_of(quiet_house, 'ny.bruker')}")
    new.fill(new_password="tre sure epler i kurven").press("Lagre passordet")
    assert new.fill(username="ny.bruker", password="tre sure epler i kurven").press("Logg inn").h1 == "Info"
    assert crm.tell(a_user(5, email="nils@n.example"), a_user(6, active=False), a_user(7)) == [("applied", "")] * 3
    hms = a_user(1, username="hms.fjord", full_name="Hilde Moldskred") | {"subject": "user:P8"}
    assert crm.tell(hms) == [("applied", "")]
    assert len(_invited(quiet_house)) == 2, "who has a password is not asked to choose one"


def test_c3_a_new_user_who_is_not_to_come_in_yet_is_invited_when_that_time_comes(quiet_house: House, crm: Crm) -> None:
    assert crm.tell(a_user(1, active=False)) == [("applied", "")]
    assert _invited(quiet_house) == []
    assert crm.tell(a_user(2)) == [("applied", "")]
    assert _invited(quiet_house) == ["nils@fjordbygg.example"]


def _invited(house: House) -> list[str | None]:
    with house.behind() as db:
        return list(db.scalars(select(Message.to).where(Message.kind == "password_invitation").order_by(Message.id)))


_ENDS: tuple[dict[str, Any], ...] = ({"active": False}, {"active": True, "account_manager": None})


def test_c3_the_last_administrator_stays_one_whatever_the_crm_says(quiet_house: House, crm: Crm) -> None:
    lie: dict[str, Any] = {
        "username": "kam.lie",
        "full_name": "Per-Arne Lie",
        "email": "per-arne.lie@bht.example",
        "grants": [],
    }
    reason = "the portal's last administrator stays one"
    for version, told in enumerate(_ENDS, 1):
        [(status, why)] = crm.tell(event("user.changed", "user:L", version, None, **lie, **told))
        assert (status, why) == ("refused", reason)
    assert crm.tell(event("user.changed", "user:L", 3, None, **{**lie, "active": True})) == [("applied", "")]
    assert "Medarbeidere" in quiet_house.sign_in("kam.lie").open("/desk").tabs


def test_c3_who_is_an_account_manager_is_staff_and_grants_count_for_nothing(quiet_house: House, crm: Crm) -> None:
    silje = event("account_manager.changed", "account_manager:M9", 1, None, name="S", email="silje.haugen@bht.example")
    assert crm.tell(silje, a_user(1, account_manager="M9")) == [("applied", "")] * 2
    new = quiet_house.visitor().open(f"/password/{password_token_of(quiet_house, 'ny.bruker')}")
    new.fill(new_password="tre sure epler i kurven").press("Lagre passordet")
    new.fill(username="ny.bruker", password="tre sure epler i kurven").press("Logg inn")
    assert new.open("/desk").status_code == 200
    assert new.open("/orders").status_code == 404
    assert crm.tell(a_user(2)) == [("applied", "")]
    assert new.open("/desk").status_code == 200, "what is left out stays as it is"
    assert crm.tell(a_user(3, account_manager=None)) == [("applied", "")]
    assert new.open("/desk").status_code == 404
    assert new.open("/orders").h1 == "Bestilling"
    assert crm.tell(a_user(4, account_manager=" Silje.Haugen@BHT.example")) == [("applied", "")]
    assert new.open("/orders").status_code == 404
    for nobody in ("M8", "nobody@bht.example", "", "P7"):
        [(status, reason)] = crm.tell(a_user(5, account_manager=nobody))
        assert (status, reason) == ("refused", "there is no account manager with this key or address")


def test_no_record_of_the_crm_belongs_to_two_customers(quiet_house: House, crm: Crm) -> None:
    assert crm.tell(a_booking(1, ("a", NOW + timedelta(days=10)))) == [("applied", "")]
    stolen = a_booking(2, ("a", NOW + timedelta(days=12)), unit=f"orgnr:{DEMOKUNDE}") | {"customer": DEMOKUNDE}
    assert crm.tell(stolen) == [("refused", "the record belongs to another customer")]
    with quiet_house.behind() as db:
        assert db.scalars(select(CrmRecord.version).where(CrmRecord.kind == "booking")).one() == 1


# Documents


def test_c3_invoices_payments_and_reports_come_from_the_crm(quiet_house: House, crm: Crm) -> None:
    xml = write(paper("CRM-1", SOMEBODY, date(2026, 9, 1)))
    issued = event("invoice.issued", "invoice:CRM-1", 1, TESTBEDRIFTEN, document=base64.b64encode(xml).decode())
    paid = event(
        "payment.registered", "payment:P-1", 1, TESTBEDRIFTEN, invoice="CRM-1", amount="500.00", paid_on="2026-09-20"
    )
    pdf = base64.b64encode(b"%PDF-1.7 a report").decode()
    facts = {
        "unit": f"orgnr:{TESTBEDRIFTEN}",
        "kind": "Plan",
        "year": 2027,
        "title": "Plan 2027",
        "file_name": "plan.pdf",
    }
    report = event("report.published", "report:R-1", 1, TESTBEDRIFTEN, content=pdf, **facts)
    assert crm.tell(issued, paid, report) == [("applied", "")] * 3
    foreign = event("invoice.issued", "invoice:CRM-1", 2, DEMOKUNDE, document=base64.b64encode(xml).decode())
    broken = event("invoice.issued", "invoice:X", 1, TESTBEDRIFTEN, document=base64.b64encode(b"<x/>").decode())
    assert [status for status, _ in crm.tell(foreign, broken)] == ["refused", "refused"]
    testweb = quiet_house.sign_in("TESTWEB").open("/invoices/CRM-1")
    assert testweb.has("1 000,00")
    assert testweb.open("/reports?year=2027").has("Plan 2027")
