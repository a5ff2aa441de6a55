"""Figures per unit and year: orders by product group, invoiced amounts, and how health checks and times were used.

Orders and amounts are not about people. What is about people (times held, sign-ups, no-shows) goes through
`models.reports.suppression`, once for the whole customer, whoever asks (decision 0023), and only when the year is over.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, extract, func, select
from sqlalchemy.orm import Session

from models.bookings.booking import Booking
from models.bookings.sign_ups.sign_up import ATTENDED, SEATED, SignUp
from models.bookings.slots import Slot
from models.catalogue.entry import Kind
from models.catalogue.words import Catalogue
from models.core.base import Moment
from models.core.clock import in_oslo, today_in_oslo
from models.core.scope import whole_customer
from models.core.walls import select_rows
from models.customers.units import Unit
from models.invoices.invoice import Invoice
from models.orders.order import Order
from models.reports.suppression import Branch, publish

_WHOLE = ()
_LAST = 1 << 30


def is_closed(year: int, today: date) -> bool:
    """Whether the figures about people of a year may be seen: in February it is over and attendance is noted.

    Before, who looks twice would see who came in between.
    """
    return today >= date(year + 1, 2, 1)


def last_closed_year(today: date) -> int:
    """The newest year whose figures about people may be seen."""
    return today.year - (1 if is_closed(today.year - 1, today) else 2)


_ORDERED_IN: ColumnElement[int] = extract("year", Order.ordered_on)
_ORDERS: Select[*tuple[Any, ...]] = (
    select(_ORDERED_IN, Order.product_group, func.count())
    .where(
        Order.unit_id.in_(bindparam("unit_ids", expanding=True)),
        Order.ordered_on.between(bindparam("first"), bindparam("last")),
    )
    .group_by(_ORDERED_IN, Order.product_group)
)
_PLACES: Select[*tuple[Any, ...]] = (
    select(Slot.starts_at, Unit.path, Order.product_group, Slot.id, Slot.capacity, SignUp.employee_id, SignUp.state)
    .select_from(Slot)
    .join(Booking, Booking.id == Slot.booking_id)
    .join(Unit, Unit.id == Booking.unit_id)
    .outerjoin(Order, Order.number == Booking.order_number)
    .outerjoin(SignUp, (SignUp.slot_id == Slot.id) & SignUp.state.in_(SEATED))
    .where(
        Slot.starts_at >= bindparam("first", type_=Moment),
        Slot.starts_at < bindparam("end", type_=Moment),
        Booking.cancelled_at.is_(None),
    )
)


def orders_by_group(
    db: Session, years: range, unit_ids: frozenset[int], catalogue: Catalogue
) -> dict[int, list[tuple[str | None, int]]]:
    """How many orders were placed for these units in each year, by product group in the provider's order.

    The caller has the right to the reports of these units; orders themselves are another right (X2).
    """
    places = catalogue.places(Kind.PRODUCT_GROUP)
    with whole_customer(db):
        rows = select_rows(db, _ORDERS, _within(years, unit_ids))
    found: dict[int, list[tuple[str | None, int]]] = {year: [] for year in years}
    for year, group, number in sorted(rows, key=lambda row: _place(row[1], places)):
        found[int(year)].append((group, int(number)))
    return found


_ISSUED_IN: ColumnElement[int] = extract("year", Invoice.issued_on)
_INVOICED: Select[*tuple[Any, ...]] = (
    select(_ISSUED_IN, Unit.name, Invoice.currency, func.sum(Invoice.total))
    .join(Unit, Unit.id == Invoice.unit_id)
    .where(
        Invoice.unit_id.in_(bindparam("unit_ids", expanding=True)),
        Invoice.issued_on.between(bindparam("first"), bindparam("last")),
    )
    .group_by(_ISSUED_IN, Unit.id, Unit.name, Unit.path, Invoice.currency)
    .order_by(Unit.path, Invoice.currency)
)


def invoiced_by_unit(db: Session, years: range, unit_ids: frozenset[int]) -> dict[int, list[tuple[str, str, Decimal]]]:
    """What was invoiced to these units in each year, less what was credited: unit, currency and amount with VAT.

    Only of units in which the user may see invoices (X2).
    """
    found: dict[int, list[tuple[str, str, Decimal]]] = {year: [] for year in years}
    for year, unit, currency, total in select_rows(db, _INVOICED, _within(years, unit_ids)):
        found[int(year)].append((unit, currency, total))
    return found


def _within(years: range, unit_ids: frozenset[int]) -> dict[str, Any]:
    return {"first": date(years[0], 1, 1), "last": date(years[-1], 12, 31), "unit_ids": sorted(unit_ids)}


@dataclass(frozen=True, slots=True)
class Figure:
    """A sum about people or places: `value` is None where it is hidden; without places nothing is summed."""

    value: int | None = None
    exists: bool = True

    @property
    def hidden(self) -> bool:
        """Whether there is a number that may not be seen."""
        return self.exists and self.value is None


NOTHING = Figure(exists=False)


@dataclass(frozen=True, slots=True)
class Use:
    """How places were used: how many there were, and how many people came."""

    places: Figure
    held: Figure


@dataclass(frozen=True, slots=True)
class Attendance:
    """What may be seen of one year of a customer, all of its units and product groups together."""

    groups: tuple[str | None, ...]
    """The product groups that had times."""
    signed_up: Figure
    absent: Figure
    """Of the whole customer only: who did not come are few, and could be told apart in a unit."""
    _existing: frozenset[tuple[Hashable, ...]]
    _held: dict[Hashable, int]
    _unused: dict[Hashable, int]

    @property
    def whole(self) -> Use:
        """The whole customer, all product groups."""
        return self._use(_WHOLE)

    def of(self, unit_id: int, group: str | None) -> Use:
        """One product group in a unit and those below it."""
        return self._use((group, unit_id))

    def _use(self, key: tuple[Hashable, ...]) -> Use:
        if key not in self._existing:
            return Use(NOTHING, NOTHING)
        held, unused = self._held.get(key), self._unused.get(key)
        return Use(Figure(None if held is None or unused is None else held + unused), Figure(held))


def attendance_of(db: Session, years: range, catalogue: Catalogue) -> dict[int, Attendance]:
    """How the places of each year were used: one statement, and the same answer for every user of the customer.

    Each year is protected by itself, so that two years beside each other tell no more than their pages do.
    """
    if not years:
        return {}
    bounds = {"first": in_oslo(date(years[0], 1, 1), time()), "end": in_oslo(date(years[-1] + 1, 1, 1), time())}
    rows: dict[int, list[tuple[Any, ...]]] = {year: [] for year in years}
    with whole_customer(db):
        for starts_at, *row in select_rows(db, _PLACES, bounds):
            rows[today_in_oslo(starts_at).year].append(tuple(row))
    return {year: protected(own, catalogue) for year, own in rows.items()}


def protected(rows: Iterable[tuple[Any, ...]], catalogue: Catalogue) -> Attendance:
    """The sums of rows of path, product group, slot, its capacity, employee and state that may be seen.

    There are two trees of company, product group, unit: of the people who came, and of the places that were not
    used: free ones, and those of people who signed up and did not come. All places are the sum of both.
    """
    came: dict[tuple[str | None, str], list[Hashable]] = defaultdict(list)
    unused: dict[tuple[str | None, str], list[Hashable]] = defaultdict(list)
    absent: list[Hashable] = []
    slots: dict[int, tuple[tuple[str | None, str], int]] = {}
    for path, group, slot_id, capacity, employee_id, state in rows:
        leaf = (group, path)
        slots.setdefault(slot_id, (leaf, capacity))
        if employee_id is not None:
            slots[slot_id] = (leaf, slots[slot_id][1] - 1)
            (came if state == ATTENDED else unused)[leaf].append(employee_id)
            absent += [] if state == ATTENDED else [employee_id]
    for slot_id, (leaf, free) in slots.items():
        unused[leaf] += [(slot_id, place) for place in range(free)]
    leaves = {leaf for leaf, _ in slots.values()}
    held, left = publish(_tree(leaves, came, catalogue)), publish(_tree(leaves, unused, catalogue))
    missed = publish(Branch(_WHOLE, entries=tuple(absent))).get(_WHOLE)
    total, places = held.get(_WHOLE), catalogue.places(Kind.PRODUCT_GROUP)
    return Attendance(
        groups=tuple(sorted({group for group, _ in leaves}, key=lambda group: _place(group, places))),
        signed_up=Figure(None if total is None or missed is None else total + missed),
        absent=Figure(missed),
        _existing=frozenset(_keys(leaves)),
        _held=held,
        _unused=left,
    )


def _tree(
    leaves: set[tuple[str | None, str]],
    entries: dict[tuple[str | None, str], list[Hashable]],
    catalogue: Catalogue,
) -> Branch:
    """In an order that no other name and no other place changes: of two that are alike, the same one stays hidden."""
    ids: dict[str | None, int] = {word.name: word.id for word in catalogue.of(Kind.PRODUCT_GROUP)}
    groups = []
    for group in sorted({group for group, _ in leaves}, key=lambda group: _place(group, ids)):
        own = {path: tuple(entries[group, path]) for of, path in leaves if of == group}
        groups.append(Branch((group,), (_below(group, "/" + next(iter(own)).split("/")[1] + "/", own),)))
    return Branch(_WHOLE, tuple(groups))


def _below(group: str | None, path: str, own: dict[str, tuple[Hashable, ...]]) -> Branch:
    """The branch of a unit: what it has itself, then the units directly below it, in the order in which they came."""
    below = {int(other.removeprefix(path).split("/")[0]) for other in own if other != path and other.startswith(path)}
    children = [_below(group, f"{path}{id}/", own) for id in sorted(below)]
    key = (group, int(path.split("/")[-2]))
    if path in own and children:
        return Branch(key, (Branch((*key, "own"), entries=own[path]), *children))
    return Branch(key, tuple(children), own.get(path, ()))


def _keys(leaves: set[tuple[str | None, str]]) -> Iterable[tuple[Hashable, ...]]:
    """Every sum for which there is something to sum."""
    for group, path in leaves:
        yield from (_WHOLE, (group,))
        yield from ((group, int(id)) for id in path.strip("/").split("/"))


def _place(group: str | None, places: Mapping[str | None, int]) -> tuple[int, str]:
    """The provider's order of product groups; what has none comes last."""
    return places.get(group, _LAST), group or "\uffff"
