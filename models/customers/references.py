"""Referanse kreves: which units want their own reference on each order, and what it has to look like.

The pattern is a small language of its own, so that none can take long: `0` is a digit, `A` a letter, any other sign
stands for itself. Where orders ask for it, is in `routes.orders`; where it is said of invoices, in `routes.invoices`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.core.walls import select_rows
from models.customers.units import Unit, path_of, paths_down_to

LONGEST = 40
"""Signs of a pattern and of an example."""
_DIGIT, _LETTER = "0", "A"
_DIGITS, _LETTERS = "1234567890", "ABCDEFGHIJ"


@dataclass(frozen=True, slots=True)
class Rule:
    """A reference is needed, of this form; of any form, where the pattern is empty."""

    pattern: str = ""
    example: str = ""

    @property
    def shown(self) -> str:
        """What one looks like: the example, or one that is made from the pattern."""
        return self.example or "".join(
            _DIGITS[at % 10] if sign == _DIGIT else _LETTERS[at % 10] if sign == _LETTER else sign
            for at, sign in enumerate(self.pattern)
        )

    def fits(self, reference: str) -> bool:
        """Whether a reference has the form; capitals and small letters are the same."""
        if not self.pattern:
            return bool(reference)
        return len(reference) == len(self.pattern) and all(map(_is_like, reference, self.pattern))

    def refusal(self, reference: str) -> str:
        """The sentence for a reference that is not there or is another; empty where it fits."""
        if self.fits(reference):
            return ""
        like = f", for eksempel {self.shown}" if self.shown else ""
        return f"Referansen må se ut som avtalt{like}." if reference else f"Avdelingen krever referanse{like}."


def _is_like(sign: str, wanted: str) -> bool:
    if wanted == _DIGIT:
        return sign.isascii() and sign.isdecimal()
    return sign.isalpha() if wanted == _LETTER else sign.casefold() == wanted.casefold()


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a customer, each for a unit and those below it that have none of their own."""

    by_path: dict[str, Rule]

    def of(self, path: str) -> Rule | None:
        """The rule of a unit: its own, or that of the nearest one above."""
        return next((self.by_path[above] for above in reversed(paths_down_to(path)) if above in self.by_path), None)

    def examples(self, units: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Of some units, each with its path and its name, those that need a reference, with what one looks like."""
        return [(name, rule.shown) for path, name in units if (rule := self.of(path))]


def rule_of(db: Session, unit_id: int) -> Rule | None:
    """The rule of one unit of the customer that the session is held to; one statement where there are no rules."""
    rules = rules_of(db)
    return rules.of(path_of(db, unit_id)) if rules.by_path else None


_RULES = select(Unit.path, Unit.reference_pattern, Unit.reference_example).where(Unit.reference_pattern.is_not(None))


def rules_of(db: Session) -> Rules:
    """The rules of the customer that the session is held to."""
    rows = select_rows(db, _RULES)
    return Rules({path: Rule(pattern or "", example) for path, pattern, example in rows})
