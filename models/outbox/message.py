"""The outbox: what leaves the portal, written in the transaction of the change and sent afterwards (C1, C2).

Each message goes out at least once, under the same id, and in order with the others about the same thing. What becomes
of it is in `models.outbox.claims`; only `models.exchange` knows how it is sent.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import uuid4

from sqlalchemy import JSON, ColumnElement, ForeignKey, Identity, Index, String, Text
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.audit import Thing
from models.core.base import Base, Moment
from models.core.sealed import Keyring, Sealed


class Channel(StrEnum):
    """Where a message goes."""

    MAIL = "mail"
    CRM = "crm"


class Message(Sealed, Base):
    """One letter or event on its way out; `public_id` is what the receiver knows it by, at every attempt."""

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    channel: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(80))
    about: Mapped[str] = mapped_column(String(80))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    """Whose it is, for the provider's eye."""
    to: Mapped[str | None] = mapped_column(String(254))
    sequence: Mapped[str] = mapped_column(String(400))
    """Messages of the same sequence leave one after the other."""
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    sealed: Mapped[str | None] = mapped_column(Text)
    """What nobody but the receiver may read: sealed with FIELD_KEYS, and forgotten once it is delivered."""
    created_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime] = mapped_column(Moment)
    attempts: Mapped[int] = mapped_column(default=0)
    claim: Mapped[str | None] = mapped_column(String(32))
    """Which attempt has it; the outcome of any other is not noted any more."""
    claimed_until: Mapped[datetime | None] = mapped_column(Moment)
    delivered_at: Mapped[datetime | None] = mapped_column(Moment)
    dead_at: Mapped[datetime | None] = mapped_column(Moment)
    last_error: Mapped[str | None] = mapped_column(String(80))
    """What kind of failure it was, without personal data."""

    @property
    def place(self) -> str:
        """What the seal is bound to."""
        return place_of(self.public_id)

    def seal(self, keyring: Keyring, text: str) -> "Message":
        """Give the message a secret to carry; returns the message."""
        self.sealed = keyring.seal(text, place=self.place)
        return self


def place_of(public_id: str) -> str:
    """What the seal of a message is bound to."""
    return f"outbox:{public_id}"


def waits(message: type[Message]) -> ColumnElement[bool]:
    """Whether a message has neither arrived nor died."""
    return message.delivered_at.is_(None) & message.dead_at.is_(None)


Index("ix_outbox_about_id", Message.about, Message.id)
Index("ix_outbox_customer_id_id", Message.customer_id, Message.id)
# Small, however long the history of what was delivered is.
_undelivered = Message.delivered_at.is_(None)
Index("ix_outbox_undelivered", Message.id, postgresql_where=_undelivered, sqlite_where=_undelivered)
_if = waits(Message)
Index("ix_outbox_sequence_id", Message.sequence, Message.id, postgresql_where=_if, sqlite_where=_if)
# By channel first: what waits for a CRM that is away is not looked through for each letter.
_due = (Message.channel, Message.due_at, Message.id)
Index("ix_outbox_channel_due_at_id", *_due, postgresql_where=_if, sqlite_where=_if)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """What is to leave the portal: where it goes, what it says about what, and for a letter to whom."""

    channel: Channel
    kind: str
    about: str
    customer_id: int | None
    payload: dict[str, Any]
    at: datetime
    to: str | None = None

    @classmethod
    def event(cls, thing: Thing, kind: str, payload: dict[str, Any], at: datetime) -> "Outgoing":
        """What the CRM is to be told of a thing."""
        owner, about = thing.customer_id, thing.about
        return cls(channel=Channel.CRM, kind=kind, about=about, customer_id=owner, payload=payload, at=at)

    @classmethod
    def letter(cls, thing: Thing, kind: str, payload: dict[str, Any], at: datetime, *, to: str | None) -> "Outgoing":
        """What somebody is to be told of a thing in a letter."""
        owner, about = thing.customer_id, thing.about
        return cls(channel=Channel.MAIL, kind=kind, about=about, customer_id=owner, payload=payload, at=at, to=to)


def post(db: Session, outgoing: Outgoing) -> Message:
    """Write a message in the transaction of the change: if that is rolled back, nothing is sent.

    The change is flushed before. Its row is then locked until the commit, so that ids within a sequence
    follow the order of the commits.
    """
    db.flush()
    message = compose(outgoing)
    db.add(message)
    return message


def compose(outgoing: Outgoing) -> Message:
    """A message that is not written yet: `post` does that, or, for many, the session after a flush."""
    return Message(**row_of(outgoing))


def row_of(outgoing: Outgoing) -> dict[str, Any]:
    """A message as its row, for `insert_rows`, where there are thousands."""
    return {
        "public_id": uuid4().hex,
        "channel": outgoing.channel.value,
        "kind": outgoing.kind,
        "about": outgoing.about,
        "customer_id": outgoing.customer_id,
        "to": outgoing.to,
        "sequence": f"{outgoing.channel.value} {outgoing.about} {outgoing.to or ''}",
        "payload": outgoing.payload,
        "created_at": outgoing.at,
        "due_at": outgoing.at,
        "attempts": 0,
    }
