"""Forms: WTForms checks and coerces, with Norwegian sentences; partials draw.

The fields of one room's form stand beside its handlers.
"""

import re
import secrets
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from datetime import time as clock_time
from typing import Any

from wtforms import Field, Form, SelectField, StringField
from wtforms.fields import choices
from wtforms.validators import DataRequired, Length, StopValidation, ValidationError

from models.customers.units import UnitRow
from models.values.dates import parse_date, parse_time
from models.values.national_id import NationalIdRefused, is_mask, mask, mask_in, read_field
from routes.web.visit import SAFE_METHODS, Visit

Option: Any = choices.SelectChoice  # type: ignore[attr-defined]  # what a Choice offers; its types lag behind
ALL = Option("", "Alle")
# What neither HTML nor XML may hold: control characters, and code points that are no characters.
_NO_CHARACTERS = "".join(chr(plane + last) for plane in range(0, 0x110000, 0x10000) for last in (0xFFFE, 0xFFFF))
_CONTROL = re.compile(rf"[^\S\n]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef{_NO_CHARACTERS}]")
_ID = re.compile(r"[0-9]{1,9}")
_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")


class Fields(Mapping[str, Any]):
    """Names and values as a browser sends them, in the shape that WTForms reads."""

    def __init__(self, pairs: Iterable[tuple[str, object]]) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            if isinstance(value, str):
                self._values.setdefault(name, []).append(value)

    def getlist(self, name: str) -> list[str]:
        """All values of a name."""
        return self._values.get(name, [])

    def __getitem__(self, name: str) -> str:
        return self._values[name][0]

    def __iter__(self) -> Any:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


class PortalForm(Form):
    """A form of the portal; `form_errors` are sentences about the whole of it."""

    @classmethod
    def of(cls, visit: Visit, pairs: Iterable[tuple[str, object]] | None = None, **kwargs: Any) -> Any:
        """Fill the form with what was sent: the body, the query, or the given pairs."""
        if pairs is None:
            sent = visit.query_params if visit.request.method in SAFE_METHODS else visit.form
            pairs = sent.multi_items()
        meta = {"today": visit.today, "synthetic": visit.portal.settings.demo}
        return cls(Fields(pairs), meta=meta, **kwargs)

    @property
    def filters(self) -> dict[str, str]:
        """The filters that are set, as they stand in the URL (B10)."""
        return {field.name: field.data for field in self if field.data}

    @property
    def masked(self) -> int:
        """How many identity numbers were masked in the texts of the form (section 5, number 6)."""
        return sum(getattr(field, "masked", 0) for field in self)


class Text(StringField):
    """A text as somebody typed it: trimmed, without control characters, with identity numbers masked."""

    masked = 0

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Clean what was sent, so that no answer, row, log or letter can hold what was taken out."""
        self.data, self.masked = cleaned(valuelist[0] if valuelist else "", today=self.meta.today)


def cleaned(text: str, *, today: date) -> tuple[str, int]:
    """A text trimmed, without control characters, with identity numbers masked; and how many of them there were."""
    text = unicodedata.normalize("NFC", text)
    text = _CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    return mask_in(text, today=today)


class Read(Text):
    """A text that a rule of the models reads, and refuses with a sentence for the field."""

    value: Any = None
    """What was read, once the form is valid."""

    def __init__(self, label: str, read: Callable[[str], Any], *, needed: bool = False, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self._read = read
        self.flags.required = needed

    def pre_validate(self, form: Any) -> None:
        """Read the text; raises the sentence for the field."""
        try:
            self.value = self._read(self.data or "")
        except ValueError as wrong:
            raise StopValidation(str(wrong)) from None


class Number(Read):
    """A whole number, from `low` to `high`."""

    def __init__(self, label: str, low: int, high: int, **kwargs: Any) -> None:
        super().__init__(label, self._whole, needed=True, **kwargs)
        self._low, self._high = low, high

    def _whole(self, text: str) -> int:
        if not (is_id(text) and self._low <= int(text) <= self._high):
            raise ValueError(f"Skriv et helt tall fra {self._low} til {self._high}.")
        return int(text)


class TimeOfDay(Text):
    """A time of day, typed as `08:30` or `0830`; what was typed stays in the field."""

    time: clock_time | None = None

    def pre_validate(self, form: Any) -> None:
        """Read the time; raises the sentence for the field."""
        try:
            self.time = parse_time(self.data) if self.data else None
        except ValueError as wrong:
            raise StopValidation(str(wrong)) from None


class Day(Text):
    """A date, typed as `dd.mm.åååå` or ISO; what was typed stays in the field (B6)."""

    day: date | None = None

    def pre_validate(self, form: Any) -> None:
        """Read the date; raises the sentence for the field."""
        text = (self.data or "").strip()
        try:
            self.day = parse_date(text) if text else None
        except ValueError as wrong:
            raise StopValidation(str(wrong)) from None


class NationalIdField(StringField):
    """An identity number as somebody typed it. It is never drawn again: a mask comes back, or nothing (AR4-AR8)."""

    number: str | None = None
    """The 11 digits, once the form is valid; None where the stored number is left alone (AR7)."""
    _typed = ""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Keep what was typed out of `data`, which is what macros draw."""
        self._typed = (valuelist[0] if valuelist else "").strip()
        self.data = self._typed if is_mask(self._typed) else ""

    @property
    def must_be_typed_again(self) -> bool:
        """Whether a number was typed that a form drawn again cannot show: the page has to say so."""
        return bool(self._typed) and not self.data

    def take(self, number: str) -> None:
        """Be as if this number was typed, and draw its mask."""
        self._typed, self.data = number, mask(number)

    @property
    def is_typed(self) -> bool:
        """Whether more was typed than what leaves the stored number alone (AR7)."""
        return bool(self._typed) and not is_mask(self._typed)

    def pre_validate(self, form: Any) -> None:
        """Read the number; raises the sentence for the field, which does not repeat it."""
        try:
            self.number = read_field(self._typed, today=self.meta.today, synthetic=self.meta.synthetic)
        except NationalIdRefused as refused:
            raise StopValidation(str(refused)) from None


class Ids(Field):
    """Ids of rows, sent as often as there are some, as from ticked boxes; what is no id is passed over."""

    data: list[int]

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Keep each id once, in the order in which they came."""
        self.data = list(dict.fromkeys(int(text) for text in valuelist if is_id(text)))

    def process_data(self, value: Any) -> None:
        """Without anything sent, there is none."""
        self.data = list(value or ())

    @property
    def first(self) -> int | None:
        """The only one, where there should be one."""
        return self.data[0] if self.data else None


def is_id(text: str) -> bool:
    """Whether a text that was sent can be the id of a row."""
    return _ID.fullmatch(text) is not None


class Choice(SelectField):
    """One of a list; what is not in the list is refused with `refusal`."""

    def __init__(self, label: str, *, refusal: str = "Velg fra listen.", **kwargs: Any) -> None:
        super().__init__(label, validate_choice=False, **kwargs)
        self._refusal = refusal
        self.offer: Callable[[], list[Any]] | None = None
        """Finds the choices, where they have to be found; asked only if they are drawn or one of them is taken."""

    def iter_choices(self) -> Any:
        """The choices, each with whether it is the one that is taken."""
        if self.choices is None and self.offer:
            self.choices = self.offer()
        return super().iter_choices()

    def pre_validate(self, form: Any) -> None:
        """Raises the sentence for the field."""
        if self.data == self.default:
            return
        offered = [option.value for option in self.iter_choices()]
        if self.data not in offered:
            raise StopValidation(self._refusal)


class PeriodSearch(PortalForm):
    """A search whose filters stand in the URL, with the two dates that several have (B6, F5)."""

    were_wrong = False
    """Whether the page that the search was sent from shows sentences at its fields, which may have to go."""
    from_date = Day("Fra dato:", name="from")
    to_date = Day("Til dato:", name="to")

    def validate_to_date(self, field: Day) -> None:
        """From after to would find nothing, and the user would not know why (B6)."""
        if self.from_date.day and field.day and self.from_date.day > field.day:
            raise ValidationError("Til dato er før fra dato. Bytt om eller rett en av dem.")


def required(sentence: str) -> DataRequired:
    """The field must be filled in, with more than blanks; `sentence` says so."""
    return DataRequired(sentence)


def at_most(characters: int) -> Length:
    """The field takes so many characters."""
    return _AtMost(max=characters)


class _AtMost(Length):
    def __call__(self, form: Any, field: Field) -> None:
        length = len(field.data or "")
        if length > self.max:
            raise ValidationError(f"Teksten kan ha høyst {self.max} tegn, og her står det {length}. Gjør den kortere.")


def unit_choices(units: Iterable[UnitRow]) -> list[Any]:
    """Units as the options of a select; what lies below another is set in, with blanks that typing passes over."""
    return [Option(str(unit.id), "\u00a0\u00a0" * unit.depth + unit.name) for unit in units]


def offer_units(form: "UnitChoice | UnitFilter", units: list[UnitRow]) -> None:
    """Fill `form.unit` with the units that fit `form.unit_filter`, and count them (NB3, NB4).

    A unit that is chosen stays among the choices, so that filtering never changes an answer. The only unit that
    there is, is chosen already where one has to be.
    """
    wanted = form.unit_filter.data or ""
    fitting = [unit for unit in units if unit.matches(wanted)]
    chosen = [unit for unit in units if str(unit.id) == form.unit.data and unit not in fitting]
    form.unit.choices = unit_choices([*chosen, *fitting])
    if isinstance(form, UnitFilter):
        form.unit.choices.insert(0, ALL)
    elif len(units) > 1:
        form.unit.choices.insert(0, Option("", "Velg"))
    elif units and not form.unit.data:
        form.unit.data = str(units[0].id)
    form.hits = len(fitting)


class UnitChoice(PortalForm):
    """Which unit, and what its name or number should contain: the beginning of several forms (NB2)."""

    unit = Choice(
        "Bedrift/avdeling:",
        validators=[DataRequired("Velg bedrift/avdeling.")],
        description="Hvis flere avdelinger, velg avdeling som bestillingen skal knyttes til.",
        refusal="Velg bedrift/avdeling.",
    )
    unit_filter = Text("Filtrer i bedrifts-/avdelingsliste", description="Navn eller organisasjonsnummer.")
    hits = 0
    """How many units fit the filter."""


class UnitFilter(PortalForm):
    """Which unit a list is of: all of them, unless one is chosen (A2)."""

    unit = Choice("Bedrift/Avdeling:", default="", refusal="Velg en av dine avdelinger.")
    unit_filter = Text("Filtrer i bedrifts-/avdelingsliste")
    hits = 0
    """How many units fit the filter."""


def masked_sentence(count: int) -> str:
    """What the sender is told where identity numbers were masked; empty where there was none."""
    if not count:
        return ""
    what = "Et fødselsnummer" if count == 1 else f"{count} fødselsnumre"
    return f" {what} i teksten ble skjult."


def idempotency_key(visit: Visit) -> str:
    """The key that came with a creating form; a client that sends none gets one, and so no protection."""
    key = visit.form.get("idempotency_key")
    return key if isinstance(key, str) and _KEY.fullmatch(key) else new_key()


FRESH_KEY = f"key-{secrets.token_hex(16)}"
"""Stands in rendered pages for a fresh idempotency key, which is drawn after the page's ETag is known.

Only where the page is another as soon as its form has been sent: else a kept page would bring a used key back.
"""


def new_key() -> str:
    """A fresh idempotency key for a form that is about to be filled in."""
    return secrets.token_urlsafe(16)
