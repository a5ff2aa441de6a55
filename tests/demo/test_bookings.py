"""The demo's bookings: days on which people work, places that are there, people who can come."""

from collections import Counter
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest

from models.bookings.booking import Booking
from models.bookings.sign_ups.sign_up import HOLDING, SEATED, SignUp
from models.bookings.slots import Slot
from models.bookings.timetable import bookings_of_order
from models.core.clock import OSLO, today_in_oslo
from models.customers.units import Unit
from models.demo.days import health_round, weekdays_later, working_day
from models.employees.employee import Employee
from models.orders.order import StatusChange
from tests.demo.loaded import Demo

# Bookings


@pytest.mark.parametrize("today", [date(2026, 9, 15), date(2026, 10, 1), date(2026, 10, 12)])
def test_the_health_round_is_where_the_plan_has_it(today: date) -> None:
    assert health_round(today) == (date(2026, 10, 13), date(2026, 10, 14), date(2026, 10, 15))


def test_the_health_round_is_otherwise_some_three_weeks_ahead() -> None:
    for number in range(4000):
        today = date(2018, 1, 1) + timedelta(days=number)
        days = health_round(today)
        assert [day.weekday() for day in days] == [1, 2, 3]
        assert all(working_day(day) == day for day in days)
        assert timedelta(0) < days[0] - today <= timedelta(days=39)
        assert days[0] - today >= timedelta(days=18) or days[0] == date(2026, 10, 13)


def test_weekdays_later_skips_weekends() -> None:
    friday = date(2026, 10, 2)
    assert [weekdays_later(friday, count).day for count in range(7)] == [2, 5, 6, 7, 8, 9, 12]


def test_the_health_round_has_thirteen_times_a_day_and_one_full_day(demo: Demo) -> None:
    booking = demo.booking("Helsekontroll Fjordbygg Bergen", "Bergen")
    assert (booking.order_number, booking.place) == (307513, "Bedriftshelsesenteret Bergen")
    slots = demo.slots_of(booking)
    days = {day: [slot for slot in slots if slot.starts_at.astimezone(OSLO).date() == day] for day in oslo_days(slots)}
    assert tuple(days) == health_round(today_in_oslo(demo.now))
    for of_day in days.values():
        assert " ".join(f"{slot.starts_at.astimezone(OSLO):%H:%M}" for slot in of_day) == (
            "08:00 08:30 09:00 09:30 10:00 10:30 11:00 12:00 12:30 13:00 13:30 14:00 14:30"
        )
        assert {slot.ends_at - slot.starts_at for slot in of_day} == {timedelta(minutes=30)}
        assert {slot.capacity for slot in of_day} == {1}
    free = [
        sum(count for state, count in demo.states_on(of_day).items() if state in SEATED) for of_day in days.values()
    ]
    waiting = [demo.states_on(of_day)["waiting"] for of_day in days.values()]
    assert (free[1], waiting) == (13, [0, 3, 0])
    assert 0 < free[0] < 13
    assert 0 < free[2] < 13


def oslo_days(slots: list[Slot]) -> list[date]:
    return sorted({slot.starts_at.astimezone(OSLO).date() for slot in slots})


@pytest.mark.parametrize(
    ("title", "unit", "minutes", "capacity", "days"),
    [
        ("Hørselskontroll i buss, Stavanger", "Stavanger", 15, 2, 1),
        ("Førstehjelpskurs", "Demokunde_Test", 180, 12, 1),
        ("Influensavaksine", "Produksjon", 10, 3, 1),
        ("Støttesamtale", "Nordlys Data AS", 45, 1, 1),
        ("40-timers HMS-kurs", "Fjordbygg Entreprenør AS", 450, 16, 2),
    ],
)
def test_the_other_bookings_to_come(
    demo: Demo, title: str, unit: str, *, minutes: int, capacity: int, days: int
) -> None:
    booking = demo.booking(title, unit)
    slots = demo.slots_of(booking)
    assert {slot.ends_at - slot.starts_at for slot in slots} == {timedelta(minutes=minutes)}
    assert {slot.capacity for slot in slots} == {capacity}
    assert len(oslo_days(slots)) == days
    assert min(slot.starts_at for slot in slots) > demo.now
    assert all(working_day(day) == day for day in oslo_days(slots))
    assert booking.names_hidden == (title == "Støttesamtale")
    assert booking.cancelled_at is None


def test_the_course_of_the_night_lasts_four_hours(demo: Demo) -> None:
    [slot] = demo.slots_of(demo.booking("Førstehjelp for nattskiftet", "Brann og redning"))
    assert slot.starts_at.astimezone(OSLO).replace(tzinfo=None) == datetime(2026, 10, 25, 1)  # noqa: DTZ001
    assert slot.ends_at.astimezone(OSLO).replace(tzinfo=None) == datetime(2026, 10, 25, 4)  # noqa: DTZ001
    assert slot.ends_at - slot.starts_at == timedelta(hours=4)
    [view] = bookings_of_order(
        demo.db, demo.booking("Førstehjelp for nattskiftet", "Brann og redning").order_number or 0
    )
    assert [(day.date, len(day.slots)) for day in view.days] == [(date(2026, 10, 25), 1)]


def test_the_provider_has_cancelled_one(demo: Demo) -> None:
    [booking] = [booking for booking in demo.all(Booking) if booking.cancelled_at]
    assert demo.order(booking.order_number or 0).status == "Avbestilt"
    assert booking.cancelled_at is not None
    assert booking.cancelled_at < demo.now
    assert min(slot.starts_at for slot in demo.slots_of(booking)) > demo.now


def test_deadlines_are_a_day_or_a_week_ahead(demo: Demo) -> None:
    ahead = Counter(
        min(slot.starts_at for slot in demo.slots_of(booking)) - booking.deadline for booking in demo.all(Booking)
    )
    assert set(ahead) == {timedelta(hours=24), timedelta(days=7)}


def test_bookings_belong_to_orders_of_their_customers(demo: Demo) -> None:
    units = {unit.id: unit for unit in demo.all(Unit)}
    for booking in demo.all(Booking):
        order = demo.order(booking.order_number or 0)
        assert order.customer_id == booking.customer_id == units[booking.unit_id].customer_id
        assert all(order.ordered_on < day for day in oslo_days(demo.slots_of(booking)))


def test_every_state_is_there_and_fits_the_time(demo: Demo) -> None:
    slots = {slot.id: slot for slot in demo.all(Slot)}
    for sign_up in demo.all(SignUp):
        past = sign_up.slot_id is not None and slots[sign_up.slot_id].ends_at <= demo.now
        assert sign_up.state in (
            ("attended", "absent", "cancelled") if past else ("signed_up", "confirmed", "cancelled", "waiting")
        )
    assert set(demo.states_on(list(slots.values()))) == {*SEATED, "cancelled", "waiting"}


def test_no_slot_is_overbooked_and_the_counts_are_right(demo: Demo) -> None:
    holding = Counter(sign_up.slot_id for sign_up in demo.all(SignUp) if sign_up.state in HOLDING)
    assert holding
    assert all(holding[slot.id] == slot.taken <= slot.capacity for slot in demo.all(Slot))


def test_nobody_is_in_two_places_at_a_time_or_twice_on_a_booking(demo: Demo) -> None:
    slots = {slot.id: slot for slot in demo.all(Slot)}
    times: dict[int, list[Slot]] = {}
    for sign_up in demo.all(SignUp):
        if sign_up.slot_id:
            times.setdefault(sign_up.employee_id, []).append(slots[sign_up.slot_id])
    for own in times.values():
        own.sort(key=lambda slot: slot.starts_at)
        assert all(a.ends_at <= b.starts_at for a, b in pairwise(own))
        assert len({slot.booking_id for slot in own}) == len(own)


def test_who_is_signed_up_works_there_and_can_be_written_to(demo: Demo) -> None:
    employees = {employee.id: employee for employee in demo.all(Employee)}
    bookings = {booking.id: booking for booking in demo.all(Booking)}
    paths = {unit.id: unit.path for unit in demo.all(Unit)}
    for sign_up in demo.all(SignUp):
        employee, booking = employees[sign_up.employee_id], bookings[sign_up.booking_id]
        assert employee.email
        assert employee.deactivated_at is None
        assert paths[employee.unit_id].startswith(paths[booking.unit_id])


def test_sign_ups_were_made_in_time_and_those_who_wait_came_last(demo: Demo) -> None:
    planned = {change.order_number: change.at for change in demo.all(StatusChange) if change.status == "Planlagt"}
    for booking in demo.all(Booking):
        sign_ups = [sign_up for sign_up in demo.all(SignUp) if sign_up.booking_id == booking.id]
        assert sign_ups
        for sign_up in sign_ups:
            assert planned[booking.order_number or 0] <= sign_up.signed_up_at < min(demo.now, booking.deadline)
        waiting = [sign_up.state == "waiting" for sign_up in sorted(sign_ups, key=lambda s: s.signed_up_at)]
        assert waiting == sorted(waiting)
