"""The log of who changed what, when (X4): written in the transaction of the change, never changed.

It holds no identity number and no free text of a customer: the names of what changed, and values that may be seen.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import JSON, Identity, Index, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.base import Base, Moment
from models.core.scope import CustomerOwned


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


class AuditEntry(CustomerOwned, Base):
    """One change: the user `actor` did `action` to `about` (such as `order:307390`) at `at`."""

    __tablename__ = "audit_entries"
    __table_args__ = (Index(None, "customer_id", "about", "id"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    actor: Mapped[str] = mapped_column(String(310))
    """A full name and a user name, as `SignedIn.label` writes them."""
    about: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(80))
    changed: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


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
    db.add(
        AuditEntry(
            customer_id=change.customer_id,
            at=change.at,
            actor=change.actor,
            about=change.about,
            action=change.action,
            changed=dict(change.changed),
        )
    )
