"""What pages call the values that the portal owns: a word and a tone for each, and the choice among them in a form.

The values are enums of the models, which know no words. An order's status and product group are the provider's own
words: rows of the catalogue, of which a status has one of our meanings.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from models.bookings.sign_ups.sign_up import State as SignUp
from models.catalogue.entry import Meaning
from models.checks.search import State as Due
from models.deliveries.search import State as Delivery
from models.employees.details import Gender
from models.imports.effects import Obstacle
from models.imports.rows import Fate
from models.invoices.ageing import Age
from models.invoices.invoice import SentAs
from models.invoices.invoice import Status as Invoice
from models.invoices.lacking import Lack
from models.notices.search import State as Notice
from models.reports.plans import State as Activity
from models.reports.report import Kind as Report
from routes.web.fields import ALL, Choice, Option


@dataclass(frozen=True, slots=True)
class Label:
    """How a value is drawn; `tone` is good, plan, wait, bad, or nothing."""

    word: str
    tone: str = ""


LABELS: dict[type[StrEnum], Mapping[Any, Label]] = {
    SignUp: {
        SignUp.SIGNED_UP: Label("Påmeldt"),
        SignUp.CONFIRMED: Label("Bekreftet", "good"),
        SignUp.OFFERED: Label("Tilbudt", "wait"),
        SignUp.WAITING: Label("Venteliste", "wait"),
        SignUp.CANCELLED: Label("Avmeldt"),
        SignUp.ATTENDED: Label("Møtt", "good"),
        SignUp.ABSENT: Label("Ikke møtt", "bad"),
    },
    Invoice: {
        Invoice.UNPAID: Label("Ubetalt", "wait"),
        Invoice.OVERDUE: Label("Forfalt", "bad"),
        Invoice.PARTLY_PAID: Label("Delvis betalt", "wait"),
        Invoice.PAID: Label("Betalt", "good"),
        Invoice.CREDITED: Label("Kreditert"),
        Invoice.IN_COLLECTION: Label("Til inkasso", "bad"),
    },
    Age: {
        Age.OVERDUE: Label("Forfalt", "bad"),
        Age.SOON: Label("Forfaller innen 14 dager", "wait"),
        Age.LATER: Label("Senere", "later"),
    },
    Lack: {
        Lack.REFERENCE: Label("Referanse mangler", "wait"),
    },
    Due: {
        Due.OVERDUE: Label("Forfalt", "bad"),
        Due.SOON: Label("Forfaller innen 90 dager", "wait"),
        Due.LATER: Label("Senere"),
        Due.UNKNOWN: Label("Uten dato"),
    },
    Meaning: {
        Meaning.RECEIVED: Label("Mottatt", "wait"),
        Meaning.OPEN: Label("Under behandling", "wait"),
        Meaning.PLANNED: Label("Planlagt", "plan"),
        Meaning.RUNNING: Label("I gang", "plan"),
        Meaning.WAITING: Label("Venter på kunden", "wait"),
        Meaning.DONE: Label("Utført", "good"),
        Meaning.INVOICED: Label("Fakturert", "good"),
        Meaning.CANCELLED: Label("Avbestilt", "bad"),
        Meaning.REJECTED: Label("Avvist", "bad"),
    },
    Notice: {
        Notice.UP: Label("Vises nå", "good"),
        Notice.COMING: Label("Kommer", "plan"),
        Notice.OVER: Label("Over"),
        Notice.WITHDRAWN: Label("Trukket", "bad"),
    },
    Activity: {
        Activity.DONE: Label("Gjort", "good"),
        Activity.ORDERED: Label("Bestilt", "plan"),
        Activity.LATE: Label("Forfalt", "bad"),
        Activity.DUE: Label("Dette kvartalet", "wait"),
        Activity.AHEAD: Label("Senere"),
    },
    Fate: {
        Fate.NEW: Label("ny", "good"),
        Fate.CHANGED: Label("endret", "plan"),
        Fate.SAME: Label("uendret"),
        Fate.GONE: Label("sluttet", "wait"),
        Fate.FAULTY: Label("feil", "bad"),
        Fate.OVERTAKEN: Label("endret imens", "wait"),
    },
    Obstacle: {
        Obstacle.CHANGED: Label("endret siden", "wait"),
        Obstacle.BOOKED: Label("meldt på eller invitert siden", "wait"),
        Obstacle.NUMBER: Label("en annen har ansattnummeret nå", "wait"),
        Obstacle.OUTSIDE: Label("var i en avdeling du ikke har", "wait"),
    },
    Report: {
        Report.ANNUAL_REPORT: Label("Årsrapport"),
        Report.PLAN: Label("Plan"),
        Report.SURVEY: Label("Kartlegging"),
        Report.HEALTH_CHECK: Label("Helsekontroll"),
    },
    Gender: {
        Gender.FEMALE: Label("Kvinne"),
        Gender.MALE: Label("Mann"),
    },
    SentAs: {
        SentAs.EHF: Label("EHF"),
        SentAs.EMAIL: Label("PDF på e-post"),
    },
    Delivery: {
        Delivery.WAITING: Label("Venter", "wait"),
        Delivery.DEAD: Label("Kunne ikke leveres", "bad"),
        Delivery.DELIVERED: Label("Levert", "good"),
    },
}
"""By their enum: two of them may have equal values, such as `waiting`."""


def label(value: StrEnum) -> str:
    """The word for a value."""
    return LABELS[type(value)][value].word


def tone(value: StrEnum) -> str:
    """The tone of its tag."""
    return LABELS[type(value)][value].tone


class ValueChoice(Choice):
    """One of an enum's values, or `none`; its word is understood as well, which addresses of before have."""

    def __init__(self, text: str, values: Iterable[StrEnum], *, none: Any = ALL, **kwargs: Any) -> None:
        words = {value.value: label(value) for value in values}
        super().__init__(text, choices=[none, *(Option(*each) for each in words.items())], default="", **kwargs)
        self._of_word = {word.casefold(): value for value, word in words.items()}

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Whatever was sent, with the value in the place of its word."""
        super().process_formdata(valuelist)
        self.data = self._of_word.get((self.data or "").casefold(), self.data)


FILTERS: dict[str, Callable[..., str]] = {"label": label, "tone": tone}
"""What templates may say: {{ sign_up.state | label }}."""
