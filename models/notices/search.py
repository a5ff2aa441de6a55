"""Finding notices: for the provider's desk, across customers. One that went to many is one line."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Integer, bindparam, func, or_, select
from sqlalchemy.orm import Session

from models.core.base import Value
from models.core.scope import looking_across
from models.core.search import PAGE_SIZE, Found, Search
from models.core.walls import select_rows
from models.customers.customer import Customer
from models.customers.search import of_customers
from models.customers.units import Unit
from models.notices.notice import Notice


class State(Value):
    """Where a notice stands on a day."""

    UP = "up"
    COMING = "coming"
    OVER = "over"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is looked for; what is None does not restrict."""

    today: date
    state: State | None = None
    """Without one, what is up or comes. What was withdrawn is over."""
    served_by: tuple[int, ...] | None = None
    """The account managers of whom one serves the customer, or one of its units."""
    customer_id: int | None = None
    after: int | None = None
    """The last notice of the page before."""

    @property
    def restrictions(self) -> dict[str, Any]:
        """The conditions with their values; what is None does not restrict."""
        return {
            self.state or "ahead": True,
            "today": self.today,
            "served_by": self.served_by,
            "customer_id": self.customer_id,
        }


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

    def state(self, today: date) -> State:
        """Where it stands on a day."""
        if self.withdrawn_at:
            return State.WITHDRAWN
        if self.first_day > today:
            return State.COMING
        return State.OVER if self.last_day < today else State.UP


_TODAY = bindparam("today", type_=Date)
_is_there = Notice.withdrawn_at.is_(None)
_SAME = (Notice.title, Notice.first_day, Notice.last_day, Notice.withdrawn_at, Notice.is_important, Notice.published_by)
_NEWEST_FIRST = Search(
    key=Notice.id,
    shown=(func.count(), func.min(Customer.name), func.min(Unit.name), *_SAME),
    row=NoticeRow,
    conditions={
        "ahead": _is_there & (Notice.last_day >= _TODAY),
        State.UP: _is_there & (Notice.first_day <= _TODAY) & (Notice.last_day >= _TODAY),
        State.COMING: _is_there & (Notice.first_day > _TODAY),
        State.OVER: or_(Notice.withdrawn_at.is_not(None), Notice.last_day < _TODAY),
        "customer_id": Notice.customer_id == bindparam("customer_id", type_=Integer),
        **of_customers(Notice.customer_id.expression),
    },
    descending=True,
    joined=lambda rows: rows.join(Customer, Customer.id == Notice.customer_id).join(Unit, Unit.id == Notice.unit_id),
    grouped=(Notice.publication, *_SAME),
)


def find_notices(db: Session, criteria: Criteria, page_size: int = PAGE_SIZE) -> Found[NoticeRow]:
    """The notices that meet the criteria, whoever's they are; for the desk, in one statement."""
    with looking_across(db):
        return _NEWEST_FIRST.find(db, criteria.restrictions, after=criteria.after, page_size=page_size)


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
