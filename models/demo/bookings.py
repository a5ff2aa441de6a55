"""The demo's bookings (product 6.6): their slots, and employees on them.

The orders that they belong to are made in `models.demo.orders`.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from random import Random
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.bookings.booking import Booking
from models.bookings.series import Facts, Hours, Series, publish
from models.bookings.sign_ups.sign_up import CANCELLED, HOLDING, WAITING, SignUp, State
from models.bookings.slots import Slot
from models.core.audit import THE_PROVIDER
from models.core.clock import today_in_oslo
from models.core.signed import new_name
from models.core.walls import insert_rows
from models.customers.units import Unit
from models.demo.days import CLOCKS_GO_BACK, health_round, working_day
from models.demo.orders import Placed
from models.demo.people import NAMED_IN, Staff
from models.employees.employee import Employee

LONG_DEADLINE = timedelta(days=7)
SHORT_DEADLINE = timedelta(hours=24)
SELF_DECLARATION = "https://egenerklaering.bht.example/"

IN_THE_ROUND = "the days of the health checks"
WEEK_AFTER_THE_ROUND = "a week after the first of them"
WHEN_DONE = "the day on which the order came to be done"
NIGHT = "the night when the clocks go back"


class Round(NamedTuple):
    """A booking as it is planned."""

    order: str
    """The key or number of the order."""
    unit: str
    """Who comes: the people of this unit and of those below it."""
    title: str
    place: str
    days: str | tuple[int, ...]
    """One of the words above, or working days, so many days ahead."""
    hours: str
    """The opening hours, with the break between them."""
    minutes: int
    capacity: int
    taken: tuple[float, ...]
    """Which part of each day's places is taken."""
    deadline: timedelta = SHORT_DEADLINE
    preparation: str = ""
    waiting: int = 0
    """How many wait for a place on each full day."""
    withdrawn: int = 0
    """How many have been taken off again."""
    names_hidden: bool = False
    self_declaration: bool = False
    needs_national_id: bool = False


# A row reads best as it is written here.
# fmt: off
ROUNDS = [
    Round("307513", "Bergen", "Helsekontroll Fjordbygg Bergen", "Bedriftshelsesenteret Bergen",
        IN_THE_ROUND, "08:00-11:30 12:00-15:00", 30, 1, (0.7, 1.0, 0.4),
        preparation="Fyll ut egenerklæringen på forhånd. Ta med gyldig legitimasjon og briller hvis du bruker det.",
        waiting=3,
        withdrawn=2,
        self_declaration=True,
        needs_national_id=True),
    Round("307516", "Stavanger", "Hørselskontroll i buss, Stavanger", "Bussen står ved porten, Forus",
        WEEK_AFTER_THE_ROUND, "08:00-11:30 12:00-14:30", 15, 2, (0.6,),
        preparation="Unngå sterk støy de siste 12 timene.",
        withdrawn=1,
        needs_national_id=True),
    Round("first aid, Administrasjon", "Administrasjon", "Førstehjelpskurs", "Hovedkontoret, kurssalen",
        (5,), "09:00-12:00", 180, 12, (0.75,), LONG_DEADLINE),
    Round("first aid, Demokunde", "Demokunde_Test", "Førstehjelpskurs", "Møterom Fjellet",
        (15,), "09:00-12:00", 180, 12, (2 / 12,),
        preparation="Ha på klær som du kan bevege deg i."),
    Round("first aid, Tromsø", "Tromsø", "Førstehjelpskurs", "Brakkeriggen, møterommet",
        WHEN_DONE, "09:00-12:00", 180, 12, (1.0,), LONG_DEADLINE),
    Round("hms course", "Fjordbygg Entreprenør AS", "40-timers HMS-kurs", "Hovedkontoret, kurssalen",
        (33, 47), "08:00-15:30", 450, 16, (0.7, 0.3), LONG_DEADLINE,
        preparation="Kurset går over fem dager. Datoen er den første av dem."),
    Round("influenza, Produksjon", "Produksjon", "Influensavaksine", "Fabrikken, spiserommet",
        (10,), "09:00-10:30", 10, 3, (0.5,),
        preparation="Ha på en overdel med korte ermer."),
    Round("influenza, Helse og omsorg", "Helse og omsorg", "Influensavaksine", "Solvik sykehjem, dagligstua",
        WHEN_DONE, "09:00-11:30 12:00-15:00", 10, 3, (0.8,),
        withdrawn=4),
    Round("talks, Nordlys", "Nordlys Data AS", "Støttesamtale", "Møterom Stillheten",
        (8,), "12:00-15:00", 45, 1, (0.5,),
        names_hidden=True),
    Round("hearing, Bergen TEST", "Bergen TEST", "Hørselskontroll", "Møterom Løvstakken",
        (12,), "09:00-11:00", 20, 1, (0.5,),
        needs_national_id=True),
    Round("smoke divers", "Brann og redning", "Helsekontroll røykdykkere", "Bedriftshelsesenteret Solvik",
        (11, 12), "08:00-11:30 12:00-15:00", 45, 2, (0.6, 0.3), LONG_DEADLINE,
        preparation="Møt i treningstøy. Ikke spis de to siste timene.",
        self_declaration=True,
        needs_national_id=True),
    Round("night shift", "Brann og redning", "Førstehjelp for nattskiftet", "Brannstasjonen",
        NIGHT, "01:00-04:00", 180, 6, (0.7,),
        preparation="Klokka stilles tilbake denne natta: kurset varer i fire timer."),
    Round("back school", "Teknisk drift", "Ryggskole", "Kantina, Verksvegen 4",
        (14,), "10:00-12:00", 120, 10, (0.4,), LONG_DEADLINE),
    # Last year's, for the figures: one unit with four people, which the figures do not show.
    Round("hearing, Fjordbygg", "Bergen", "Hørselskontroll Bergen", "Bedriftshelsesenteret Bergen",
        WHEN_DONE, "08:00-11:30 12:00-15:00", 15, 2, (0.85,)),
    Round("hearing, Fjordbygg", "Stavanger", "Hørselskontroll Stavanger", "Kontoret på Forus",
        WHEN_DONE, "08:00-11:30 12:00-14:30", 15, 2, (0.7,)),
    Round("hearing, Fjordbygg", "Tromsø", "Hørselskontroll Tromsø", "Kontoret, Sjøgata",
        WHEN_DONE, "08:00-11:30", 15, 1, (0.8,)),
    Round("hearing, Fjordbygg", "Administrasjon", "Hørselskontroll Administrasjon", "Hovedkontoret, Bergen",
        WHEN_DONE, "09:00-10:30", 15, 1, (4 / 6,)),
    Round("conflicts", "Fjordbygg Entreprenør AS", "Lederkurs: konflikthåndtering", "Hovedkontoret, kurssalen",
        WHEN_DONE, "09:00-15:00", 360, 15, (0.8,), LONG_DEADLINE),
]
# fmt: on


@dataclass
class _Diary:
    """Who has what when: nobody is in two places at a time."""

    busy: dict[int, list[Slot]]

    def is_free(self, employee: Employee, slot: Slot) -> bool:
        return not any(
            slot.starts_at < other.ends_at and other.starts_at < slot.ends_at for other in self.busy[employee.id]
        )

    def first_free(self, people: list[Employee], slot: Slot) -> Employee | None:
        """Take the first who has time for the slot out of `people` and note it."""
        for place, employee in enumerate(people):
            if self.is_free(employee, slot):
                self.busy[employee.id].append(slot)
                return people.pop(place)
        return None


def add_bookings(
    db: Session, units: dict[str, Unit], orders: dict[str, Placed], staff: Staff, rng: Random, *, now: datetime
) -> None:
    """Add the bookings with their slots and sign-ups."""
    diary = _Diary(defaultdict(list))
    for plan in ROUNDS:
        placed = orders[plan.order]
        booking = publish(
            db,
            units[plan.unit].id,
            _series(plan, placed, today_in_oslo(now)),
            Facts(
                title=plan.title,
                place=plan.place,
                preparation=plan.preparation,
                self_declaration_url=SELF_DECLARATION if plan.self_declaration else "",
                names_hidden=plan.names_hidden,
                order_number=placed.order.number,
                closes_before=plan.deadline,
            ),
            by=THE_PROVIDER,
            now=placed.since["Planlagt"],
        )
        booking.needs_national_id = plan.needs_national_id
        booking.cancelled_at = placed.since.get("Avbestilt")
        days = _days_of(db, booking)
        seats = _seats(plan, days, _people(plan, units, staff, rng), diary, rng, now=now)
        until = min(now, booking.deadline, booking.cancelled_at or now)
        apart = Random(f"{plan.order} {plan.unit}")  # noqa: S311  # no secrets; the day has no say in who sits where
        moments = _moments(apart, placed.since["Planlagt"], until, len(seats))
        rows = [
            {**_row(booking, slot, employee, state, at), "link": new_name(apart.randbytes)}
            for (slot, employee, state), at in zip(seats, moments, strict=True)
        ]
        insert_rows(db, SignUp, rows)


def _row(booking: Booking, slot: Slot, employee: Employee, state: State, at: datetime) -> dict[str, Any]:
    """A sign-up as its row."""
    return {
        "customer_id": booking.customer_id,
        "unit_id": booking.unit_id,
        "booking_id": booking.id,
        "slot_id": None if state == WAITING else slot.id,
        "day": today_in_oslo(slot.starts_at) if state == WAITING else None,
        "employee_id": employee.id,
        "state": state,
        "signed_up_at": at,
        "revision": 1,
    }


def _days(plan: Round, placed: Placed, today: date) -> list[date]:
    first, *_ = days_of_round = health_round(today)
    if plan.days == IN_THE_ROUND:
        return list(days_of_round)
    if plan.days == WEEK_AFTER_THE_ROUND:
        return [working_day(first + timedelta(days=7))]
    if plan.days == WHEN_DONE:
        return [today_in_oslo(placed.since["Utført"])]
    if plan.days == NIGHT:
        return [CLOCKS_GO_BACK]
    days: list[date] = []
    for ahead in plan.days:
        day = working_day(today + timedelta(days=int(ahead)))
        days.append(working_day(day + timedelta(days=1)) if day in days else day)
    return days


def _series(plan: Round, placed: Placed, today: date) -> Series:
    hours = tuple(_hours(text) for text in plan.hours.split())
    return Series(tuple(_days(plan, placed, today)), hours, timedelta(minutes=plan.minutes), plan.capacity)


def _hours(text: str) -> Hours:
    opens, closes = map(time.fromisoformat, text.split("-"))
    return opens, closes


def _days_of(db: Session, booking: Booking) -> list[list[Slot]]:
    slots = db.scalars(select(Slot).where(Slot.booking_id == booking.id).order_by(Slot.starts_at))
    return [list(of_day) for _, of_day in groupby(slots, key=lambda slot: today_in_oslo(slot.starts_at))]


def _people(plan: Round, units: dict[str, Unit], staff: Staff, rng: Random) -> list[Employee]:
    """Who can be put on a slot: at work and with an e-mail address; the named ones of the unit first (T2)."""
    top = units[plan.unit].path
    everybody = [
        employee
        for unit, people in staff.items()
        if units[unit].path.startswith(top)
        for employee in people
        if employee.email and employee.deactivated_at is None
    ]
    rng.shuffle(everybody)
    named = staff.get(plan.unit, [])[: NAMED_IN[plan.unit]]
    return sorted(everybody, key=lambda employee: employee not in named)


def _seats(
    plan: Round, days: list[list[Slot]], people: list[Employee], diary: _Diary, rng: Random, *, now: datetime
) -> list[tuple[Slot, Employee, State]]:
    """Who has which slot in which state; those who wait are last."""
    wanted: list[tuple[Slot, State]] = []
    waiting: list[tuple[Slot, State]] = []
    for slots, part in zip(days, plan.taken, strict=True):
        places = [slot for slot in slots for _ in range(slot.capacity)]
        taken = rng.sample(places, round(part * len(places)))
        wanted += [(slot, _state(slot, rng, now)) for slot in taken]
        if len(taken) == len(places):
            waiting += [(slot, WAITING) for slot in rng.choices(slots, k=plan.waiting)]
    wanted += [(slot, CANCELLED) for slot in rng.choices(days[0], k=plan.withdrawn)]
    seats = []
    for slot, state in wanted + waiting:
        employee = diary.first_free(people, slot)
        if employee:
            slot.taken += state in HOLDING
            seats.append((slot, employee, state))
    return seats


def _state(slot: Slot, rng: Random, now: datetime) -> State:
    if slot.ends_at <= now:
        return State.ABSENT if rng.random() < 0.1 else State.ATTENDED
    return rng.choice((State.SIGNED_UP, State.SIGNED_UP, State.CONFIRMED))


def _moments(rng: Random, since: datetime, until: datetime, count: int) -> list[datetime]:
    seconds = int((until - since).total_seconds())
    return [since + timedelta(seconds=at) for at in sorted(rng.randrange(seconds) for _ in range(count))]
