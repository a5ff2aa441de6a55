"""Kontroller: what staff ask for, who is due, and the way from there to a time or an order (H8)."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from models.bookings.booking import Booking
from models.bookings.slots import Slot
from models.checks.due import NEVER, DueCheck
from models.core.audit import AuditEntry
from models.core.clock import today_in_oslo
from models.customers.units import Unit
from models.employees.employee import Employee
from models.values.dates import months_after
from tests.bookings.test_bookings import Stage
from tests.bookings.test_desk_bookings import press
from tests.stage.house import House
from tests.stage.page import Page

CHECK = "Lungeprøve"
LATER = datetime(2026, 10, 20, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 12, 1), 120, date(2036, 12, 1)),
    ],
)
def test_the_next_one_is_as_many_months_later(day: date, months: int, then: date) -> None:
    assert months_after(day, months) == then


def ask(house: House, unit: str = "Bergen", months: str = "24", group: str = "", name: str = CHECK) -> Page:
    """Ask for a check at the desk."""
    kam = house.sign_in("kam.lie")
    kam.open("/desk/customers").follow("Fjordbygg Entreprenør AS").follow("Hvem skal til hva, hvor ofte")
    [value] = [str(each["value"]) for each in kam.soup.select("#unit option") if each.get_text(strip=True) == unit]
    return kam.fill(name=name, months=months, unit=value, group=group).press("Lagre")


def due(house: House, **facts: object) -> dict[int, tuple[date | None, date, date | None]]:
    """The rows of the check: by employee when it was last, when it is due, and for when there is a time."""
    with house.behind() as db:
        rows = db.scalars(select(DueCheck).where(DueCheck.name == CHECK).order_by(DueCheck.id))
        return {row.employee_id: (row.last_on, row.due_on, row.booked_on) for row in rows}


def test_h8_whoever_came_is_due_again_and_goes_from_the_list_to_a_time_or_an_order(house: House) -> None:
    stage = Stage(house, 4, capacity=4, title="Lungeprøve i Bergen")
    page = ask(house)
    unknown = len(due(house))
    assert page.flash == f"Lungeprøve hver 24. måned er lagret. {unknown} ansatte har den nå."
    assert set(due(house).values()) == {(None, NEVER, None)}
    hms = house.sign_in("hms.fjord").open("/employees").follow("Kontroller")
    assert hms.has("Ingen skal til kontroll")
    for who in (0, 1):
        stage.sits(0, who)
    day = stage_day(house, stage)
    assert due(house)[stage.ids[0]] == (None, NEVER, day)
    assert len(hms.open(f"/employees/due?within=unknown&check={CHECK}").rows) == min(25, unknown - 2)

    house.clock.set(LATER)
    press(house.sign_in("kam.lie").open(f"/desk/bookings/{stage.id}"), f"#slot-{stage.slots[0]}", "Alle møtt")
    assert due(house)[stage.ids[0]] == (day, months_after(day, 24), None)
    assert (
        house.sign_in("hms.fjord")
        .open(f"/employees/{stage.ids[0]}")
        .has(f"Lungeprøve Hvert 2. år · sist {day:%d.%m.%Y} · innen {months_after(day, 24):%d.%m.%Y}")
    )

    again = Stage(house, 4, title="Ny lungeprøve, Bergen")
    with house.behind() as db:
        later = timedelta(days=680)
        booking = db.get_one(Booking, again.id)
        booking.deadline += later
        for slot in db.scalars(select(Slot).where(Slot.booking_id == again.id)):
            slot.starts_at, slot.ends_at = slot.starts_at + later, slot.ends_at + later
        db.commit()
    house.clock.set(LATER + timedelta(days=650))
    hms = house.sign_in("hms.fjord").open("/info")
    assert hms.has("86 kontroller er forfalt 2 til forfaller innen 90 dager.")
    page = hms.follow("Se hvem").fill(check=CHECK).press("Søk")
    assert {(row[0], row[1], row[5]) for row in page.rows} == {
        (name, CHECK, "Forfaller innen 90 dager") for name in stage.names[:2]
    }
    ticks = [str(box["value"]) for box in page.soup.select("input[name=due]")]
    refused = page.press("Ny bestilling")
    assert refused.flash == "Kryss av minst én ansatt først."
    order = hms.open(f"/employees/due?check={CHECK}").fill(due=ticks).press("Ny bestilling")
    assert (order.h1, order.value("delivery"), order.value("quantity")) == ("Ny bestilling", CHECK, "2 ansatte")
    page = hms.open(f"/employees/due?check={CHECK}").fill(due=ticks)
    [button] = page.soup.select("button[name=booking]")
    booking_page = page.press(" ".join(button.get_text().split()))
    assert booking_page.h1 == "Ny lungeprøve, Bergen"
    assert {str(box["value"]) for box in booking_page.soup.select("input[name=employee][checked]")} == {
        str(id) for id in stage.ids[:2]
    }


def test_h8_the_list_follows_people_bookings_and_what_is_asked_for(quiet_house: House) -> None:
    house = quiet_house
    stage = Stage(house, 4, capacity=4, title="LUNGEPRØVE og syn")
    ask(house)
    assert set(stage.ids) <= set(due(house))
    for who in (0, 1, 2):
        stage.sits(0, who)
    house.clock.set(LATER)
    press(house.sign_in("kam.lie").open(f"/desk/bookings/{stage.id}"), f"#slot-{stage.slots[0]}", "Alle møtt")
    came = stage_day(house, stage)
    ask(house, "Fjordbygg Entreprenør AS", "6", group="støy")
    one, two, three, four = stage.ids
    with house.behind() as db:
        db.get_one(Employee, one).groups = ("støy",)
        db.get_one(Employee, two).deactivated_at = LATER
        db.get_one(Employee, three).unit_id = db.scalars(select(Unit.id).where(Unit.name == "Tromsø")).one()
        db.commit()
    rows = due(house)
    assert rows[one] == (came, months_after(came, 6), None), "of two intervals the shorter one counts"
    assert (two in rows, three in rows, rows[four]) == (False, False, (None, NEVER, None))
    with house.behind() as db:
        db.get_one(Employee, two).deactivated_at = None
        db.get_one(Employee, three).groups = ("støv", "støy")
        db.commit()
    rows = due(house)
    assert (rows[two][1], rows[three][1]) == (months_after(came, 24), months_after(came, 6))
    stage.changes(names_hidden=True)
    assert due(house)[two] == (None, NEVER, None), "where names are hidden, that somebody came is nobody's business"
    stage.changes(names_hidden=False, title="Syn")
    assert due(house)[two] == (None, NEVER, None)
    kam = house.sign_in("kam.lie").open(f"/desk/bookings/{stage.id}/edit")
    kam.fill(check_name=CHECK).press("Lagre")
    assert due(house)[two][0] == came, "a booking may say which check it is"
    kam.open(f"/desk/bookings/{stage.id}/edit").fill(title=CHECK, check_name="").press("Lagre")
    assert due(house)[two][0] == came
    stage.changes(title="Lungeprøve")

    house.clock.set(datetime(2026, 11, 2, 8, tzinfo=UTC) + timedelta(days=150))
    sent = house.sign_in("hms.fjord").send("GET", f"/employees/due.csv?check={CHECK}")
    lines = list(csv.reader(io.StringIO(sent.content.decode("utf-8-sig")), delimiter=";"))
    assert [line[3:5] for line in lines[1:]] == [[CHECK, f"{came:%d.%m.%Y}"]] * 2
    kam = house.sign_in("kam.lie")
    kam.open("/desk/customers").follow("Fjordbygg Entreprenør AS").follow("Hvem skal til hva, hvor ofte")
    kam.press("Ta bort Lungeprøve, Bergen")
    assert set(due(house)) == {one, three}
    with house.behind() as db:
        said = db.scalars(select(AuditEntry.action).where(AuditEntry.about.like("check:%")).order_by(AuditEntry.id))
        assert list(said) == ["added", "added", "removed"]


def stage_day(house: House, stage: Stage) -> date:
    """The day of the first time of a booking, in Norway."""
    with house.behind() as db:
        return today_in_oslo(db.get_one(Slot, stage.slots[0]).starts_at)
