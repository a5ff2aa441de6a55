"""How far an order has come, as the steps that each order takes, and where it stopped.

What comes next is said in `routes.orders.ahead`; every status that there was stands in the order's history.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from models.catalogue.entry import Meaning
from models.catalogue.words import Catalogue
from models.core.clock import today_in_oslo
from models.orders.order import Order, StatusChange

SENT = "Sendt"
_ROAD = (
    (Meaning.RECEIVED, Meaning.OPEN),
    (Meaning.PLANNED, Meaning.RUNNING),
    (Meaning.DONE,),
    (Meaning.INVOICED,),
)
"""What each step means after the order was sent; it is called as the provider calls it."""
_PLACE = {meaning: place for place, meanings in enumerate(_ROAD, 1) for meaning in meanings} | {Meaning.WAITING: 1}


class Mark(StrEnum):
    """How a step is marked."""

    DONE = "done"
    NOW = "now"
    AHEAD = ""
    STOPPED = "stop"


@dataclass(frozen=True, slots=True)
class Step:
    """One of them, with the day on which it was reached, where that is known, and what else is said of it."""

    name: str
    mark: Mark
    on: date | None = None
    more: str = ""


def steps_of(order: Order, history: Sequence[StatusChange], catalogue: Catalogue) -> list[Step]:
    """The steps of an order whose statuses were these, oldest first; one that was stopped ends with why.

    A step that no status of the catalogue means is left out, unless the order has taken it.
    """
    names: list[str | None] = [SENT, *(catalogue.name_of(*meanings) for meanings in _ROAD)]
    days: dict[int, date] = {0: order.ordered_on}
    for change in history:
        place = _place(change.status, catalogue)
        if place is not None:
            days.setdefault(place, _day(change.at))
            names[place] = names[place] or change.status
    place = _place(order.status, catalogue)
    stays = place is None or catalogue.meaning(order.status) is Meaning.WAITING
    reached = max([*days, place or 0]) if stays else place or 0
    names[reached] = names[reached] or order.status
    marks = [Mark.DONE if place < reached else Mark.AHEAD for place in range(len(names))]
    marks[reached] = Mark.DONE if reached == len(names) - 1 else Mark.NOW
    steps = [Step(name, marks[place], days.get(place)) for place, name in enumerate(names) if name]
    return _stopped(steps, order.status, history) if is_stopped(order, catalogue) and order.status else steps


def is_stopped(order: Order, catalogue: Catalogue) -> bool:
    """Whether nothing more comes of an order, because it was called off."""
    return catalogue.meaning(order.status) in {Meaning.CANCELLED, Meaning.REJECTED}


def _stopped(steps: list[Step], status: str, history: Sequence[StatusChange]) -> list[Step]:
    """Those that were taken, and where it stopped."""
    on = next((_day(change.at) for change in reversed(history) if change.status == status), None)
    taken = [Step(step.name, Mark.DONE, step.on) for step in steps if step.mark]
    return [*taken, Step(status, Mark.STOPPED, on)]


def _place(status: str | None, catalogue: Catalogue) -> int | None:
    """Which step a status is; None of one that stops it, or whose meaning nobody has said yet: it stays where it is."""
    if not status:
        return 0
    word = catalogue.status(status)
    return None if word is None or word.is_news else _PLACE.get(word.meaning)


def _day(at: datetime) -> date:
    return today_in_oslo(at)
