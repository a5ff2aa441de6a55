"""The words that people are found by: folded, cut into pieces, and joined to their customer.

How words are cut and read is in `models.values.finding.pieces`; which columns hold them, and how a search asks for
them, in `models.employees.employee` and `models.employees.search`. Why the customer is in each: docs/decisions/0009.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from models.values.finding import pieces
from models.values.finding.pieces import digits_of, pieces_of, threes, words
from models.values.texts.folding import fold, spellings

_NUMBER = re.compile("[0-9]+")


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

    Of what stands after @, threes alone, or whoever types `no` on the way to Nora would find everybody.
    """
    local, _, domain = fold(email or "").partition("@")
    work = list(work)
    spelled = [spelling for text in [*names, *work] for spelling in spellings(text)]
    found = pieces_of(words(" ".join([*spelled, local, digits_of(mobile or ""), *_as_typed(work)])))
    for word in words(domain):
        found |= dict.fromkeys(threes(word))
    return _joined(customer_id, found)


@dataclass(frozen=True, slots=True)
class Sought:
    """A search: the pieces that an employee must have, and the words that must be in the text for certain."""

    tokens: str
    words: tuple[str, ...]


def sought(customer_id: int, text: str) -> Sought:
    """Read what somebody typed to find employees of a customer."""
    wanted = pieces.sought(text)
    return Sought(_joined(customer_id, wanted.pieces), wanted.words)


def _as_typed(work: Iterable[str]) -> list[str]:
    """Numbers in it as a search reads them, which takes a number for one of a telephone: `0012` is `12`."""
    return [digits_of(number) for text in work for number in _NUMBER.findall(text) if digits_of(number) != number]


def _joined(customer_id: int, several: Iterable[str]) -> str:
    return " ".join(f"{customer_id}x{piece}" for piece in several)
