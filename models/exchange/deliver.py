"""The postman: takes messages from the outbox and sends them, one by one.

A message that was sent by a postman who died before noting it is sent again, under the same id. Where an endpoint
fails, whichever the message, it rests (`models.outbox.endpoints`), and its messages wait and are not tried.
"""

import logging
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models.alerts.letters import post_alerts
from models.bookings.alerts import alert_deadlines
from models.bookings.sign_ups import waiting_list
from models.bookings.sign_ups.reminders import remind
from models.core.clock import Clock
from models.core.database import Database
from models.core.logs import described
from models.core.scope import across_customers
from models.core.settings import Settings
from models.desk.morning_letters import post_morning_letters
from models.exchange import Deferred, Stumbled, Undeliverable, Unreachable, clear_unfinished
from models.exchange.crm.sender import Crm
from models.exchange.letters import Letters, Link
from models.exchange.mail import Mail
from models.invoices.alerts import alert_overdue
from models.marks.mark import Marked, set_mark
from models.outbox import claims, endpoints, refusals
from models.outbox.endpoints import Endpoint
from models.outbox.message import Channel, Message
from models.users import password_requests

_POLL = 1.0
"""Seconds between two looks into the outbox, where nobody wakes the postman."""
_ROUND = timedelta(minutes=1)
"""How often the postman looks for what time makes due, such as reminders and offers that are over."""
_PAUSE = 5.0
"""Seconds after a look that failed."""

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _InHand:
    """A message that belongs to this postman for a while, and the state of its endpoint when it was taken."""

    message: Message
    endpoint: Endpoint | None

    @property
    def channel(self) -> Channel:
        return Channel(self.message.channel)

    @property
    def is_probe(self) -> bool:
        """Whether it is the one that is to find out if the endpoint is back."""
        return self.endpoint is not None and self.endpoint.resting_since is not None


class Postman:
    """Delivers what is due, on a synchronous database of its own, and holds no transaction on the way.

    Raises SettingsRefused at once where SMTP_URL, MAIL_FROM or what begins with CRM_ cannot be used.
    """

    def __init__(
        self,
        database: Database,
        settings: Settings,
        clock: Clock,
        link: Link,
        seen: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        """`seen` is what this process saw since it was last asked, and what is told of each, to be kept as marks."""
        self._seen = seen
        self._database = database
        self._clock = clock
        self._letters = Letters(settings, link)
        self._mail = Mail(settings)
        self._crm = Crm(settings)
        self._channels = [each for each in Channel if each is not Channel.CRM or settings.crm_url]
        self._has_crm = settings.has_crm
        self._next_round: datetime | None = None

    def reach(self) -> Iterator[tuple[str, str]]:
        """Each endpoint that there is, and why it takes nothing, or nothing where it does; for operators."""
        ways: tuple[tuple[str, Callable[[], bool]], ...] = (
            ("mail server", self._mail.reach),
            ("CRM", lambda: self._crm.reach(self._clock.now())),
        )
        for name, reach in ways:
            try:
                if reach():
                    yield name, ""
            except Deferred as error:
                yield name, str(error)

    def run(self, stop: threading.Event, wake: threading.Event) -> None:
        """Deliver until `stop`, finishing what is in hand; `wake` saves waiting for the next look.

        Each channel has a thread of its own, so that no letter waits for a slow CRM.
        """
        for folder in (self._mail.folder, self._crm.folder):
            clear_unfinished(folder)
        walks = [threading.Thread(target=self._walk, args=(each, stop, wake)) for each in self._channels]
        for walk in walks:
            walk.start()
        for walk in walks:
            walk.join()

    def _walk(self, channel: Channel, stop: threading.Event, wake: threading.Event) -> None:
        while not stop.is_set():
            wake.clear()
            try:
                self.deliver_due(stop, [channel])
            except Exception as error:  # noqa: BLE001  # whatever it is, the next letters have to go out
                _logger.warning("outbox out of reach", extra={"error": described(error)})
                stop.wait(_PAUSE)
            if not stop.is_set():
                wake.wait(_POLL)

    def deliver_due(self, stop: threading.Event | None = None, channels: Collection[Channel] | None = None) -> int:
        """Bring out what is due now, until nothing is left or `stop`; returns how many messages arrived."""
        self._go_round()
        self._look_after_the_outbox()
        arrived = 0
        while not (stop and stop.is_set()) and (taken := self._take(channels or self._channels)):
            arrived += self._deliver(taken)
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
            post_morning_letters(db, now)
            alert_deadlines(db, now)
            alert_overdue(db, now)
            db.commit()
            post_alerts(db, now)
            db.commit()
            waiting_list.go_round(db, now)
            for what, told in {Marked.POSTMAN: "", **self._seen()}.items():
                set_mark(db, Marked(what), now, told)
            db.commit()

    def _look_after_the_outbox(self) -> None:
        """Post the letters for those who wait for them now, having forgotten a password; without a CRM, drop events."""
        now = self._clock.now()
        with self._database.session() as db, across_customers(db):
            password_requests.answer(db, now)
            if not self._has_crm:
                claims.drop(db, Channel.CRM, now)
            db.commit()

    def _take(self, channels: Collection[Channel]) -> _InHand | None:
        """Claim the next message for an endpoint that takes any, or one as the probe of an endpoint that rests."""
        now = self._clock.now()
        with self._database.session() as db, across_customers(db):
            while True:
                known = endpoints.endpoints(db)
                ready = [each for each in channels if each not in known or known[each].takes(now)]
                message = claims.claim_next(db, now, channels=ready) if ready else None
                taken = _InHand(message, known.get(Channel(message.channel))) if message else None
                if taken is None or not taken.is_probe or endpoints.begin_probe(db, taken.channel, now):
                    db.commit()
                    return taken
                db.rollback()  # somebody else probes

    def _deliver(self, taken: _InHand) -> bool:
        """Bring one message out and note how it went."""
        failure: Exception | None = None
        try:
            self._bring(taken.message)
        except Exception as error:  # noqa: BLE001  # one that is a fault of ours waits until that is mended
            failure = error
        if isinstance(failure, Undeliverable) and taken.channel is Channel.MAIL:
            failure = self._among_others(taken, failure)
        noted = self._note(taken, failure)
        _log(taken.message, failure, noted=noted)
        return failure is None

    def _bring(self, message: Message) -> None:
        if message.channel == Channel.MAIL:
            self._mail.send(message, self._letters.write(message))
        else:
            self._crm.send(message, self._clock.now())

    def _among_others(self, taken: _InHand, refusal: Undeliverable) -> Exception:
        """What a refusal is: of the letter, or, where others are refused alike, of the mail server."""
        said = str(refusal)
        if taken.is_probe and taken.endpoint and taken.endpoint.last_error == said:
            return Unreachable(said)
        with self._database.session() as db, across_customers(db):
            alike = refusals.refused_alike(db, taken.message, said)
            refusals.take_back(db, alike, self._clock.now())
            db.commit()
        return Unreachable(said, wait=timedelta()) if alike else refusal

    def _note(self, taken: _InHand, failure: Exception | None) -> bool:
        """Note the outcome, of the message and of its endpoint; False where the message had become another's."""
        now = self._clock.now()
        with self._database.session() as db, across_customers(db):
            noted = _note_message(db, taken, failure, now)
            change = _note_endpoint(db, taken, failure, now)
            db.commit()
        if change:
            _logger.warning("endpoint %s", change.pop("endpoint"), extra={"channel": taken.message.channel} | change)
        return noted


def _note_message(db: Session, taken: _InHand, failure: Exception | None, now: datetime) -> bool:
    if failure is None:
        return claims.delivered(db, taken.message, now)
    if isinstance(failure, Unreachable) and taken.is_probe:
        return claims.put_back(db, taken.message, now, _said(failure))
    for_good = isinstance(failure, Undeliverable)
    return claims.failed(db, taken.message, now, _said(failure), for_good=for_good)


def _note_endpoint(db: Session, taken: _InHand, failure: Exception | None, now: datetime) -> dict[str, object]:
    """What operators are to be told of the endpoint; nothing where it stands as before."""
    if isinstance(failure, (Stumbled, Unreachable)):
        wait = failure.wait if isinstance(failure, Unreachable) else None
        error, is_probe = _said(failure), taken.is_probe
        rests = endpoints.note_failure(db, taken.channel, error, now, is_probe=is_probe, wait=wait)
        return {"endpoint": "rests", "error": error} if rests else {}
    is_ours = failure is not None and not isinstance(failure, (Deferred, Undeliverable))
    if is_ours and taken.is_probe:
        endpoints.probe_now(db, taken.channel, now)  # nobody was asked: the next one is the probe
    elif not is_ours and taken.endpoint and taken.endpoint.failures:
        since = endpoints.note_answer(db, taken.channel, is_probe=taken.is_probe)
        return {"endpoint": "is back", "rested_seconds": int((now - since).total_seconds())} if since else {}
    return {}


def _log(message: Message, failure: Exception | None, *, noted: bool) -> None:
    """Tell operators how an attempt went, without personal data."""
    facts = {
        "public_id": message.public_id,
        "kind": message.kind,
        "about": message.about,
        "attempt": message.attempts,
        "outcome": "delivered" if failure is None else "dead" if isinstance(failure, Undeliverable) else "failed",
    }
    if not noted:
        facts["claim"] = "lost"
    if failure is None:
        _logger.info("message delivered", extra=facts)
    else:
        _logger.warning("message not delivered", extra=facts | _why(failure))


def _why(failure: Exception | None) -> dict[str, str]:
    return {} if failure is None else {"error": _said(failure)}


def _said(failure: Exception) -> str:
    """What is kept of a failure: what the senders say is without personal data, of any other only where it arose."""
    return str(failure) if isinstance(failure, (Deferred, Undeliverable)) else described(failure)
