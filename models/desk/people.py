"""The people of an account manager's customers, for the desk's box: found by name or address.

One customer's own list is found by `models.employees.search`.
"""

from dataclasses import dataclass
from functools import cache

from sqlalchemy import Text, bindparam, select
from sqlalchemy.orm import Session

from models.core.scope import looking_across
from models.core.search import AT_MOST, Statement, like
from models.core.walls import select_rows
from models.customers.customer import Customer
from models.customers.search import SERVED
from models.customers.units import Unit
from models.employees.employee import Employee
from models.values.finding.pieces import MOST_WORDS, digits_of
from models.values.texts.folding import fold, says_nothing


@dataclass(frozen=True, slots=True)
class Person:
    """An active employee, and whose."""

    id: int
    full_name: str
    unit: str
    customer: str
    customer_id: int


@cache
def _listing(words: int) -> Statement:
    """Those who have so many words in what they are found by, among the customers of some account managers."""
    sought = (Employee.search_text.contains(bindparam(f"word{at}", type_=Text), escape="/") for at in range(words))
    return (
        select(Employee.id, Employee.given_name, Employee.family_name, Unit.name, Customer.name, Customer.id)
        .join(Unit, Unit.id == Employee.unit_id)
        .join(Customer, Customer.id == Employee.customer_id)
        .where(Employee.customer_id.in_(SERVED), Employee.deactivated_at.is_(None), *sought)
        .order_by(Employee.sort_key, Employee.id)
        .limit(AT_MOST)
    )


def people_named(db: Session, served_by: tuple[int, ...], text: str, at_most: int) -> list[Person]:
    """The first of the people with these words, or this number; one statement."""
    if says_nothing(text):
        return []
    number = digits_of(text)
    words = [number] if number and not any(sign.isalpha() for sign in text) else fold(text).split()[:MOST_WORDS]
    given = {f"word{at}": like(word) for at, word in enumerate(words)}
    with looking_across(db):
        found = select_rows(db, _listing(len(words)), given | {"served_by": served_by, "at_most": at_most})
    return [Person(id, f"{given_name} {family_name}", *whose) for id, given_name, family_name, *whose in found]
