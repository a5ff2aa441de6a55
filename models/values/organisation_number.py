"""The organisation number of Enhetsregisteret: whether it is one, and how it is written for people.

Which unit has which number does not live here.
"""

import re

from stdnum.no import orgnr

from models.values.texts.invisible import unprotected, visible, whole

_LENGTH = 9
_AROUND = re.compile(
    r"^(?:(?:foretaks|org|mva|vat)[a-z]*\.?\s*(?:nr|nummer)?[.:\s]*|(?:0192|9908):)?(?:no(?=[\s.:\d-]))?|mva\.?$",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"[\s.\-\u2010-\u2015\u2212]")


def is_valid(text: str) -> bool:
    """Whether `text` is nine digits, and nothing else, whose control digit agrees (modulus 11)."""
    return text.isascii() and text.isdigit() and orgnr.is_valid(text)


def bare(text: str) -> str:
    """What is typed without what people and programs write around a number: `NO 315 908 302 MVA` is nine digits."""
    return _BETWEEN.sub("", _AROUND.sub("", whole(unprotected(visible(text)).strip())))


def read_number(text: str) -> str | None:
    """Nine digits, however they are written; None where nothing is. Raises the sentence for the field."""
    digits = bare(text)
    if not text.strip():
        return None
    if digits and not (digits.isascii() and digits.isdigit()):
        raise ValueError("Et organisasjonsnummer har bare tall.")
    if len(digits) != _LENGTH:
        raise ValueError(f"Et organisasjonsnummer har 9 sifre, og her står det {len(digits)}.")
    if not is_valid(digits):
        raise ValueError("Kontrollsifferet stemmer ikke. Se etter at alle sifrene er riktige.")
    return digits


def display(text: str) -> str:
    """Nine digits as `315 908 302` with no-break spaces; anything else as it is."""
    if len(text) != _LENGTH or not text.isdigit():
        return text
    return f"{text[:3]}\N{NO-BREAK SPACE}{text[3:6]}\N{NO-BREAK SPACE}{text[6:]}"
