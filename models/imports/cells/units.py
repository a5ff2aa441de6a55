"""Units in an imported list: which of the user's a cell names, by name, by number, or by both.

What is asked where a name is unknown in many rows is in `questions`; what a row says besides, in `rows`.
"""

import re
from collections.abc import Sequence

from models.customers.units import UnitRow
from models.values import organisation_number
from models.values.texts.folding import fold

_NUMBER = re.compile(r"(?<![0-9])[0-9]{3}[ .]?[0-9]{3}[ .]?[0-9]{3}(?![0-9])")
_STEPS = re.compile(r" *[/>\u203a»\\|] *")
_LONG_NUMBER = re.compile(r"[0-9 .-]{7,}")
"""What is never repeated in a sentence: it may be an identity number in the wrong column."""


def find(text: str, units: Sequence[UnitRow]) -> tuple[int, ...]:
    """The units that a cell can mean: one, several of the same name, or none."""
    number = organisation_number.bare(text)
    exact = tuple(unit.id for unit in units if fold(unit.name) == fold(text) or unit.organisation_number == number)
    return exact or _named(text, units) or _numbered(text, units) or _below(text, units)


def key_of(text: str) -> str:
    """Under what the answer to a name is kept."""
    return f"unit:{_bare(text)[:60]}"


def fault_of(text: str) -> str:
    """What is wrong with a cell that names no unit of the user's."""
    digits = organisation_number.bare(text)
    try:
        if digits.isdecimal() and len(digits) < 11:
            organisation_number.read_number(digits)
    except ValueError as wrong:
        return f"{wrong} Velg avdelingen."
    return f"«{without_numbers(text)}» er ikke blant avdelingene du har. Velg en av dem."


def without_numbers(text: str) -> str:
    """The beginning of a cell as it may be repeated."""
    return _LONG_NUMBER.sub("…", text[:60])


def _bare(text: str) -> str:
    return "".join(letter for letter in fold(text) if letter.isalnum())


def _named(text: str, units: Sequence[UnitRow]) -> tuple[int, ...]:
    """By the letters of the name alone: `NORD 2` is `Nord-2`."""
    wanted = _bare(text)
    return tuple(unit.id for unit in units if wanted and _bare(unit.name) == wanted)


def _numbered(text: str, units: Sequence[UnitRow]) -> tuple[int, ...]:
    """By number and name, where they agree: `Bergen (311 661 310)`."""
    found = _NUMBER.search(text)
    if not found:
        return ()
    number, name = re.sub("[ .]", "", found[0]), text[: found.start()] + text[found.end() :]
    return tuple(unit.id for unit in units if unit.organisation_number == number and _bare(unit.name) == _bare(name))


def _below(text: str, units: Sequence[UnitRow]) -> tuple[int, ...]:
    """By the way to it from the top: `Firma AS > Bergen`."""
    *above, last = _STEPS.split(text)
    names = {_bare(unit.name) for unit in units} | {_bare(unit.parent_name or "") for unit in units}
    if not above or not all(_bare(step) in names for step in above):
        return ()
    found = [unit for unit in units if _bare(last) and _bare(unit.name) == _bare(last)]
    below = [unit for unit in found if _bare(unit.parent_name or "") == _bare(above[-1])]
    return tuple(unit.id for unit in below or found)
