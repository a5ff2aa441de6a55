"""The demo's orders: the user guide's, the health-check round, and three years of others, each with its history.

What they say is in `models.demo.order_texts`.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from sqlalchemy.orm import Session

from models.core.clock import in_oslo
from models.core.walls import insert_rows
from models.customers.units import Unit
from models.demo.days import on_or_before, weekdays_later
from models.demo.order_texts import AMP, CONTACTS, HEALTH, HMS, ROWS, Row
from models.orders.numbers import Number
from models.orders.order import SERIES, Order, StatusChange
from models.users.user import User

GUIDES_NUMBER = 307390

# number, product group, status, what the provider wrote: the round of health checks for Fjordbygg Bergen
HEALTH_ROUND = [
    (307512, HEALTH, "Under behandling", "For- og etterarbeid til HK"),
    (307513, HEALTH, "Planlagt", "Helsekontroller"),
    (307514, HMS, "Mottatt", "Tilbakemeldingsmøte / presentasjon av rapport"),
    (307515, AMP, "Planlagt", "AMP"),
    (307516, HEALTH, "Løpende", "Volumbestilling HK"),
]
_ROUND_ORDERED = 19
"""Days before the demo is loaded."""

# The way to a status, and how many weekdays each step on it takes at least and at most.
WAYS = {
    "Mottatt": ("Mottatt",),
    "Under behandling": ("Mottatt", "Under behandling"),
    "Planlagt": ("Mottatt", "Under behandling", "Planlagt"),
    "Løpende": ("Mottatt", "Under behandling", "Planlagt", "Løpende"),
    "Utført": ("Mottatt", "Under behandling", "Planlagt", "Utført"),
    "Fakturert": ("Mottatt", "Under behandling", "Planlagt", "Utført", "Fakturert"),
    "Venter på kunde": ("Mottatt", "Under behandling", "Venter på kunde"),
    "Avbestilt": ("Mottatt", "Under behandling", "Planlagt", "Avbestilt"),
    "Avvist": ("Mottatt", "Avvist"),
}
_TAKES = {
    "Under behandling": (1, 3),
    "Planlagt": (1, 5),
    "Løpende": (1, 3),
    "Utført": (15, 25),
    "Fakturert": (3, 10),
    "Venter på kunde": (1, 3),
    "Avbestilt": (6, 14),
    "Avvist": (1, 4),
}

# Who places the orders of a unit in the portal; those of others come to the provider by telephone.
_PLACED_BY = {
    "Demokunde_Test": "Tester",
    "Testbedriften AS": "TESTWEB",
    "Bergen TEST": "TESTWEB",
    "Fjordbygg Entreprenør AS": "hms.fjord",
    "Bergen": "hms.fjord",
    "Stavanger": "hms.fjord",
    "Tromsø": "hms.fjord",
    "Administrasjon": "hms.fjord",
    "Brann og redning": "leder.brann",
    "Produksjon": "anna.ka",
    "Salg": "anna.ka",
    "Nordlys Data AS": "anna.ka",
}


@dataclass(frozen=True)
class Placed:
    """An order, and when it came to have each of its statuses."""

    order: Order
    since: dict[str, datetime]


def add_orders(
    db: Session, units: dict[str, Unit], users: dict[str, User], rng: Random, *, today: date
) -> dict[str, Placed]:
    """Add all orders with their histories, and begin the series of numbers; they come back by key or number."""
    round_ordered = on_or_before(today - timedelta(days=_ROUND_ORDERED))
    rows = sorted(((_ordered_on(row, today), row) for row in ROWS), key=lambda dated: dated[0])
    before = [dated for dated in rows if dated[0] <= round_ordered]
    after = rows[len(before) :]
    room = HEALTH_ROUND[0][0] - GUIDES_NUMBER - 1
    numbers = [GUIDES_NUMBER + 1 + place * room // len(before) for place in range(len(before))]
    for _ in after:
        last = max(numbers[-1], HEALTH_ROUND[-1][0])
        numbers.append(last + rng.randint(1, 3))

    placed = {str(GUIDES_NUMBER): Placed(_guides_order(units, users), {})}
    for part in HEALTH_ROUND:
        order = _round_order(part, round_ordered, units)
        placed[str(order.number)] = Placed(order, _history(rng, round_ordered, order.status))
    for number, (ordered_on, row) in zip(numbers, rows, strict=True):
        order = _order(row, number, ordered_on, units, users)
        placed[row.key or str(number)] = Placed(order, _history(rng, ordered_on, row.status))

    db.add_all(each.order for each in placed.values())
    db.merge(Number(series=SERIES, last=max(each.order.number for each in placed.values()), begun=True))
    db.flush()
    insert_rows(
        db,
        StatusChange,
        [
            {"customer_id": each.order.customer_id, "order_number": each.order.number, "status": status, "at": at}
            for each in placed.values()
            for status, at in each.since.items()
        ],
    )
    return placed


def _guides_order(units: dict[str, Unit], users: dict[str, User]) -> Order:
    """The one order that the guide shows, letter for letter (B8)."""
    unit = units["Demokunde_Test"]
    return Order(
        customer_id=unit.customer_id,
        unit_id=unit.id,
        number=GUIDES_NUMBER,
        ordered_on=date(2023, 4, 17),
        placed_by_id=users["Tester"].id,
        delivery="Støttesamtaler",
        quantity="4",
        contact="Ola Olsen - tlf 1243254",
        reference="Merkes med 123",
        location="Oslo",
        description="så raskt som mulig",
    )


def _round_order(part: tuple[int, str, str, str], ordered_on: date, units: dict[str, Unit]) -> Order:
    """An order that the provider wrote itself: only a description, and not by a user of the portal."""
    number, product_group, status, description = part
    unit = units["Bergen"]
    return Order(
        customer_id=unit.customer_id,
        unit_id=unit.id,
        number=number,
        ordered_on=ordered_on,
        product_group=product_group,
        status=status,
        description=description,
    )


def _order(row: Row, number: int, ordered_on: date, units: dict[str, Unit], users: dict[str, User]) -> Order:
    unit = units[row.unit]
    placed_by = _PLACED_BY.get(row.unit)
    return Order(
        customer_id=unit.customer_id,
        unit_id=unit.id,
        number=number,
        ordered_on=ordered_on,
        placed_by_id=users[placed_by].id if placed_by else None,
        product_group=row.product_group,
        status=row.status,
        delivery=row.delivery,
        quantity=row.quantity,
        contact=CONTACTS[row.unit],
        reference=row.reference,
        location=row.location,
        description=row.description,
    )


def _ordered_on(row: Row, today: date) -> date:
    day = today - timedelta(days=row.days_ago)
    return on_or_before(min(day, row.latest) if row.latest else day)


def _history(rng: Random, ordered_on: date, status: str | None) -> dict[str, datetime]:
    """When an order came to have each status on the way to its last one, in working hours."""
    since: dict[str, datetime] = {}
    day = ordered_on
    for step in WAYS[status] if status else ():
        if step in _TAKES:
            day = weekdays_later(day, rng.randint(*_TAKES[step]))
        since[step] = in_oslo(day, time(rng.randint(8, 14), rng.randrange(60)))
        if step == "Utført":
            since[step] = in_oslo(day, time(15, 45))
    return since
