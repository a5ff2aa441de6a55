"""The words after a command as values: each reader gives one, or raises WrongWord with a sentence for its writer.

Which command takes which words is written in `tree`.
"""

import re
from argparse import ArgumentTypeError as WrongWord
from datetime import date, datetime, time, timedelta
from pathlib import Path

from models.bookings.series import Hours
from models.core.clock import in_oslo
from models.values import email_address
from models.values.dates import parse_date, parse_time
from models.values.organisation_number import is_valid

_AHEAD = re.compile(r"([0-9]{1,3})([hd])")
_BLANK = re.compile(r"\s")
_DIGITS = re.compile(r"[0-9]{1,9}")
_FIRST_YEAR, _LAST_YEAR = 1900, 2200


def number(text: str) -> int:
    """A whole number that a database can hold."""
    if not _DIGITS.fullmatch(text):
        raise WrongWord(f"{text!r} is no number of 1 to 9 digits.")
    return int(text)


def year(text: str) -> int:
    """A year of four digits."""
    if not (_DIGITS.fullmatch(text) and _FIRST_YEAR <= int(text) <= _LAST_YEAR):
        raise WrongWord(f"{text!r} is no year from {_FIRST_YEAR} to {_LAST_YEAR}.")
    return int(text)


def organisation_number(text: str) -> str:
    """Nine digits with the right control digit, perhaps written with blanks."""
    digits = "".join(text.split())
    if not is_valid(digits):
        raise WrongWord(f"{text!r} is no organisation number.")
    return digits


def unit(text: str) -> str:
    """What names a unit: its id, or its organisation number."""
    digits = "".join(text.split())
    if not _DIGITS.fullmatch(digits):
        raise WrongWord(f"{text!r} is neither the id nor the organisation number of a unit.")
    return digits


def day(text: str) -> date:
    """A day, written `2026-10-13` or `13.10.2026`."""
    try:
        return parse_date(text)
    except ValueError:
        raise WrongWord(f"{text!r} is no day such as 2026-10-13.") from None


def moment(text: str) -> datetime:
    """A moment in Norway, written `2026-10-13` or `2026-10-13T08:00`."""
    written, _, at = text.partition("T")
    try:
        return in_oslo(parse_date(written), parse_time(at) if at else time())
    except ValueError:
        raise WrongWord(f"{text!r} is no moment such as 2026-10-13 or 2026-10-13T08:00.") from None


def hours(text: str) -> Hours:
    """From when to when, written `08:00-15:00`."""
    opens, _, closes = text.partition("-")
    try:
        return parse_time(opens), parse_time(closes)
    except ValueError:
        raise WrongWord(f"{text!r} are no hours such as 08:00-15:00.") from None


def minutes(text: str) -> timedelta:
    """A length, in whole minutes of at most a day."""
    if not (_DIGITS.fullmatch(text) and 0 < int(text) <= 24 * 60):
        raise WrongWord(f"{text!r} is no number of minutes from 1 to {24 * 60}.")
    return timedelta(minutes=int(text))


def ahead(text: str) -> timedelta:
    """How long before something, written `24h` or `7d`."""
    found = _AHEAD.fullmatch(text)
    if found is None:
        raise WrongWord(f"{text!r} is no time ahead such as 24h or 7d.")
    return timedelta(hours=int(found[1])) if found[2] == "h" else timedelta(days=int(found[1]))


def path(text: str) -> Path:
    """A file or a folder; nothing at all, as where a variable of the shell was not set, is not this folder."""
    if not text.strip():
        raise WrongWord("there is no name of a file.")
    return Path(text)


def report_file(text: str) -> Path:
    """A file that is kept under its own name."""
    _fitting(Path(text).name, 200)
    return path(text)


def username(text: str) -> str:
    """What somebody signs in with."""
    if not text or _BLANK.search(text):
        raise WrongWord(f"{text!r} is no user name: it has blanks, or is empty.")
    return _fitting(text, 100)


def email(text: str) -> str:
    """An address that letters can go to."""
    try:
        return email_address.read(text)
    except ValueError:
        raise WrongWord(f"{text[:40]!r} is no e-mail address.") from None


def name(text: str) -> str:
    """What somebody is called."""
    called = " ".join(text.split())
    if not called:
        raise WrongWord("the name is empty.")
    return _fitting(called, 200)


def phone(text: str) -> str:
    """A telephone number, as it is written."""
    return _fitting(text.strip(), 40)


def text(text: str) -> str:
    """A name, or a few words."""
    return _fitting(text, 200)


def long_text(text: str) -> str:
    """What may fill a page."""
    return _fitting(text, 4000)


def address(text: str) -> str:
    """An address on the web."""
    return _fitting(text, 500)


def _fitting(text: str, at_most: int) -> str:
    if len(text) > at_most or text.encode(errors="ignore").decode() != text:
        raise WrongWord(f"{text[:40]!r} is longer than {at_most} signs, or is not written in UTF-8.")
    return text
