"""Who in a list has left: what stands in columns of states and of last days, as far as it is certain.

A word that is neither of these is asked about once for the whole column, in `questions`.
"""

from collections.abc import Mapping

from models.values.texts.folding import fold

ACTIVE, INACTIVE = "Aktiv", "Deaktivert"
"""What stands in the column `Status`, in the portal's own export as well."""


def _bare(text: str) -> str:
    return "".join(letter for letter in fold(text) if letter.isalnum())


def _words(text: str) -> frozenset[str]:
    return frozenset(_bare(word) for word in text.split(","))


_HERE = _words(
    "aktiv, aktive, active, ansatt, i arbeid, i jobb, fast, fast ansatt, midlertidig, midlertidig ansatt, vikar, "
    "deltid, heltid, prøvetid, lærling, tilsatt, arbeider, jobber, employed, current, permanent, temporary, permisjon, "
    "i permisjon, foreldrepermisjon, permittert, on leave, nyansatt, ny, gjeldende, nåværende"
)
_LEFT = _words(
    "deaktivert, sluttet, slutta, har sluttet, inaktiv, inaktivt, ikke aktiv, passiv, passivt, avsluttet, avslutta, "
    "fratrådt, fratrådd, fratredt, avgått, terminated, inactive, left, former, ex, ended, left company, leaver, "
    "tidligere, tidligere ansatt, tidlegare, ikke ansatt, ikke lenger ansatt, død, avdød, utgått, not active, "
    "disabled, deactivated, resigned and left, opphørt, ansettelse opphørt, arbeidsforhold avsluttet"
)
_YES, _NO = _words("ja, yes, y, j, true, sann, x, 1"), _words("nei, no, n, false, usann, 0")
_OF_LEAVING = _words(
    "sluttet, inaktiv, deaktivert, passiv, avsluttet, fratrådt, terminated, inactive, left, har sluttet, sluttdato, "
    "sluttet dato"
)
_OF_STAYING = _words("aktiv, active, er aktiv, is active, aktiv ansatt")


def has_left(text: str, heading: str, answers: Mapping[str, str]) -> bool | None:
    """Whether a state says that somebody has left; None where that is not certain, and nobody has answered yet."""
    word = _bare(text)
    if word in _HERE | _LEFT:
        return word in _LEFT
    if word in _YES | _NO and _bare(heading) in _OF_LEAVING | _OF_STAYING:
        return (word in _YES) == (_bare(heading) in _OF_LEAVING)
    answer = answers.get(key_of(text)) or answers.get(ALL_STATES)
    return answer == "left" if answer else None


def is_leaving(text: str) -> bool:
    """Whether a text is a word for having left."""
    return _bare(text) in _LEFT


def is_state(text: str) -> bool:
    """Whether a text is a word that is known, which tells a column of states by what stands in it."""
    return _bare(text) in _HERE | _LEFT


def key_of(text: str) -> str:
    """Under what the answer to a word is kept."""
    return f"state:{_bare(text)[:60]}"


ALL_STATES = "state"
"""Under what it is kept that a whole column says nothing of who has left."""
