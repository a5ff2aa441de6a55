"""Texts as they are compared when somebody searches: without case and accents, and as others would spell them.

What is searched for, and where, is said beside each thing, in its `search`.
"""

import re
import unicodedata
from functools import lru_cache

from models.values.texts.marks import normal

# Letters that are letters of their own in Norwegian, or that Unicode does not take apart.
_LETTERS = str.maketrans({"ä": "æ", "ö": "ø", "đ": "d", "ð": "d", "ł": "l", "œ": "oe", "þ": "th", "’": "'"})
_OWN = set("æøå")
_PLAIN = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "'": ""})
_IN_PAIRS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "'": ""})
_LABEL = re.compile(
    r"\s*(?:faktura|kreditnota|invoice|bestilling|ordre|order|kid|referanse|ref)[a-z]*\.?[\s:#]*(?:(?:nr|nummer|no)\.?[\s:#]*)?"
    r"(?=\S*[0-9])",
    re.IGNORECASE,
)


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """The text without case and accents; æ, ø and å stay, and ä and ö are their Swedish and German twins."""
    if text.isascii():
        return text.lower()
    lowered = normal(text).casefold().translate(_LETTERS)
    return unicodedata.normalize(
        "NFC", "".join(letter if letter in _OWN else _bare(letter) for letter in lowered)
    ).casefold()


def _bare(letter: str) -> str:
    return "".join(part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part))


def spellings(text: str) -> tuple[str, ...]:
    """The text as it is compared, and as those write it who have no æ, ø, å or apostrophe: `tromso`, `tromsoe`."""
    folded = fold(text)
    return tuple(dict.fromkeys((folded, folded.translate(_PLAIN), folded.translate(_IN_PAIRS))))


def is_in(wanted: str, text: str) -> bool:
    """Whether what somebody types is in a text, in one of its spellings; signs alone are in nothing."""
    folded = fold(" ".join(wanted.replace("*", " ").split()))
    return any(sign.isalnum() for sign in folded) and any(folded in spelling for spelling in spellings(text))


def says_nothing(text: str) -> bool:
    """Whether somebody has typed signs alone, by which nothing can be found."""
    return bool(text.strip()) and not any(sign.isalnum() for sign in text)


def without_label(text: str) -> str:
    """A number without what it is: `Faktura nr. 2017-118352` is `2017-118352`."""
    return _LABEL.sub("", text, count=1) if _LABEL.match(text) else text
