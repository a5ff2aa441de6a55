"""The Norwegian account number (kontonummer): whether it is one, from an IBAN too, and how people read it.

Whose account it is does not live here.
"""

from stdnum import iban
from stdnum.no import kontonr


def is_valid(text: str) -> bool:
    """Whether `text` is eleven digits, and nothing else, whose control digit agrees (modulus 11)."""
    return text.isascii() and text.isdigit() and len(text) == 11 and kontonr.is_valid(text)


def domestic(text: str) -> str | None:
    """The eleven digits of a Norwegian account, written as such or as an IBAN; None for anything else."""
    compact = "".join(sign for sign in text if sign.isalnum()).upper()
    if compact.startswith("NO") and iban.is_valid(compact):
        compact = compact[4:]
    return compact if is_valid(compact) else None


def display(text: str) -> str:
    """A Norwegian account as `1234.56.78903`; another IBAN in groups of four; anything else as it is."""
    found = domestic(text)
    if found:
        return f"{found[:4]}.{found[4:6]}.{found[6:]}"
    compact = "".join(text.split()).upper()
    if iban.is_valid(compact):
        return "\N{NO-BREAK SPACE}".join(compact[at : at + 4] for at in range(0, len(compact), 4))
    return text
