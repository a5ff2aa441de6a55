"""What cannot be seen in a text, and what spreadsheets put around it: taken out, in every form and every list alike.

Which letters bytes stand for is in `encodings`.
"""

import re

from models.values.texts.marks import normal

# All of Unicode's "format" characters and the blanks without a width: soft hyphen, zero width, direction marks, byte
# order mark, tags, Hangul fillers. The joiner stays between pictures, which it makes one (a woman and a stethoscope).
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
    "|(?<![\u2190-\u2bff\ufe0f\U0001f000-\U0001faff])\u200d|\u200d(?![\u2190-\u2bff\U0001f000-\U0001faff])"
)
_PROTECTED = re.compile(r'="?([^"]*)"?')
_APOSTROPHE = re.compile(r"'(?=[0-9+=(])")
_WITH_DECIMALS = re.compile(r"(\+?[0-9]+)[.,]0+")
_AS_POWER = re.compile(r"([0-9])(?:[.,]([0-9]*))?[eE]\+?([0-9]{1,2})")


# What no text on one line may hold.
_CONTROL = re.compile(r"[\s\x00-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]+")


def visible(text: str) -> str:
    """The text without what cannot be seen."""
    return text if text.isascii() else _INVISIBLE.sub("", text)


def unprotected(text: str) -> str:
    """What a cell says, without what keeps Excel from taking it for a number: `="0047"` and `'0047`."""
    bare = text.strip()
    if found := _PROTECTED.fullmatch(bare):
        return found[1]
    return _APOSTROPHE.sub("", bare, count=1) if _APOSTROPHE.match(bare) else text


def whole(text: str) -> str:
    """A number that programs took for one to be reckoned with, as it was: `41244801.0` and `4.1244801E+07`."""
    bare = text.strip()
    if found := _WITH_DECIMALS.fullmatch(bare):
        return found[1]
    if (found := _AS_POWER.fullmatch(bare)) and len(found[2] or "") == int(found[3]):
        return found[1] + (found[2] or "")
    return text


def is_shortened(text: str) -> bool:
    """Whether it is a number of which a spreadsheet kept but the first digits: `4,12E+07`."""
    return bool(_AS_POWER.fullmatch(text.strip())) and whole(text) == text


def cell(text: str) -> str:
    """What a cell of a list says, on one line."""
    return _CONTROL.sub(" ", unprotected(visible(normal(text)))).strip()
