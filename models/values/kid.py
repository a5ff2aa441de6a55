"""KID (kundeidentifikasjon): the number that ties a payment to an invoice, and whether it can be right.

Which invoice has which does not live here.
"""

from typing import Literal

Control = Literal["MOD10", "MOD11"]

LONGEST = 25


def control_of(text: str) -> Control | None:
    """By which of the two rules the last sign agrees with the digits before it; None where it is no KID.

    2-25 digits without blanks. MOD10 is Luhn's; in MOD11 a computed 10 is written as a dash (product section 7).
    """
    digits, last = text[:-1], text[-1:]
    if not (1 <= len(digits) < LONGEST and digits.isascii() and digits.isdigit()):
        return None
    if last == str(_mod10(digits)):
        return "MOD10"
    if last == _mod11(digits):
        return "MOD11"
    return None


def is_valid(text: str) -> bool:
    """Whether `text` is a KID."""
    return control_of(text) is not None


def with_mod10(digits: str) -> str:
    """A KID of these digits, with the control digit of MOD10 behind them."""
    return f"{digits}{_mod10(digits)}"


def display(text: str) -> str:
    """In groups of four from the left, with no-break spaces, as it is read aloud; anything else as it is."""
    if not is_valid(text):
        return text
    return "\N{NO-BREAK SPACE}".join(text[at : at + 4] for at in range(0, len(text), 4))


def _mod10(digits: str) -> int:
    doubled = (int(digit) * (2 - at % 2) for at, digit in enumerate(reversed(digits)))
    return -sum(number // 10 + number % 10 for number in doubled) % 10


def _mod11(digits: str) -> str:
    total = sum(int(digit) * (2 + at % 6) for at, digit in enumerate(reversed(digits)))
    control = -total % 11
    return "-" if control == 10 else str(control)
