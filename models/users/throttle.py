"""Slowing down those who guess passwords, without locking out the owners, and those who make changes without end.

Attempts are counted per account from unknown browsers, per account from each browser that has signed in to it
before (OWASP's device cookies), and per address. A limit that is reached refuses for a while and then forgets.
"""

import hashlib
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Identity, Index, String, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.base import Base, Moment
from models.core.scope import across_customers

WINDOW = timedelta(minutes=15)


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


_LIMITS = {
    Bucket.ACCOUNT: 10,
    Bucket.DEVICE: 10,
    Bucket.ADDRESS: 60,
    Bucket.LINK: 20,
    Bucket.ASKER: 20,
    Bucket.LETTER: 3,
    Bucket.OWNER: 10,
}


class FailedSignIn(Base):
    """One wrong password, as counted in one bucket; `key` is a digest, never a name or an address."""

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


def check(db: Session, keys: dict[Bucket, str], now: datetime) -> None:
    """Raise TooManyAttempts where one of the buckets is full."""
    for bucket, key in keys.items():
        with across_customers(db):
            failed, first = db.execute(
                select(func.count(), func.min(FailedSignIn.at)).where(
                    FailedSignIn.bucket == bucket, FailedSignIn.key == key, FailedSignIn.at > now - WINDOW
                )
            ).one()
        if failed >= _LIMITS[bucket]:
            raise TooManyAttempts(first + WINDOW - now)


def note_failure(db: Session, keys: dict[Bucket, str], now: datetime) -> None:
    """Count a wrong password, and forget what is older than the window."""
    with across_customers(db):
        db.execute(delete(FailedSignIn).where(FailedSignIn.at <= now - WINDOW))
        db.add_all(FailedSignIn(bucket=bucket, key=key, at=now) for bucket, key in keys.items())


def forgive(db: Session, keys: dict[Bucket, str]) -> None:
    """Forget an account's and a browser's failures after a right password; an address is not forgiven."""
    for bucket in (Bucket.ACCOUNT, Bucket.DEVICE, Bucket.OWNER):
        if bucket in keys:
            with across_customers(db):
                db.execute(delete(FailedSignIn).where(FailedSignIn.bucket == bucket, FailedSignIn.key == keys[bucket]))


def key_of(*parts: str) -> str:
    """What attempts are counted by, from what it must not be known by."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def account_key(username: str) -> str:
    """The key of an account, as its user name is typed."""
    return key_of(username.strip().casefold())
