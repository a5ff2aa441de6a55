"""The demo's plans of the year: what was agreed on with the provider, what has come of it, and what is late.

The orders that some of it led to are made in `models.demo.orders`.
"""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy.orm import Session

from models.core.clock import today_in_oslo
from models.core.walls import insert_rows
from models.customers.units import Unit
from models.demo.order_texts import ABSENCE, COURSE, ERGONOMICS, HEALTH, HMS, HYGIENE, PSYCHOSOCIAL
from models.demo.orders import Placed
from models.reports.plans import PlanItem

_LEADS_TO_SOMETHING = timedelta(days=45)
"""How long after an order the activity is due that it is for."""
EXAMINATION = "Forskrift om utførelse av arbeid kapittel 14"
INTERNAL_CONTROL = "Internkontrollforskriften § 5"
COMMITTEE = "Arbeidsmiljøloven § 7-2"
PROVIDER = "Forskrift om organisering, ledelse og medvirkning § 13-3"
OWN = "Eget ønske"


class Item(NamedTuple):
    """An activity; due in the quarter of the year of loading, or when the order that it led to makes it due."""

    unit: str
    activity: str
    basis: str
    product_group: str | None
    due: int | str
    """A quarter of this year, or the key or number of an order."""
    done: tuple[int, int] | None = None
    """Month and day on which it was done, if that day has come."""


# fmt: off
ITEMS = [
    Item("Fjordbygg Entreprenør AS", "Samarbeidsmøte om plan og årsrapport", PROVIDER, HMS, 1, (1, 20)),
    Item("Fjordbygg Entreprenør AS", "Møte i arbeidsmiljøutvalget", COMMITTEE, HMS, 1, (3, 11)),
    Item("Fjordbygg Entreprenør AS", "Møte i arbeidsmiljøutvalget", COMMITTEE, HMS, 2, (6, 10)),
    Item("Bergen", "Vernerunde på byggeplassene", INTERNAL_CONTROL, HMS, 2, (5, 21)),
    Item("Stavanger", "Vernerunde i elementfabrikken", INTERNAL_CONTROL, HMS, 2, (6, 4)),
    Item("Fjordbygg Entreprenør AS", "Møte i arbeidsmiljøutvalget", COMMITTEE, HMS, 3, (9, 16)),
    Item("Stavanger", "Støykartlegging etter tiltak ved kapping", EXAMINATION, HYGIENE, 3),
    Item("Administrasjon", "Oppfølging av ergonomisk kartlegging", OWN, ERGONOMICS, 3),
    Item("Bergen", "Målrettet helsekontroll", EXAMINATION, HEALTH, "307513"),
    Item("Bergen", "Tilbakemeldingsmøte etter helsekontrollen", EXAMINATION, HMS, "307514"),
    Item("Fjordbygg Entreprenør AS", "40-timers HMS-kurs for verneombud og ledere", "Arbeidsmiljøloven § 6-5", COURSE,
        "hms course"),
    Item("Administrasjon", "Førstehjelpskurs", INTERNAL_CONTROL, COURSE, "first aid, Administrasjon"),
    Item("Tromsø", "Vernerunde på brakkeriggen", INTERNAL_CONTROL, HMS, 4),
    Item("Fjordbygg Entreprenør AS", "Møte i arbeidsmiljøutvalget", COMMITTEE, HMS, 4),
    Item("Stavanger", "Kartlegging av kvartsstøv", INTERNAL_CONTROL, HYGIENE, 4),
    Item("Fjordbygg Entreprenør AS", "Hørselskontroll i alle avdelinger", EXAMINATION, HEALTH, "hearing, Fjordbygg"),
    Item("Fjordbygg Entreprenør AS", "Lederkurs i konflikthåndtering", OWN, PSYCHOSOCIAL, "conflicts"),
    Item("Tromsø", "Førstehjelpskurs", INTERNAL_CONTROL, COURSE, "first aid, Tromsø"),
    Item("Testbedriften AS", "Samarbeidsmøte om plan og årsrapport", PROVIDER, HMS, 1, (2, 4)),
    Item("Bergen TEST", "Hørselskontroll på lageret", EXAMINATION, HEALTH, "hearing, Bergen TEST"),
    Item("Testbedriften AS", "Oppfølging av sykefravær", OWN, ABSENCE, 4),
    Item("Brann og redning", "Samarbeidsmøte", PROVIDER, HMS, 1, (2, 18)),
    Item("Brann og redning", "Helsekontroll røyk- og kjemikaliedykking", EXAMINATION, HEALTH, "smoke divers"),
    Item("Brann og redning", "Førstehjelp for nattskiftet", INTERNAL_CONTROL, COURSE, "night shift"),
    Item("Solvik kommune", "Plan for neste år", PROVIDER, HMS, 4),
]
# fmt: on


def add_plans(db: Session, units: dict[str, Unit], orders: dict[str, Placed], *, now: datetime) -> None:
    """Add the plans."""
    today = today_in_oslo(now)
    insert_rows(
        db,
        PlanItem,
        [
            {
                "customer_id": units[item.unit].customer_id,
                "unit_id": units[item.unit].id,
                "activity": item.activity,
                "basis": item.basis,
                "product_group": item.product_group,
                **_fate(item, orders, today),
            }
            for item in ITEMS
        ],
    )


def _fate(item: Item, orders: dict[str, Placed], today: date) -> dict[str, object]:
    """When it is due, what order it led to, and when it was done."""
    if isinstance(item.due, int):
        done = date(today.year, *item.done) if item.done else None
        is_done = done is not None and done <= today
        return {"year": today.year, "due_quarter": item.due, "order_number": None, "done_on": done if is_done else None}
    placed = orders[item.due]
    done_at = placed.since.get("Utført")
    due = today_in_oslo(done_at) if done_at else placed.order.ordered_on + _LEADS_TO_SOMETHING
    return {
        "year": due.year,
        "due_quarter": (due.month + 2) // 3,
        "order_number": placed.order.number,
        "done_on": due if done_at else None,
    }
