"""Whom an issuer means: a user who is known by its name for one, or, once, by the e-mail address.

What an issuer says, and whether it is to be believed, is in `models.exchange.oidc`.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.core.audit import Change, record
from models.core.scope import across_customers
from models.core.sealed import Keyring
from models.users.events import tell
from models.users.issuers.issuer import SetUp, Subject, digests
from models.users.user import Grant, User, find_active
from models.values.email_address import domain_in_ascii


class Stranger(Exception):
    """The issuer means nobody who may come in; the text is a few words for operators, with nobody's data in it."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account at work, as the issuer tells of it."""

    subject: str
    """By which name it knows the user."""
    email: str | None
    verified: bool | None
    """Whether it has verified the address; None where it does not say."""


def user_meant(db: Session, keyring: Keyring, issuer: SetUp, account: Account, now: datetime) -> User:
    """The user whom an issuer means, held until the commit; links the two where they are not yet. Raises Stranger.

    An issuer speaks of its customer's own users alone, and of no staff. The address is asked for once only: later it
    may be somebody else's at work.
    """
    with across_customers(db):
        known = Subject.digest.in_(digests(keyring, issuer.customer_id, account.subject))
        user_id = db.scalar(select(Subject.user_id).where(Subject.customer_id == issuer.customer_id, known))
        is_new = user_id is None
        if user_id is None:
            user_id = _by_address(db, issuer, account)
        user = find_active(db, user_id)
        if user is None or user.account_manager_id is not None or not _is_of(db, issuer.customer_id, user.id):
            raise Stranger("no user of the customer")
        if is_new:
            row = Subject(customer_id=issuer.customer_id, user_id=user.id, linked_at=now)
            row.keep(keyring, account.subject)
            _link(db, row, user, now)
    return user


def _by_address(db: Session, issuer: SetUp, account: Account) -> int:
    """The one user of the customer with this address: it has to be in one of the customer's own domains."""
    email = (account.email or "").strip()
    if not email or account.verified is False or (issuer.must_verify and not account.verified):
        raise Stranger("no verified address")
    try:
        domain = domain_in_ascii(email.rpartition("@")[2]).lower()
    except ValueError:
        raise Stranger("no address") from None
    if "@" not in email or domain not in issuer.domains:
        raise Stranger("an address outside the domains")
    of_customer = select(Grant.user_id).where(Grant.customer_id == issuer.customer_id)
    found = db.scalars(
        select(User.id)
        .where(func.lower(User.email) == email.lower(), User.active, User.id.in_(of_customer))
        .order_by(User.id)
        .limit(2)
    ).all()
    if len(found) != 1:
        raise Stranger("several users with the address" if found else "no user with the address")
    return found[0]


def _is_of(db: Session, customer_id: int, user_id: int) -> bool:
    granted = select(Grant.id).where(Grant.customer_id == customer_id, Grant.user_id == user_id)
    return db.scalar(granted.limit(1)) is not None


def _link(db: Session, row: Subject, user: User, now: datetime) -> None:
    try:
        with db.begin_nested():
            db.add(row)
    except IntegrityError:  # somebody else at work has had the address, or a second window was quicker
        raise Stranger("the user is linked to another account") from None
    record(
        db,
        Change(
            customer_id=row.customer_id,
            actor=user.label,
            about=f"user:{user.id}",
            action="work account linked",
            at=now,
        ),
    )
    tell(db, user, "work_account_linked", {"at": now.isoformat()}, now)
