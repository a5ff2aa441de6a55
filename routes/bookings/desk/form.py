"""The form of a booking before it is published."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from wtforms import BooleanField
from wtforms.validators import DataRequired, ValidationError

from models.bookings.series import Facts
from models.checks.check import names_of_checks
from models.core.scope import Right
from models.customers.units import units_in_scope
from models.orders.open import open_orders, order_to_book
from routes.bookings.desk.series_form import WORKING_DAYS, Schedule, SeriesForm
from routes.web.errors import not_found
from routes.web.fields import Choice, Number, Option, Text, at_most, is_id, required
from routes.web.forms import unit_choices
from routes.web.visit import Visit

USUAL = [
    *WORKING_DAYS,
    ("opens", "08:00"),
    ("closes", "15:00"),
    ("minutes", "30"),
    ("capacity", "1"),
    ("deadline", "24"),
]
"""What an empty form begins with."""
_FIRST = {"unit", "order", "title", "place"}
HOURS, DAYS = Option("h", "timer før den første tiden"), Option("d", "dager før den første tiden")


def check_https(_form: object, field: Text) -> None:
    """A link that employees get leads to a safe place; raises the sentence."""
    text = field.data or ""
    if text and not (text.startswith("https://") and len(text) > len("https://") and not set(text) & set(" \n<>\"'")):
        raise ValidationError("Lenken må begynne med https:// og ikke ha mellomrom.")


def check_choice() -> Choice:
    """Which check a booking is, where its title does not say so."""
    return Choice(
        "Kontroll",
        default="",
        refusal="Velg en av kundens kontroller.",
        description="Den som har møtt, har vært til denne. Uten valg teller kontrollen som tittelen nevner.",
    )


def set_checks(visit: Visit, field: Choice, had: str | None = None) -> None:
    """Let the checks of the customer be chosen, and the one that the booking has."""
    names = names_of_checks(visit.db)
    field.choices = [Option("", "Som tittelen sier"), *map(Option, names)]
    if had and had not in names:
        field.choices.append(Option(had))


class BookingForm(SeriesForm):
    """The facts of a booking, and its times."""

    unit = Choice("Bedrift/avdeling", validators=[DataRequired("Velg bedrift/avdeling.")], refusal="Velg fra listen.")
    order = Choice(
        "Bestilling",
        default="",
        refusal="Velg en av kundens bestillinger.",
        description="Bookingen står på bestillingens side.",
    )
    title = Text("Tittel", [required("Skriv hva bookingen gjelder."), at_most(200)])
    place = Text("Sted", [required("Skriv hvor de skal møte."), at_most(200)])
    deadline = Number("Frist for påmelding", 0, 999)
    deadline_unit = Choice("Timer eller dager", default="h", choices=[HOURS, DAYS])
    preparation = Text(
        "Forberedelser", [at_most(4000)], description="Står i innkallingen. Ikke skriv sensitive opplysninger her."
    )
    self_declaration_url = Text("Lenke til egenerklæring", [at_most(500), check_https])
    check_name = check_choice()
    names_hidden = BooleanField(
        "Skjul navn", description="Kunden ser bare hvor mange som er påmeldt, som ved støttesamtaler."
    )
    needs_national_id = BooleanField(
        "Krever fødselsnummer", description="Kunden blir bedt om å fylle ut dem som mangler."
    )

    def __iter__(self) -> Iterator[Any]:
        """The fields as they stand on the page: what and where come first."""
        return iter(sorted(super().__iter__(), key=lambda field: field.name not in _FIRST))

    @property
    def closes_before(self) -> timedelta:
        """How long before the first time sign-up closes; once the form is valid."""
        number: int = self.deadline.value
        return timedelta(days=number) if self.deadline_unit.data == DAYS.value else timedelta(hours=number)

    @property
    def facts(self) -> Facts:
        """What is published beside the times; once the form is valid."""
        return Facts(
            title=self.title.data or "",
            place=self.place.data or "",
            preparation=self.preparation.data or "",
            self_declaration_url=self.self_declaration_url.data or "",
            closes_before=self.closes_before,
            order_number=int(self.order.data) if self.order.data else None,
            names_hidden=self.names_hidden.data,
            needs_national_id=self.needs_national_id.data,
            check_name=self.check_name.data or None,
        )

    @property
    def chosen(self) -> dict[str, str]:
        """What is chosen from the lists, in words; nothing where nothing is."""
        lists = {"unit": self.unit, "order": self.order}
        return {
            name: next(str(one.label).strip() for one in field.iter_choices() if one.value == field.data)
            if field.data
            else ""
            for name, field in lists.items()
        }

    def schedule(self, now: datetime) -> Schedule | None:
        """What would be published; None where nothing can, with the sentences at the fields."""
        schedule = super().schedule(now)
        if schedule is not None and schedule.times[0][0] - self.closes_before <= now:
            self.deadline.errors = ["Fristen er alt ute. Velg en kortere frist, eller en senere første tid."]
            return None
        return schedule


def booking_form(visit: Visit, pairs: Iterable[tuple[str, object]] | None = None) -> BookingForm:
    """The form with the units and orders of the customer that this visit serves; new ones begin with what is usual."""
    order = visit.query_params.get("order") if pairs is None else None
    form: BookingForm = BookingForm.of(visit, [*USUAL, ("order", order or "")] if pairs is None else pairs)
    assert visit.scope is not None
    units = units_in_scope(visit.db, visit.scope, *Right)
    form.unit.choices = unit_choices(units)
    if len(units) == 1:
        form.unit.data = form.unit.data or str(units[0].id)
    else:
        form.unit.choices.insert(0, Option("", "Velg"))
    _set_order_choices(visit, form)
    set_checks(visit, form.check_name)
    if order:
        _begin_with(visit, form, order)
    return form


def _set_order_choices(visit: Visit, form: BookingForm) -> None:
    """The open ones, and the one that is chosen, whatever its status."""
    found = open_orders(visit.db)
    chosen = form.order.data or ""
    if is_id(chosen) and all(chosen != str(one.number) for one in found):
        found += filter(None, [order_to_book(visit.db, int(chosen))])
    texts = [(one.number, f"{one.number} {one.delivery[:60]} ({one.unit})") for one in found]
    form.order.choices = [Option("", "Ingen"), *(Option(str(number), text) for number, text in texts)]


def _begin_with(visit: Visit, form: BookingForm, number: str) -> None:
    order = order_to_book(visit.db, int(number)) if is_id(number) else None
    if order is None:
        raise not_found()
    form.unit.data, form.title.data = str(order.unit_id), order.delivery
