"""Who in a list has left: what stands in columns of states and of last days, as far as it is certain.

A word that is neither of these is asked about once for the whole column, in `questions`.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date

from models.values.dates import of_this_century, parse_date
from models.values.texts.folding import fold

ACTIVE, INACTIVE = "Aktiv", "Deaktivert"
"""What stands in the column `Status`, in the portal's own export as well."""


def _bare(text: str) -> str:
    return "".join(letter for letter in fold(text) if letter.isalnum())


def _words(text: str) -> frozenset[str]:
    return frozenset(_bare(word) for word in text.split(","))


_HERE = _words(
    "aktiv, aktive, aktivt, active, ansatt, tilsett, i arbeid, i jobb, fast, fast ansatt, fast tilsett, midlertidig, "
    "midlertidig ansatt, vikar, deltid, heltid, prøvetid, lærling, tilsatt, arbeider, jobber, employed, current, "
    "permanent, temporary, full time, part time, permisjon, i permisjon, permisjon uten lønn, permisjon med lønn, "
    "foreldrepermisjon, permittert, on leave, parental leave, maternity leave, sykmeldt, sjukmeldt, nyansatt, ny, "
    "gjeldende, nåværende, aktiv i permisjon, anställd"
)
_LEFT = _words(
    "deaktivert, sluttet, slutta, har sluttet, har slutta, inaktiv, inaktivt, ikke aktiv, ikkje aktiv, passiv, "
    "passivt, avsluttet, avslutta, fratrådt, fratrådd, fratredt, fråtrådt, fråtredd, avgått, terminated, terminert, "
    "inactive, left, former, ex, ended, left company, left the company, leaver, tidligere, tidligere ansatt, "
    "tidlegare, tidlegare tilsett, ikke ansatt, ikke lenger ansatt, ikkje lenger tilsett, ikke i arbeid, død, avdød, "
    "deceased, utgått, not active, not employed, no longer employed, former employee, ex employee, disabled, "
    "deactivated, resigned and left, opphørt, ansettelse opphørt, arbeidsforhold avsluttet, arbeidsforhold opphørt, "
    "avskjediget, pensjonert, retired, slutat, har slutat, avslutad, fratrådt stilling, ausgeschieden, "
    "inaktiv ansatt, arkivert"
)
_YES, _NO = _words("ja, yes, y, j, true, sann, x, 1"), _words("nei, no, n, false, usann, 0")
_OF_LEAVING = re.compile("slutt|inaktiv|deaktiv|passiv|fratr|terminat|inactive|^left|opphør")
_OF_STAYING = re.compile(
    "^(er|is)?(aktiv|active)(ansatt|employee)?(janei|jn)?$|^(er)?(ansatt|tilsatt)(janei|jn)?$|^(is|currently)*employed$"
)
_ACTIVE = re.compile("(?<!in)(?<!de)aktiv|(?<!in)active")
_BESIDE = re.compile(r"[^\w\s?]|\d")


def has_left(text: str, heading: str, answers: Mapping[str, str], today: date) -> bool | None:
    """Whether a state says that somebody has left; None where that is not certain, and nobody has answered yet."""
    said = None if "?" in text else _said(text, heading, today)
    if said is not None:
        return said
    return {"left": True, "active": False}.get(answers.get(key_of(text)) or answers.get(ALL_STATES) or "")


def is_of_ticks(cells: Iterable[str], heading: str) -> bool:
    """Whether a column has ticks alone for who works here, so that an empty cell may say who has left."""
    words = {_bare(text) for text in cells}
    return bool(words) and words <= _YES and _leaving_or_staying(heading) is False


def _said(text: str, heading: str, today: date) -> bool | None:
    word = _bare(text)
    if word in _HERE | _LEFT:
        return word in _LEFT
    is_of_leaving = _leaving_or_staying(heading)
    if word in _YES | _NO and is_of_leaving is not None:
        return (word in _YES) == is_of_leaving
    first, rest = _with_more(text)
    if first in _HERE and _bare(rest) in _HERE:
        return False
    if first not in _LEFT or any(_bare(each) in _HERE for each in rest.split()):
        return None
    if not re.search("[0-9]", rest):
        return True
    try:
        return parse_date(rest.strip(" ()[]-–.,:;"), of_this_century) < today or None
    except ValueError:
        return None


def _leaving_or_staying(heading: str) -> bool | None:
    """Whether `ja` below a heading says that somebody has left (True) or works here (False)."""
    bare = _bare(heading)
    if _OF_LEAVING.search(bare):
        return None if _ACTIVE.search(bare) else True  # `Aktiv/passiv` says neither
    return False if _OF_STAYING.search(bare) else None


def _with_more(text: str) -> tuple[str, str]:
    """The word before a sign or a number, and what stands from there: `Sluttet (31.12.2025)`."""
    found = _BESIDE.search(text)
    return (_bare(text[: found.start()]), text[found.start() :]) if found else (_bare(text), "")


def is_leaving(text: str) -> bool:
    """Whether a text is a word for having left."""
    return _bare(text) in _LEFT


def is_state(text: str) -> bool:
    """Whether a text is a word that is known, which tells a column of states by what stands in it."""
    return _bare(text) in _HERE | _LEFT


def is_yes_or_no(text: str) -> bool:
    """Whether a text says yes or no, which means something below some headings alone."""
    return _bare(text) in _YES | _NO


def key_of(text: str) -> str:
    """Under what the answer to a word is kept."""
    return f"state:{_bare(text)[:60]}"


ALL_STATES = "state"
"""Under what it is kept whether the words of a whole column say who has left, where there are too many to be asked
about one by one."""
