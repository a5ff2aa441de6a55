"""What must be true after something was broken: nothing lost or doubled, every refusal true and in Norwegian.

Who sent and looked is in `bench.cluster.load`.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy import select

from bench.cluster.load import CUT_OFF, Answer, Form, People, is_denied, is_unsure
from models.core.database import Database
from models.core.scope import across_customers
from models.orders.order import Order

_OURS = ("Portalen er opptatt", "Det er ikke sikkert at det ble lagret")


@dataclass(frozen=True, slots=True)
class Broken:
    """What was done to the set-up, when, and when somebody led again; where the leader stayed, the same moment."""

    way: str
    what: str
    at: float
    led_at: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way of breaking it, as people saw it."""

    broken: Broken
    orders: int
    denied: int
    unsure: int
    without_saves: float
    """The longest time without a save, in seconds;"""
    after_leader: float
    """how long after somebody led again the first save was there;"""
    slowest_list: float
    problems: list[str]

    def __str__(self) -> str:
        """The line of a table."""
        said = "; ".join(self.problems) or "kept"
        return (
            f"{self.broken.way:<11} {self.orders:>5} orders, {self.denied} refused, {self.unsure} not sure; "
            f"no save for {self.without_saves:.1f} s, the first {self.after_leader:.1f} s after the new leader; "
            f"slowest list {self.slowest_list:.1f} s: {said} ({self.broken.what})"
        )


def outcome(people: People, broken: Broken, database: Database, events: Iterable[str], longest: float) -> Outcome:
    """What came of it; `events` are the orders that the CRM heard of, `longest` the time that a save may take."""
    answers = [answer for form in people.forms for answer in form.answers]
    saved = sorted(answer.ended for answer in answers if answer.status == 303)
    back = min((each for each in saved if each > broken.led_at), default=float("inf")) - broken.led_at
    problems = [*_of_answers(answers, people.looks), *_of_rows(people.forms, database, Counter(events))]
    if back > longest:
        problems.append(f"saves were answered only {back:.1f} s after the new leader")
    return Outcome(
        broken,
        orders=len(saved),
        denied=sum(map(is_denied, answers)),
        unsure=sum(map(is_unsure, answers)),
        without_saves=max((later - sooner for sooner, later in pairwise(saved)), default=0.0),
        after_leader=max(back, 0.0),
        slowest_list=max(look.ended - look.began for look in people.looks),
        problems=problems,
    )


def _of_answers(sent: list[Answer], looks: list[Answer]) -> list[str]:
    refused = [answer for answer in sent if answer.status not in {303, CUT_OFF}]
    found = {
        "refusals with another status than 503": sum(answer.status != 503 for answer in refused),
        "refusals that are not the portal's": sum(not any(own in answer.text for own in _OURS) for answer in refused),
        "lists that were not answered": sum(look.status != 200 for look in looks),
    }
    return [f"{count} {what}" for what, count in found.items() if count]


def _of_rows(forms: list[Form], database: Database, told: Counter[str]) -> list[str]:
    with database.session(read_only=True) as db, across_customers(db):
        stored = Counter(db.scalars(select(Order.delivery).where(Order.delivery.like("Kurs %"))))
    sure = [form for form in forms if form.is_acknowledged]
    denied = [form for form in forms if form.answers and all(is_denied(answer) for answer in form.answers)]
    found = {
        "acknowledged orders were lost": sum(not stored[form.delivery] for form in sure),
        "orders are there twice": sum(stored[form.delivery] > 1 for form in forms),
        "orders are there that were denied": sum(stored[form.delivery] for form in denied),
        "events were lost": sum(not told[form.delivery] for form in sure),
    }
    return [f"{count} {what}" for what, count in found.items() if count]
