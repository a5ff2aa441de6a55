"""The organisation number of Enhetsregisteret: whether it is one, and how it is written for people.

Which unit has which number does not live here.
"""

from stdnum.no import orgnr


def is_valid(text: str) -> bool:
    """Whether `text` is nine digits, and nothing else, whose control digit agrees (modulus 11)."""
    return text.isascii() and text.isdigit() and orgnr.is_valid(text)


def display(text: str) -> str:
    """Nine digits as `315 908 302` with no-break spaces; anything else as it is."""
    if len(text) != 9 or not text.isdigit():
        return text
    return f"{text[:3]}\N{NO-BREAK SPACE}{text[3:6]}\N{NO-BREAK SPACE}{text[6:]}"
