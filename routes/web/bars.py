"""A bar in parts, as `ui.bar` draws it: how much of a whole stands where."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the bar: its tone, how many stand for it, where it begins and how wide it is, in hundredths."""

    tone: str
    count: int
    begins: Decimal
    width: Decimal


def hundredths(amounts: Sequence[Decimal | int]) -> list[tuple[Decimal, Decimal]]:
    """Where each amount begins on a bar of all of them, and how wide it is."""
    whole = Decimal(sum(amounts)) or Decimal(1)
    widths = [(100 * each / whole).quantize(Decimal("0.1")) for each in amounts]
    return list(zip(accumulate(widths, initial=Decimal(0)), widths, strict=False))
