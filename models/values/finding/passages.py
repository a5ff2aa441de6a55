"""The passage of a text in which what somebody searches for stands, with a little of what is around it.

How words are compared is in `models.values.texts.folding`, how a search is read in `pieces`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from models.values.texts.folding import fold, is_in

_AROUND = 60
"""Characters on each side."""


@dataclass(frozen=True, slots=True)
class Passage:
    """What was found, and what stands before and after it."""

    before: str
    found: str
    after: str


def passage(text: str, wanted: Iterable[str]) -> Passage | None:
    """Where the first of some folded words stands; None where it is not there as it is typed."""
    text = " ".join(text.split())
    folded = fold(text)
    places = sorted((at, word) for word in wanted if (at := folded.find(word)) >= 0)
    if not places or len(folded) != len(text):  # a letter that is two when it is folded: where it stands is not known
        return None
    at, word = places[0]
    begin, end = at, at + len(word)
    before, after = text[max(0, begin - _AROUND) : begin], text[end : end + _AROUND]
    if begin > _AROUND:
        before = "…" + before.partition(" ")[2]
    if end + _AROUND < len(text):
        after = after.rpartition(" ")[0] + " …"
    return Passage(before, text[begin:end], after)


def says(text: str, word: str) -> bool:
    """Whether a word of a search is in a text, in one of its spellings, or with blanks between its digits."""
    return is_in(word, text) or (word.isdecimal() and word in re.sub("[^0-9]", "", text))
