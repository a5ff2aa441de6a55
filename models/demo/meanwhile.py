"""What happens to the demo's rows while somebody walks through the portal: a letter comes, the CRM takes an event.

The data itself is in the other modules of this package; who walks is in `routes.contract`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from models.bookings.sign_ups.sign_up import COMING, SignUp
from models.bookings.slots import Slot
from models.core.clock import Clock
from models.core.database import Database, Session
from models.core.scope import across_customers
from models.crm.records import ReceivedEvent
from models.employees.employee import Employee
from models.outbox import claims, endpoints
from models.outbox.message import Channel
from models.users.password_links import make_link
from models.users.throttle import Bucket, FailedSignIn, key_of
from models.users.user import User

_MANY = 1000
_THOUSAND = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) SELECT i FROM n"
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

    @contextmanager
    def is_used_up(self, username: str, what: Bucket) -> Iterator[None]:
        """A user has done as much as one may in an hour, until all of it is forgotten."""
        with self._rows() as (db, _):
            id = db.scalars(select(User.id).where(User.username == username)).one()
        with self._is_counted(what, key_of("user", str(id), what)):
            yield

    @contextmanager
    def is_slowed_down(self, address: str) -> Iterator[None]:
        """From a computer somebody has failed as often as one may, until that is forgotten."""
        with self._is_counted(Bucket.ADDRESS, key_of(address)):
            yield

    @contextmanager
    def _is_counted(self, what: Bucket, key: str) -> Iterator[None]:
        with self._rows() as (db, now):
            db.add_all(FailedSignIn(bucket=what, key=key, at=now) for _ in range(_MANY))
        yield
        with self._rows() as (db, _):
            db.execute(delete(FailedSignIn).where(FailedSignIn.key == key))

    @contextmanager
    def are_many(self, table: str) -> Iterator[None]:
        """Each row of a table is there a thousand times, for whoever reads."""
        self._say(f"ALTER TABLE {table} RENAME TO single")
        self._say(f"CREATE VIEW {table} AS SELECT single.* FROM single JOIN ({_THOUSAND})")  # noqa: S608  # our own names
        yield
        self._say(f"DROP VIEW {table}")
        self._say(f"ALTER TABLE single RENAME TO {table}")

    @contextmanager
    def is_away(self, table: str) -> Iterator[None]:
        """A table cannot be asked, as if the database were away."""
        self._say(f"ALTER TABLE {table} RENAME TO away")
        yield
        self._say(f"ALTER TABLE away RENAME TO {table}")

    @contextmanager
    def is_broken(self, column: str) -> Iterator[None]:
        """A column, such as `reports.published_on`, holds what nobody can read."""
        table, _, name = column.partition(".")
        with self._rows() as (db, _):
            kept = db.connection().exec_driver_sql(f"SELECT {name}, id FROM {table}").all()  # noqa: S608  # our own names
        self._say(f"UPDATE {table} SET {name} = 'x'")  # noqa: S608  # as above
        yield
        for value, id in kept:
            self._say(f"UPDATE {table} SET {name} = ? WHERE id = ?", value, id)  # noqa: S608  # as above

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

    def mail_rests(self) -> None:
        """The mail server takes nothing for a while."""
        with self._rows() as (db, now):
            endpoints.note_failure(db, Channel.MAIL, "SMTP 421", now, is_probe=False, wait=_LATER)

    def crm_is_refused(self) -> None:
        """The CRM has told of an order that nobody knows."""
        with self._rows() as (db, now):
            told = {"event_id": "rehearsal-1", "kind": "order.changed", "subject": "999999999"}
            db.add(ReceivedEvent(**told, status="refused", reason="the order is not known here", received_at=now))

    def _say(self, statement: str, *values: object) -> None:
        with self._rows() as (db, _):
            db.connection().exec_driver_sql(statement, values)

    @contextmanager
    def _rows(self) -> Iterator[tuple[Session, datetime]]:
        database = Database(self._database_url)
        try:
            with database.session() as db, across_customers(db):
                yield db, self._clock.now()
                db.commit()
        finally:
            database.close()
