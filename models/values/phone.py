"""Telephone numbers: read as people and their programs write them, kept as they are dialled.

Who has which number, and how a search finds it, is in `models.employees`. Why a library: docs/decisions/0034.
"""

import re

import phonenumbers

from models.values.texts.invisible import unprotected, visible

_BETWEEN_DIGITS = re.compile(r"[\s().\-\u2010-\u2015\u2212/]")
_DECIMALS = re.compile(r"(\+?[0-9]{8,})[.,]0")
_TRUNK_ZERO = re.compile(r"\(\s*0\s*\)")


def read(text: str) -> str | None:
    """Eight digits, or + and a foreign number, without blanks; None where nothing is typed. Raises a sentence."""
    typed = unprotected(visible(text)).strip()
    if found := _DECIMALS.fullmatch(typed):
        typed = found[1]
    number = bare(typed)
    if not number:
        return None
    if not re.fullmatch(r"\+?[0-9]+", number):
        raise ValueError("Et telefonnummer har bare tall, for eksempel 412 44 845 eller +46 70 123 45 67.")
    if found := re.fullmatch(r"\+?47([0-9]{8})", number):
        return found[1]
    if re.fullmatch(r"[0-9]{8}", number):
        return number
    if number.startswith("+") and not number.startswith("+47"):
        return _foreign(number)
    digits = number.removeprefix("+47").lstrip("+")
    raise ValueError(
        f"Et norsk nummer har 8 sifre, og her står det {len(digits)}. Begynn et utenlandsk nummer med + og landkoden."
    )


def bare(typed: str) -> str:
    """The digits with a + before those of another country, and without the zero that is dialled at home alone."""
    number = _BETWEEN_DIGITS.sub(
        "", _TRUNK_ZERO.sub("", typed) if typed.lstrip("( ").startswith(("+", "00")) else typed
    )
    number = number.removeprefix("tel:")
    return f"+{number[2:]}" if number.startswith("00") else number


def _foreign(number: str) -> str:
    """A number with a country code, without the zero that falls away behind it; Italy keeps its zero."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        parsed = None
    if parsed is None or not phonenumbers.is_possible_number(parsed):
        raise ValueError("Nummeret kan ikke ringes. Se etter at landkoden stemmer, og at alle sifrene er med.")
    if parsed.italian_leading_zero and not phonenumbers.is_valid_number(parsed):
        raise ValueError("Skriv nummeret uten nullen etter landkoden.")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
