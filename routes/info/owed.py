"""What the customer owes, as a bar of three parts per currency, each with the way to its list (FI1)."""

from dataclasses import dataclass
from decimal import Decimal

from models.invoices.ageing import Age, Ageing, ageing
from models.invoices.invoice import Status
from routes.web.visit import Visit
from routes.web.words.labels import label, tone


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the bar: where it begins and how wide it is, in hundredths, and what it stands for."""

    label: str
    tone: str
    begins: Decimal
    width: Decimal
    count: int
    outstanding: Decimal
    way: str


@dataclass(frozen=True, slots=True)
class Bar:
    """What is owed in one currency."""

    owed: Ageing
    shares: list[Share]


def owed_by_age(visit: Visit) -> list[Bar]:
    """A bar for each currency in which something is owed."""
    return [Bar(owed, _shares(visit, owed)) for owed in ageing(visit.db, visit.today)]


def _shares(visit: Visit, owed: Ageing) -> list[Share]:
    shares, begins = [], Decimal(0)
    for part in owed.parts:
        width = (100 * part.outstanding / owed.outstanding).quantize(Decimal("0.1"))
        status = Status.OVERDUE if part.age is Age.OVERDUE else part.age
        way = visit.url("invoices", status=status)
        shares.append(Share(label(part.age), tone(part.age), begins, width, part.count, part.outstanding, way))
        begins += width
    return shares
