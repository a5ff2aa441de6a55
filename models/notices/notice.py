"""Notices (oppslag): what the provider says to customers on Info, for a while.

One that goes to many customers is a row with each of them, held together by `publication` (decision 0030). Who sees
which is decided here: whoever has a right in the notice's unit, or in one below it.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from urllib.parse import urlsplit

from sqlalchemy import CheckConstraint, Identity, Index, String, Text, UniqueConstraint, bindparam, exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from models.core.audit import Change, record
from models.core.base import Base, Moment
from models.core.scope import CustomerOwned, Right, Scope, of_unit
from models.core.walls import select_rows
from models.customers.units import Unit
from models.users.sessions import SignedIn

SHOWN_AT_ONCE = 5
"""How many Info shows: the important ones first, then the newest."""
_LONGEST_LINK = 500
_NOT_IN_LINKS = " \"'<>\\^`{|}"
_NO_LINK = "Lenken kan ikke leses. Kopier adressen fra nettleseren."


class Notice(CustomerOwned, Base):
    """Some words for one customer: for the unit at the top of a branch, and those below it."""

    __tablename__ = "notices"
    __table_args__ = (
        of_unit(),
        UniqueConstraint("customer_id", "publication"),
        CheckConstraint("first_day <= last_day", name="days"),
        Index(None, "customer_id", "last_day"),
        Index(None, "publication"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    unit_id: Mapped[int]
    publication: Mapped[str] = mapped_column(String(64))
    """The key of the form that it came with: the same for all customers to whom it went at once."""
    fingerprint: Mapped[str] = mapped_column(String(64))
    """A digest of what was sent under the key: the same form twice is one notice, another form is not."""
    title: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    link: Mapped[str] = mapped_column(String(_LONGEST_LINK))
    link_label: Mapped[str] = mapped_column(String(100))
    is_important: Mapped[bool]
    first_day: Mapped[date]
    last_day: Mapped[date]
    published_by: Mapped[str] = mapped_column(String(200))
    """The full name of the one at the provider who says it."""
    published_at: Mapped[datetime] = mapped_column(Moment)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)

    @property
    def about(self) -> str:
        """What the log calls it."""
        return f"notice:{self.id}"


@dataclass(frozen=True, slots=True)
class Words:
    """What a notice says, how it looks, and when."""

    title: str
    text: str
    link: str
    link_label: str
    is_important: bool
    first_day: date
    last_day: date


def read_link(text: str) -> str:
    """The address of a page outside the portal, which must be an ordinary one; raises the sentence for the field."""
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        has_port = parts.port is not None
    except ValueError:
        raise ValueError(_NO_LINK) from None
    host = parts.hostname or ""
    if parts.scheme != "https" or not host:
        raise ValueError("Lenken må begynne med https:// og være en hel adresse.")
    is_plain = text.isascii() and text.isprintable() and set(text).isdisjoint(_NOT_IN_LINKS)
    if has_port or "@" in parts.netloc or "." not in host or not is_plain:
        raise ValueError(_NO_LINK)
    if len(text) > _LONGEST_LINK:
        raise ValueError(f"Lenken kan ha høyst {_LONGEST_LINK} tegn.")
    return text


def fingerprint_of(words: Words, recipients: Iterable[int]) -> str:
    """A digest of what is said to whom."""
    said = {name: str(value) for name, value in asdict(words).items()}
    return hashlib.sha256(json.dumps([said, sorted(recipients)]).encode()).hexdigest()


def publish(
    db: Session, unit_id: int | None, words: Words, *, publication: str, fingerprint: str, by: SignedIn, now: datetime
) -> bool:
    """Put a notice up for a unit and those below it, or for all of the customer whom the session is held to.

    False where it is up already. Raises sqlalchemy's NoResultFound for a foreign unit.
    """
    wanted = Unit.parent_id.is_(None) if unit_id is None else Unit.id == unit_id
    unit = db.execute(select(Unit.id, Unit.customer_id).where(wanted)).one()
    try:
        with db.begin_nested():
            notice = Notice(
                customer_id=unit.customer_id,
                unit_id=unit.id,
                publication=publication,
                fingerprint=fingerprint,
                published_by=by.full_name,
                published_at=now,
                **asdict(words),
            )
            db.add(notice)
    except IntegrityError:  # the same form came twice at the same moment, and the other one was first
        if db.scalar(select(Notice.id).where(Notice.publication == publication)) is None:
            raise
        return False
    _note(db, notice, "published", by=by, now=now)
    return True


def change(db: Session, id: int, words: Words, *, by: SignedIn, now: datetime) -> None:
    """Say it in other words, or at another time; one that was withdrawn is up again."""
    notice = db.scalars(select(Notice).where(Notice.id == id).with_for_update()).one()
    said = {**asdict(words), "withdrawn_at": None}
    changed = [name for name, value in said.items() if getattr(notice, name) != value]
    for name in changed:
        setattr(notice, name, said[name])
    if changed:
        _note(db, notice, "changed", by=by, now=now, fields=changed)


def withdraw(db: Session, id: int, *, by: SignedIn, now: datetime) -> None:
    """Take it down at once, as long as it has not been taken down."""
    notice = db.scalars(select(Notice).where(Notice.id == id).with_for_update()).one()
    if notice.withdrawn_at is None:
        notice.withdrawn_at = now
        _note(db, notice, "withdrawn", by=by, now=now)


def _note(db: Session, notice: Notice, action: str, *, by: SignedIn, now: datetime, **changed: list[str]) -> None:
    record(
        db,
        Change.of(notice, action, by=by, at=now, changed=changed),
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """A notice as Info shows it."""

    id: int
    title: str
    text: str
    link: str
    link_label: str
    is_important: bool
    first_day: date
    published_by: str


_top, _own = aliased(Unit), aliased(Unit)
_ALL = (
    select(
        Notice.id,
        Notice.title,
        Notice.text,
        Notice.link,
        Notice.link_label,
        Notice.is_important,
        Notice.first_day,
        Notice.published_by,
    )
    .where(
        Notice.withdrawn_at.is_(None),
        Notice.first_day <= bindparam("today"),
        Notice.last_day >= bindparam("today"),
    )
    .order_by(Notice.is_important.desc(), Notice.first_day.desc(), Notice.id.desc())
    .limit(SHOWN_AT_ONCE)
)
_CONCERNING = _ALL.join(_top, _top.id == Notice.unit_id).where(
    exists().where(_own.id.in_(bindparam("units", expanding=True)), _own.path.startswith(_top.path))
)


def notices_for(db: Session, scope: Scope, today: date) -> list[Shown]:
    """What Info shows on a day to who has the scope: what concerns one of the units, in one statement."""
    units = scope.units_with(*Right)
    if units is None:
        return [Shown(*row) for row in select_rows(db, _ALL, {"today": today})]
    return [Shown(*row) for row in select_rows(db, _CONCERNING, {"today": today, "units": sorted(units)})]
