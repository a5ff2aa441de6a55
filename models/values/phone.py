"""Telephone numbers: read as people and their programs write them, kept as they are dialled.

Who has which number, and how a search finds it, is in `models.employees`. Why a library: docs/decisions/0034.
"""

import re

import phonenumbers

from models.values.texts.invisible import is_shortened, unprotected, visible, whole

_BETWEEN_DIGITS = re.compile(r"[\s().\-\u2010-\u2015\u2212/]")
_LABEL = re.compile(r"(?:(?:mobil|mob|telefon|tlf|tel|phone)[a-z]*[.: ]+|tel:)(?=[+(0-9])", re.IGNORECASE)
_TRUNK_ZERO = re.compile(r"\(\s*0\s*\)")


def read(text: str) -> str | None:
    """Eight digits, or + and a foreign number, without blanks; None where nothing is typed. Raises a sentence."""
    typed = whole(unprotected(visible(text)).strip())
    number = bare(typed)
    if not number:
        return None
    if is_shortened(typed):
        raise ValueError("Regnearket har forkortet nummeret, og sifre er blitt borte. Skriv hele nummeret.")
    if not re.fullmatch(r"\+?[0-9]+", number):
        raise ValueError("Et telefonnummer har bare tall, for eksempel 412 44 845 eller +46 70 123 45 67.")
    if found := re.fullmatch(r"\+?47([0-9]{8})", number):
        return found[1]
    if re.fullmatch(r"[0-9]{8}", number):
        return number
    if number.startswith("+") and not number.startswith("+47"):
        return _foreign(number, is_one="/" not in typed)
    digits = number.removeprefix("+47").lstrip("+")
    raise ValueError(
        f"Et norsk nummer har 8 sifre, og her står det {len(digits)}. Begynn et utenlandsk nummer med + og landkoden."
    )


def bare(typed: str) -> str:
    """The digits with a + before those of another country, and without the zero that is dialled at home alone."""
    typed = _LABEL.sub("", typed, count=1)
    number = _BETWEEN_DIGITS.sub(
        "", _TRUNK_ZERO.sub("", typed) if typed.lstrip("( ").startswith(("+", "00")) else typed
    )
    return f"+{number[2:]}" if number.startswith("00") else number


def _foreign(number: str, *, is_one: bool) -> str:
    """A number with a country code, without the zero that falls away behind it; Italy keeps its zero.

    What may be two, because of a stroke, is one only if its length is right for one.
    """
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        parsed = None
    is_possible = phonenumbers.is_possible_number if is_one else phonenumbers.is_valid_number
    if parsed is None or not is_possible(parsed):
        raise ValueError("Nummeret kan ikke ringes. Se etter at landkoden stemmer, og at alle sifrene er med.")
    if parsed.italian_leading_zero and not phonenumbers.is_valid_number(parsed):
        raise ValueError("Skriv nummeret uten nullen etter landkoden.")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
