"""Combining marks: a text in one normal form, at a cost that grows with its length alone.

Which texts are read so is for those who read them to say.

Unicode puts the marks behind a letter in order before it joins them, which costs the square of how many there are: a
text of marks alone would keep everybody waiting. No language needs more than 30 (UAX #15, Stream-Safe Text Format).
"""

import unicodedata
from collections.abc import Iterator
from typing import Literal

MOST = 30
"""So many marks may stand behind each other."""
_MARKS_AS_WELL = "\u0f73\u0f75\u0f81"
"""Signs that are taken apart into marks, and are none themselves."""

Form = Literal["NFC", "NFKC", "NFKD"]


class TooManyMarks(ValueError):
    """Too many marks stand behind each other; the message is a Norwegian sentence."""


def normal(text: str, form: Form = "NFC") -> str:
    """The text in a normal form, without the marks that are too many."""
    if text.isascii():
        return text
    if not _fits(text):
        text = "".join(letter for letter, run in zip(text, _runs(text), strict=True) if run <= MOST)
    return unicodedata.normalize(form, text)


def check_marks(text: str) -> None:
    """Raise TooManyMarks where more marks than that stand behind each other."""
    if not _fits(text):
        raise TooManyMarks("Teksten har for mange aksenttegn etter hverandre. Ta bort dem som ikke hører til.")


def _fits(text: str) -> bool:
    return text.isascii() or max(_runs(text)) <= MOST


def _runs(text: str) -> Iterator[int]:
    """For each sign, how many marks stand behind each other up to it."""
    run = 0
    for letter in text:
        run = run + 1 if unicodedata.combining(letter) or letter in _MARKS_AS_WELL else 0
        yield run
