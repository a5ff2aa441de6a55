"""The log of the catalogue: who changed which word, when (X4). It is the provider's, so it is in no customer's log."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Identity, String, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.catalogue.entry import LONGEST_GROUP, Entry, Kind
from models.core.audit import Actor
from models.core.base import Base, Moment, one_of
from models.core.scope import looking_across
from models.core.walls import select_rows


class CatalogueChange(Base):
    """One change: `actor` did `action` to the word that was called `name` then. It stays when the word is gone."""

    __tablename__ = "catalogue_changes"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    kind: Mapped[Kind] = mapped_column(one_of(Kind, 20))
    name: Mapped[str] = mapped_column(String(LONGEST_GROUP))
    at: Mapped[datetime] = mapped_column(Moment)
    actor: Mapped[str] = mapped_column(String(310))
    action: Mapped[str] = mapped_column(String(80))
    changed: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What was there before and after, by the field."""


def note(
    db: Session, entry: Entry, action: str, *, by: Actor, now: datetime, changed: Mapping[str, Any] | None = None
) -> None:
    """Write down a change in its own transaction."""
    told = dict(changed or {})
    db.add(
        CatalogueChange(kind=entry.kind, name=entry.name, at=now, actor=by.label, action=action, changed=told),
    )
    db.flush()


@dataclass(frozen=True, slots=True)
class Noted:
    """A change as the desk lists it."""

    name: str
    at: datetime
    actor: str
    action: str
    changed: Mapping[str, Any]


_NEWEST = (
    select(
        CatalogueChange.name, CatalogueChange.at, CatalogueChange.actor, CatalogueChange.action, CatalogueChange.changed
    )
    .order_by(CatalogueChange.id.desc())
    .limit(bindparam("at_most"))
)


def newest(db: Session, at_most: int) -> list[Noted]:
    """What was changed last, newest first; for the desk."""
    with looking_across(db):
        return [Noted(*row) for row in select_rows(db, _NEWEST, {"at_most": at_most})]
