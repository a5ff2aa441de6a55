"""A portal of which only what leaves it matters: an outbox, its postmen, and a clock."""

import base64
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from models.core.database import Database
from models.core.scope import across_customers
from models.core.settings import Settings
from models.exchange.deliver import Postman
from models.outbox.message import Channel, Message, Outgoing, post
from models.outbox.overview import counts
from tests.stage.stores.databases import FIELD_KEYS
from tests.stage.times import TestClock

FACTS = {
    "number": 307600,
    "ordered_on": "2026-10-01",
    "customer": "Fjordbygg Entreprenør AS",
    "unit": "Tromsø",
    "delivery": "Ergonomigjennomgang",
    "quantity": "ca. 20 ansatte",
    "contact": "Ola Olsen - tlf 1243254",
    "reference": "PO-4711",
    "location": "Strandgata 1, Tromsø",
    "description": "Vi vil se på <b>arbeidsplassene</b> & lyset.\nGjerne før jul.",
    "sender_name": "Hanne Moe",
    "sender_email": "hanne.moe@fjordbygg.example",
    "account_manager_name": "Per-Arne Lie",
    "account_manager_email": "per-arne.lie@bht.example",
    "account_manager_phone": "400 00 123",
}
"""An order as letters and events tell of it."""
SECRETS = tuple("whsec_" + base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2))


LINES = {"order": "orders", "desk_order": "desk/orders"}


def link(route: str, **params: object) -> str:
    """The map's only two lines here."""
    return f"https://portal.example/{LINES[route]}/{params['number']}"


class Portal:
    """A portal's outbox and its postman, with a clock that goes when the test says so."""

    def __init__(self, database: Database, var: Path, **settings: Any) -> None:
        self.database = database
        self.clock = TestClock()
        self.settings = Settings(
            secret_keys=("x" * 32,),
            field_keys=FIELD_KEYS,
            public_url="https://portal.example",
            mail_from="Kundeportalen på nett <portal@bht.example>",
            var=var,
            **settings,
        )

    @property
    def postman(self) -> Postman:
        """A postman that has just been started."""
        return Postman(self.database, self.settings, self.clock, link)

    def post(
        self,
        kind: str = "order_placed",
        *,
        channel: Channel = Channel.MAIL,
        to: str | None = "per-arne.lie@bht.example",
        **facts: Any,
    ) -> Message:
        """Write a message, as a change does."""
        payload = FACTS | facts
        about = f"order:{payload['number']}"
        with self.database.session() as db, across_customers(db):
            now = self.clock.now()
            message = post(
                db, Outgoing(channel=channel, kind=kind, about=about, customer_id=None, payload=payload, at=now, to=to)
            )
            db.commit()
        return message

    def tell(self, kind: str = "order.placed", **facts: object) -> Message:
        """Write an event for the CRM."""
        return self.post(kind, channel=Channel.CRM, to=None, **facts)

    def deliver(self, after: timedelta = timedelta()) -> int:
        """Let time pass, and a postman send what is due."""
        self.clock.advance(after)
        return self.postman.deliver_due()

    def stored(self, message: Message) -> Message:
        """The message as it is now."""
        with self.database.session() as db, across_customers(db):
            return db.scalars(select(Message).where(Message.id == message.id)).one()

    @property
    def outbox(self) -> tuple[int, int]:
        """How many messages wait, and how many are dead."""
        with self.database.session() as db, across_customers(db):
            found = counts(db)
        return found.waiting, found.dead
