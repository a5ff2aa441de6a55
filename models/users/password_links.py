"""Password links: with one of them a user chooses a password, once; it is the only way to a first password.

A link is a name and a signature (`models.core.signed`), so that neither the database nor the outbox holds one that
opens anything. Which users get one because somebody asks for it is in `models.users.password_requests`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Identity, Index, String, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.audit import Actor
from models.core.base import Base, Moment
from models.core.scope import across_customers
from models.core.signed import NAME_LENGTH, LinkIsOver, NoSuchLink, Signer, name_in, new_name
from models.users.events import note, tell
from models.users.factors.devices import forget
from models.users.issuers.issuer import Subject
from models.users.issuers.only_way import only_at_work
from models.users.sessions import SignedIn, end_session, end_sessions, first_customer
from models.users.throttle import Bucket, account_key, forgive
from models.users.user import User, find_active

GOOD_FOR = timedelta(hours=1)
"""How long a link is good that somebody has asked for."""
INVITED_FOR = timedelta(days=7)
"""How long a link is good in the letter to a new user, who may be away."""
SHOWN_FOR = timedelta(days=1)
"""How long a link is good that an operator is shown instead of a letter."""
_KEPT = timedelta(days=30)


class PasswordLink(Base):
    """A link that one user was sent. The newest of a user is the only one that is good."""

    __tablename__ = "password_links"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    link: Mapped[str] = mapped_column(String(NAME_LENGTH), default=new_name, unique=True)
    """What it is known by; the signature is only in the letter."""
    made_at: Mapped[datetime] = mapped_column(Moment)
    good_until: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    """When it was used, a newer one was sent, or the password was changed without it."""


_open = PasswordLink.ended_at.is_(None)
Index("ix_password_links_open", PasswordLink.user_id, unique=True, postgresql_where=_open, sqlite_where=_open)


@dataclass(frozen=True, slots=True)
class OpenedLink:
    """What the holder of a link may do: choose a password for this user."""

    id: int
    user: User
    is_first: bool
    """Whether the user has none yet."""

    @property
    def names(self) -> tuple[str, ...]:
        """What anybody may know of the user."""
        return self.user.username, self.user.full_name, self.user.email

    def choose(self, db: Session, hashed: str, now: datetime, *, here: SignedIn | None = None) -> None:
        """Use the link up and give its user this password, by its hash; raises LinkIsOver.

        Ends all sessions of the user, and of whoever else is signed in `here`, at this browser.
        """
        with across_customers(db):
            used = find_active(db, self.user.id) and db.scalar(
                update(PasswordLink)
                .where(PasswordLink.id == self.id, PasswordLink.ended_at.is_(None), PasswordLink.good_until > now)
                .values(ended_at=now)
                .returning(PasswordLink.id)
            )
            if used is None:
                raise LinkIsOver
            end_sessions(db, self.user.id, now)
            if here:
                end_session(db, here.session_id, now)
            forgive(db, {Bucket.ACCOUNT: account_key(self.user.username)})
            _set(db, self.user, hashed, now)


def invite_user(db: Session, user: User, *, by: Actor, now: datetime) -> None:
    """Send a user the letter with which to choose the first password: a link that is good for a week.

    Call it once for somebody new, and again when that somebody asks for it: the newest letter's link ends those before.
    Where a password opens nothing, the letter says how one signs in at work instead.
    `user` is flushed, active and has an address; `by` is who answers for it in the log of changes. It does not ask who
    may invite whom, nor whether there is a password already (the letter would lead to another one). The caller commits.
    """
    user.invited_at = now
    at_work = only_at_work(db, user.id)
    with across_customers(db):
        has_other = first_customer(db, user.id) is not None
    if at_work and not has_other:
        tell(db, user, "work_invitation", {"customer": at_work[0].name, "key": at_work[0].key}, now)
    else:
        _send(db, user, "password_invitation", INVITED_FOR, now)
    note(db, user, "invited", by.label, now)


def send_link(db: Session, user: User, now: datetime) -> None:
    """Send a user the letter for who has forgotten the password; nothing changes until its link is used."""
    _send(db, user, "password_forgotten", GOOD_FOR, now)


def make_link(db: Session, user: User, now: datetime) -> str:
    """A link that no letter holds, good for a day: what it is known by, for whoever signs and shows it."""
    with across_customers(db):
        return _fresh(db, user, SHOWN_FOR, now).link


def open_password_link(db: Session, signer: Signer, token: str, now: datetime) -> OpenedLink:
    """What a link opens; looking at it does not use it up. Raises NoSuchLink and LinkIsOver."""
    name = name_in(token)
    if name is None:
        raise NoSuchLink
    with across_customers(db):
        found = db.execute(
            select(PasswordLink, User).join(User, User.id == PasswordLink.user_id).where(PasswordLink.link == name)
        ).one_or_none()
    if found is None or not signer.fits(token, found[1].email):
        raise NoSuchLink
    link, user = found
    if link.ended_at is not None or link.good_until <= now or not user.active:
        raise LinkIsOver
    return OpenedLink(link.id, user, is_first=not user.password_hash)


def change_password(db: Session, by: SignedIn, stored: str, hashed: str, now: datetime) -> bool:
    """Give a signed-in user another password, by its hash; ends all other sessions and the links.

    `stored` is the hash that the password typed was right for. False where it is another by now: nothing is changed.
    """
    with across_customers(db):
        user = find_active(db, by.user_id)
        if user is None or user.password_hash != stored:
            return False
        end_sessions(db, user.id, now, but=by.session_id)
        _set(db, user, hashed, now)
    return True


def readdress(db: Session, user: User, email: str, now: datetime) -> None:
    """Give a user another address. The one before is told, and links and sessions end: whoever came in with it is out.

    An account at work was linked by the address; it has to be anew.

    Whoever has no password yet gets nothing here, but an invitation from the caller.
    """
    before, user.email = user.email, email
    with across_customers(db):
        _end_links(db, user.id, now)
        db.execute(delete(Subject).where(Subject.user_id == user.id))
    end_sessions(db, user.id, now)
    if user.password_hash and user.active:
        for to in dict.fromkeys((before, email)):
            tell(db, user, "email_changed", {"changed_at": now.isoformat(), "email": email}, now, to=to)


def password_of(db: Session, user_id: int) -> str | None:
    """The stored hash of a user's password, to compare a typed one with."""
    with across_customers(db):
        return db.scalar(select(User.password_hash).where(User.id == user_id, User.active))


def forget_old_links(db: Session, now: datetime) -> int:
    """Delete links that have been over for a month; returns how many. Across customers; the caller commits."""
    old = delete(PasswordLink).where(PasswordLink.good_until < now - _KEPT).returning(PasswordLink.id)
    return len(db.scalars(old, execution_options={"synchronize_session": False}).all())


def _set(db: Session, user: User, hashed: str, now: datetime) -> None:
    user.password_hash = hashed
    forget(db, user.id)
    _end_links(db, user.id, now)
    note(db, user, "password", user.label, now)
    tell(db, user, "password_changed", {"changed_at": now.isoformat()}, now)


def _send(db: Session, user: User, kind: str, good_for: timedelta, now: datetime) -> None:
    with across_customers(db):
        link = _fresh(db, user, good_for, now)
        tell(db, user, kind, {"link": link.link, "good_until": link.good_until.isoformat()}, now)


def _fresh(db: Session, user: User, good_for: timedelta, now: datetime) -> PasswordLink:
    """A link in the place of those before; the user is held, so that one change follows another."""
    find_active(db, user.id)
    _end_links(db, user.id, now)
    link = PasswordLink(user_id=user.id, made_at=now, good_until=now + good_for)
    db.add(link)
    db.flush()
    return link


def _end_links(db: Session, user_id: int, now: datetime) -> None:
    ended = update(PasswordLink).where(PasswordLink.user_id == user_id, PasswordLink.ended_at.is_(None))
    db.execute(ended.values(ended_at=now))
