"""What the customer owes, as a bar of three parts per currency, each with the way to its list (FI1)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models.invoices.ageing import Age, Ageing, Part, ageing
from models.invoices.invoice import Status
from routes.web.visit import Visit
from routes.web.words import day_month
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
    when: str
    """How long the oldest is overdue, or when the first is due."""
    way: str


@dataclass(frozen=True, slots=True)
class Bar:
    """What is owed in one currency."""

    owed: Ageing
    shares: list[Share]

    @property
    def is_late(self) -> bool:
        """Whether something of it is overdue."""
        return any(part.count for part in self.owed.parts if part.age is Age.OVERDUE)


def owed_by_age(visit: Visit) -> list[Bar]:
    """A bar for each currency in which something is owed."""
    return [Bar(owed, _shares(visit, owed)) for owed in ageing(visit.db, visit.today)]


def _shares(visit: Visit, owed: Ageing) -> list[Share]:
    shares, begins = [], Decimal(0)
    for part in owed.parts:
        width = (100 * part.outstanding / owed.outstanding).quantize(Decimal("0.1"))
        status = Status.OVERDUE if part.age is Age.OVERDUE else part.age
        way = visit.url("invoices", status=status)
        shares.append(
            Share(label(part.age), tone(part.age), begins, width, part.count, part.outstanding, _when(visit, part), way)
        )
        begins += width
    return shares


def _when(visit: Visit, part: Part) -> str:
    first = part.first_due
    if first is None or first == date.max:
        return ""
    if part.age is Age.OVERDUE:
        days = (visit.today - first).days
        return f"{'' if part.count == 1 else 'eldste '}{days} {'dag' if days == 1 else 'dager'}"
    return f"{'' if part.count == 1 else 'første '}{day_month(first)}"
