"""Drafts: what somebody had typed when the session ended, kept sealed until the same user signs in again.

Section 5, number 3 of the product: a form is never lost. Passwords and form tokens are not kept.
"""

import json
import secrets
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.base import Base, Moment
from models.core.scope import looking_across
from models.core.sealed import Keyring, Sealed

_KEPT = timedelta(days=7)
_AT_MOST_PER_USER = 20

Pairs = list[tuple[str, str]]


class Draft(Sealed, Base):
    """The fields of one form of one user at one customer, sealed."""

    __tablename__ = "drafts"

    key: Mapped[str] = mapped_column(String(43), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    """None at the provider's desk."""
    form: Mapped[str] = mapped_column(String(300))
    """The URL of the page that shows the form."""
    sealed: Mapped[str]
    kept_at: Mapped[datetime] = mapped_column(Moment)

    @property
    def place(self) -> str:
        """What the seal is bound to."""
        return f"drafts:{self.key}"


def keep(
    db: Session, keyring: Keyring, *, user_id: int, customer_id: int | None, form: str, fields: Pairs, now: datetime
) -> str:
    """Seal the fields of a form and return the key under which `find` gives them back."""
    forget_expired(db, now)
    newest = (
        select(Draft.key).where(Draft.user_id == user_id).order_by(Draft.kept_at.desc()).limit(_AT_MOST_PER_USER - 1)
    )
    db.execute(delete(Draft).where(Draft.user_id == user_id, Draft.key.not_in(newest)))
    key = secrets.token_urlsafe(32)
    draft = Draft(key=key, user_id=user_id, customer_id=customer_id, form=form, kept_at=now)
    draft.sealed = keyring.seal(json.dumps(fields), place=draft.place)
    db.add(draft)
    return key


def find(
    db: Session, keyring: Keyring, key: str, *, user_id: int, customer_id: int | None, form: str, now: datetime
) -> Pairs | None:
    """The fields that were kept under `key`, for nobody but the one who typed them, and for that form only."""
    with looking_across(db):  # staff may have been writing to no customer, or to several
        draft = db.scalar(
            select(Draft).where(
                Draft.key == key,
                Draft.user_id == user_id,
                Draft.customer_id == customer_id,
                Draft.form == form,
                Draft.kept_at > now - _KEPT,
            )
        )
    if draft is None:
        return None
    fields: list[list[str]] = json.loads(keyring.open(draft.sealed, place=draft.place))
    return [(name, value) for name, value in fields]


def forget_expired(db: Session, now: datetime) -> int:
    """Delete the drafts that nobody came back for; returns how many."""
    return len(db.scalars(delete(Draft).where(Draft.kept_at < now - _KEPT).returning(Draft.key)).all())
