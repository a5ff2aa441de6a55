"""Employees (ansatte) of a customer: who they are, adding and changing them.

Finding them is in `models.employees.search`, taking them out of the list in `models.bookings.sign_ups.leaving`; the
identity number has a table of its own, in `models.employees.national_ids`. What is told of a change is in `news`.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Identity, Index, String, Text, UniqueConstraint, bindparam, event, func, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Mapper, Session, mapped_column
from sqlalchemy.orm.exc import StaleDataError

from models.core.audit import record
from models.core.base import Base, Moment, one_of
from models.core.scope import Right, UnitOwned, of_unit, whole_customer
from models.customers.units import Unit
from models.employees.details import DETAILS, Details, Gender, what_changed, with_units
from models.employees.names import sort_key
from models.employees.news import change_and_event, facts
from models.employees.search_words import search_text, tokens_of
from models.employees.work import Groups
from models.outbox.message import compose
from models.users.sessions import SignedIn
from models.values.email_address import folded

_BYTEWISE = String(220).with_variant(String(220, collation="C"), "postgresql")
"""Compared byte by byte on both databases: the order is in the key."""


class Employee(UnitOwned, Base):
    """A person who works, or has worked, in a unit of a customer."""

    __tablename__ = "employees"
    __table_args__ = (
        of_unit(),
        UniqueConstraint("customer_id", "id"),
        UniqueConstraint("added_by_id", "idempotency_key"),
        Index(None, "customer_id", "unit_id", "sort_key", "id"),
        Index(None, "customer_id", "email_folded"),
    )
    rights = (Right.EMPLOYEES,)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    given_name: Mapped[str] = mapped_column(String(100))
    family_name: Mapped[str] = mapped_column(String(100))
    email: Mapped[str | None] = mapped_column(String(254))
    mobile: Mapped[str | None] = mapped_column(String(40))
    birth_date: Mapped[date | None]
    employee_number: Mapped[str | None] = mapped_column(String(20))
    """The employer's own for the employee, as in the payroll: of those who are active, nobody else's."""
    job_title: Mapped[str | None] = mapped_column(String(100))
    groups: Mapped[tuple[str, ...]] = mapped_column(Groups, default=(), server_default="")
    """What the employee's checks are for, such as nattarbeid or støy."""
    gender: Mapped[Gender | None] = mapped_column(one_of(Gender, 20))
    language: Mapped[str] = mapped_column(String(10), default="nb")
    deactivated_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column()
    """Counted up by each change, so that nobody overwrites what another has just saved."""
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    idempotency_key: Mapped[str | None] = mapped_column(String(64))
    fingerprint: Mapped[str | None] = mapped_column(String(64))
    """A digest of what was sent under the key: the same form twice is one employee, another form is not."""
    sort_key: Mapped[str] = mapped_column(_BYTEWISE)
    """Where the employee stands in the list: family name, given name, in Norwegian order (A8)."""
    search_text: Mapped[str] = mapped_column(Text)
    search_tokens: Mapped[str] = mapped_column(Text)
    """What the employee is found by; this and the two above are made of the names when they are written."""
    email_folded: Mapped[str | None] = mapped_column(String(254))
    """The address without its capital letters, by which its equals are found; made in the same way."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy reads it

    @property
    def full_name(self) -> str:
        """As people write it (AD1)."""
        return f"{self.given_name} {self.family_name}"

    @property
    def is_active(self) -> bool:
        """Whether the employee is in lists that one chooses from (AD4)."""
        return self.deactivated_at is None

    @property
    def about(self) -> str:
        """What the log of changes and the CRM call the employee."""
        return f"employee:{self.id}"

    @property
    def details(self) -> Details:
        """The values that the form shows (AR1)."""
        return Details(**{name: getattr(self, name) for name in DETAILS} | {"groups": self.groups or ()})

    def change(
        self, db: Session, details: Details, *, by: SignedIn, now: datetime, seen: int | None = None
    ) -> tuple[str, ...]:
        """Give the employee other details, and return the names of those that are new (AR2, AR12).

        `seen` is the version that the user saw; raises ChangedMeanwhile where there is a newer one, and NumberTaken.
        """
        if seen is not None and seen != self.version:
            raise ChangedMeanwhile(f"{self.about} is another than the one that was seen")
        names = self.details.names_of_changes(details)
        try:
            with db.begin_nested():
                change_employees(db, [(self, details)], by=by, now=now)
        except IntegrityError as wrong:
            raise NumberTaken.of(wrong) from wrong
        except StaleDataError:  # somebody else saved between our look and our change
            raise ChangedMeanwhile(f"{self.about} was changed at the same moment") from None
        return names


_has_number = Employee.deactivated_at.is_(None) & Employee.employee_number.is_not(None)
Index(
    "ix_employees_employee_number",
    Employee.customer_id,
    Employee.employee_number,
    unique=True,
    postgresql_where=_has_number,
    sqlite_where=_has_number,
)
UNFOLDED = func.lower(Employee.email).is_distinct_from(Employee.email_folded)
"""Whose address may have been written by the release before, which serves while tables are brought up and knows of no
`email_folded`; and the few whose letters the database folds in another way than we do."""
Index("ix_employees_unfolded", Employee.customer_id, Employee.id, postgresql_where=UNFOLDED, sqlite_where=UNFOLDED)
# Small: lists are of those who are active, or of those who are not.
_if_active, _if_inactive = Employee.deactivated_at.is_(None), Employee.deactivated_at.is_not(None)
_in_order = Employee.customer_id, Employee.sort_key, Employee.id
Index("ix_employees_active", *_in_order, postgresql_where=_if_active, sqlite_where=_if_active)
Index("ix_employees_inactive", *_in_order, postgresql_where=_if_inactive, sqlite_where=_if_inactive)


class ChangedMeanwhile(Exception):
    """Somebody else has saved the employee since it was shown."""


class NumberTaken(Exception):
    """Another active employee of the customer has the employee number already; who, says `own_numbers`."""

    @classmethod
    def of(cls, wrong: IntegrityError) -> Exception:
        """What a refusal of the database says: this, or itself."""
        return cls("the employee number is in use") if "employee_number" in str(wrong.orig) else wrong


class KeyUsed(Exception):
    """The form was already sent once, with other content, and made the employee `id`."""

    def __init__(self, id: int) -> None:
        super().__init__(f"the form was sent before and made employee {id}")
        self.id = id


def derived(
    customer_id: int,
    given_name: str,
    family_name: str,
    email: str | None,
    mobile: str | None,
    *,
    work: Sequence[str] = (),
) -> dict[str, str]:
    """The columns that are made of the others: the place in the list, and what a search finds."""
    names = (given_name, family_name)
    return {
        "sort_key": sort_key(given_name, family_name),
        "search_text": search_text(names, email, mobile, work),
        "search_tokens": tokens_of(customer_id, names, email, mobile, work),
    }


def derived_of(customer_id: int, details: Details) -> dict[str, str | None]:
    """The same of an employee's details, and what equal addresses have in common."""
    names = (details.given_name, details.family_name)
    made = derived(customer_id, *names, details.email, details.mobile, work=details.work)
    return {**made, "email_folded": folded(details.email)}


@event.listens_for(Employee, "before_insert")
@event.listens_for(Employee, "before_update")
def _derive(_mapper: Mapper[Employee], _connection: Connection, employee: Employee) -> None:
    for name, value in derived_of(employee.customer_id, employee.details).items():
        if getattr(employee, name) != value:
            setattr(employee, name, value)


def add_employee(
    db: Session, details: Details, *, by: SignedIn, key: str, now: datetime, also: str = "", asked_by: str = ""
) -> tuple[int, bool]:
    """Add an employee and tell the CRM; returns the id, and whether it is new (AN1, AR12).

    The log says in whose stead staff did it. The same form (the same `key`, details and `also`, which stands for what
    else was sent) sent again returns the employee that it made. Raises KeyUsed where the key was used for other
    content, and NumberTaken.
    """
    content = [{**asdict(details), "birth_date": str(details.birth_date)}, also, *filter(None, [asked_by])]
    fingerprint = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    if (made := _made_with(db, by.user_id, key, fingerprint)) is not None:
        return made, False
    try:
        with db.begin_nested():
            form = {"key": key, "fingerprint": fingerprint, "asked_by": asked_by}
            (employee,) = add_employees(db, [details], by=by, now=now, **form)
    except IntegrityError as wrong:  # the same form came twice at the same moment, and the other one was first
        made = _made_with(db, by.user_id, key, fingerprint)
        if made is None:
            raise NumberTaken.of(wrong) from wrong
        return made, False
    return employee.id, True


def was_sent(db: Session, *, by: SignedIn, key: str) -> bool:
    """Whether the form with this key has made an employee already, who would else be found as a duplicate of itself."""
    with whole_customer(db):
        return db.scalar(_MADE_WITH, {"user_id": by.user_id, "key": key}) is not None


_MADE_WITH = select(Employee.id, Employee.fingerprint).where(
    Employee.added_by_id == bindparam("user_id"), Employee.idempotency_key == bindparam("key")
)


def _made_with(db: Session, user_id: int, key: str, fingerprint: str) -> int | None:
    with whole_customer(db):  # it may have been moved to a unit that the sender does not see
        made = db.execute(_MADE_WITH, {"user_id": user_id, "key": key}).one_or_none()
    if made is None:
        return None
    if made.fingerprint != fingerprint:
        raise KeyUsed(made.id)
    return int(made.id)


def add_employees(
    db: Session,
    many: Sequence[Details],
    *,
    by: SignedIn,
    now: datetime,
    key: str | None = None,
    fingerprint: str | None = None,
    asked_by: str = "",
) -> list[Employee]:
    """Add many at once, each with its entry in the log and its event; a unit outside the scope raises Trespass."""
    employees = [
        Employee(**asdict(details), added_by_id=by.user_id, idempotency_key=key, fingerprint=fingerprint)
        for details in many
    ]
    db.add_all(employees)
    told = {"asked_by": asked_by} if asked_by else {}
    tell(db, "added", [(employee, told) for employee in employees], by=by, now=now)
    return employees


def change_employees(db: Session, many: Iterable[tuple[Employee, Details]], *, by: SignedIn, now: datetime) -> int:
    """Give many of them other details, each with its entry and its event; returns how many are really changed."""
    changed: list[tuple[Employee, dict[str, Any]]] = []
    for employee, details in many:
        before = employee.details
        names = before.names_of_changes(details)
        for name in names:
            setattr(employee, name, getattr(details, name))
        if names:
            changed.append((employee, what_changed(before, details)))
    tell(db, "changed", changed, by=by, now=now)
    return len(changed)


def tell(
    db: Session, action: str, about: Sequence[tuple[Employee, dict[str, Any]]], *, by: SignedIn, now: datetime
) -> None:
    """Note in the log that `action` was done to each, and tell the CRM how each of them is now (AR12, X4).

    The log says which values changed, what they were and what they are, until the employee is erased.
    """
    if not about:
        return
    db.flush()
    units = {id: name for id, name in db.execute(select(Unit.id, Unit.name))}  # noqa: C416  # a Row is no pair to dict
    for employee, changed in about:
        payload = facts(employee.id, employee.details, units[employee.unit_id], active=employee.is_active)
        told = with_units(changed, units)
        change, event = change_and_event(employee.customer_id, employee.id, action, told, payload, by=by, now=now)
        record(db, change)
        db.add(compose(event))


_BY_ID = select(Employee).where(Employee.id == bindparam("id"))


def employee_by_id(db: Session, id: int) -> Employee | None:
    """The employee, or None where there is none in the scope."""
    return db.scalar(_BY_ID, {"id": id})
