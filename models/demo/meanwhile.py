"""What happens to the demo's rows while somebody walks through the portal: a letter comes, the CRM takes an event.

The data itself is in the other modules of this package; who walks is in `routes.contract`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select

from models.bookings.sign_ups.sign_up import COMING, SignUp
from models.bookings.slots import Slot
from models.core.clock import Clock
from models.core.database import Database, Session
from models.core.scope import across_customers
from models.employees.employee import Employee
from models.outbox import claims
from models.outbox.message import Channel
from models.users.password_links import make_link
from models.users.user import User

_MANY = 1000
_LATER = timedelta(days=7)
"""From then on a time can still be changed."""


@dataclass(frozen=True, slots=True)
class Ahead(Clock):
    """A clock that is ahead of another one by all that was waited for."""

    behind: Clock = field(default_factory=Clock)
    waited: list[timedelta] = field(default_factory=list)

    def now(self) -> datetime:
        """The moment, in UTC."""
        return self.behind.now() + sum(self.waited, timedelta())


class Meanwhile:
    """A portal's rows, as what stands beside the portal changes them."""

    def __init__(self, database_url: str, clock: Ahead) -> None:
        self._database_url, self._clock = database_url, clock

    def time_passes(self, how_long: timedelta) -> None:
        """It is so much later."""
        self._clock.waited.append(how_long)

    def password_letter(self, username: str) -> tuple[str, str]:
        """By which name the link in a letter is known with which a user chooses a password, and whom it was sent to."""
        with self._rows() as (db, now):
            user = db.scalars(select(User).where(User.username == username)).one()
            return make_link(db, user, now), user.email

    def appointment_letter(self) -> tuple[str, str]:
        """The same of a letter to somebody who has a time that is still to come."""
        with self._rows() as (db, now):
            own = select(SignUp.link, Employee.email).join(Employee, Employee.id == SignUp.employee_id)
            is_to_come = SignUp.state.in_(COMING) & (Slot.starts_at > now + _LATER) & Employee.email.is_not(None)
            found = own.join(Slot, Slot.id == SignUp.slot_id).where(is_to_come).order_by(SignUp.id)
            link, to = db.execute(found).first() or ("", None)
            return link, to or ""

    def crm_takes_all(self) -> None:
        """The CRM takes everything that it is to be told."""
        with self._rows() as (db, now):
            handed = claims.hand_out_next(db, Channel.CRM, _MANY)
            db.flush()
            claims.acknowledge(db, Channel.CRM, max((message.id for message in handed), default=0), now)

    def letter_is_refused(self) -> None:
        """The receiver's mail server takes no letter, for good."""
        with self._rows() as (db, now):
            letter = claims.claim_next(db, now, channels=[Channel.MAIL])
            if letter:
                claims.failed(db, letter, now, "SMTP 550", for_good=True)

    @contextmanager
    def _rows(self) -> Iterator[tuple[Session, datetime]]:
        database = Database(self._database_url)
        try:
            with database.session() as db, across_customers(db):
                yield db, self._clock.now()
                db.commit()
        finally:
            database.close()
