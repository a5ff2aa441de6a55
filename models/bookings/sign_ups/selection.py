"""Choosing many employees at once: by unit, by when they were last at a health check, by a pasted list.

What they then get is in `distribution`.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, time

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from models.bookings.booking import Booking
from models.bookings.sign_ups.sign_up import ATTENDED, COMING, OPEN, SignUp
from models.bookings.slots import Slot
from models.catalogue.entry import name_of_checks
from models.core.clock import in_oslo
from models.core.scope import whole_customer
from models.employees.employee import Employee
from models.orders.order import Order
from models.values.texts.folding import fold

_BETWEEN_ADDRESSES = re.compile(r"[\s<>;,|\"']+")
_BETWEEN_NAMES = re.compile(r"[\s,;|]+")
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom somebody chose; the ways of choosing add to each other, but `not_since` holds for `unit_ids` only."""

    ids: Collection[int] = ()
    unit_ids: frozenset[int] | None = frozenset()
    """None is every unit."""
    not_since: date | None = None
    pasted: str = ""


@dataclass(slots=True)
class Selection:
    """Who that is, in the order of the list, and what was pasted that is nobody, or more than one."""

    employees: list[Employee] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    ambiguous: list[str] = field(default_factory=list)


def select_employees(db: Session, booking: Booking, wanted: Wanted) -> Selection:
    """Find those who are wanted, each once; who is chosen as one of many is left out where he or she has a place."""
    chosen = set(wanted.ids)
    selection = Selection()
    if wanted.pasted.strip():
        chosen |= _pasted(db.execute(_EVERYBODY), wanted.pasted, selection)
    if wanted.unit_ids is None or wanted.unit_ids:
        skipped = _on(db, booking) | (_checked_since(db, wanted.not_since) if wanted.not_since else set())
        here = _ACTIVE if wanted.unit_ids is None else _ACTIVE.where(Employee.unit_id.in_(sorted(wanted.unit_ids)))
        chosen |= set(db.scalars(here)) - skipped
    selection.employees = sorted(_active(db, sorted(chosen)), key=lambda one: (one.sort_key, one.id))
    return selection


_ACTIVE = select(Employee.id).where(Employee.deactivated_at.is_(None))


def _active(db: Session, ids: Sequence[int]) -> Iterator[Employee]:
    """Those who are active; nobody else is read."""
    for at in range(0, len(ids), _AT_ONCE):
        some = select(Employee).where(Employee.id.in_(ids[at : at + _AT_ONCE]), Employee.deactivated_at.is_(None))
        yield from db.scalars(some)


def _on(db: Session, booking: Booking) -> set[int]:
    rows = select(SignUp.employee_id).where(SignUp.booking_id == booking.id, SignUp.state.in_(OPEN))
    return set(db.scalars(rows))


def _checked_since(db: Session, day: date) -> set[int]:
    """Who has been at a health check since, or is about to go to one."""
    with whole_customer(db):
        rows = (
            select(SignUp.employee_id)
            .join(Slot, Slot.id == SignUp.slot_id)
            .join(Booking, Booking.id == SignUp.booking_id)
            .join(Order, Order.number == Booking.order_number)
            .where(
                Order.product_group == name_of_checks(),
                Booking.cancelled_at.is_(None),
                Booking.names_hidden.is_(False),
                SignUp.state.in_((ATTENDED, *COMING)),
                Slot.starts_at >= in_oslo(day, time()),
            )
        )
        return set(db.scalars(rows))


_EVERYBODY = select(Employee.id, Employee.given_name, Employee.family_name, Employee.email).where(
    Employee.deactivated_at.is_(None)
)


def _pasted(everybody: Iterable[Row[int, str, str, str | None]], text: str, selection: Selection) -> set[int]:
    """Read a list as it was copied from a mail or a spreadsheet: an address, or a name in any order, on each line."""
    by_address: dict[str, list[int]] = {}
    by_name: dict[frozenset[str], list[int]] = {}
    for id, given, family, email in everybody:
        if email:
            by_address.setdefault(fold(email), []).append(id)
        by_name.setdefault(_words(f"{given} {family}"), []).append(id)
    found: set[int] = set()
    for line in _lines(text):
        address = next(_addresses(line), None)
        ids = by_address.get(fold(address), []) if address else by_name.get(_words(line), [])
        if len(ids) == 1:
            found.add(ids[0])
        else:
            (selection.ambiguous if ids else selection.unknown).append(line)
    return found


def _lines(text: str) -> Iterator[str]:
    """Each entry; several addresses on a line, as from a mail's list of receivers, are several entries."""
    for line in text.splitlines():
        addresses = list(_addresses(line))
        if len(addresses) > 1:
            yield from addresses
        elif line.strip():
            yield " ".join(line.split())


def _addresses(line: str) -> Iterator[str]:
    return (piece for piece in _BETWEEN_ADDRESSES.split(line) if "@" in piece.strip("@"))


def _words(name: str) -> frozenset[str]:
    return frozenset(word for word in _BETWEEN_NAMES.split(fold(name)) if word)
