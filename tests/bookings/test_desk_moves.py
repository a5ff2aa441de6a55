"""Flytt tider at the desk (D1): several times of a booking at once, looked over first, all of them or none."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from models.bookings.booking import Booking
from models.bookings.sign_ups.seating import sign_up
from models.bookings.sign_ups.sign_up import SignUp
from models.bookings.slots import Slot
from models.core.audit import AuditEntry
from models.core.clock import OSLO
from models.employees.employee import Employee
from models.outbox.message import Message
from tests.kit.portal_kit.view import text_of
from tests.stage.house import House
from tests.stage.material.rounds import HMS, a_round, all_is_well, people, slots_of
from tests.stage.page import Page
from tests.stage.times import NOW


@pytest.fixture
def kam(house: House) -> Page:
    """The provider's account manager for Fjordbygg."""
    return house.sign_in("kam.lie")


def a_day(house: House, *, times: int = 4, sitting: int = 2) -> tuple[Booking, list[Slot]]:
    """A booking of one day, with people on its first times."""
    with house.behind() as db:
        booking = a_round(db, times=times)
        slots = slots_of(db, booking)
        for slot, person in zip(slots, people(db, sitting), strict=False):
            sign_up(db, slot, person, by=HMS, now=NOW)
        db.commit()
        return booking, slots


def walls(house: House, booking: Booking) -> list[str]:
    """When its times begin, as a clock on the wall shows."""
    with house.behind() as db:
        return [f"{slot.starts_at.astimezone(OSLO):%d.%m %H:%M}" for slot in slots_of(db, booking)]


def letters(house: House) -> list[str]:
    with house.behind() as db:
        return list(db.scalars(select(Message.to).where(Message.kind == "appointment_moved").order_by(Message.to)))


def ask(kam: Page, booking: Booking) -> Page:
    return kam.open(f"/desk/bookings/{booking.id}").follow("Flytt tider")


def test_d1_a_whole_day_goes_to_another_and_each_person_gets_one_letter(house: House, kam: Page) -> None:
    booking, slots = a_day(house)
    before = walls(house, booking)
    page = ask(kam, booking)
    assert page.press("Se over").error("reason") == "Skriv hvorfor tidene flyttes."
    page.fill(reason="Lege syk").press("Se over")
    assert text_of(page.part("slot-error")) == "Kryss av for tidene som skal flyttes."
    page.fill(day=[str(slots[0].id)]).press("Se over")
    assert page.error("to_day") == "Skriv en ny dato, et nytt klokkeslett eller begge."
    page.fill(to_day="01.09.2026").press("Se over")
    assert page.error("to_day").startswith("Da ville noen av tidene være passert.")
    page.fill(to_day="25.12.2026").press("Se over")
    assert page.has("Helligdager er med")
    page.press("Endre").fill(to_day="03.11.2026").press("Se over")  # the clocks have gone back by then
    assert page.has("2 personer sitter på tidene, og får beskjed på e-post.")
    assert (walls(house, booking), letters(house)) == (before, [])
    page.press("Flytt")
    assert page.flash == "4 tider er flyttet. 2 får beskjed på e-post."
    assert walls(house, booking) == [f"03.11 {at.partition(' ')[2]}" for at in before]
    assert len(letters(house)) == len(set(letters(house))) == 2
    with house.behind() as db:
        about = select(AuditEntry).where(AuditEntry.action == "times moved").order_by(AuditEntry.id)
        entry = db.scalars(about).all()[-1]
        assert entry.changed == {"slots": [slot.id for slot in slots], "reason": "Lege syk"}
    all_is_well(house)
    again = ask(kam, booking).fill(reason="Lege syk", day=[str(slots[0].id)], to_day="03.11.2026").press("Se over")
    assert (again.status_code, again.error("to_day")) == (422, "Tidene er der allerede.")


def test_d1_a_part_of_a_day_begins_later_and_keeps_what_is_between(house: House, kam: Page) -> None:
    booking, slots = a_day(house)
    before = [slot.starts_at for slot in slots]
    late = slots[1].starts_at.astimezone(OSLO) + timedelta(minutes=45)
    page = ask(kam, booking).fill(slot=[str(slot.id) for slot in slots[1:3]], starts=f"{late:%H%M}", reason="Kø")
    page.press("Se over").press("Endre")
    assert page.value("starts") == f"{late:%H%M}"
    page.press("Se over").press("Flytt")
    assert page.flash == "2 tider er flyttet. 1 får beskjed på e-post."
    with house.behind() as db:
        after = {slot.id: slot.starts_at for slot in slots_of(db, booking)}
    later = timedelta(minutes=45)
    assert [after[slot.id] - was for slot, was in zip(slots, before, strict=True)] == [
        0 * later,
        later,
        later,
        0 * later,
    ]


def test_d1_where_somebody_is_busy_none_is_moved(quiet_house: House) -> None:
    booking, slots = a_day(quiet_house)
    with quiet_house.behind() as db:
        other = a_round(db, times=1)
        [busy] = slots_of(db, other)
        busy.starts_at, busy.ends_at = (at + timedelta(days=2) for at in (slots[1].starts_at, slots[1].ends_at))
        sits = select(Employee).join(SignUp, SignUp.employee_id == Employee.id).where(SignUp.slot_id == slots[1].id)
        person = db.scalars(sits).one()
        name = person.full_name
        sign_up(db, busy, person, by=HMS, now=NOW)
        db.commit()
    before = walls(quiet_house, booking)
    day = (slots[0].starts_at + timedelta(days=2)).astimezone(OSLO)
    wanted: dict[str, str | list[str]] = {"day": [str(slots[0].id)], "to_day": f"{day:%d.%m.%Y}", "reason": "x"}
    page = ask(quiet_house.sign_in("kam.lie"), booking).fill(**wanted)
    page.press("Se over").press("Flytt")
    assert page.status_code == 409
    assert page.has(f"{name} har en annen time da. Ingen av tidene er flyttet.")
    assert (walls(quiet_house, booking), letters(quiet_house)) == (before, [])
    assert page.value("reason") == "x"
    gone = quiet_house.sign_in("kam.lie").open(f"/desk/bookings/{booking.id}/moves")
    gone.fill(**wanted)
    with quiet_house.behind() as db:
        begun = db.get_one(Slot, slots[0].id)
        begun.starts_at, begun.ends_at = datetime(2026, 9, 1, 8, tzinfo=UTC), datetime(2026, 9, 1, 9, tzinfo=UTC)
        db.commit()
    assert gone.press("Se over").has("Noen av tidene er endret eller begynt siden du valgte dem. Velg på nytt.")
