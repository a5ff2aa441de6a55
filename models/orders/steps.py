"""How far an order has come, as the steps that each order takes, and where it stopped.

What comes next is said in `routes.orders.ahead`; every status that there was stands in the order's history.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from models.core.clock import today_in_oslo
from models.orders.order import (
    DONE,
    HANDLED,
    INVOICED,
    PLANNED,
    RECEIVED,
    RUNNING,
    WAITING,
    Order,
    StatusChange,
)

NAMES = ("Sendt", RECEIVED, PLANNED, DONE, INVOICED)
_PLACE = {RECEIVED: 1, HANDLED: 1, WAITING: 1, PLANNED: 2, RUNNING: 2, DONE: 3, INVOICED: 4}


class Mark(StrEnum):
    """How a step is marked."""

    DONE = "done"
    NOW = "now"
    AHEAD = ""
    STOPPED = "stop"


@dataclass(frozen=True, slots=True)
class Step:
    """One of them, with the day on which it was reached, where that is known."""

    name: str
    mark: Mark
    on: date | None


def steps_of(order: Order, history: Sequence[StatusChange]) -> list[Step]:
    """The steps of an order whose statuses were these, oldest first; one that was stopped ends with why."""
    days: dict[int, date] = {0: order.ordered_on}
    for change in history:
        if change.status in _PLACE:
            days.setdefault(_PLACE[change.status], _day(change.at))
    reached = _PLACE.get(order.status or "", 0)
    if order.status == WAITING or (order.status and order.status not in _PLACE):
        reached = max([*days, reached])  # it waits, or was stopped, where it had come to
    marks = [Mark.DONE if place < reached else Mark.AHEAD for place in range(len(NAMES))]
    marks[reached] = Mark.DONE if reached == len(NAMES) - 1 else Mark.NOW
    steps = [Step(name, marks[place], days.get(place)) for place, name in enumerate(NAMES)]
    if order.status and order.status not in _PLACE:
        stopped = next((_day(change.at) for change in reversed(history) if change.status == order.status), None)
        done = [Step(step.name, Mark.DONE, step.on) for step in steps[: reached + 1]]
        return [*done, Step(order.status, Mark.STOPPED, stopped)]
    return steps


def _day(at: datetime) -> date:
    return today_in_oslo(at)
