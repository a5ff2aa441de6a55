"""The demo data: the rows of the user guide, the same every time, and nothing that could not have happened."""

import subprocess
import sys
import time as stopwatch
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from models.bookings.booking import Booking
from models.bookings.search import upcoming_bookings
from models.bookings.sign_ups.sign_up import HOLDING, SEATED, SignUp
from models.bookings.slots import Slot
from models.bookings.timetable import bookings_of_order
from models.core.base import Base
from models.core.clock import OSLO, in_oslo, today_in_oslo
from models.core.database import Database
from models.core.numbers import Number, next_number
from models.core.scope import Right, Scope, across_customers
from models.core.sealed import Keyring
from models.customers.customer import AccountManager, Customer
from models.customers.units import Unit, units_in_scope
from models.demo import SIGN_INS, is_empty, load
from models.demo.days import health_round, weekdays_later, working_day
from models.demo.invoices import FIRST_NUMBER
from models.demo.orders import GUIDES_NUMBER, WAYS
from models.employees.employee import Employee
from models.employees.national_ids import NationalId
from models.exchange.ehf.files import Found
from models.exchange.ehf.intake import check
from models.invoices.contents import InvoiceAttachment, InvoiceDetails, InvoiceTax, original_of
from models.invoices.invoice import Invoice, Status
from models.invoices.settlements import Settlement
from models.orders.order import PRODUCT_GROUPS, STATUSES, Order, StatusChange, parts_of
from models.orders.search import Criteria, find_orders
from models.users.passwords import verify_password
from models.users.sessions import find_signed_in, open_session
from models.users.user import Grant, User, find_user
from models.values.kid import is_valid as is_kid
from models.values.national_id import birth_date_warning, mask
from models.values.national_id import is_valid as is_valid_number
from models.values.organisation_number import is_valid
from models.values.sensitive import words_in
from tests.stage.house import FIELD_KEYS
from tests.stage.times import TODAY

AUTUMN = in_oslo(date(2026, 10, 1), time(9, 30))
MOMENTS = [
    in_oslo(date(2018, 3, 15), time(0, 5)),
    AUTUMN,
    in_oslo(date(2026, 11, 23), time(12, 0)),
    in_oslo(date(2028, 2, 29), time(23, 55)),
]
PLANNED = {
    ("Ingrid", "Solbakken"): "148384*****",
    ("Mohamed", "Aden"): "029190*****",
    ("Kari", "Nygård"): "298296*****",
    ("Lars", "Øvrebø"): "078778*****",
    ("Anna", "Kowalska"): "198988*****",
    ("Jonas", "Vik"): "309201*****",
    ("Siv", "Ånonsen"): "018169*****",
    ("Marek", "Nowak"): "638592*****",
}
T = TypeVar("T", bound=Base)


@dataclass(frozen=True)
class Demo:
    """What was loaded, read back from the database."""

    db: Session
    now: datetime
    seconds: float

    def all(self, table: type[T]) -> list[T]:
        return list(self.db.scalars(select(table).order_by(*inspect(table).primary_key)))

    def unit(self, name: str) -> Unit:
        return self.db.scalars(select(Unit).where(Unit.name == name)).one()

    def employees_below(self, name: str) -> list[Employee]:
        below = {unit.id for unit in self.all(Unit) if unit.path.startswith(self.unit(name).path)}
        return [employee for employee in self.all(Employee) if employee.unit_id in below]

    def order(self, number: int) -> Order:
        return self.db.get_one(Order, number)

    def booking(self, title: str, unit: str) -> Booking:
        unit_id = self.unit(unit).id
        return self.db.scalars(select(Booking).where(Booking.title == title, Booking.unit_id == unit_id)).one()

    def slots_of(self, booking: Booking) -> list[Slot]:
        return [slot for slot in self.all(Slot) if slot.booking_id == booking.id]

    def states_on(self, slots: list[Slot]) -> Counter[str]:
        """On the slots, and waiting for one of their days."""
        ids = {slot.id for slot in slots}
        days = {(slot.booking_id, slot.starts_at.astimezone(OSLO).date()) for slot in slots}
        return Counter(
            sign_up.state
            for sign_up in self.all(SignUp)
            if sign_up.slot_id in ids or (sign_up.booking_id, sign_up.day) in days
        )


def loaded(path: Path, now: datetime) -> Iterator[Demo]:
    """The demo as of `now`, in a new database."""
    database = Database(f"sqlite:///{path}")
    Base.metadata.create_all(database.engine)
    began = stopwatch.process_time()
    with database.session() as db:
        load(db, Keyring(FIELD_KEYS), now=now)
        db.commit()
    seconds = stopwatch.process_time() - began
    with database.session() as db, across_customers(db):
        yield Demo(db, now, seconds)
    database.close()


@pytest.fixture(scope="module", params=MOMENTS, ids=lambda now: f"{today_in_oslo(now)}")
def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    yield from loaded(tmp_path_factory.mktemp("demo") / "portal.db", request.param)


@pytest.fixture(scope="module")
def autumn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    yield from loaded(tmp_path_factory.mktemp("autumn") / "portal.db", AUTUMN)


def everything(demo: Demo) -> dict[str, list[dict[str, object]]]:
    """Every value of every row, but for the salted hashes, what is sealed, and what only chance may know."""
    tables = [mapper.class_ for mapper in Base.registry.mappers]
    return {
        table.__name__: [
            {
                key: value
                for key, value in vars(row).items()
                if not key.startswith("_") and key not in {"password_hash", "sealed", "link"}
            }
            for row in demo.all(table)
        ]
        for table in tables
    }


# Loading


def test_it_is_the_same_every_time(autumn: Demo, tmp_path: Path) -> None:
    [again] = [everything(demo) for demo in loaded(tmp_path / "portal.db", AUTUMN)]
    assert again == everything(autumn)
    assert len(again["Employee"]) > 1500


def test_it_loads_in_seconds(demo: Demo) -> None:
    assert demo.seconds < 3


def test_an_empty_database_is_told_from_a_full_one(tmp_path: Path, autumn: Demo) -> None:
    database = Database(f"sqlite:///{tmp_path / 'portal.db'}")
    Base.metadata.create_all(database.engine)
    with database.session() as db:
        assert is_empty(db)
    database.close()
    assert not is_empty(autumn.db)


def test_the_sign_in_page_can_know_the_users_without_hashing_a_password() -> None:
    program = "import sys; from models.demo import SIGN_INS; print('argon2' in sys.modules, len(SIGN_INS))"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["False", "7"]


# Customers, units, users


def test_every_organisation_number_is_valid_invented_and_used_once(autumn: Demo) -> None:
    numbers = [unit.organisation_number for unit in autumn.all(Unit) if unit.organisation_number]
    assert all(is_valid(number) and number.startswith("3") for number in numbers)
    assert len(set(numbers)) == len(numbers) == 15
    roots = {unit.name: unit.organisation_number for unit in autumn.all(Unit) if unit.parent_id is None}
    assert {customer.name: customer.organisation_number for customer in autumn.all(Customer)} == roots


def test_the_units_are_trees_below_their_companies(autumn: Demo) -> None:
    by_id = {unit.id: unit for unit in autumn.all(Unit)}
    for unit in by_id.values():
        above = by_id[unit.parent_id] if unit.parent_id else None
        assert unit.path == f"{above.path if above else '/'}{unit.id}/"
        assert above is None or above.customer_id == unit.customer_id
    schools = [unit for unit in by_id.values() if unit.parent_id == autumn.unit("Skole").id]
    assert len(schools) == 12
    assert {letter for unit in schools for letter in unit.name.casefold()} >= set("æøå")


def test_the_account_managers_serve_their_customers(autumn: Demo) -> None:
    names = {manager.id: manager.name for manager in autumn.all(AccountManager)}
    assert {customer.name: names[customer.account_manager_id or 0] for customer in autumn.all(Customer)} == {
        "Demokunde_Test": "Silje Haugen",
        "Testbedriften AS": "Silje Haugen",
        "Fjordbygg Entreprenør AS": "Per-Arne Lie",
        "Solvik kommune": "Aisha Rahman",
        "Havbris Sjømat AS": "Per-Arne Lie",
        "Nordlys Data AS": "Aisha Rahman",
    }
    assert all(m.phone and m.email.endswith("@bht.example") for m in autumn.all(AccountManager))


@pytest.mark.parametrize(("username", "password", "who"), SIGN_INS)
def test_everybody_can_sign_in(autumn: Demo, username: str, password: str, who: str) -> None:
    user = find_user(autumn.db, username.upper())
    assert user is not None
    assert password == f"demo-{username.lower()}"
    assert who.startswith(user.full_name)
    assert user.email.endswith(".example")
    assert verify_password(user.password_hash, password)


def rights(demo: Demo, username: str) -> dict[str, set[str]]:
    users = {user.id: user.username for user in demo.all(User)}
    units = {unit.id: unit.name for unit in demo.all(Unit)}
    return {
        units[grant.unit_id]: {
            right for right in ("orders", "employees", "invoices", "reports") if getattr(grant, right)
        }
        for grant in demo.all(Grant)
        if users[grant.user_id] == username
    }


def test_the_users_have_the_rights_of_the_table(autumn: Demo) -> None:
    everything = {"orders", "employees", "invoices", "reports"}
    assert rights(autumn, "Tester") == {"Demokunde_Test": everything}
    assert rights(autumn, "TESTWEB") == {"Testbedriften AS": everything}
    assert rights(autumn, "hms.fjord") == {"Fjordbygg Entreprenør AS": everything - {"invoices"}}
    assert rights(autumn, "okonomi.fjord") == {"Fjordbygg Entreprenør AS": {"invoices"}}
    assert rights(autumn, "leder.brann") == {"Brann og redning": everything - {"invoices"}}
    assert rights(autumn, "anna.ka") == {
        "Havbris Sjømat AS": {"orders", "employees"},
        "Nordlys Data AS": {"orders", "employees"},
    }
    assert rights(autumn, "kam.lie") == {}


def test_the_tester_finds_the_guides_order_in_the_only_unit(tmp_path: Path) -> None:
    for demo in loaded(tmp_path / "portal.db", AUTUMN):
        tester = find_user(demo.db, "Tester")
        assert tester is not None
        customer_id = demo.unit("Demokunde_Test").customer_id
        secret = open_session(demo.db, tester.id, customer_id, AUTUMN)
        signed_in = find_signed_in(demo.db, secret, customer_id, AUTUMN)
        assert signed_in is not None
        assert signed_in.label == "Test Bruker (Tester)"
        everything_but_reports = {right: None if right != Right.REPORTS else frozenset[int]() for right in Right}
        assert signed_in.scope == Scope(customer_id, everything_but_reports)
        demo.db.commit()
        database = Database(f"sqlite:///{tmp_path / 'portal.db'}")
        with database.session(signed_in.scope) as db:
            assert [unit.name for unit in units_in_scope(db, signed_in.scope, Right.ORDERS)] == ["Demokunde_Test"]
            assert [row.number for row in find_orders(db, Criteria(number=GUIDES_NUMBER)).rows] == [GUIDES_NUMBER]
            assert find_orders(db, Criteria()).count == 8
            [course] = upcoming_bookings(db, AUTUMN, 5)
            assert (course.title, course.taken, course.capacity) == ("Førstehjelpskurs", 2, 12)
        database.close()


# Employees


def described(employee: Employee) -> tuple[object, ...]:
    return (
        f"{employee.given_name} {employee.family_name}",
        employee.birth_date,
        employee.email,
        employee.mobile,
        employee.gender,
    )


def test_the_guides_employees_are_as_in_the_guide(demo: Demo) -> None:
    assert [described(employee) for employee in demo.employees_below("Demokunde_Test")] == [
        ("Dolly Duck", None, "dolly.duck@demokunde.example", None, None),
        ("Donald Duck", date(2023, 5, 12), "Donald.Duck@testeren.no", "41244845", None),
        ("test yoyo", None, None, None, None),
    ]
    assert [described(e) for e in demo.employees_below("Testbedriften AS") if e.family_name == "Duck"] == [
        ("Donald Duck", date(2018, 9, 13), "Duck@testikkeibruk.no", "12345678", "Mann")
    ]


def test_the_named_employees_are_where_they_belong(demo: Demo) -> None:
    units = {unit.id: unit.name for unit in demo.all(Unit)}
    named = {
        (f"{e.given_name} {e.family_name}", units[e.unit_id]): e for e in demo.all(Employee) if e.birth_date is not None
    }
    for name, unit, born in (
        ("Ingrid Solbakken", "Bergen", date(1984, 3, 14)),
        ("Mohamed Aden", "Bergen", date(1990, 11, 2)),
        ("Kari Nygård", "Helse og omsorg", date(1996, 2, 29)),
        ("Lars Øvrebø", "Brann og redning", date(1978, 7, 7)),
        ("Anna Kowalska", "Produksjon", date(1988, 9, 19)),
        ("Anna Kowalska", "Nordlys Data AS", date(1988, 9, 19)),
        ("Jonas Vik", "Nordlys Data AS", date(2001, 12, 30)),
        ("Siv Ånonsen", "Administrasjon", date(1969, 1, 1)),
        ("Marek Nowak", "Bergen", date(1992, 5, 23)),
    ):
        assert named[name, unit].birth_date == born
        assert (named[name, unit].deactivated_at is not None) == (name == "Siv Ånonsen")
    assert named["Mohamed Aden", "Bergen"].language == "en"


@pytest.mark.parametrize(
    ("company", "people", "without_email"),
    [
        ("Demokunde_Test", 3, 1),
        ("Testbedriften AS", 8, 0),
        ("Havbris Sjømat AS", 30, 2),
        ("Nordlys Data AS", 30, 2),
        ("Fjordbygg Entreprenør AS", 250, 12),
        ("Solvik kommune", 1200, 60),
    ],
)
def test_there_are_enough_employees_for_pages(autumn: Demo, company: str, people: int, without_email: int) -> None:
    employees = autumn.employees_below(company)
    addresses = [employee.email for employee in employees if employee.email]
    assert len(employees) == people
    assert len(employees) - len(addresses) == without_email
    assert len(set(addresses)) == len(addresses)
    assert all(address.isascii() for address in addresses)


def test_the_identity_numbers_are_those_of_the_plan_and_otherwise_synthetic(demo: Demo) -> None:
    """The guide's Donald has an ordinary number, as his mask has it; four of five others have a synthetic one."""
    ring = Keyring(FIELD_KEYS)
    numbers = {row.employee_id: ring.open(row.sealed, place=row.place) for row in demo.all(NationalId)}
    people = {employee.id: employee for employee in demo.all(Employee)}
    named = {(people[id].given_name, people[id].family_name): mask(number) for id, number in numbers.items()}
    assert named["Donald", "Duck"] == "120523*****"
    assert {name: named[name] for name in PLANNED} == PLANNED
    for id, number in numbers.items():
        assert is_valid_number(number, today=TODAY, synthetic=True)
        assert is_valid_number(number, today=TODAY, synthetic=False) == (people[id].given_name == "Donald"), number
        if people[id].family_name != "Duck":
            assert birth_date_warning(number, people[id].birth_date, today=TODAY) is None
    assert 0.79 < len(numbers) / len(people) < 0.81
    assert [number for number, holders in Counter(numbers.values()).items() if holders > 1] == ["19898802658"]


def test_only_the_guides_mobile_number_could_ring_somewhere(demo: Demo) -> None:
    mobiles = [employee.mobile for employee in demo.all(Employee) if employee.mobile]
    assert all(len(mobile) == 8 and mobile.isdecimal() for mobile in mobiles)
    assert {mobile for mobile in mobiles if not mobile.startswith("1")} == {"41244845"}


def test_nobody_was_deactivated_in_the_future(demo: Demo) -> None:
    gone = [employee for employee in demo.all(Employee) if employee.deactivated_at]
    assert 10 < len(gone) < 100
    assert all(e.deactivated_at < demo.now for e in gone if e.deactivated_at)


# Orders


def test_the_guides_order_is_as_in_the_guide(demo: Demo) -> None:
    order = demo.order(GUIDES_NUMBER)
    assert order.ordered_on == date(2023, 4, 17)
    assert (order.product_group, order.status) == (None, None)
    assert order.unit_id == demo.unit("Demokunde_Test").id
    assert (order.delivery, order.quantity) == ("Støttesamtaler", "4")
    assert (order.description, order.contact) == ("så raskt som mulig", "Ola Olsen - tlf 1243254")
    assert parts_of(order).composed == (
        'så raskt som mulig Ønsket leveranse: "Støttesamtaler". Antall/omfang: 4. '
        "Sted/lokasjon for gjennomføring av leveranse: Demovegen 1, møterom Fjellet. "
        "Kundebestilling referanse: PO-4471. Navn og tlf nr til kontaktperson: Ola Olsen - tlf 1243254."
    )


def test_the_health_round_is_five_orders_of_bergen(demo: Demo) -> None:
    orders = [demo.order(number) for number in range(307512, 307517)]
    assert {order.unit_id for order in orders} == {demo.unit("Bergen").id}
    assert [(parts_of(order).composed, order.status) for order in orders] == [
        ("For- og etterarbeid til HK", "Under behandling"),
        ("Helsekontroller", "Planlagt"),
        ("Tilbakemeldingsmøte / presentasjon av rapport", "Mottatt"),
        ("AMP", "Planlagt"),
        ("Volumbestilling HK", "Løpende"),
    ]


def test_there_are_sixty_orders_of_every_kind_over_three_years(demo: Demo) -> None:
    orders = demo.all(Order)
    assert len(orders) == 60
    assert {order.status for order in orders} == {None, *STATUSES}
    assert {order.product_group for order in orders} == {None, *PRODUCT_GROUPS}
    assert any("<b>" in order.description and '"' in order.description for order in orders)
    assert max(len(order.description) for order in orders) in range(1880, 1921)
    today = today_in_oslo(demo.now)
    days = [order.ordered_on for order in orders if order.number != GUIDES_NUMBER]
    assert max(days) <= today
    assert timedelta(days=1000) < today - min(days) < timedelta(days=3 * 365 + 2)
    assert all(day.weekday() < 5 for day in days)


def test_every_customer_has_orders_and_the_testers_are_various(demo: Demo) -> None:
    per_customer = Counter(order.customer_id for order in demo.all(Order))
    assert len(per_customer) == len(demo.all(Customer))
    assert min(per_customer.values()) >= 5
    assert per_customer.most_common(1)[0] == (demo.unit("Bergen").customer_id, 27)
    testers = [order for order in demo.all(Order) if order.unit_id == demo.unit("Demokunde_Test").id]
    assert len({order.status for order in testers}) == len(testers) == 8


def test_the_texts_fit_their_fields(demo: Demo) -> None:
    """SQLite would take longer ones; PostgreSQL does not."""
    for mapper in Base.registry.mappers:
        for row in demo.all(mapper.class_):
            for column in mapper.columns:
                value, length = getattr(row, column.key), getattr(column.type, "length", None)
                assert not (isinstance(value, str) and length) or len(value) <= length


def test_no_order_would_have_made_the_guard_for_sensitive_text_speak(demo: Demo) -> None:
    today = today_in_oslo(demo.now)
    for order in demo.all(Order):
        assert words_in(parts_of(order).composed) == []
        assert parts_of(order).masked(today) == (parts_of(order), 0)


def test_numbers_grow_with_the_dates(demo: Demo) -> None:
    orders = sorted(demo.all(Order), key=lambda order: order.number)
    assert orders[0].number == GUIDES_NUMBER
    assert orders[-1].number < 308000
    assert all(a.ordered_on <= b.ordered_on for a, b in pairwise(orders[1:]))
    assert demo.all(Number)[0].last == orders[-1].number
    assert next_number(demo.db, "orders") == orders[-1].number + 1
    demo.db.rollback()


def test_the_histories_lead_to_the_statuses(demo: Demo) -> None:
    changes = demo.all(StatusChange)
    for order in demo.all(Order):
        own = [change for change in changes if change.order_number == order.number]
        assert tuple(change.status for change in own) == (WAYS[order.status] if order.status else ())
        assert all(a.at < b.at for a, b in pairwise(own))
        assert all(order.ordered_on <= change.at.astimezone(OSLO).date() for change in own)
        assert all(change.at < demo.now for change in own)
        assert {change.customer_id for change in own} <= {order.customer_id}


def test_who_placed_an_order_may_do_so(demo: Demo) -> None:
    tops = {
        (grant.user_id, unit.id)
        for grant in demo.all(Grant)
        if grant.orders
        for unit in demo.all(Unit)
        if unit.path.startswith(demo.db.get_one(Unit, grant.unit_id).path)
    }
    placed = [(order.placed_by_id, order.unit_id) for order in demo.all(Order) if order.placed_by_id]
    assert len(placed) > 30
    assert set(placed) <= tops


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
    waiting = [demo.states_on(of_day)["Venteliste"] for of_day in days.values()]
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
            ("Møtt", "Ikke møtt", "Avmeldt") if past else ("Påmeldt", "Bekreftet", "Avmeldt", "Venteliste")
        )
    assert set(demo.states_on(list(slots.values()))) == {*SEATED, "Avmeldt", "Venteliste"}


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
        waiting = [sign_up.state == "Venteliste" for sign_up in sorted(sign_ups, key=lambda s: s.signed_up_at)]
        assert waiting == sorted(waiting)


# Invoices


def test_each_invoice_has_a_file_that_says_the_same(demo: Demo) -> None:
    for invoice in demo.all(Invoice):
        data = original_of(demo.db, invoice)
        result = check(Found("demo.xml", len(data), data))
        sign = -1 if invoice.is_credit_note else 1
        assert (result.number, result.payable, result.currency) == (
            invoice.number,
            sign * invoice.payable,
            invoice.currency,
        )


def test_no_invoice_was_sent_or_paid_in_the_future_and_numbers_grow_with_the_dates(demo: Demo) -> None:
    today = today_in_oslo(demo.now)
    later = sorted((i for i in demo.all(Invoice) if int(i.number[5:]) >= FIRST_NUMBER), key=lambda i: i.number[5:])
    assert len(later) > 80
    assert all(a.issued_on <= b.issued_on for a, b in pairwise(later))
    assert all(invoice.issued_on <= today for invoice in demo.all(Invoice))
    assert all(invoice.number.startswith(f"{invoice.issued_on.year}-") for invoice in demo.all(Invoice))
    assert all(settlement.settled_on <= today for settlement in demo.all(Settlement))


def test_every_case_of_an_invoice_is_there_for_both_who_look_at_them(demo: Demo) -> None:
    """Product 6.7."""
    today = today_in_oslo(demo.now)
    every = demo.all(Invoice)
    for company in ("Demokunde_Test", "Fjordbygg Entreprenør AS"):
        own = [invoice for invoice in every if invoice.customer_id == demo.unit(company).customer_id]
        assert {invoice.status(today) for invoice in own} == set(Status)
        assert {invoice.sent_as for invoice in own} == {"EHF", "PDF på e-post"}
        assert any(invoice.is_credit_note and invoice.total < 0 for invoice in own)
    assert {Decimal(0), Decimal("1234567.89")} <= {invoice.total for invoice in every}
    assert {"20260001183710", "118377-"} <= {invoice.kid for invoice in every}
    assert all(is_kid(invoice.kid) for invoice in every if invoice.kid)
    assert any(invoice.buyer_reference is None for invoice in every)
    assert {invoice.currency for invoice in every} == {"NOK", "SEK"}
    assert {details.account for details in demo.all(InvoiceDetails)} == {"99991000018"}
    taxes = {(tax.invoice_id, tax.category) for tax in demo.all(InvoiceTax)}
    assert any({(invoice.id, "S"), (invoice.id, "E")} <= taxes for invoice in every), "a course beside a health service"
    assert demo.all(InvoiceAttachment)
    assert sum(invoice.customer_id == demo.unit("Bergen").customer_id for invoice in every) > 50, "enough for pages"


def test_nb7_each_invoiced_order_has_its_invoice_with_its_reference(demo: Demo) -> None:
    guides = demo.unit("Bergen TEST").customer_id
    invoices = {invoice.order_number: invoice for invoice in demo.all(Invoice) if invoice.order_number}
    for order in demo.all(Order):
        if order.status == "Fakturert" and order.customer_id != guides:
            invoice = invoices[order.number]
            assert (invoice.buyer_reference, invoice.customer_id) == (order.reference, order.customer_id)
            assert invoice.issued_on >= order.ordered_on
