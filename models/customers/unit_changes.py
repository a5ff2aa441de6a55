"""What changes of a customer and its units: who it is, what lies below what, and who serves it.

The provider's staff do it at the desk. The CRM does it by its events, in `models.exchange.crm.intake.companies`.
"""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.core.audit import Actor, Change, record
from models.core.scope import across_customers
from models.customers.agreements import Agreement, agree
from models.customers.customer import Customer
from models.customers.references import Rule
from models.customers.units import Unit


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """What is known of a unit; its account manager is none where it is the customer's."""

    name: str
    organisation_number: str | None
    account_manager_id: int | None
    reference: Rule | None = None
    """What a reference has to look like, where one is needed."""
    agreement: Agreement | None = None
    """Of the company itself; none where it stays as it is."""

    @classmethod
    def of(cls, unit: Unit) -> "UnitFacts":
        """What is known of a unit that is not the company, so that one of its facts can be replaced."""
        rule = None if unit.reference_pattern is None else Rule(unit.reference_pattern, unit.reference_example)
        return cls(unit.name, unit.organisation_number, unit.account_manager_id, rule)


class NumberTaken(Exception):
    """Another customer, or another unit of the customer, has the organisation number."""


class NameTaken(Exception):
    """Another unit right below the same one is called so."""


class BelowItself(Exception):
    """A unit cannot be below itself, nor below what is below it."""


def open_customer(db: Session, facts: UnitFacts, *, by: Actor, now: datetime) -> int:
    """A new customer with its topmost unit, the company itself; returns the customer's id.

    What is not there yet is in nobody's scope, so this one change is made outside the walls. The same form sent again
    gives the same customer. Raises NumberTaken.
    """
    assert facts.organisation_number
    with across_customers(db):
        known = db.scalar(select(Customer).where(Customer.organisation_number == facts.organisation_number))
        if known is not None:
            if known.name != facts.name:
                raise NumberTaken
            return known.id
        try:
            with db.begin_nested():
                customer = Customer(
                    name=facts.name,
                    organisation_number=facts.organisation_number,
                    account_manager_id=facts.account_manager_id,
                    **asdict(facts.agreement or Agreement()),
                )
                db.add(customer)
        except IntegrityError:  # somebody else was first, at the same moment
            raise NumberTaken from None
        top = Unit(customer_id=customer.id, path="", name=facts.name, organisation_number=facts.organisation_number)
        db.add(top)
        db.flush()
        place_unit(db, top, None)
        about = f"customer:{customer.id}"
        record(db, Change(customer_id=customer.id, actor=by.label, about=about, action="customer added", at=now))
    return customer.id


def add_unit(db: Session, parent_id: int, facts: UnitFacts, *, by: Actor, now: datetime) -> None:
    """A new unit below another; the same form sent again changes nothing. Raises NumberTaken and NameTaken."""
    parent = _held(db, parent_id)
    same_name = select(Unit).where(Unit.parent_id == parent.id, Unit.name == facts.name)
    known = db.scalars(same_name.order_by(Unit.id)).first()
    if known is not None and known.organisation_number == facts.organisation_number:
        return
    _check(db, facts, parent, None)
    unit = Unit(customer_id=parent.customer_id, path="", name=facts.name)
    unit.organisation_number, unit.account_manager_id = facts.organisation_number, facts.account_manager_id
    _ask_for(unit, facts.reference)
    db.add(unit)
    db.flush()
    place_unit(db, unit, parent)
    _note(db, unit, "added", by=by, now=now)


def change_unit(
    db: Session, unit_id: int, facts: UnitFacts, parent_id: int | None, *, by: Actor, now: datetime
) -> None:
    """Change a unit, and move it with everything below it; of the company itself, the customer changes with it.

    Raises NumberTaken, NameTaken and BelowItself.
    """
    unit = _held(db, unit_id)
    parent = _held(db, parent_id) if parent_id is not None and unit.parent_id is not None else None
    if parent is not None and parent.path.startswith(unit.path):
        raise BelowItself
    _check(db, facts, parent, unit)
    is_company = unit.parent_id is None
    _ask_for(unit, facts.reference)
    unit.name, unit.organisation_number = facts.name, facts.organisation_number
    unit.account_manager_id = None if is_company else facts.account_manager_id
    if is_company:
        customer = db.get_one(Customer, unit.customer_id)
        customer.name, customer.account_manager_id = facts.name, facts.account_manager_id
        customer.organisation_number = facts.organisation_number or customer.organisation_number
        if facts.agreement:
            agree(db, customer, facts.agreement, by=by, now=now)
    try:
        with db.begin_nested():
            db.flush()
    except IntegrityError:  # numbers of customers are unique, and the other customer is behind the walls
        raise NumberTaken from None
    place_unit(db, unit, parent)
    _note(db, unit, "changed", by=by, now=now)


def place_unit(db: Session, unit: Unit, parent: Unit | None) -> None:
    """Write the way down to a unit, and to everything below it where that changes."""
    old, new = unit.path, f"{parent.path if parent else '/'}{unit.id}/"
    unit.parent_id = parent.id if parent else None
    unit.path = new
    db.flush()
    if old and old != new:
        below = Unit.path.startswith(old, autoescape=True) & (Unit.customer_id == unit.customer_id)
        moved = update(Unit).where(below).values(path=new + func.substr(Unit.path, len(old) + 1))
        db.execute(moved.execution_options(synchronize_session=False))


def _ask_for(unit: Unit, rule: Rule | None) -> None:
    """Say of a unit whether orders need its reference."""
    unit.reference_pattern = rule.pattern if rule else None
    unit.reference_example = rule.example if rule else ""


def _held(db: Session, unit_id: int) -> Unit:
    """The unit, so that one change follows another; raises sqlalchemy's NoResultFound."""
    return db.scalars(select(Unit).where(Unit.id == unit_id).with_for_update(key_share=True)).one()


def _check(db: Session, facts: UnitFacts, parent: Unit | None, itself: Unit | None) -> None:
    others = select(Unit.id)
    if itself is not None:
        others = others.where(Unit.id != itself.id)
    if parent is not None and db.scalar(others.where(Unit.parent_id == parent.id, Unit.name == facts.name).limit(1)):
        raise NameTaken
    number = facts.organisation_number
    if number and db.scalar(others.where(Unit.organisation_number == number).limit(1)):
        raise NumberTaken


def _note(db: Session, unit: Unit, action: str, *, by: Actor, now: datetime) -> None:
    about = f"unit:{unit.id}"
    record(db, Change(customer_id=unit.customer_id, actor=by.label, about=about, action=action, at=now))
