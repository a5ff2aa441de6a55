"""A vocabulary: what the columns of a list may be called, and which of its first rows has the headings.

Which words it has is said where the list is known: in `headings`, and in `models.imports.customers.headings`.
"""

import re
from collections.abc import Hashable, Mapping, Sequence
from typing import Generic, TypeVar

from models.values.texts.invisible import cell

SEARCHED = 50
"""Rows at the top among which the headings are: above them, lists often have a title."""
_IN_BRACKETS = re.compile(r"\([^()]*\)")
_LOST_LETTER = re.compile(r"(?<=\w)[?\ufffd]+(?=\w)|\ufffd")
M = TypeVar("M", bound=Hashable)


class Vocabulary(Generic[M]):
    """By each meaning its words, divided by commas, the surest first."""

    def __init__(self, variants: Mapping[M, str]) -> None:
        self._known = {
            _bare(variant): (meaning, rank)
            for meaning, words in variants.items()
            for rank, variant in enumerate(words.split(","))
        }

    def read(self, row: Sequence[str]) -> tuple[M | None, ...]:
        """What each heading of a row means; of two columns with one meaning it is the surer, or the first."""
        known = [self._meant(heading) for heading in row]
        surest = {
            meaning: min(rank for m, rank in filter(None, known) if m == meaning) for meaning, _ in filter(None, known)
        }
        taken: set[M] = set()
        found: list[M | None] = []
        for one in known:
            is_it = one is not None and surest[one[0]] == one[1] and one[0] not in taken
            found.append(one[0] if one and is_it else None)
            taken |= {one[0]} if one and is_it else set()
        return tuple(found)

    def find(self, rows: Sequence[Sequence[str]]) -> tuple[int, tuple[M | None, ...]] | None:
        """Which of the first rows has most headings, and what they mean; None where there is no row."""
        return max(
            ((at, self.read(row)) for at, row in enumerate(rows[:SEARCHED])),
            key=lambda found: sum(meaning is not None for meaning in found[1]),
            default=None,
        )

    def _meant(self, heading: str) -> tuple[M, int] | None:
        """What a heading means, with what is in brackets or without, and also where letters of it were lost."""
        found = self._known.get(_bare(heading)) or self._known.get(_bare(_IN_BRACKETS.sub("", heading)))
        if found or not _LOST_LETTER.search(heading):
            return found
        garbled = re.compile(".{1,2}".join(_bare(piece) for piece in _LOST_LETTER.split(heading)))
        return next((known for name, known in self._known.items() if garbled.fullmatch(name)), None)


def _bare(heading: str) -> str:
    """A heading without what is beside its letters: `E-post:` is `epost`."""
    return "".join(letter for letter in cell(heading).casefold() if letter.isalnum())
