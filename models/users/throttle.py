"""Slowing down those who guess passwords, without locking out the owners, and those who make changes without end.

Attempts are counted per account from unknown browsers, and per address; from a browser that has signed in to an account
before (OWASP's device cookies), for the two of them alone, whoever else guesses. Each is counted before it is made, so
that many at once are no more than one after the other. A limit that is reached refuses for a while and then forgets.
"""

import hashlib
import logging
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Identity, Index, String, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.base import Base, Moment
from models.core.scope import across_customers

WINDOW = timedelta(minutes=15)
HOUR = timedelta(hours=1)


class Bucket(StrEnum):
    """What attempts are counted by."""

    ACCOUNT = "account"
    DEVICE = "device"
    ADDRESS = "address"
    LINK = "link"
    """Not failures, but changes through one personal link: each of them sends a letter."""
    ASKER = "asker"
    """Nor these: who asks for password links from one address,"""
    LETTER = "letter"
    """and the letters with such a link that one user gets."""
    OWNER = "owner"
    """Wrong passwords of somebody who is signed in and wants another one."""
    CODE = "code"
    """Wrong codes of somebody who has given the right password."""
    ORDERS = "orders"
    """What one user does in an hour that costs others: orders,"""
    MESSAGES = "messages"
    INVITATIONS = "invites"
    """letters that ask somebody to choose a time or a password,"""
    IMPORTS = "imports"
    FILES = "files"
    """and files that take long to make."""


_LIMITS = {
    Bucket.ACCOUNT: 10,
    Bucket.DEVICE: 10,
    Bucket.ADDRESS: 60,
    Bucket.LINK: 20,
    Bucket.ASKER: 20,
    Bucket.LETTER: 3,
    Bucket.OWNER: 10,
    Bucket.CODE: 5,
}

_log = logging.getLogger(__name__)


class FailedSignIn(Base):
    """One attempt, wrong or being made, as counted in one bucket; `key` is a digest, never a name or an address."""

    __tablename__ = "failed_sign_ins"
    __table_args__ = (Index(None, "bucket", "key", "at"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    bucket: Mapped[str] = mapped_column(String(10))
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Moment)


class TooManyAttempts(Exception):
    """The limit of a bucket is reached; `wait` is how long the caller should stay away."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__("too many failed sign-ins")
        self.wait = wait


def attempt(db: Session, keys: dict[Bucket, str], now: datetime, *, hourly: int | None = None) -> list[int]:
    """Count an attempt before it is made; returns what `take_back` takes.

    Raises TooManyAttempts where one of the buckets is full, and counts nothing. Whoever comes at the same moment waits
    until the caller has committed, so the caller does so before anything slow. `hourly` is the limit of what is counted
    by the hour.
    """
    window = WINDOW if hourly is None else HOUR
    with across_customers(db):
        _wait_for_others(db, keys)
        for bucket, key in keys.items():
            failed, first = db.execute(
                select(func.count(), func.min(FailedSignIn.at)).where(
                    FailedSignIn.bucket == bucket, FailedSignIn.key == key, FailedSignIn.at > now - window
                )
            ).one()
            if failed >= (_LIMITS[bucket] if hourly is None else hourly):
                _log.warning("too many attempts", extra={"bucket": bucket.value, "count": failed})
                raise TooManyAttempts(first + window - now)
        db.execute(delete(FailedSignIn).where(FailedSignIn.at <= now - HOUR))
        counted = [FailedSignIn(bucket=bucket, key=key, at=now) for bucket, key in keys.items()]
        db.add_all(counted)
        db.flush()
        return [one.id for one in counted]


def take_back(db: Session, counted: list[int]) -> None:
    """An attempt was none of those that are slowed down."""
    with across_customers(db):
        db.execute(delete(FailedSignIn).where(FailedSignIn.id.in_(counted)))


def _wait_for_others(db: Session, keys: dict[Bucket, str]) -> None:
    """On SQLite a session that writes has waited already."""
    if db.get_bind().dialect.name == "postgresql":
        for key in sorted(keys.values()):
            digest = hashlib.sha256(key.encode()).digest()
            db.execute(select(func.pg_advisory_xact_lock(int.from_bytes(digest[:8], signed=True))))


def forgive(db: Session, keys: dict[Bucket, str]) -> None:
    """Forget an account's and a browser's failures after a right password; an address is not forgiven."""
    for bucket in (Bucket.ACCOUNT, Bucket.DEVICE, Bucket.OWNER, Bucket.CODE):
        if bucket in keys:
            with across_customers(db):
                db.execute(delete(FailedSignIn).where(FailedSignIn.bucket == bucket, FailedSignIn.key == keys[bucket]))


def key_of(*parts: str) -> str:
    """What attempts are counted by, from what it must not be known by."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def account_key(username: str) -> str:
    """The key of an account, as its user name is typed."""
    return key_of(username.strip().casefold())
