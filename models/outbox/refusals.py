"""The same refusal for one recipient after another: then it is not about a letter, but about all of them.

A mail server that no longer relays for us says to each letter what it says to a wrong address. What becomes of a
message otherwise is in `models.outbox.claims`.
"""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.outbox.message import Message

IN_A_ROW = 3
"""So many recipients, and nobody taken in between."""
ROUNDS = 5
"""A letter that was refused so often is dead, whoever else was: so a few wrong addresses end some time."""
_RECENT = 2000
"""How far back it is looked, in messages."""


def refused_alike(db: Session, message: Message, error: str) -> list[int]:
    """The letters to others that were refused in the same row as this one; none where that may be chance."""
    if message.attempts >= ROUNDS:
        return []
    recent = db.execute(
        select(Message.id, Message.to, Message.delivered_at, Message.dead_at, Message.last_error).where(
            Message.channel == message.channel, Message.id > message.id - _RECENT, Message.id < message.id + _RECENT
        )
    ).all()
    taken = max((row.delivered_at for row in recent if row.delivered_at), default=None)
    alike = [each for each in recent if each.dead_at and each.last_error == error and each.id != message.id]
    in_a_row = [each for each in alike if taken is None or each.dead_at > taken]
    return [each.id for each in in_a_row] if len({each.to for each in in_a_row} | {message.to}) >= IN_A_ROW else []


def take_back(db: Session, ids: list[int], now: datetime) -> None:
    """Let letters wait again that died of what was no fault of theirs."""
    db.execute(
        update(Message)
        .where(Message.id.in_(ids), Message.dead_at.is_not(None), Message.attempts < ROUNDS)
        .values(dead_at=None, due_at=now)
        .execution_options(synchronize_session=False)
    )
