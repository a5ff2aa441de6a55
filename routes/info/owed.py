"""What the customer owes, as a bar of three parts per currency, each with the way to its list (FI1)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models.invoices.ageing import Age, Ageing, Part, ageing
from models.invoices.invoice import Status
from routes.web.bars import Share, hundredths
from routes.web.visit import Visit
from routes.web.words import day_month
from routes.web.words.labels import label, tone


@dataclass(frozen=True, slots=True)
class AgeShare(Share):
    """A part of the bar, and what it stands for."""

    label: str
    outstanding: Decimal
    when: str
    """How long the oldest is overdue, or when the first is due."""
    way: str


@dataclass(frozen=True, slots=True)
class Bar:
    """What is owed in one currency."""

    owed: Ageing
    shares: list[AgeShare]

    @property
    def is_late(self) -> bool:
        """Whether something of it is overdue."""
        return any(part.count for part in self.owed.parts if part.age is Age.OVERDUE)


def owed_by_age(visit: Visit) -> list[Bar]:
    """A bar for each currency in which something is owed."""
    return [Bar(owed, _shares(visit, owed)) for owed in ageing(visit.db, visit.today)]


def _shares(visit: Visit, owed: Ageing) -> list[AgeShare]:
    places = hundredths([part.outstanding for part in owed.parts])
    return [_share(visit, part, place) for part, place in zip(owed.parts, places, strict=True)]


def _share(visit: Visit, part: Part, place: tuple[Decimal, Decimal]) -> AgeShare:
    way = visit.url("invoices", status=Status.OVERDUE if part.age is Age.OVERDUE else part.age)
    age, when = part.age, _when(visit, part)
    return AgeShare(tone(age), part.count, *place, label(age), part.outstanding, when, way)


def _when(visit: Visit, part: Part) -> str:
    first = part.first_due
    if first is None or first == date.max:
        return ""
    if part.age is Age.OVERDUE:
        days = (visit.today - first).days
        return f"{'' if part.count == 1 else 'eldste '}{days} {'dag' if days == 1 else 'dager'}"
    return f"{'' if part.count == 1 else 'første '}{day_month(first)}"
