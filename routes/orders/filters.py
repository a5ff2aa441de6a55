"""What orders are searched by, at a customer and at the provider's desk."""

from collections.abc import Iterable
from typing import Any

from wtforms.validators import ValidationError

from models.catalogue.entry import Kind
from models.values.texts.folding import without_label
from routes.web.fields import ALL, Choice, Option, Text, at_most
from routes.web.search import PeriodSearch
from routes.web.visit import Visit

OPEN = Option("open", "Åpne")
WAITING = Option("waiting", "Venter på dere")
"""Not among the choices, which are the provider's words, unless a link has chosen it: several may mean so."""
WITHOUT_STATUS = Option("none", "(uten status)")


class OrderFilters(PeriodSearch):
    """Number, dates, status, product group, and the words that the frame's box was asked for; each may be empty."""

    number = Text("Bestillingsnummer:")
    status = Choice("Status:", choices=[ALL, OPEN, WITHOUT_STATUS], default="")
    product_group = Choice("Produktgruppe:", choices=[ALL], default="")
    q = Text("Ord i bestillingen:", [at_most(100)])
    """Drawn only where it is searched for: it comes from the frame's box, which is on every page."""

    @classmethod
    def of(cls, visit: Visit, pairs: Iterable[tuple[str, object]] | None = None, **kwargs: Any) -> Any:
        """With everything that the catalogue has, what is retired as well: orders may have it still."""
        form = super().of(visit, pairs, **kwargs)
        form.status.choices = form.product_group.choices = None  # found only if they are asked for
        form.status.find_choices = lambda: [
            *(ALL, OPEN),
            *((WAITING,) if form.status.data == WAITING.value else ()),
            WITHOUT_STATUS,
            *map(Option, _words(visit, Kind.STATUS)),
        ]
        form.product_group.find_choices = lambda: [ALL, *map(Option, _words(visit, Kind.PRODUCT_GROUP))]
        return form

    def validate_number(self, field: Text) -> None:
        """An order number is digits, perhaps with a space or a # that came along when it was copied."""
        digits = _digits(field)
        if digits and not (digits.isascii() and digits.isdecimal() and len(digits) <= 9):
            raise ValidationError("Et bestillingsnummer består bare av tall, for eksempel 307390.")

    @property
    def wanted_number(self) -> int | None:
        """The number, or its first digits, once the form is valid."""
        digits = _digits(self.number)
        return int(digits) if digits else None

    @property
    def wanted_status(self) -> str | None:
        """The status; the empty string means orders that have none yet."""
        if self.status.data in {OPEN.value, WAITING.value}:
            return None
        return "" if self.status.data == WITHOUT_STATUS.value else self.status.data or None

    @property
    def is_open(self) -> bool:
        """Whether only those are wanted that are not done."""
        return bool(self.status.data == OPEN.value)

    @property
    def is_waiting(self) -> bool:
        """Whether only those are wanted that wait for the customer."""
        return bool(self.status.data == WAITING.value)


def _words(visit: Visit, kind: Kind) -> list[str]:
    """Staff see every word; customers none that the CRM may have brought on the order of another."""
    catalogue = visit.catalogue
    return [word.name for word in catalogue.of(kind)] if visit.user.is_at_desk else catalogue.shown_to_all(kind)


def _digits(field: Text) -> str:
    return without_label(field.data or "").replace(" ", "").removeprefix("#")
