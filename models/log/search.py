"""What stands in the log of a customer, found by person, thing and time; newest first.

Whether it is all as it was written is looked into in `verification`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from sqlalchemy import bindparam
from sqlalchemy.orm import QueryableAttribute, Session

from models.core.audit import AuditEntry
from models.core.clock import in_oslo
from models.core.search import COUNTED_TO, PAGE_SIZE, Conditions, Found, Search, like


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is searched for; what is empty does not restrict."""

    user: str = ""
    """In the name of who did it."""
    kind: str = ""
    """Which kind of thing."""
    key: str = ""
    """The number of the thing."""
    from_day: date | None = None
    to_day: date | None = None
    after: int | None = None
    """The last entry of the page before."""

    @property
    def restrictions(self) -> dict[str, Any]:
        """The conditions with their values; what is None does not restrict."""
        return {
            "user": f"%{like(self.user)}%" if self.user else None,
            "kind": f"{like(self.kind)}:%" if self.kind else None,
            "key": f"%:{like(self.key)}" if self.key else None,
            "begin": in_oslo(self.from_day, time()) if self.from_day else None,
            "end": in_oslo(self.to_day + timedelta(days=1), time()) if self.to_day else None,
        }


_CONDITIONS: Conditions = {
    "user": AuditEntry.actor.ilike(bindparam("user"), escape="/"),
    "kind": AuditEntry.about.like(bindparam("kind"), escape="/"),
    "key": AuditEntry.about.like(bindparam("key"), escape="/"),
    "begin": AuditEntry.at >= bindparam("begin", type_=AuditEntry.at.type),
    "end": AuditEntry.at < bindparam("end", type_=AuditEntry.at.type),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log."""

    number: int
    """Its place in the customer's chain."""
    at: datetime
    actor: str
    about: str
    action: str
    changed: Mapping[str, Any]


# Each entry that one can see is tied, and so has one.
_number = cast("QueryableAttribute[int]", AuditEntry.number)
_NEWEST_FIRST = Search(
    key=_number,
    shown=(AuditEntry.at, AuditEntry.actor, AuditEntry.about, AuditEntry.action, AuditEntry.changed),
    row=Entry,
    conditions=_CONDITIONS,
    descending=True,
    counted_to=COUNTED_TO,
)


def find_entries(db: Session, criteria: Criteria, page_size: int = PAGE_SIZE) -> Found[Entry]:
    """The entries of the scope's customer that meet the criteria: one statement."""
    return _NEWEST_FIRST.find(db, criteria.restrictions, after=criteria.after, page_size=page_size)
