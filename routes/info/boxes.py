"""The worklist (section 5, number 4): what waits for the user, as boxes that go when their last row is put right.

Another room that has something to see to adds a box here. What is missing is found in `models.info.worklist`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from wtforms.validators import ValidationError

from models.catalogue.entry import Meaning
from models.checks.search import Within, count_due
from models.core.clock import today_in_oslo
from models.core.scope import Right
from models.info.ending import ending_soon
from models.info.worklist import (
    COUNTED_TO,
    Person,
    bookings_lacking_numbers,
    count_without_email,
    without_email,
    without_number,
)
from models.invoices.invoice import Status
from models.invoices.messages import answered_invoices
from models.invoices.search import owed
from models.orders.messages import answered_orders
from models.orders.search import quick_counts
from models.values import email_address
from routes.web.fields import NationalIdField, Read
from routes.web.forms import PortalForm
from routes.web.visit import Visit
from routes.web.words import amount, away, count, moment
from routes.web.words.labels import label

SHOWN = 5
EMAILS = "emails"
"""The box of missing addresses; one of missing numbers is called as its booking's id."""
INVOICES = "invoices"
"""The box of what is to be paid."""


class EmailForm(PortalForm):
    """The missing address of one employee (AN2)."""

    email = Read("E-post", email_address.read, needed=True)


class NationalIdForm(PortalForm):
    """The missing number of one employee (AR8)."""

    national_id = NationalIdField("Fødselsnummer")

    def validate_national_id(self, field: NationalIdField) -> None:
        """Here there is no stored number that could be left alone."""
        if field.number is None:
            raise ValidationError("Skriv fødselsnummeret med 11 sifre.")


@dataclass(frozen=True, slots=True)
class Row:
    """An employee of a box that is open, and the field that puts it right."""

    field: Any
    action: str
    here: bool
    """Whether this is where one writes on, once it is swapped in."""


@dataclass(frozen=True, slots=True)
class Box:
    """Something to see to: how much, why, and the way to do it; `rows` where it is open, with how many are `shown`."""

    id: str
    title: str
    reason: str
    way: str
    label: str = "Legg inn"
    opens_here: bool = False
    """Whether `way` leads to the rows of this box, so that they can be put in place."""
    rows: tuple[Row, ...] = ()
    shown: str = ""
    until: date | None = None
    """The last day on which it can be done, or the first on which it is missed."""
    is_late: bool = False
    """Whether it should have been done."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A form of the worklist that was refused, or comes back from a draft: of which employee, and in which box."""

    box: str
    employee_id: int
    form: PortalForm


def boxes(visit: Visit, todo: str = "", tried: Tried | None = None, *, waiting: int | None = None) -> list[Box]:
    """What waits for the user, the most urgent first; the box named `todo` is open.

    Whoever has counted the orders that are `waiting` for the customer hands that on.
    """
    people = [*_numbers(visit, todo, tried), *_emails(visit, todo, tried)] if visit.may(Right.EMPLOYEES) else []
    times = _times(visit) if visit.may(Right.EMPLOYEES) else ()
    due = _due(visit) if visit.may(Right.EMPLOYEES) else ()
    return [*_orders(visit, waiting), *times, *people, *due, *_invoices(visit)]


def _orders(visit: Visit, waiting: int | None) -> Iterator[Box]:
    """Orders that go on once the customer has answered, and answers that nobody has read (H3)."""
    if not visit.may(Right.ORDERS):
        return
    if waiting is None:
        waiting = quick_counts(visit.db)[1]
    if waiting:
        title = f"{count(waiting)} {'bestilling venter' if waiting == 1 else 'bestillinger venter'} på dere"
        way = visit.url("orders", status=Meaning.WAITING.value)
        yield Box("orders", title, "Svar kundeansvarlig, så går de videre.", way, label="Se bestillingene")
    for answered in answered_orders(visit.db, SHOWN):
        said, way = f"Fra {answered.author}, {moment(answered.at)}.", visit.url("order", number=answered.number)
        title = f"Nytt svar på bestilling {answered.number}: {answered.what}"
        yield Box(f"answer-{answered.number}", title, said, f"{way}#messages", label="Les svaret")


def _times(visit: Visit) -> Iterator[Box]:
    """Places that somebody has to say yes to, and those that can be filled for a few days more (H3)."""
    for ending in ending_soon(visit.db, visit.now):
        way, until = (
            visit.url("booking", id=ending.booking_id),
            f"{moment(ending.until)}, {away(ending.until, visit.now)}",
        )
        day = today_in_oslo(ending.until)
        if ending.offered:
            title = f"{count(ending.count)} har fått tilbud om en plass: {ending.title}"
            yield Box(
                f"offers-{ending.booking_id}", title, f"Svar innen {until}.", way, label="Se tilbudene", until=day
            )
        else:
            title = f"{count(ending.count)} {'ledig plass' if ending.count == 1 else 'ledige plasser'}: {ending.title}"
            yield Box(
                f"deadline-{ending.booking_id}", title, f"Frist {until}.", way, label="Meld på ansatte", until=day
            )


def _numbers(visit: Visit, todo: str, tried: Tried | None) -> Iterator[Box]:
    for lacking in bookings_lacking_numbers(visit.db, visit.now):
        id = str(lacking.booking_id)
        people = without_number(visit.db, lacking.booking_id, visit.now, SHOWN) if todo == id else []
        rows = _rows(visit, people, NationalIdForm, "employee_national_id", tried)
        what = lacking.title[:1].lower() + lacking.title[1:]
        title = f"{_counted(lacking.count)} mangler fødselsnummer til {what} {lacking.first_day:%d.%m}"
        reason, until = "De må kunne identifiseres sikkert når de møter.", lacking.first_day
        yield _box(visit, id, title, reason, rows=rows, total=lacking.count, until=until)


def _emails(visit: Visit, todo: str, tried: Tried | None) -> Iterator[Box]:
    missing = count_without_email(visit.db)
    if missing:
        people = without_email(visit.db, SHOWN) if todo == EMAILS else []
        rows = _rows(visit, people, EmailForm, "employee_email", tried)
        title = f"{_counted(missing)} {'ansatt' if missing == 1 else 'ansatte'} mangler e-post"
        yield _box(visit, EMAILS, title, "De får ikke innkalling eller egenerklæring.", rows=rows, total=missing)


def _due(visit: Visit) -> Iterator[Box]:
    """Checks that are overdue, or due within 90 days, and for which there is no time (H8)."""
    counts = count_due(visit.db, visit.today)
    if counts.overdue:
        title = f"{_counted(counts.overdue)} {'kontroll' if counts.overdue == 1 else 'kontroller'} er forfalt"
        also = f"{_counted(counts.soon)} til forfaller innen 90 dager." if counts.soon else "Ingen har time ennå."
        yield Box("due", title, also, visit.url("due"), label="Se hvem", is_late=True)
    elif counts.soon:
        title = f"{_counted(counts.soon)} {'kontroll' if counts.soon == 1 else 'kontroller'} forfaller innen 90 dager"
        way = visit.url("due", within=Within.SOON)
        yield Box("due", title, "De har ikke time ennå.", way, label="Se hvem")


def _invoices(visit: Visit) -> Iterator[Box]:
    """Answers that nobody has read (FI4); and what is overdue, or else what is unpaid (I1)."""
    if not visit.may(Right.INVOICES):
        return
    for answered in answered_invoices(visit.db, SHOWN):
        said = f"Fra {answered.author}, {moment(answered.at)}."
        title = f"Svar om {'kreditnota' if answered.is_credit_note else 'faktura'} {answered.number}"
        way = visit.url("invoice", number=answered.number)
        yield Box(f"invoice-answer-{answered.id}", title, said, f"{way}#messages", label="Les svaret")
    owing = owed(visit.db, visit.today)
    late = owing.overdue > 0
    number = owing.overdue if late else owing.unpaid
    if number:
        status, outstanding = (
            (Status.OVERDUE, owing.overdue_outstanding) if late else (Status.UNPAID, owing.outstanding)
        )
        title = f"{count(number)} {'faktura' if number == 1 else 'fakturaer'} er {label(status).lower()}"
        way = visit.url("invoices", status=status)
        yield Box(INVOICES, title, f"Utestående kr {amount(outstanding)}", way, label="Se fakturaer", is_late=late)


def _box(
    visit: Visit, id: str, title: str, reason: str, *, rows: tuple[Row, ...], total: int, until: date | None = None
) -> Box:
    shown = f"Viser {len(rows)} av {_counted(total).lower()}. De neste kommer når disse er lagret."
    way = visit.url("worklist", todo=id)
    return Box(
        id, title, reason, way, opens_here=True, rows=rows, shown=shown if total > len(rows) else "", until=until
    )


def _rows(
    visit: Visit, people: list[Person], kind: type[PortalForm], route: str, tried: Tried | None
) -> tuple[Row, ...]:
    """Rows with empty forms, but for the one that was tried; there, or else in the first, one writes on."""
    again = tried.employee_id if tried and isinstance(tried.form, kind) else None
    rows = []
    for person in people:
        form = tried.form if tried and again == person.id else kind.of(visit, [])
        [field] = form
        field.id = f"{field.name}-{person.id}"
        field.label.text = f"{field.label.text} til {person.name}"
        field.description = person.unit_name + (f", {moment(person.starts_at)}" if person.starts_at else "")
        rows.append(
            Row(
                field, visit.url(route, id=person.id), here=person is people[0] if again is None else again == person.id
            )
        )
    return tuple(rows)


def _counted(number: int) -> str:
    return f"Over {count(COUNTED_TO)}" if number > COUNTED_TO else count(number)
