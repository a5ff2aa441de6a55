"""The demo's identity numbers: those of product 6.2, and a synthetic one for four of five others.

Synthetic means month + 80: such numbers belong to nobody. The exception is the guide's Donald Duck, whose mask is
`120523*****`: his is an ordinary number, and the lowest of those for 2023, which are given out from the highest down.
"""

from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy.orm import Session
from stdnum.no.fodselsnummer import calc_check_digit1, calc_check_digit2

from models.core.clock import today_in_oslo
from models.core.sealed import Keyring
from models.demo.people import NAMED, NAMED_IN, Staff
from models.employees.national_ids import add_all

# unit, given name, family name: the number
NUMBERS = {
    ("Demokunde_Test", "Donald", "Duck"): "12052350032",
    ("Bergen", "Ingrid", "Solbakken"): "14838419861",
    ("Bergen", "Mohamed", "Aden"): "02919009791",
    ("Bergen", "Marek", "Nowak"): "63859206168",
    ("Administrasjon", "Siv", "Ånonsen"): "01816932455",
    ("Helse og omsorg", "Kari", "Nygård"): "29829624883",
    ("Brann og redning", "Lars", "Øvrebø"): "07877840721",
    ("Produksjon", "Anna", "Kowalska"): "19898802658",
    ("Nordlys Data AS", "Anna", "Kowalska"): "19898802658",
    ("Nordlys Data AS", "Jonas", "Vik"): "30920154901",
}
_WITHOUT = 0.2


def add_numbers(db: Session, keyring: Keyring, staff: Staff, rng: Random, *, now: datetime) -> None:
    """Register the numbers of everybody who has one."""
    born_at_latest = today_in_oslo(now) - timedelta(days=18 * 366)
    numbers: dict[int, dict[int, str]] = {}
    taken = set(NUMBERS.values())
    for unit, people in staff.items():
        named = [row[:3] for row in NAMED if row[0] == unit]
        of_customer = numbers.setdefault(people[0].customer_id, {})
        for employee, row in zip(people, named, strict=False):
            if row in NUMBERS:
                of_customer[employee.id] = NUMBERS[row]
        strangers = people[NAMED_IN[unit] :]
        for employee in rng.sample(strangers, round(len(strangers) * (1 - _WITHOUT))):
            born = employee.birth_date or born_at_latest - timedelta(days=rng.randrange(40 * 365))
            of_customer[employee.id] = _synthetic(rng, born, taken)
    for customer_id, of_customer in numbers.items():
        add_all(db, keyring, customer_id, of_customer, now=now)


def _synthetic(rng: Random, born: date, taken: set[str]) -> str:
    """A number for a day of birth that nobody has yet, its month + 80, with both control digits."""
    while True:
        individual = rng.randrange(500) + (500 if born.year >= 2000 else 0)
        digits = f"{born.day:02}{born.month + 80:02}{born.year % 100:02}{individual:03}"
        first = calc_check_digit1(digits)
        second = calc_check_digit2(digits + first) if len(first) == 1 else ""
        number = digits + first + second
        if len(second) == 1 and number not in taken:
            taken.add(number)
            return number
