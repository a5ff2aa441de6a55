"""The fields that forms are made of: each reads what was typed and has the Norwegian sentence for what it refuses.

What is asked in one form stands with the form; `forms` has what whole forms share.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date
from datetime import time as clock_time
from typing import Any

from wtforms import Field, SelectField, StringField
from wtforms.fields import choices
from wtforms.validators import DataRequired, Length, StopValidation, ValidationError

from models.values.dates import of_this_century, parse_date, parse_time
from models.values.national_id import NationalIdRefused, is_mask, mask, mask_in, read_field
from models.values.texts.invisible import unprotected, visible
from models.values.texts.marks import check_marks, normal

Option: Any = choices.SelectChoice  # type: ignore[attr-defined]  # what a Choice lists; its types lag behind
ALL = Option("", "Alle")
# What neither HTML nor XML may hold: control characters, and code points that are no characters.
_NO_CHARACTERS = "".join(chr(plane + last) for plane in range(0, 0x110000, 0x10000) for last in (0xFFFE, 0xFFFF))
_CONTROL = re.compile(rf"[^\S\n]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef{_NO_CHARACTERS}]")
_ID = re.compile(r"[0-9]{1,9}")
_NOT_HERE = "Her står det et fødselsnummer. Det hører bare hjemme i feltet for fødselsnummer."
"""What else is wrong with a text that holds one follows from its mask, which nobody has typed."""
_LONGEST = 500
"""Signs of a text whose field says nothing else."""


Looks = tuple[Hashable, ...]
"""All that a macro sees of a field; fields that look alike are drawn alike."""


def looks_of(field: Field, *more: Hashable) -> Looks | None:
    """What a field looks like; None where something is wrong with it, which is seldom so twice."""
    if field.errors:
        return None
    return (field.id, field.name, field.label.text, field.description, bool(field.flags.required), *more)


class Text(StringField):
    """A text as somebody typed it: trimmed, without control characters, with identity numbers masked."""

    kind = "text"
    """What is typed there, as the contract calls it."""
    masked = 0

    @property
    def looks(self) -> Looks | None:
        """What it looks like while nobody has typed anything: no text of anybody is kept."""
        return None if self.data else looks_of(self)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Clean what was sent, so that no answer, row, log or letter can hold what was taken out.

        Where no rule of the field says how long it may be, so that what is too long comes back whole, it is cut
        first. Raises the sentence for the field.
        """
        sent = valuelist[0] if valuelist else ""
        is_held = any(isinstance(one, Length) for one in self.validators)
        self.data, self.masked = cleaned(sent if is_held else _cut(sent, _LONGEST), today=self.meta.today)
        if not is_held and len(sent) > _LONGEST:
            raise ValueError(_too_long(_LONGEST, len(sent)))
        check_marks(sent)

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        """Where the text could not be taken as it was sent, that is all there is to say."""
        self.errors = list(self.process_errors)
        return not self.errors and super().validate(form, extra_validators)


def _cut(text: str, longest: int) -> str:
    """No more of a text than that, and no beginning of a number, which no mask would find."""
    at = longest if len(text) > longest else 0
    while at and not text[at - 1].isalpha():
        at -= 1
    return text[:at] if len(text) > longest else text


def cleaned(text: str, *, today: date) -> tuple[str, int]:
    """A text trimmed, without control characters, with identity numbers masked; and how many of them there were."""
    text = visible(normal(text))
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
            raise StopValidation(_NOT_HERE if self.masked else str(wrong)) from None


class Number(Read):
    """A whole number, from `low` to `high`."""

    kind = "whole number"

    def __init__(self, label: str, low: int, high: int, **kwargs: Any) -> None:
        super().__init__(label, self._whole, needed=True, **kwargs)
        self.low, self.high = low, high

    def _whole(self, text: str) -> int:
        if not (is_id(text) and self.low <= int(text) <= self.high):
            raise ValueError(f"Skriv et helt tall fra {self.low} til {self.high}.")
        return int(text)


class TimeOfDay(Text):
    """A time of day, typed as `08:30` or `0830`; what was typed stays in the field."""

    kind = "time of day"
    time: clock_time | None = None

    def pre_validate(self, form: Any) -> None:
        """Read the time; raises the sentence for the field."""
        try:
            self.time = parse_time(self.data) if self.data else None
        except ValueError as wrong:
            raise StopValidation(str(wrong)) from None


class Day(Text):
    """A date, typed as `dd.mm.åååå` or ISO; what was typed stays in the field (B6)."""

    kind = "date"
    day: date | None = None

    def __init__(self, label: str, *args: Any, short_years: bool = False, **kwargs: Any) -> None:
        super().__init__(label, *args, **kwargs)
        self._year_of = of_this_century if short_years else None

    def pre_validate(self, form: Any) -> None:
        """Read the date; raises the sentence for the field."""
        text = (self.data or "").strip()
        try:
            self.day = parse_date(text, self._year_of or (lambda _: None)) if text else None
        except ValueError as wrong:
            raise StopValidation(str(wrong)) from None


class NationalIdField(StringField):
    """An identity number as somebody typed it. It is never drawn again: a mask comes back, or nothing (AR4-AR8)."""

    kind = "identity number"
    number: str | None = None
    """The 11 digits, once the form is valid; None where the stored number is left alone (AR7)."""
    _typed = ""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Keep what was typed out of `data`, which is what macros draw."""
        self._typed = unprotected(visible((valuelist[0] if valuelist else "")[:_LONGEST])).strip()
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

    kind = "ids"
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

    kind = "choice"

    def __init__(self, label: str, *, refusal: str = "Velg fra listen.", **kwargs: Any) -> None:
        super().__init__(label, validate_choice=False, **kwargs)
        self._refusal = refusal
        self.find_choices: Callable[[], list[Any]] | None = None
        """Finds the choices, where they have to be found; asked only if they are drawn or one of them is taken."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Whatever was sent stays in the addresses of the page: no number, and nothing longer than any choice."""
        if valuelist:
            self.data, _ = mask_in(_cut(valuelist[0], _LONGEST), today=self.meta.today)

    def iter_choices(self) -> Any:
        """The choices, each with whether it is the one that is taken."""
        if self.choices is None and self.find_choices:
            self.choices = self.find_choices()
        return super().iter_choices()

    @property
    def looks(self) -> Looks | None:
        """What it looks like with one of its choices taken."""
        if self.choices is None and self.find_choices:
            self.choices = self.find_choices()
        options: Iterable[Any] = self.choices or ()
        choices = tuple((option.value, option.label) for option in options)
        is_one = any(value == self.data for value, _ in choices)
        return looks_of(self, self.data, choices) if is_one else None

    def pre_validate(self, form: Any) -> None:
        """Raises the sentence for the field."""
        if self.data == self.default and (self.choices is None or self.flags.required):
            return  # it is what was not asked for, or another rule refuses it
        possible = [option.value for option in self.iter_choices()]
        if self.data not in possible:
            raise StopValidation(self._refusal)


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
            raise ValidationError(_too_long(self.max, length))


def _too_long(longest: int, length: int) -> str:
    return f"Teksten kan ha høyst {longest} tegn, og her står det {length}. Gjør den kortere."
