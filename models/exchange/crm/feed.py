"""The feed: the outbox for a CRM that cannot be called, and so fetches its events (`GET /crm/outbox?after=`).

An event is handed out again until the CRM says, with the next `after`, that it has it: at least once, and in order for
each record, as the postman does. Who may fetch is decided in `routes.crm`.
"""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models.core.scope import across_customers
from models.core.settings import Settings
from models.exchange.crm.envelopes import Envelopes
from models.outbox.claims import acknowledge, hand_out_next
from models.outbox.message import Channel

AT_MOST = 200


def hand_out(db: Session, settings: Settings, after: int, *, now: datetime) -> dict[str, Any]:
    """The events that the CRM does not have yet, oldest first; those up to `after` that it was given are delivered.

    The answer's `after` is what the CRM says the next time, once it has stored the events; `more` says that there are
    others already. Needs a session that writes and has no scope; the caller commits.
    """
    envelopes = Envelopes(settings)
    with across_customers(db):
        acknowledge(db, Channel.CRM, after, now)
        messages = hand_out_next(db, Channel.CRM, AT_MOST + 1)
        given = messages[:AT_MOST]
        return {
            "events": [envelopes.event(message) for message in given],
            "after": max([after, *(message.id for message in given)]),
            "more": len(messages) > AT_MOST,
        }
