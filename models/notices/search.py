"""Finding notices: for the provider's desk, across customers. One that went to many is one line."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, Select, bindparam, func, or_, select
from sqlalchemy.orm import Session

from models.core.scope import looking_across
from models.core.walls import select_rows
from models.customers.customer import Customer
from models.customers.search import served_by
from models.customers.units import Unit
from models.notices.notice import Notice

PAGE_SIZE = 25
UP, COMING, OVER, WITHDRAWN = STATES = ("Vises nå", "Kommer", "Over", "Trukket")
"""Where a notice stands on a day, in the words of the page."""


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is looked for; what is None does not restrict."""

    today: date
    state: str | None = None
    """One of `STATES`; without one, what is up or comes."""
    account_manager_id: int | None = None
    """Who serves the customer, or one of its units."""
    customer_id: int | None = None
    after: int | None = None
    """The last notice of the page before."""

    @property
    def restrictions(self) -> dict[str, Any]:
        """The names of the conditions that hold, with their values."""
        found: dict[str, Any] = {
            self.state or "ahead": True,
            "account_manager_id": self.account_manager_id,
            "customer_id": self.customer_id,
            "after": self.after,
        }
        return {name: value for name, value in found.items() if value is not None}


_TODAY = bindparam("today", type_=Date)
_is_there = Notice.withdrawn_at.is_(None)
_CONDITIONS: dict[str, ColumnElement[bool]] = {
    "ahead": _is_there & (Notice.last_day >= _TODAY),
    UP: _is_there & (Notice.first_day <= _TODAY) & (Notice.last_day >= _TODAY),
    COMING: _is_there & (Notice.first_day > _TODAY),
    OVER: or_(Notice.withdrawn_at.is_not(None), Notice.last_day < _TODAY),
    "account_manager_id": Notice.customer_id.in_(served_by(bindparam("account_manager_id", type_=Integer))),
    "customer_id": Notice.customer_id == bindparam("customer_id", type_=Integer),
}


@cache
def _listing(conditions: frozenset[str]) -> Select[*tuple[Any, ...]]:
    """Publications, the newest first, each with the count of all."""
    holding = [_CONDITIONS[name] for name in sorted(conditions - {"after"})]
    counted = select(func.count(Notice.publication.distinct())).where(*holding).scalar_subquery()
    same = (Notice.title, Notice.first_day, Notice.last_day, Notice.withdrawn_at, Notice.is_important)
    newest = func.min(Notice.id)
    listing = (
        select(counted, newest, func.count(), func.min(Customer.name), func.min(Unit.name), *same, Notice.published_by)
        .join(Customer, Customer.id == Notice.customer_id)
        .join(Unit, Unit.id == Notice.unit_id)
        .where(*holding)
        .group_by(Notice.publication, *same, Notice.published_by)
        .order_by(newest.desc())
        .limit(bindparam("at_most", type_=Integer))
    )
    return listing.having(newest < bindparam("after", type_=Integer)) if "after" in conditions else listing


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice as a line of the list."""

    id: int
    customer_count: int
    customer: str
    """One of them, and so the only one where it went to one."""
    unit: str
    title: str
    first_day: date
    last_day: date
    withdrawn_at: datetime | None
    is_important: bool
    published_by: str

    def state(self, today: date) -> str:
        """Where it stands on a day."""
        if self.withdrawn_at:
            return WITHDRAWN
        return COMING if self.first_day > today else OVER if self.last_day < today else UP


@dataclass(frozen=True, slots=True)
class Found:
    """One page of the list."""

    rows: list[NoticeRow]
    count: int
    next: int | None


def find_notices(db: Session, criteria: Criteria, page_size: int = PAGE_SIZE) -> Found:
    """The notices that meet the criteria, whoever's they are; for the desk, in one statement."""
    holding = criteria.restrictions
    with looking_across(db):
        found = select_rows(
            db, _listing(frozenset(holding)), {**holding, "today": criteria.today, "at_most": page_size + 1}
        )
    rows = [NoticeRow(*row) for _, *row in found[:page_size]]
    return Found(rows, found[0][0] if found else 0, rows[-1].id if len(found) > page_size else None)


class KeyUsed(Exception):
    """The form was sent before, with other words or to others."""


def is_published(db: Session, publication: str, fingerprint: str) -> bool:
    """Whether a form has come before, to whichever customers; raises KeyUsed where it said something else."""
    with looking_across(db):
        known = db.scalar(select(Notice.fingerprint).where(Notice.publication == publication).limit(1))
    if known not in {None, fingerprint}:
        raise KeyUsed
    return known is not None


@dataclass(frozen=True, slots=True)
class With:
    """Where a notice is up: its id there, the customer, and the unit at the top."""

    id: int
    customer: str
    unit: str


_TOGETHER = (
    select(Notice.id, Customer.name, Unit.name)
    .join(Customer, Customer.id == Notice.customer_id)
    .join(Unit, Unit.id == Notice.unit_id)
    .where(Notice.publication == bindparam("publication"))
    .order_by(Notice.id)
)


def together(db: Session, publication: str) -> list[With]:
    """A notice with each customer that it went to, for staff."""
    with looking_across(db):
        return [With(*row) for row in select_rows(db, _TOGETHER, {"publication": publication})]
