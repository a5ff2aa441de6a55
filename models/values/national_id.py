"""The national identity number (fødselsnummer, D-number or synthetic): reading, checking and masking it.

Who has which number, and the sealing of it, is in `models.employees.national_ids`: here a number is a text.

Sources: Skatteetaten, "Fødselsnummer", "D-nummer", "Testnummer" (Tenor: month + 80) and "Nye fødselsnummer og
d-nummer fra 2032"; NAV's own synthetic numbers have month + 40.
"""

import re
import unicodedata
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from stdnum.no.fodselsnummer import calc_check_digit1, calc_check_digit2

from models.values.texts.invisible import visible

# From this day Skatteetaten issues numbers whose first control digit leaves a remainder of 0, 1, 2 or 3.
# The second control digit and the old numbers stay as they are. Until then the strict rule finds more slips.
_NEW_SERIES = date(2032, 1, 1)

# What people, and the programs they paste from, put between the digits of the field: blanks, dots, hyphens and
# dashes of every kind, and characters that cannot be seen.
_BETWEEN = r"[\s.\-\u2010-\u2015\u2212\u00ad\u200b\u2060\ufeff]"
_MOST_BETWEEN = 3
"""Signs between two digits of a number in free text, whatever they are, as long as they are no letters."""
_LENGTH = 11


class NationalIdRefused(ValueError):
    """The text is no acceptable identity number; the message is a Norwegian sentence without the number."""


def parse(text: str, *, today: date, synthetic: bool) -> str:
    """Read a typed identity number and return its 11 digits (AR8).

    Blanks, dots and hyphens are removed. D-numbers are accepted, synthetic ones only if `synthetic`
    (test mode). `today` decides whether the control of 2032 applies, and nothing else: no age is
    computed and no birth in the future refused (AR9), as the numbers of 2032 do not tell the century.
    Raises NationalIdRefused with a sentence that says what is wrong.
    """
    digits = re.sub(_BETWEEN, "", text)
    fault = _fault(digits, today=today, synthetic=synthetic)
    if fault:
        raise NationalIdRefused(fault)
    return digits


def is_valid(digits: str, *, today: date, synthetic: bool) -> bool:
    """Whether `digits` are exactly the 11 digits that `parse` would return."""
    return _fault(digits, today=today, synthetic=synthetic) is None


def mask(number: str) -> str:
    """The only form in which a number is shown: six digits and five asterisks, `148384*****` (AR4)."""
    return number[:6] + "*****"


def is_mask(text: str) -> bool:
    """Whether `text` is a mask as shown in the form: posted back it means "leave the number alone" (AR7)."""
    return re.fullmatch(r"[0-9]{6}\*{5}", text.strip()) is not None


def read_field(text: str, *, today: date, synthetic: bool) -> str | None:
    """What was typed in `Fødselsnummer (11 siffer)`: 11 digits, or None to leave the stored number alone (AR7).

    Nothing typed, and the mask as it was shown, leave it alone. Raises NationalIdRefused as `parse` does.
    """
    typed = text.strip()
    return None if not typed or is_mask(typed) else parse(typed, today=today, synthetic=synthetic)


def birth_date_warning(number: str, birth_date: date | None, *, today: date) -> str | None:
    """A sentence where number and birth date disagree: to be said, not to stop anybody (AR9); None if they agree.

    From 2032 on the first six digits of a new number say nothing of the birth.
    """
    if birth_date is None or today >= _NEW_SERIES:
        return None
    day, month, year = _day_of(number)
    if (day, month, year) == (birth_date.day, birth_date.month, birth_date.year % 100):
        return None
    return "Fødselsdatoen og fødselsnummeret stemmer ikke med hverandre. Se over begge."


def mask_in(text: str, *, today: date) -> tuple[str, int]:
    """Mask every identity number in free text; return the text and how many were masked.

    A number is found in any digits that Unicode has, with up to three signs between any two of them that are neither
    letters nor digits: blanks, line breaks, pictures. What cannot be seen, and marks on the digits, may stand there in
    any number. Synthetic numbers are masked in any mode. Left alone: what fails the control, and digits that are part
    of a longer run.
    """
    pieces: list[str] = []
    kept = count = at = 0
    found = _digits_in(text)
    while at + _LENGTH <= len(found):
        if not _is_number(found, at, today):
            at += 1
            continue
        number = found[at : at + _LENGTH]
        pieces += text[kept : number[0].place], mask("".join(digit.value for digit in number))
        kept, at, count = number[-1].place + 1, at + _LENGTH, count + 1
    return "".join(pieces) + text[kept:], count


class _Digit(NamedTuple):
    value: str
    place: int
    """Where the sign stands in the text."""
    chain: int
    """Digits with the same number stand close enough to be one number."""
    is_joined: bool
    """Whether it goes on a run: it and the sign right before are digits, not signs such as ² or ¼ that have some."""


def _digits_in(text: str) -> list[_Digit]:
    found: list[_Digit] = []
    if sum(map(str.isnumeric, text)) < _LENGTH / _MOST_OF_A_SIGN:
        return found
    chain, between, is_run = 0, _MOST_BETWEEN + 1, False
    for place, sign in enumerate(text):
        values = sign if "0" <= sign <= "9" else _values_of(sign)
        if values is None:
            between += not _is_unseen(sign)
            is_run = False
            continue
        if not values:  # a letter
            between = _MOST_BETWEEN + 1
            continue
        chain += between > _MOST_BETWEEN
        was_run, is_run = is_run and between == 0, sign.isdecimal()
        for value in values:
            found.append(_Digit(value, place, chain, was_run and is_run))
            between = 0
    return found


_MOST_OF_A_SIGN = 2
"""Digits that one sign may stand for, such as ⑩."""


@lru_cache(maxsize=4096)
def _values_of(sign: str) -> str | None:
    """The digits that a sign stands for; none of a letter, and None of what may stand between digits."""
    folded = unicodedata.normalize("NFKC", sign)
    values = "".join(str(unicodedata.digit(part)) for part in folded if part.isdigit())
    return values if values or any(part.isalpha() and visible(part) for part in folded) else None


@lru_cache(maxsize=4096)
def _is_unseen(sign: str) -> bool:
    """Whether nobody sees it stand between two digits: what has no width, and marks on what stands before."""
    return unicodedata.category(sign) in {"Cf", "Mn", "Me"} or not visible(sign)


def _is_number(found: list[_Digit], at: int, today: date) -> bool:
    """Whether the digits from a place on are an identity number that is no part of a longer run."""
    first, last = found[at], found[at + _LENGTH - 1]
    after = at + _LENGTH
    if first.is_joined or first.chain != last.chain or (after < len(found) and found[after].is_joined):
        return False
    if first.value > "7" or found[at + 2].value in "2367":  # no day and no month begins so
        return False
    return is_valid("".join(digit.value for digit in found[at:after]), today=today, synthetic=True)


def _fault(digits: str, *, today: date, synthetic: bool) -> str | None:
    """What is wrong with the number, as a Norwegian sentence; None if nothing is."""
    if not digits:
        return "Skriv fødselsnummeret med 11 sifre."
    if not (digits.isascii() and digits.isdigit()):
        return "Fødselsnummeret kan bare ha sifre."
    if len(digits) != 11:
        return f"Fødselsnummeret skal ha 11 sifre. Du skrev {len(digits)}."
    if not _begins_with_a_day(digits):
        return "De seks første sifrene i fødselsnummeret er ikke en dato som finnes."
    if not _controls_agree(digits, today):
        return "Kontrollsifrene i fødselsnummeret stemmer ikke. Se etter en tastefeil."
    if int(digits[2:4]) > 40 and not synthetic:
        return "Dette er et syntetisk fødselsnummer (testnummer). Det kan bare brukes i testmodus."
    return None


def _day_of(digits: str) -> tuple[int, int, int]:
    """Day, month and two digits of the year: day less 40 in a D-number, month less 80 or 40 if synthetic."""
    day, month, year = (int(digits[at : at + 2]) for at in (0, 2, 4))
    return (
        day - (40 if day > 40 else 0),
        month - (80 if month > 80 else 40 if month > 40 else 0),
        year,
    )


def _begins_with_a_day(digits: str) -> bool:
    """Whether the first six digits are a day that there is."""
    day, month, year = _day_of(digits)
    try:
        date(2000 + year, month, day)  # as Skatteetaten does: this century has all leap days of the others
    except ValueError:
        return False
    return True


def _controls_agree(digits: str, today: date) -> bool:
    """Whether both control digits agree with the digits before them (a computed 10 agrees with none)."""
    remainder = (int(digits[9]) - int(calc_check_digit1(digits))) % 11
    return remainder <= (3 if today >= _NEW_SERIES else 0) and digits[10] == calc_check_digit2(digits)
