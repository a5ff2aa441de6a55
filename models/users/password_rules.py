"""What a new password must be: long, and not one that anybody would try first.

Sources: NIST SP 800-63B-4 (3.1.1.2) and OWASP ASVS 5.0 (6.2): a password that stands alone has at least 15 signs, may
hold any sign in any order, and is compared with what is common and with what belongs to its user. See decision 0027.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

SHORTEST, LONGEST = 15, 200
"""How many signs a new password has."""
_WORTH_OF_A_PIECE, _NEEDED = 2, 8
"""What is left of a password, once each thing in it that is guessed as a whole is two signs, must be this much."""

_WORDS = Path(__file__).with_name("common_passwords.txt")
_NORWEGIAN = """
    passord hemmelig velkommen sommer sommeren vinter vinteren høst høsten våren påske
    januar februar mars april juni juli august september oktober november desember
    mandag tirsdag onsdag torsdag fredag lørdag søndag fotball håndball kjærlighet elsker
    norge oslo bergen trondheim stavanger tromsø kundeportal kundeportalen portal portalen
    bedrift bedriften bedriftshelse bedriftshelsetjenesten arbeid jobb helse logginn innlogging
""".split()
_ROWS = (
    "1234567890",
    "0123456789",
    "qwertyuiopå",
    "asdfghjkløæ",
    "zxcvbnm",
    "abcdefghijklmnopqrstuvwxyzæøå",
    "1qaz2wsx3edc4rfv",
)
_SHORTEST_RUN, _LONGEST_PIECE = 3, 24
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_AGAIN = re.compile(r"(.+?)\1+", re.DOTALL)
_PARTS = re.compile(r"[^\W_]{3,}")


class PasswordRefused(ValueError):
    """The password will not do; the message is a Norwegian sentence without the password."""


def check_new_password(password: str, *, known: Iterable[str] = ()) -> None:
    """Raise PasswordRefused where a password is too short, too long or too easy to guess.

    `known` is what anybody may know of the user: names, addresses, what the portal is called.
    """
    if len(password) < SHORTEST:
        raise PasswordRefused(f"Passordet må ha minst {SHORTEST} tegn. Bruk gjerne tre eller fire ord etter hverandre.")
    if len(password) > LONGEST:
        raise PasswordRefused(f"Passordet kan ha høyst {LONGEST} tegn. Gjør det kortere.")
    if _left(password.casefold(), _parts(known)) < _NEEDED:
        raise PasswordRefused(
            "Passordet er for lett å gjette. Bruk flere ord, og unngå navn, vanlige passord, gjentakelser og taster "
            "som ligger ved siden av hverandre."
        )


def _left(password: str, known: frozenset[str]) -> int:
    """How much of a password has to be guessed: its signs, where each thing that is tried as a whole is two of them."""
    pieces: set[str] = set()
    others, at = "", 0
    while at < len(password):
        piece = next(_pieces_at(password, at, known), "")
        pieces.add(piece)
        others += "" if piece else password[at]
        at += len(piece) or 1
    return len(_AGAIN.sub(r"\1", others)) + _WORTH_OF_A_PIECE * len(pieces - {""})


def _pieces_at(text: str, at: int, known: frozenset[str]) -> Iterator[str]:
    """What is tried as a whole and stands at a place, the longest first."""
    for length in range(min(_LONGEST_PIECE, len(text) - at), _SHORTEST_RUN - 1, -1):
        piece = text[at : at + length]
        if piece in known or piece in _common() or _is_run(piece) or _YEAR.fullmatch(piece):
            yield piece


def _is_run(piece: str) -> bool:
    return any(piece in row or piece in row[::-1] for row in _ROWS)


def _parts(known: Iterable[str]) -> frozenset[str]:
    """The words in names and addresses, and names as they stand."""
    texts = [text.casefold() for text in known]
    return frozenset([*(part for text in texts for part in _PARTS.findall(text)), *texts])


@cache
def _common() -> frozenset[str]:
    lines = _WORDS.read_text(encoding="ascii").splitlines()
    return frozenset([*(line for line in lines if not line.startswith("#")), *_NORWEGIAN])
