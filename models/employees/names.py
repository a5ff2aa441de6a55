"""Names of people: which signs they may have, which part of a whole name is which, and their order.

What else is written about an employee is in `details`; how names are searched for, in `search_words`.
"""

import re
import unicodedata

from models.customers.units import norwegian
from models.values.texts.folding import fold

LONGEST_NAME = 100
_LETTERS_WERE_LOST = re.compile(r"[?\ufffd]")
_NO_NAME = re.compile(r"[#|\\{}\[\]~^=<>*¡¿§¶†‡•…‰]")
_OF_SYMBOLS = {"Sc", "Sm", "So", "Cn", "Co"}
_NOTED = re.compile(r"\([^()]*\)")
# Words that belong to the family name behind them: "Jan van der Berg".
_PARTICLES = frozenset(
    "van von zu zur vom de der den des da das dos do di del della du la le las los af av ten ter te el al bin ibn bint "
    "y".split()
)


def read_name(text: str, missing: str) -> str:
    """A name with single blanks; raises ValueError with the sentence for the field, `missing` where there is none."""
    name = " ".join(text.split())
    if not any(letter.isalpha() for letter in _NOTED.sub("", name)):
        raise ValueError(missing)
    if len(name) > LONGEST_NAME:
        raise ValueError(f"Navnet kan ha høyst {LONGEST_NAME} tegn, og her står det {len(name)}.")
    if "@" in name:
        raise ValueError("Dette er en e-postadresse, ikke et navn.")
    if _LETTERS_WERE_LOST.search(name):
        raise ValueError("En bokstav i navnet er blitt borte på veien, og her står det et spørsmålstegn. Skriv navnet.")
    strange = next((sign for sign in name if _NO_NAME.match(sign) or _is_symbol(sign)), "")
    if strange:
        raise ValueError(
            f"«{strange}» hører ikke til i et navn. Se etter at bokstavene er lest riktig, og skriv navnet."
        )
    return name


def parts_of(text: str, *, family_first: bool) -> tuple[str, str]:
    """Given and family name of somebody whose whole name is written in one: a comma tells, else the order."""
    if "," in text:
        family, _, given = text.partition(",")
        return given.strip(), family.strip()
    words = text.split()
    particles = [word.lower() in _PARTICLES for word in words]
    if family_first:
        at = next((at + 1 for at, is_particle in enumerate(particles) if not is_particle), len(words))
    else:
        at = next((at for at, is_particle in enumerate(particles) if is_particle and at), max(len(words) - 1, 0))
    first, last = " ".join(words[:at]), " ".join(words[at:])
    return (last, first) if family_first else (first, last)


def _is_symbol(sign: str) -> bool:
    """Whether it is no letter of any language, as comes of bytes that were taken for other letters: `¥`, `©`."""
    return unicodedata.category(sign) in _OF_SYMBOLS or sign in "\u00a8\u00af\u00b8"


def sort_key(given_name: str, family_name: str) -> str:
    """Family name, then given name; two blanks between, so that Berg comes before Berg Hansen (A8)."""
    return "  ".join(norwegian(fold(name)) for name in (family_name, given_name))[:220]
