"""Changes of the catalogue: a new word, another name, place or meaning, retiring one and taking one away.

Only administrators make them, one after the other. Names change on all orders at once, whosever they are.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.catalogue.entry import Entry, Kind, Meaning, columns_with
from models.catalogue.log import note
from models.catalogue.words import Word, add, catalogue_of
from models.core.audit import Actor
from models.core.scope import looking_across
from models.staff.administration import administration


class NameTaken(Exception):
    """Another entry of the kind has the name."""


class MadeMeanwhile(Exception):
    """Somebody else has changed the entry since the page was drawn."""


class IsUsed(Exception):
    """Orders, or a plan, have the word: it can be retired, and not taken away."""


class IsChecks(Exception):
    """The health checks are known by this product group, as they are by one: another has to become it first."""


class IsNeeded(Exception):
    """It is the last status in use that says that an order is cancelled, which any order can be."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is said of an entry."""

    name: str
    meaning: Meaning
    position: int
    is_active: bool
    is_checks: bool = False


def create(db: Session, kind: Kind, name: str, meaning: Meaning, *, by: Actor, now: datetime) -> None:
    """Add an entry at the end; raises NameTaken."""
    with administration(db, by):
        _check_name(db, kind, name)
        try:
            with db.begin_nested():
                add(db, kind, name, meaning, by=by, now=now)
        except IntegrityError:
            raise NameTaken from None


def change(db: Session, id: int, facts: Facts, *, version: int, by: Actor, now: datetime) -> None:
    """Say something else of an entry; raises NameTaken, MadeMeanwhile, IsChecks, IsNeeded."""
    with administration(db, by):
        entry = _held(db, id, version)
        if entry.is_checks and not facts.is_checks:
            raise IsChecks
        if not facts.is_active or facts.meaning is not Meaning.CANCELLED:
            _check_needed(db, entry)
        before = asdict(_facts(entry))
        if facts.name != entry.name:
            _check_name(db, entry.kind, facts.name, but=id)
            _rename(db, entry, facts.name)
        if facts.is_checks and not entry.is_checks:
            _take_from_the_other(db)
        entry.meaning, entry.is_active, entry.is_news = facts.meaning, facts.is_active, False
        entry.is_checks = facts.is_checks
        entry.version, entry.changed_by, entry.changed_at = version + 1, by.label, now
        _put_at(db, entry, facts.position)
        after = asdict(_facts(entry))
        told = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
        note(db, entry, "changed", by=by, now=now, changed=told)


def remove(db: Session, id: int, *, version: int, by: Actor, now: datetime) -> None:
    """Take an entry away that nothing has; raises IsUsed, MadeMeanwhile, IsChecks, IsNeeded."""
    with administration(db, by):
        entry = _held(db, id, version)
        if entry.is_checks:
            raise IsChecks
        _check_needed(db, entry)
        if is_used(db, entry):
            raise IsUsed
        note(db, entry, "removed", by=by, now=now)
        db.delete(entry)
        db.flush()


def is_used(db: Session, entry: Entry | Word) -> bool:
    """Whether an order, its history or a plan has the word, whosever it is."""
    with looking_across(db):
        return any(db.scalar(select(exists().where(column == entry.name))) for column in columns_with(entry.kind))


def _facts(entry: Entry) -> Facts:
    return Facts(entry.name, entry.meaning, entry.position, entry.is_active, entry.is_checks)


def _all(db: Session, kind: Kind) -> list[Entry]:
    return list(db.scalars(select(Entry).where(Entry.kind == kind).order_by(Entry.position, Entry.id)))


def _held(db: Session, id: int, version: int) -> Entry:
    """The entry until the commit: orders that get the word meanwhile wait for its name (`held_name`)."""
    entry = db.scalars(
        select(Entry).where(Entry.id == id).with_for_update(), execution_options={"populate_existing": True}
    ).one_or_none()
    if entry is None or entry.version != version:
        raise MadeMeanwhile
    return entry


def _check_name(db: Session, kind: Kind, name: str, *, but: int = 0) -> None:
    """Names that differ in nothing but the case of their letters would be taken for one another."""
    for other in catalogue_of(db).of(kind):
        if other.id != but and other.name.casefold() == name.casefold():
            raise NameTaken


def _check_needed(db: Session, entry: Entry) -> None:
    """Refuse what would leave no status for an order that is cancelled."""
    others = (other for other in _all(db, Kind.STATUS) if other.id != entry.id)
    is_one = entry.is_active and entry.meaning is Meaning.CANCELLED
    if is_one and not any(other.is_active and other.meaning is Meaning.CANCELLED for other in others):
        raise IsNeeded


def _take_from_the_other(db: Session) -> None:
    """One product group at a time is that of the health checks."""
    for entry in db.scalars(select(Entry).where(Entry.is_checks)):
        entry.is_checks, entry.version = False, entry.version + 1
    db.flush()


def _put_at(db: Session, entry: Entry, position: int) -> None:
    others = [other for other in _all(db, entry.kind) if other.id != entry.id]
    others.insert(max(0, position - 1), entry)
    for place, other in enumerate(others, 1):
        other.position = place
    db.flush()


def _rename(db: Session, entry: Entry, name: str) -> None:
    """Give an entry another name, here and on everything that has it; the CRM may go on with the one of before."""
    before, entry.name = entry.name, name
    entry.former_names = [*(word for word in entry.former_names if word != name), before]
    for column in columns_with(entry.kind):
        _replace(db, column, before, name)
    for other in _all(db, entry.kind):
        if other is not entry and name in other.former_names:  # it is this one's now
            other.former_names = [word for word in other.former_names if word != name]


def _replace(db: Session, column: ColumnElement[Any], before: str, name: str) -> None:
    db.execute(
        update(column.parent.class_).where(column == before).values({column.key: name}),
        execution_options={"synchronize_session": False},
    )
