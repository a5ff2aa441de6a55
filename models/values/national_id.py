"""The national identity number (fødselsnummer, D-number or synthetic): reading, checking and masking it.

Who has which number, and the sealing of it, is in `models.employees.national_ids`: here a number is a text.

Sources: Skatteetaten, "Fødselsnummer", "D-nummer", "Testnummer" (Tenor: month + 80) and "Nye fødselsnummer og
d-nummer fra 2032"; NAV's own synthetic numbers have month + 40.
"""

import re
from datetime import date

from stdnum.no.fodselsnummer import calc_check_digit1, calc_check_digit2

# From this day Skatteetaten issues numbers whose first control digit leaves a remainder of 0, 1, 2 or 3.
# The second control digit and the old numbers stay as they are. Until then the strict rule finds more slips.
_NEW_SERIES = date(2032, 1, 1)

# What people, and the programs they paste from, put between the digits: blanks, dots, hyphens and dashes of
# every kind, and characters that cannot be seen.
_BETWEEN = r"[\s.\-\u2010-\u2015\u2212\u00ad\u200b\u2060\ufeff]"
_BETWEEN_ON_A_LINE = rf"(?:(?![\r\n]){_BETWEEN})"

# Six digits in one or as three pairs, then five in one or as three and two. The form 4.2.5 is a bank account.
_WRITTEN = re.compile(
    rf"(?<![0-9])(?:[0-9]{{6}}|[0-9]{{2}}(?:{_BETWEEN_ON_A_LINE}{{1,3}}[0-9]{{2}}){{2}})"
    rf"{_BETWEEN_ON_A_LINE}{{0,3}}[0-9]{{3}}{_BETWEEN_ON_A_LINE}{{0,3}}[0-9]{{2}}(?![0-9])"
)


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

    A number is found in one piece, or with blanks, dots or hyphens after the sixth digit or between the pairs
    of the date. Synthetic numbers are masked in any mode. Left alone: 11 digits that fail the control, digits
    that are part of a longer run, and the way a bank account is written.
    """
    pieces: list[str] = []
    kept = at = count = 0
    while found := _WRITTEN.search(text, at):
        digits = re.sub(r"[^0-9]", "", found[0])
        if is_valid(digits, today=today, synthetic=True):
            pieces += text[kept : found.start()], mask(digits)
            kept = at = found.end()
            count += 1
        else:
            at = found.start() + 1  # a number may begin inside what only looked like one
    return "".join(pieces) + text[kept:], count


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
