"""The log of who changed what, when (X4): written in the transaction of the change, never changed.

It holds no identity number and no message: the names of what changed, and what was there before and after.
Each customer's entries are a chain (decision 0038): right before the commit those of the transaction are tied to the
last one. So none is changed, taken out or put in later without `models.log.verification` seeing it.
"""

import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import JSON, ForeignKey, Identity, Index, String, bindparam, event, inspect, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, SessionTransaction, UOWTransaction, mapped_column

from models.core.audit.chain import START, digest_of_content, digest_of_entry
from models.core.base import Base, Moment
from models.core.scope import CustomerOwned, across_customers
from models.core.walls import last_id


class Actor(Protocol):
    """Who does something: a signed-in user, an employee with a personal link, the portal itself."""

    @property
    def label(self) -> str:
        """As the log names one."""

    @property
    def user_id(self) -> int | None:
        """The user, where it is one."""


class Thing(Protocol):
    """Something of one customer's that changes and messages are about."""

    @property
    def customer_id(self) -> int:
        """Whose it is."""

    @property
    def about(self) -> str:
        """What the log and the CRM call it: `order:307390`."""


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody who is not signed in, by what the log is to say."""

    label: str
    user_id: int | None = None


THE_PORTAL = Named("Kundeportalen")
"""What happens by itself, such as an offer whose time is over."""
THE_PROVIDER = Named("Bedriftshelsetjenesten")
"""The provider, where none of its people is signed in."""
THE_CRM = Named("CRM")
"""What the CRM has told the portal."""

ERASED = "erased"
"""What an entry says of a thing when what was changed of it is taken out of the log."""


class AuditEntry(CustomerOwned, Base):
    """One change: the user `actor` did `action` to `about` (such as `order:307390`) at `at`."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index(None, "customer_id", "about", "id"),
        Index(None, "customer_id", "number", unique=True),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    actor: Mapped[str] = mapped_column(String(310))
    """A full name and a user name, as `SignedIn.label` writes them."""
    about: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(80))
    changed: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Empty once it is erased."""
    salt: Mapped[str | None] = mapped_column(String(32))
    """What `content` is mixed with; None once what was changed is erased."""
    content: Mapped[str | None] = mapped_column(String(64))
    """The digest of what was changed, which stays when that is erased; None, as the next two, only for an entry that an
    older release writes on the tables of this one."""
    number: Mapped[int | None]
    """Its place in the customer's chain; None only until the commit."""
    digest: Mapped[str | None] = mapped_column(String(64))
    """What the next entry is tied to; None only until the commit."""


class LogHead(CustomerOwned, Base):
    """The end of a customer's chain: so it is seen, too, when the last entry is taken away."""

    __tablename__ = "log_heads"

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), primary_key=True, autoincrement=False)
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What the log is to say of one change; `actor` is an actor's label, `about` the name of a thing."""

    customer_id: int
    actor: str
    about: str
    action: str
    at: datetime
    changed: Mapping[str, Any] = field(default_factory=dict)
    """The names of what changed, and values that may be seen."""

    @classmethod
    def of(
        cls, thing: Thing, action: str, *, by: Actor, at: datetime, changed: Mapping[str, Any] | None = None
    ) -> "Change":
        """A change of something that knows its customer and its name."""
        owner, about = thing.customer_id, thing.about
        return cls(customer_id=owner, actor=by.label, about=about, action=action, at=at, changed=changed or {})


def record(db: Session, change: Change) -> None:
    """Note a change in the transaction that makes it."""
    record_all(db, [change])


def record_all(db: Session, changes: Iterable[Change]) -> None:
    """Note many changes, in their order, in the transaction that makes them."""
    db.add_all(_entry(change) for change in changes)


def erase(db: Session, customer_id: int, about: str, now: datetime) -> None:
    """Take out of the log what was changed of a thing; that it was, by whom and when stays, and so does the chain."""
    erase_all(db, customer_id, [about], now)


def erase_all(
    db: Session, customer_id: int, abouts: Collection[str], now: datetime, *, by: Actor = THE_PORTAL, reason: str = ""
) -> None:
    """The same of many things; somebody's wish has a reason, the end of their time has none."""
    of_them = (AuditEntry.customer_id == customer_id) & AuditEntry.about.in_(abouts)
    db.execute(update(AuditEntry).where(of_them).values(changed={}, salt=None))
    changed = {"reason": reason} if reason else {}
    record_all(
        db,
        (
            Change(customer_id=customer_id, actor=by.label, about=about, action=ERASED, at=now, changed=changed)
            for about in abouts
        ),
    )


def _entry(change: Change) -> AuditEntry:
    salt, changed = secrets.token_hex(16), dict(change.changed)
    return AuditEntry(
        customer_id=change.customer_id,
        at=change.at,
        actor=change.actor,
        about=change.about,
        action=change.action,
        changed=changed,
        salt=salt,
        content=digest_of_content(changed, salt),
    )


# The chain. It is tied at the very end of a transaction: so two writers wait for each other for a moment only, and
# whoever holds a chain asks for no other lock any more.

_UNTIED = "untied entries"


@event.listens_for(Session, "before_flush")
def _remember(session: Session, _flush: UOWTransaction, _objects: object) -> None:
    new = [row for row in session.new if isinstance(row, AuditEntry)]
    if new:
        session.info.setdefault(_UNTIED, []).extend(new)
    if len(new) > 1 and session.get_bind().dialect.name == "sqlite":
        _give_ids(session, new)


def _give_ids(session: Session, new: Iterable[AuditEntry]) -> None:
    """SQLite tells the ids of rows one at a time only; whoever knows them before writes all rows by one statement.

    Nobody else writes meanwhile: SQLite has one writer, and refuses whoever has read what is not the last any more.
    """
    after = last_id(session, AuditEntry.id)
    for id, entry in enumerate(new, start=after + 1):
        entry.id = id


@event.listens_for(Session, "after_transaction_end")
def _forget(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(_UNTIED, None)


@event.listens_for(Session, "before_commit")
def _tie(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.flush()
    entries: dict[int, list[AuditEntry]] = {}
    for entry in session.info.pop(_UNTIED, ()):
        if inspect(entry).persistent:  # not one of a savepoint that was taken back
            entries.setdefault(entry.customer_id, []).append(entry)
    with across_customers(session):
        for customer_id in sorted(entries):
            _tie_to(_held_head(session, customer_id), entries[customer_id])


_HELD_HEAD = (
    select(LogHead)
    .where(LogHead.customer_id == bindparam("customer"))
    .with_for_update()
    .execution_options(populate_existing=True)
)


def _held_head(session: Session, customer_id: int) -> LogHead:
    """The end of a customer's chain, which nobody else ties to until the commit."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    head = session.scalar(_HELD_HEAD, {"customer": customer_id})
    if head is None:
        first = insert(LogHead).values(customer_id=customer_id, number=0, digest=START).on_conflict_do_nothing()
        session.execute(first)
        head = session.scalars(_HELD_HEAD, {"customer": customer_id}).one()
    return head


def _tie_to(head: LogHead, entries: Iterable[AuditEntry]) -> None:
    number, digest = head.number, head.digest
    for entry in sorted(entries, key=lambda entry: entry.id):
        number += 1
        digest = digest_of_entry(digest, number, entry)
        entry.number, entry.digest = number, digest
    head.number, head.digest = number, digest
