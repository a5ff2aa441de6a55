"""Customers with their units, account managers, and users with their rights, from the CRM."""

from dataclasses import fields, replace
from datetime import date
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from models.core.scope import Right
from models.crm.records import record_id_of
from models.customers.account_managers import AccountManager
from models.customers.agreements import Agreement, agree, agreement_of
from models.customers.customer import Customer
from models.customers.unit_changes import place_unit
from models.customers.units import Unit
from models.exchange.crm.intake.events import CRM, Arrival, Name, OrganisationNumber, Refusal
from models.staff.administration import administrators
from models.users.password_links import invite_user, readdress
from models.users.user import Grant, Role, User
from models.values import email_address
from models.values.organisation_number import is_valid

_Email = Annotated[str, Meta(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", max_length=254)]


class AccountManagerData(Struct):
    """The provider's person for customers and units."""

    name: Name
    email: _Email
    phone: Annotated[str, Meta(max_length=40)] = ""


class UnitData(Struct):
    """A unit; without a parent it is the company itself, and the customer is named after it."""

    name: Name
    organisation_number: OrganisationNumber | None = None
    parent: str | None = None
    account_manager: str | None = None
    has_reports: bool | None = None
    """For the company: whether Rapporter is on; left out, it stays as it is."""
    agreement: Annotated[str, Meta(max_length=100)] | UnsetType = UNSET
    """This and the rest are the company's alone; what is left out stays as it is, and empty says that there is none."""
    agreement_until: date | UnsetType | None = UNSET
    """Its last day; with another agreement, none unless it is told."""
    contact_name: Annotated[str, Meta(max_length=200)] | UnsetType = UNSET
    contact_email: Annotated[str, Meta(max_length=254)] | UnsetType = UNSET
    contact_phone: Annotated[str, Meta(max_length=40)] | UnsetType = UNSET


class GrantData(Struct):
    """Rights in a branch of a customer: the unit and everything below it."""

    customer: OrganisationNumber
    unit: str
    rights: list[Right]


class UserData(Struct):
    """Somebody who can sign in, with all grants; the password is not the CRM's to know.

    Whoever is one of the provider's account managers, named by key or e-mail address, is staff: then grants count for
    nothing. With `null` the user is none of them any more.
    """

    username: Annotated[str, Meta(min_length=1, max_length=100)]
    full_name: Name
    email: _Email
    active: bool
    grants: list[GrantData]
    account_manager: str | UnsetType | None = UNSET


def new_customer(db: Session, organisation_number: str, data: dict[str, Any]) -> int:
    """The customer for a company that is told of for the first time; raises Refusal."""
    if data.get("parent") is not None or not is_valid(organisation_number):
        raise Refusal("there is no customer with this organisation number")
    customer = Customer(name=str(data.get("name", ""))[:200], organisation_number=organisation_number)
    db.add(customer)
    db.flush()
    return customer.id


def account_manager(arrival: Arrival) -> int:
    """Add or change an account manager; one with the same address is the same person."""
    data: AccountManagerData = arrival.data
    _check_address(data.email)
    found = arrival.db.get(AccountManager, arrival.record.record_id) if arrival.record.record_id else None
    found = found or arrival.db.scalar(select(AccountManager).where(AccountManager.email == data.email))
    found = found or AccountManager()
    found.name, found.email, found.phone = data.name, data.email, data.phone
    arrival.db.add(found)
    arrival.db.flush()
    return found.id


def unit(arrival: Arrival) -> int:
    """Add a unit, change it, or move it with everything below it."""
    data: UnitData = arrival.data
    if data.organisation_number is not None and not is_valid(data.organisation_number):
        raise Refusal("the organisation number fails its control digit")
    parent = arrival.unit(data.parent) if data.parent is not None else None
    found = _unit(arrival)
    if parent and found.path and parent.path.startswith(found.path):
        raise Refusal("a unit cannot be below itself")
    if parent is None and found.parent_id is not None:
        raise Refusal("a unit that is not the company has a parent")
    manager_id = _manager_id(arrival, data.account_manager)
    if parent and _told(data):
        raise Refusal("an agreement and its contact are the whole customer's")
    found.name, found.organisation_number = data.name, data.organisation_number
    found.account_manager_id = manager_id if parent else None
    arrival.db.add(found)
    arrival.db.flush()
    place_unit(arrival.db, found, parent)
    if parent is None:
        _is_the_company(arrival, data, manager_id)
    arrival.note(f"unit:{found.id}", "changed")
    return found.id


def user(arrival: Arrival) -> int:
    """Add or change a user and replace all grants; a new one is invited to choose a password, once."""
    data: UserData = arrival.data
    _check_address(data.email)
    folded = data.username.strip().casefold()
    found = arrival.db.get(User, arrival.record.record_id) if arrival.record.record_id else None
    found = found or arrival.db.scalar(select(User).where(User.username_folded == folded)) or User(password_hash="")
    told_at = found.email if found.invited_at else None
    found.username, found.username_folded = data.username.strip(), folded
    if found.email and found.email != data.email:
        readdress(arrival.db, found, data.email, arrival.now)
    found.full_name, found.email, found.active = data.full_name, data.email, data.active
    if data.account_manager is not UNSET:
        found.account_manager_id = _who_it_is(arrival, data.account_manager)
    _keep_role(arrival.db, found)
    arrival.db.add(found)
    arrival.db.flush()
    grants = [_grant(arrival.db, found.id, grant) for grant in data.grants]
    before = set(arrival.db.scalars(select(Grant.customer_id).where(Grant.user_id == found.id)))
    administered = set(arrival.db.scalars(select(Grant.unit_id).where(Grant.user_id == found.id, Grant.administrator)))
    arrival.db.execute(delete(Grant).where(Grant.user_id == found.id))
    for grant in grants:  # who administers is said in the portal as well, so the CRM's silence takes it from nobody
        grant.administrator = grant.administrator or grant.unit_id in administered
    arrival.db.add_all(grants)
    arrival.db.flush()
    for customer_id in sorted(before | {grant.customer_id for grant in grants}):
        arrival.note(f"user:{found.id}", "rights", customer_id)
    if found.active and not found.password_hash and told_at != found.email:  # the letter to a wrong address was in vain
        invite_user(arrival.db, found, by=CRM, now=arrival.now)
    return found.id


def _check_address(email: str) -> None:
    """Raises Refusal where no letter can go to an address, by the rule of the forms."""
    try:
        email_address.read(email)
    except ValueError:
        raise Refusal("the e-mail address is none that a letter can go to") from None


def _unit(arrival: Arrival) -> Unit:
    """The unit of the record; the company is known by its customer, a unit also by its organisation number."""
    if arrival.record.record_id is not None:
        return arrival.db.get_one(Unit, arrival.record.record_id)
    data: UnitData = arrival.data
    ours = select(Unit).where(Unit.customer_id == arrival.owner)
    known = None
    if data.parent is None:
        known = arrival.db.scalar(ours.where(Unit.parent_id.is_(None)))
    elif data.organisation_number is not None:
        numbered = ours.where(Unit.parent_id.is_not(None), Unit.organisation_number == data.organisation_number)
        known = arrival.db.scalar(numbered)
    return known or Unit(customer_id=arrival.owner, path="", name=data.name)


def _is_the_company(arrival: Arrival, data: UnitData, manager_id: int | None) -> None:
    customer = arrival.db.get_one(Customer, arrival.owner)
    customer.name, customer.account_manager_id = data.name, manager_id
    if data.has_reports is not None:
        customer.has_reports = data.has_reports
    if told := _told(data):
        _agree(arrival, customer, told)


def _told(data: UnitData) -> dict[str, Any]:
    """What is told of the agreement and of whom to ask about it."""
    values = {field.name: getattr(data, field.name) for field in fields(Agreement)}
    return {name: value for name, value in values.items() if value is not UNSET}


def _agree(arrival: Arrival, customer: Customer, told: dict[str, Any]) -> None:
    """Write down what was agreed on, as the desk does; raises Refusal."""
    known = agreement_of(customer)
    if told.get("agreement", known.agreement) != known.agreement:
        told = {"agreement_until": None} | told  # the day was the end of another one
    agreed = replace(known, **told)
    if agreed.agreement_until and not agreed.agreement:
        raise Refusal("what ends on a day has a name: there is no agreement")
    if told.get("contact_email"):
        _check_address(agreed.contact_email)
    agree(arrival.db, customer, agreed, by=CRM, now=arrival.now)


def _manager_id(arrival: Arrival, key: str | None) -> int | None:
    if key is None:
        return None
    found = record_id_of(arrival.db, "account_manager", key, None)
    if found is None:
        raise Refusal(f"there is no account manager {key[:60]}")
    return found


def _who_it_is(arrival: Arrival, told: str | None) -> int | None:
    """The account manager that a user is, named by the CRM's key or by e-mail address."""
    if told is None:
        return None
    address = select(AccountManager.id).where(func.lower(AccountManager.email) == told.strip().lower())
    found = record_id_of(arrival.db, "account_manager", told, None) or arrival.db.scalar(address.limit(1))
    if found is None:
        raise Refusal("there is no account manager with this key or address")
    return found


def _keep_role(db: Session, user: User) -> None:
    """Staff have a role, account managers unless the desk says another; the last administrator stays one."""
    is_staff = user.account_manager_id is not None
    if user.role == Role.ADMINISTRATOR and not (is_staff and user.active):
        with db.no_autoflush:
            held = administrators(db)
        if held == {user.id}:
            raise Refusal("the portal's last administrator stays one")
    user.role = (user.role or Role.ACCOUNT_MANAGER.value) if is_staff else None


def _grant(db: Session, user_id: int, data: GrantData) -> Grant:
    customer_id = db.scalar(select(Customer.id).where(Customer.organisation_number == data.customer))
    unit_id = record_id_of(db, "unit", data.unit, customer_id) if customer_id else None
    if data.unit == f"orgnr:{data.customer}" and customer_id:
        unit_id = db.scalar(select(Unit.id).where(Unit.customer_id == customer_id, Unit.parent_id.is_(None)))
    if customer_id is None or unit_id is None:
        raise Refusal("a grant names a customer or a unit that is not there")
    rights = {right.value: right in data.rights for right in Right}
    return Grant(customer_id=customer_id, user_id=user_id, unit_id=unit_id, **rights)
