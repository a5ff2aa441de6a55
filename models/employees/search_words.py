"""The words that people are found by: folded, cut into pieces, and joined to their customer.

Which columns hold them, and how a search asks for them, is in `models.employees.employee` and
`models.employees.search`. Why pieces, and why the customer is in each of them: docs/decisions/0009.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from models.values import phone
from models.values.texts.folding import fold, says_nothing, spellings

MOST_WORDS = 8
"""Words that a search looks at; the rest of a longer text is left aside."""

_AROUND = " \t.,;:()<>[]*?!\"'"
_NUMBER = re.compile("[0-9]+")
_NOBODY = "signs"
"""A piece that nobody has: those that people have are of three letters at most."""


def search_text(names: Iterable[str], email: str | None, mobile: str | None, work: Iterable[str] = ()) -> str:
    """What a search is compared with: names, address, number and work, one after the other, and other spellings."""
    names, work = list(names), list(work)
    others = [other for text in [*names, *work] for other in spellings(text)[1:]]
    parts = [*names, email or "", digits_of(mobile or ""), *work, *_as_typed(work), *others]
    return " ".join(" ".join(fold(part).split()) for part in parts if part)


def tokens_of(
    customer_id: int, names: Iterable[str], email: str | None, mobile: str | None, work: Iterable[str] = ()
) -> str:
    """The pieces of an employee, each with its customer, as one text with blanks between.

    Three letters each, and the first one and two letters of each word; of what stands after @, threes alone, or
    whoever types `no` on the way to Nora would find everybody.
    """
    local, _, domain = fold(email or "").partition("@")
    pieces: dict[str, None] = {}
    work = list(work)
    spelled = [spelling for text in [*names, *work] for spelling in spellings(text)]
    for word in _words(" ".join([*spelled, local, digits_of(mobile or ""), *_as_typed(work)])):
        pieces |= dict.fromkeys((word[:1], word[:2], *_threes(word)))
    for word in _words(domain):
        pieces |= dict.fromkeys(_threes(word))
    return _joined(customer_id, pieces)


@dataclass(frozen=True, slots=True)
class Sought:
    """A search: the pieces that an employee must have, and the words that must be in the text for certain."""

    tokens: str
    words: tuple[str, ...]


def sought(customer_id: int, text: str) -> Sought:
    """Read what somebody typed: words in any order; a telephone number with or without +47 and blanks (A3)."""
    if says_nothing(text):
        return Sought(_joined(customer_id, [_NOBODY]), ())
    pieces: dict[str, None] = {}
    certain: list[str] = []
    for word in list(_typed(text))[:MOST_WORDS]:
        found = list(_words(word))
        if found == [word] and len(word) < 3:
            pieces[word] = None
        else:
            pieces |= dict.fromkeys(three for piece in found for three in _threes(piece))
            certain += [word] if found and (len(word) > 3 or found != [word]) else []
    return Sought(_joined(customer_id, pieces), tuple(certain))


def digits_of(number: str) -> str:
    """The digits of a telephone number, without 47 before a Norwegian one, and + or 00 before others.

    A whole number is read as in a form, so that `+46 (0)70 …` is found; of a part its digits are taken.
    """
    with suppress(ValueError):
        return (phone.read(number) or "").removeprefix("+")
    return re.sub(r"^(?:\+|00)(?:47)?|[^0-9]", "", phone.bare(number))


def _as_typed(work: Iterable[str]) -> list[str]:
    """Numbers in it as a search reads them, which takes a number for one of a telephone: `0012` is `12`."""
    return [digits_of(number) for text in work for number in _NUMBER.findall(text) if digits_of(number) != number]


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


def _words(text: str) -> Iterator[str]:
    """What stands between signs: letters and digits."""
    word = ""
    for letter in text:
        if letter.isalnum():
            word += letter
        elif word:
            yield word
            word = ""
    if word:
        yield word


def _threes(word: str) -> list[str]:
    return [word[at : at + 3] for at in range(len(word) - 2)]


def _joined(customer_id: int, pieces: Iterable[str]) -> str:
    return " ".join(f"{customer_id}x{piece}" for piece in pieces)
