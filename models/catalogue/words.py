"""The whole catalogue in its order, as pages ask it what a word means, and the CRM what its words are called here.

What an entry is, is in `entry`; what administrators change in `changes`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import cached_property
from weakref import WeakKeyDictionary

from sqlalchemy import Pool, event, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, object_session

from models.catalogue.entry import Entry, Kind, Meaning
from models.catalogue.log import note
from models.core.audit import Actor
from models.core.scope import looking_across
from models.core.walls import select_rows

MOST = 200
"""So many entries of a kind there are at most: whoever brings more writes sentences where words belong."""


class Full(Exception):
    """The catalogue takes no more words of the kind."""


@dataclass(frozen=True, slots=True)
class Word:
    """An entry as pages have it."""

    id: int
    kind: Kind
    name: str
    meaning: Meaning
    is_checks: bool
    position: int
    is_active: bool
    is_news: bool
    former_names: list[str]
    version: int
    changed_by: str


@dataclass(frozen=True)
class Catalogue:
    """All of it, in its order, as pages and forms need it."""

    words: Sequence[Word]

    def of(self, kind: Kind) -> list[Word]:
        """Those of a kind."""
        return [word for word in self.words if word.kind is kind]

    def offered(self, kind: Kind, beside: str | None = None) -> list[str]:
        """The names that can be chosen, and the one that an order has from before."""
        return [word.name for word in self.of(kind) if word.is_active or word.name == beside]

    def shown_to_all(self, kind: Kind) -> list[str]:
        """The names that every customer may see: not what the CRM has said of one, until somebody has looked at it."""
        return [word.name for word in self.of(kind) if not word.is_news]

    def status(self, name: str | None) -> Word | None:
        """The status that is called so, or was."""
        return self._statuses.get(name or "")

    def meaning(self, status: str | None) -> Meaning:
        """What the status of an order means."""
        word = self.status(status)
        return word.meaning if word else Meaning.OPEN

    def name_of(self, *meanings: Meaning) -> str | None:
        """What the provider calls this: the first status in use with the first of the meanings that one has."""
        used = [word for word in self.of(Kind.STATUS) if word.is_active and not word.is_news]
        return next((word.name for meaning in meanings for word in used if word.meaning is meaning), None)

    def places(self, kind: Kind) -> dict[str | None, int]:
        """Where each name of a kind stands in lists."""
        return {word.name: place for place, word in enumerate(self.of(kind))}

    @property
    def checks(self) -> str | None:
        """What the product group of the health checks is called."""
        return next((word.name for word in self.words if word.is_checks), None)

    @property
    def news(self) -> list[Word]:
        """What the CRM has brought and nobody has looked at."""
        return [word for word in self.words if word.is_news]

    @cached_property
    def _statuses(self) -> dict[str, Word]:
        known = self.of(Kind.STATUS)
        return {name: word for word in known for name in word.former_names} | {word.name: word for word in known}


_ALL = select(*(getattr(Entry, part.name) for part in fields(Word))).order_by(Entry.kind, Entry.position, Entry.id)
_KEPT_FOR = timedelta(seconds=30)
_CHANGED = "catalogue changed"
_kept: WeakKeyDictionary[Pool, tuple[datetime, Catalogue]] = WeakKeyDictionary()
"""By the pool of connections, which is the database's: those who read and those who write have engines of their own."""


def catalogue_of(db: Session) -> Catalogue:
    """The catalogue as it is now: one statement."""
    with looking_across(db):  # it is no customer's, and nobody writes in it here
        return Catalogue([Word(*row) for row in select_rows(db, _ALL)])


def kept_catalogue(db: Session, now: datetime) -> Catalogue:
    """The same for pages that are asked for often: at most half a minute old, where another process changed it."""
    pool = db.get_bind().engine.pool
    kept = _kept.get(pool)
    if kept is None or not kept[0] <= now < kept[0] + _KEPT_FOR:
        kept = _kept[pool] = now, catalogue_of(db)
    return kept[1]


@event.listens_for(Entry, "after_insert")
@event.listens_for(Entry, "after_update")
@event.listens_for(Entry, "after_delete")
def _note_change(_mapper: object, _connection: object, entry: Entry) -> None:
    session = object_session(entry)
    assert session is not None
    session.info[_CHANGED] = True


@event.listens_for(Session, "after_commit")
def _forget_kept(session: Session) -> None:
    if session.info.pop(_CHANGED, False):
        _kept.clear()


def known_as(db: Session, kind: Kind, word: str | None, *, by: Actor, now: datetime) -> str | None:
    """The name of what the CRM calls so; a word that is new to the portal becomes an entry that means open.

    Raises Full.
    """
    if word is None:
        return None
    there = catalogue_of(db).of(kind)
    if (name := _name_among(there, word)) is not None:
        return held_name(db, kind, name)
    if len(there) >= MOST:
        raise Full
    try:
        with db.begin_nested():
            add(db, kind, word, Meaning.OPEN, is_news=True, by=by, now=now)
    except IntegrityError:  # it came twice at the same moment
        pass
    return word


def _name_among(words: Iterable[Word], word: str) -> str | None:
    """The name of today of one of them, by any that it has or had; the case of letters makes no other word."""
    folded = word.casefold()
    before = None
    for one in words:
        if one.name.casefold() == folded:
            return one.name
        if folded in map(str.casefold, one.former_names):
            before = one.name
    return before


def held_name(db: Session, kind: Kind, name: str | None) -> str | None:
    """The name of today of a word that an order is about to get; it stays its name until the commit."""
    if name is None:
        return None
    held = select(Entry.name).where(Entry.kind == kind, Entry.name == name).with_for_update(read=True)
    return db.scalar(held) or _name_among(catalogue_of(db).of(kind), name) or name


def add(
    db: Session, kind: Kind, name: str, meaning: Meaning, *, is_news: bool = False, by: Actor, now: datetime
) -> Entry:
    """Put an entry at the end of its kind; raises sqlalchemy's IntegrityError where the name is taken."""
    last = db.scalar(select(func.max(Entry.position)).where(Entry.kind == kind)) or 0
    entry = Entry(
        kind=kind,
        name=name,
        meaning=meaning,
        position=last + 1,
        is_active=True,
        is_news=is_news,
        former_names=[],
        changed_by=by.label,
        changed_at=now,
    )
    db.add(entry)
    db.flush()
    note(db, entry, "added", by=by, now=now)
    return entry
