"""The postman: takes messages from the outbox and brings them out, one by one.

A message that was brought out by a postman who died before noting it goes out again, under the same id.
"""

import logging
import threading
import traceback
from datetime import datetime, timedelta
from pathlib import Path

from models import outbox, password_requests, waiting_list
from models.clock import Clock
from models.database import Database
from models.exchange import Deferred, Undeliverable, Unreachable
from models.exchange.crm import Crm
from models.exchange.letters import Letters, Link
from models.exchange.mail import Mail
from models.outbox import Channel, Message
from models.reminders import remind
from models.settings import Settings
from models.tenancy import across_customers

_POLL = 1.0
"""Seconds between two looks into the outbox, where nobody wakes the postman."""
_ROUND = timedelta(minutes=1)
"""Between two looks for what time itself makes due, such as reminders and offers that are over."""
_PAUSE = 5.0
"""Seconds after a look that failed."""
_REST = timedelta(seconds=15)
"""For how long nothing is sent where nobody answers, so that a dead CRM does not keep letters waiting."""

_logger = logging.getLogger(__name__)


class Postman:
    """Delivers what is due, on a synchronous database of its own, and holds no transaction on the way.

    Raises SettingsRefused at once where SMTP_URL, MAIL_FROM or what begins with CRM_ cannot be used.
    """

    def __init__(self, database: Database, settings: Settings, clock: Clock, link: Link) -> None:
        self._database = database
        self._clock = clock
        self._letters = Letters(settings, link)
        self._mail = Mail(settings)
        self._crm = Crm(settings)
        self._channels = [each for each in Channel if not (each is Channel.CRM and settings.crm_fetches)]
        self._resting: dict[Channel, datetime] = {}
        self._next_round: datetime | None = None

    def run(self, stop: threading.Event, wake: threading.Event) -> None:
        """Deliver until `stop`, finishing the message in hand; `wake` saves waiting for the next look."""
        while not stop.is_set():
            wake.clear()
            try:
                self.deliver_due(stop)
            except Exception as error:  # noqa: BLE001  # whatever it is, the next letters have to go out
                _logger.warning("outbox out of reach", extra={"error": _described(error)})
                stop.wait(_PAUSE)
            if not stop.is_set():
                wake.wait(_POLL)

    def deliver_due(self, stop: threading.Event | None = None) -> int:
        """Bring out what is due now, until nothing is left or `stop`; returns how many messages arrived."""
        self._go_round()
        self._answer_requests()
        arrived = 0
        while not (stop and stop.is_set()) and (message := self._claim()):
            arrived += self._deliver(message)
        return arrived

    def _go_round(self) -> None:
        """Post what has come due by itself, once however many postmen there are."""
        now = self._clock.now()
        if self._next_round and now < self._next_round:
            return
        self._next_round = now + _ROUND
        with self._database.session() as db, across_customers(db):
            remind(db, now)
            db.commit()
            waiting_list.go_round(db, now)

    def _answer_requests(self) -> None:
        """Post the letters for those who have forgotten their password and wait for them now."""
        with self._database.session() as db, across_customers(db):
            password_requests.answer(db, self._clock.now())
            db.commit()

    def _claim(self) -> Message | None:
        now = self._clock.now()
        channels = [channel for channel in self._channels if self._resting.get(channel, now) <= now]
        with self._database.session() as db, across_customers(db):
            message = outbox.claim_next(db, now, channels=channels)
            db.commit()
        return message

    def _deliver(self, message: Message) -> bool:
        """Bring one message out and note how it went."""
        error: str | None = None
        for_good = False
        try:
            self._bring(message)
        except Undeliverable as refused:
            error, for_good = str(refused), True
        except Deferred as deferred:
            error = str(deferred)
            if isinstance(deferred, Unreachable):
                self._resting[Channel(message.channel)] = self._clock.now() + _REST
        except Exception as failure:  # noqa: BLE001  # a fault of ours: it waits until that is mended
            error = _described(failure)
        noted = self._note(message, error, for_good=for_good)
        _log(message, error, for_good=for_good, noted=noted)
        return error is None

    def _bring(self, message: Message) -> None:
        if message.channel == Channel.MAIL:
            self._mail.send(message, self._letters.write(message))
        else:
            self._crm.send(message, self._clock.now())

    def _note(self, message: Message, error: str | None, *, for_good: bool) -> bool:
        now = self._clock.now()
        with self._database.session() as db, across_customers(db):
            if error is None:
                noted = outbox.delivered(db, message, now)
            else:
                noted = outbox.failed(db, message, now, error, for_good=for_good)
            db.commit()
        return noted


def _log(message: Message, error: str | None, *, for_good: bool, noted: bool) -> None:
    """Tell operators how an attempt went, without personal data."""
    facts = {
        "public_id": message.public_id,
        "kind": message.kind,
        "about": message.about,
        "attempt": message.attempts,
        "outcome": "delivered" if error is None else "dead" if for_good else "failed",
    }
    if not noted:
        facts["claim"] = "lost"
    if error is None:
        _logger.info("message delivered", extra=facts)
    else:
        _logger.warning("message not delivered", extra=facts | {"error": error})


def _described(error: Exception) -> str:
    """The kind of an error and where it arose; its text may hold personal data."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "site-packages" not in frame.filename]
    where = f" at {Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else ""
    return f"{type(error).__name__}{where}"
