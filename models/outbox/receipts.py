"""Receipts: whether the CRM has been told of the newest change of something (section 5, number 12).

In which order changes are sent, and how often, is the outbox's concern. Where there is no CRM, an event is emptied, and
what is left of it says when something was saved.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from models.outbox.message import Channel, Message

_SOON = timedelta(seconds=30)
"""For how long after a change a page asks whether the CRM has taken it; later it may take long."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """How far the newest message about something has come; it goes out after all others about the same thing."""

    posted_at: datetime
    delivered_at: datetime | None

    def comes_soon(self, now: datetime) -> bool:
        """Whether it is worth asking again in a moment."""
        return self.delivered_at is None and now - self.posted_at < _SOON


_NEWEST = (
    select(Message.created_at, Message.delivered_at)
    .where(Message.about == bindparam("about"), Message.channel == Channel.CRM.value)
    .order_by(Message.id.desc())
    .limit(1)
)


def receipt_for(db: Session, about: str) -> Receipt | None:
    """The receipt for something (such as `order:307390`) that was found in the scope; None if nothing was ever told."""
    newest = db.execute(_NEWEST, {"about": about}).one_or_none()
    return Receipt(newest.created_at, newest.delivered_at) if newest else None
