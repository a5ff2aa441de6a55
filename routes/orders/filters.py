"""What orders are searched by, at a customer and at the provider's desk."""

from wtforms.validators import ValidationError

from models.orders.order import PRODUCT_GROUPS, STATUSES
from models.values.texts.folding import without_label
from routes.web.fields import ALL, Choice, Option, Text
from routes.web.search import PeriodSearch

OPEN = Option("open", "Åpne")
WITHOUT_STATUS = Option("none", "(uten status)")


class OrderFilters(PeriodSearch):
    """Number, dates, status and product group; an empty one does not restrict."""

    number = Text("Bestillingsnummer:")
    status = Choice("Status:", choices=[ALL, OPEN, WITHOUT_STATUS, *map(Option, STATUSES)], default="")
    product_group = Choice("Produktgruppe:", choices=[ALL, *map(Option, PRODUCT_GROUPS)], default="")

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
        if self.status.data == OPEN.value:
            return None
        return "" if self.status.data == WITHOUT_STATUS.value else self.status.data or None

    @property
    def is_open(self) -> bool:
        """Whether only those are wanted that are not done."""
        return bool(self.status.data == OPEN.value)


def _digits(field: Text) -> str:
    return without_label(field.data or "").replace(" ", "").removeprefix("#")
