"""The demo's customers, users and employees: those of the user guide, and others that could exist."""

from collections import Counter
from datetime import date
from pathlib import Path
from shutil import copyfile

import pytest

from models.bookings.search import upcoming_bookings
from models.core.database import Database
from models.core.scope import Right, Scope
from models.core.sealed import Keyring
from models.customers.account_managers import AccountManager
from models.customers.customer import Customer
from models.customers.units import Unit, units_in_scope
from models.demo import SIGN_INS
from models.demo.orders import GUIDES_NUMBER
from models.employees.employee import Employee
from models.employees.national_ids import NationalId
from models.orders.search import Criteria, find_orders
from models.users.passwords import verify_password
from models.users.sessions import find_signed_in, open_session
from models.users.user import Grant, User, find_user
from models.values.national_id import birth_date_warning, mask
from models.values.national_id import is_valid as is_valid_number
from models.values.organisation_number import is_valid
from tests.demo.loaded import AUTUMN, Demo, read_back
from tests.stage.stores.databases import FIELD_KEYS
from tests.stage.times import TODAY

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
        units[grant.unit_id]: {right.value for right in Right if getattr(grant, right.value)}
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
    assert rights(autumn, "hr.solvik") == {"Solvik kommune": everything | {"administrator"}}
    assert rights(autumn, "kam.lie") == {}


def test_the_tester_finds_the_guides_order_in_the_only_unit(autumn: Demo, tmp_path: Path) -> None:
    """Signing in is written, so it is done to a copy."""
    file = tmp_path / "portal.db"
    copyfile(autumn.path, file)
    with read_back(file, AUTUMN) as demo:
        tester = find_user(demo.db, "Tester")
        assert tester is not None
        customer_id = demo.unit("Demokunde_Test").customer_id
        secret = open_session(demo.db, tester.id, customer_id, AUTUMN)
        signed_in = find_signed_in(demo.db, secret, customer_id, AUTUMN)
        assert signed_in is not None
        assert signed_in.label == "Test Bruker (Tester)"
        has = {Right.ORDERS, Right.EMPLOYEES, Right.INVOICES}
        assert signed_in.scope == Scope(customer_id, {right: None if right in has else frozenset() for right in Right})
        demo.db.commit()
        database = Database(f"sqlite:///{file}")
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
        employee.gender and employee.gender.word,
    )


def test_the_guides_employees_are_as_in_the_guide(demo: Demo) -> None:
    assert [described(employee) for employee in demo.employees_below("Demokunde_Test")] == [
        ("Dolly Duck", None, "Dolly.Duck@testeren.no", None, None),
        ("Donald Duck", date(2023, 5, 12), "Donald.Duck@testeren.no", "41244845", None),
        ("test yoyo", None, None, None, None),
    ]
    itself = demo.unit("Testbedriften AS").id  # not one of the units below it
    assert [described(e) for e in demo.all(Employee) if e.unit_id == itself] == [
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
