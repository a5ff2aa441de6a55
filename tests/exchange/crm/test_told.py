"""What the portal promises to tell the CRM, and whether both have the same."""

import re
from pathlib import Path

import msgspec
from sqlalchemy import select

from models.bookings.sign_ups import seating
from models.bookings.sign_ups.seating import sign_up
from models.bookings.slots import Slot
from models.employees.employee import Employee
from models.exchange.crm import shapes
from models.operations.reconciliation import differences, digest_of, restate
from models.outbox.message import Channel, Message
from tests.stage.contract import crm
from tests.stage.house import House
from tests.stage.material.rounds import HMS, a_round, people
from tests.stage.times import NOW

# What the portal tells

NOT_COMPARED = {"standing", "employee_number", "job_title", "groups"}
"""What is told with a record, and in no digest."""


def test_c1_what_is_told_has_the_shape_that_was_promised(quiet_house: House) -> None:
    hms = quiet_house.sign_in("hms.fjord")
    hms.open("/orders/new")
    hms.fill(unit=hms.option("unit", "Bergen"), delivery="Kurs").press("Send bestilling")
    hms.fill(reference="PO 9").press("Lagre referanse")
    unit = hms.open("/employees/new").option("unit", "Bergen")
    new = {"given_name": "Ola", "family_name": "Ny", "email": "ola.ny@n.example", "national_id": "14838419861"}
    hms.fill(unit=unit, **new).press("Lagre")
    if hms.soup.find("button", string="Lagre likevel"):
        hms.press("Lagre likevel")
    hms.follow("Rediger").fill(mobile="12345678").press("Lagre")
    hms.open("/employees?q=ola+ny").follow("Ola Ny").follow("Deaktiver").press("Deaktiver")
    hms.open("/employees?q=ola+ny&inactive=1").follow("Ola Ny").press("Aktiver igjen")
    with quiet_house.behind() as db:
        booking, [first] = a_round(db), people(db, 1)
        slot = db.scalars(select(Slot).where(Slot.booking_id == booking.id).order_by(Slot.starts_at)).first()
        assert slot
        seating.cancel(db, sign_up(db, slot, first, by=HMS, now=NOW), by=HMS, now=NOW)
        db.commit()
        told = db.scalars(select(Message).where(Message.channel == Channel.CRM.value).order_by(Message.id)).all()
        for message in told:
            msgspec.convert(message.payload, shapes.KINDS[message.kind])
    kinds = {message.kind for message in told}
    assert {
        "order.placed",
        "order.reference_changed",
        "employee.added",
        "employee.changed",
        "employee.national_id_changed",
        "employee.deactivated",
        "employee.reactivated",
        "sign_up.created",
        "sign_up.cancelled",
    } <= kinds


def test_the_documented_shapes_are_those_of_the_code() -> None:
    assert crm.FILE.read_text(encoding="utf-8") == crm.page()


def test_every_kind_that_the_models_tell_is_promised() -> None:
    models = Path(__file__).parents[2] / "models"
    said = re.findall(r'kind="([a-z_]+\.[a-z_]+)"', "".join(file.read_text() for file in models.rglob("*.py")))
    assert set(said) <= shapes.KINDS.keys()


def test_what_differs_from_the_crms_copies_is_told_again(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        found = {each.subject: each.what for each in differences(db, {"employee:999999": "0" * 64})}
        assert found.pop("employee:999999") == "unknown"
        assert set(found.values()) == {"missing"}
        restated = list(differences(db, {}))
        restate(db, restated, NOW)
        copies = {}
        for message in db.scalars(select(Message).where(Message.kind.endswith(".restated"))):
            msgspec.convert(message.payload, shapes.KINDS[message.kind])
            copies[message.about] = digest_of(
                {name: value for name, value in message.payload.items() if name not in NOT_COMPARED}
            )
        assert len(copies) == len(restated)
        assert list(differences(db, copies)) == []
        employee = db.scalars(select(Employee).order_by(Employee.id)).first()
        assert employee
        employee.mobile = "22334455"
        db.flush()
        [one] = differences(db, copies)
        assert (one.subject, one.what) == (f"employee:{employee.id}", "differs")
