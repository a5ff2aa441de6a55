"""Words as a search compares them, and the pieces that an index holds of them, three letters each (decision 0009).

Which columns hold them, and how they are asked for, is said beside each thing, in its `search` and what stands by it.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from models.values import phone
from models.values.texts.folding import fold, says_nothing

MOST_WORDS = 8
"""Words that a search looks at; the rest of a longer text is left aside."""

_AROUND = " \t.,;:()<>[]*?!\"'"
_NOBODY = "signs"
"""A piece that nothing has: the others are of three letters at most."""


def words(text: str) -> Iterator[str]:
    """What stands between signs in a folded text: letters and digits."""
    word = ""
    for letter in text:
        if letter.isalnum():
            word += letter
        elif word:
            yield word
            word = ""
    if word:
        yield word


def threes(word: str) -> list[str]:
    """Each three letters of a word that follow each other."""
    return [word[at : at + 3] for at in range(len(word) - 2)]


def pieces_of(several: Iterable[str]) -> dict[str, None]:
    """The pieces of words, each once: three letters each, and the first one and two letters of each word."""
    pieces: dict[str, None] = {}
    for word in several:
        pieces |= dict.fromkeys((word[:1], word[:2], *threes(word)))
    return pieces


@dataclass(frozen=True, slots=True)
class Sought:
    """A search: the pieces that must be there, and the words that must be in the text for certain."""

    pieces: tuple[str, ...]
    words: tuple[str, ...]
    domains: tuple[str, ...] = ()
    """Short words after @, which are no pieces where those of domains are not kept."""


def sought(text: str) -> Sought:
    """Read what somebody typed: words in any order; a telephone number with or without +47 and blanks (A3).

    What is shorter than three letters, also between signs as in `a-1`, begins a word: so an index is asked for it.
    """
    if says_nothing(text):
        return Sought((_NOBODY,), ())
    pieces: dict[str, None] = {}
    domains: dict[str, None] = {}
    certain: list[str] = []
    for word in list(_typed(text))[:MOST_WORDS]:
        found = list(words(word))
        before, _, after = word.partition("@")
        pieces |= dict.fromkeys(three for piece in found for three in threes(piece))
        pieces |= dict.fromkeys(short for short in words(before) if len(short) < 3)
        domains |= dict.fromkeys(short for short in words(after) if len(short) < 3)
        certain += [word] if found and (len(word) > 3 or found != [word]) else []
    return Sought(tuple(pieces), tuple(certain), tuple(domains))


def digits_of(number: str) -> str:
    """The digits of a telephone number, without 47 before a Norwegian one, and + or 00 before others.

    A whole number is read as in a form, so that `+46 (0)70 …` is found; of a part its digits are taken.
    """
    with suppress(ValueError):
        return (phone.read(number) or "").removeprefix("+")
    return re.sub(r"^(?:\+|00)(?:47)?|[^0-9]", "", phone.bare(number))


def _typed(text: str) -> Iterator[str]:
    """The words of a search; numbers that follow each other are one, as in 412 44 845."""
    digits = ""
    for word in fold(text).split():
        if re.fullmatch(r"\(?\+?[0-9()./-]*[0-9)]", word):
            digits += word
            continue
        if digits:
            yield digits_of(digits)
            digits = ""
        yield word.strip(_AROUND) or word
    if digits_of(digits):
        yield digits_of(digits)
