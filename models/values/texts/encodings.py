"""How the letters of a text file are written as bytes: which of the ways that Norwegian programs have had it is.

What the text means, and how it is divided into cells, does not live here.
"""

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
NAMES = {"cp1252": "Windows", "mac_roman": "Macintosh", "cp850": "DOS", "ascii": "Bare a til z", "ns4551": "NS 4551"}
"""The ways in which one byte is one letter, as they are called where one has to be chosen."""
_OF_EIGHT_BITS = ("cp1252", "mac_roman", "cp850")
_TO_NS, _FROM_NS = str.maketrans("ÆØÅæøå", "[\\]{|}"), str.maketrans("[\\]{|}", "ÆØÅæøå")
_IN_WORD = re.compile(r"[A-Za-z][{|}\[\]\\][A-Za-z]")
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_WORD = re.compile(r"[^\s;,|\t\"'<>()@.:/=+-]+")
_OURS, _OF_NEIGHBOURS = set("æøåÆØÅ"), set("éèëêóòôöäüáàíïúñçÉÈËÖÄÜÁÓÍÚÑÇ")
_NOT_IN_NAMES = set("ŒœŸÿˆ\u02dcƒªºµß")
_SILENT = set("\u00a0\u2013\u2014\u2018\u2019\u201c\u201d«»…°§€·½¼¾\u00b4©®™£¹²³")
_MOST_TIMES = 3
_LOOKED_AT = 200_000
"""Bytes that are looked at to know the letters of a file."""


class NoText(Exception):
    """The bytes are no text."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, how it was written, and the other ways in which it may have been, where that is not certain."""

    text: str
    encoding: str
    rivals: tuple[str, ...] = ()


def decode(content: bytes) -> Decoded:
    """The text of a file: by its mark, as UTF-8, or in the way that gives words that could be names; raises NoText."""
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), None)
    if not encoding and (filled := content.rstrip(b"\0")) and b"\0" not in filled:
        content = filled  # some programs fill a file up to the end of a block
    encoding = encoding or _of_two_bytes(content)
    try:
        text = content.decode(encoding or "utf-8")
    except UnicodeDecodeError:
        if encoding:
            raise NoText from None
        return _likeliest(content)
    if encoding is None and text.isascii() and _is_ns4551(text):
        return Decoded(text.translate(_FROM_NS), "ns4551", ("ascii",))
    return Decoded(text, encoding or "utf-8")


def again(text: str, encoding: str, other: str) -> str:
    """The text as it is if its bytes are read in another way; it stays where it has letters that no byte stands for."""
    if text.isascii() and "ns4551" not in {encoding, other}:
        return text
    try:
        return _decoded(_encoded(text, encoding), other)
    except UnicodeError:
        return text


def foreign_words(text: str) -> list[str]:
    """The words with other letters than a to z, by which one sees whether the letters are read right."""
    return [word for found in _WORD.finditer(text) if not (word := found[0]).isascii() or _IN_WORD.search(word)]


def mended(text: str) -> str:
    """The text without what comes of UTF-8 that was taken for other letters and written as UTF-8 again."""
    for _ in range(_MOST_TIMES):
        before = text
        for encoding in _OF_EIGHT_BITS:
            text = text.removeprefix(_decoded(codecs.BOM_UTF8, encoding))
            if _FIRST_OF_TWO[encoding].search(text):
                text = _FOREIGN.sub(_undone(encoding, text), text)
        if text == before:
            break
    return text


def _undone(encoding: str, text: str) -> Callable[[re.Match[str]], str]:
    """Reads a run of foreign letters as UTF-8: any, if all of them are; else those that can hardly be anything else."""

    def read(run: str) -> str | None:
        try:
            return _encoded(run, encoding).decode()
        except UnicodeError:
            return None

    runs = {found[0] for found in _FOREIGN.finditer(text)}
    all_of_them = all(read(run) is not None for run in runs)

    def undone(found: re.Match[str]) -> str:
        is_sure = all_of_them or _FIRST_OF_TWO[encoding].match(found[0])
        return (read(found[0]) if is_sure else None) or found[0]

    return undone


def _first_of_two(encoding: str) -> re.Pattern[str]:
    """What the UTF-8 of a letter such as `ø`, or of a dash, begins with, taken for letters of another kind."""
    first = "".join(_decoded(bytes([byte]), encoding) for byte in (0xC2, 0xC3))
    rest = "".join(re.escape(_decoded(bytes([byte]), encoding)) for byte in range(0x80, 0xC0))
    dash = re.escape(_decoded(b"\xe2\x80", encoding))
    return re.compile(f"[{first}][{rest}]|{dash}[{rest}]")


def _of_two_bytes(content: bytes) -> str | None:
    """UTF-16 without a mark: in a list, every second byte is mostly zero. Raises NoText for other zeros."""
    beginning = content[:2000]
    if b"\0" not in content:
        return None
    for name, zeros in (("utf-16-le", beginning[1::2]), ("utf-16-be", beginning[::2])):
        if len(content) % 2 == 0 and zeros.count(0) > 0.7 * len(zeros) and beginning.count(0) < 0.6 * len(beginning):
            return name
    raise NoText


def _likeliest(content: bytes) -> Decoded:
    looked_at = content[:_LOOKED_AT] if len(content) > _LOOKED_AT else content
    scores = {name: _score(_decoded(looked_at, name)) for name in _OF_EIGHT_BITS}
    best = max(_OF_EIGHT_BITS, key=lambda name: scores[name])
    ours = _words(_decoded(looked_at, best))
    near = [
        name
        for name in _OF_EIGHT_BITS
        if name != best and scores[name] >= 0.5 * scores[best] and _words(_decoded(looked_at, name)) != ours
    ]
    if scores[best] < 0:
        near = [name for name in _OF_EIGHT_BITS if name != best]
    return Decoded(_decoded(content, best), best, tuple(near))


def _words(text: str) -> set[str]:
    return {word for found in _WORD.finditer(text) if not (word := found[0].strip("".join(_SILENT))).isascii()}


def _score(text: str) -> int:
    """How far the words with foreign letters could be Norwegian names."""
    return sum(_score_of(word) for word in _words(text))


def _score_of(word: str) -> int:
    score = 0
    for at, letter in enumerate(word):
        if letter.isascii():
            continue
        if letter in _SILENT:
            score -= 2
        elif letter in _OURS:
            score += 4
        elif letter.isalpha() and letter < "\u0180" and letter not in _NOT_IN_NAMES:
            score += 2 if letter in _OF_NEIGHBOURS else 1
        else:
            score -= 4
        before, after = word[max(at - 1, 0) : at], word[at + 1 : at + 2]
        is_odd_capital = letter.isupper() and at and (before.islower() or after.islower())
        if is_odd_capital or (letter.islower() and before.isupper() and (at > 1 or after.isupper())):
            score -= 6
    return score


def _is_ns4551(text: str) -> bool:
    """Whether `{|}` may be letters, as before there were eight bits: inside words, while others divide the cells."""
    lines = [line for line in text.splitlines()[:200] if line.strip()]
    return bool(_IN_WORD.search(text)) and any(all(mark in line for line in lines) for mark in ";,\t")


def _encoded(text: str, encoding: str) -> bytes:
    if encoding in {"ascii", "ns4551"}:
        return text.translate(_TO_NS if encoding == "ns4551" else {}).encode("ascii")
    return b"".join(_byte(letter, encoding) for letter in text)


def _byte(letter: str, encoding: str) -> bytes:
    """The byte of a letter; cp1252 leaves five bytes out, which programs take for the control characters they are."""
    try:
        return letter.encode(encoding)
    except UnicodeEncodeError:
        return letter.encode("latin-1")


def _decoded(content: bytes, encoding: str) -> str:
    if encoding in {"ascii", "ns4551"}:
        return content.decode("ascii").translate(_FROM_NS if encoding == "ns4551" else {})
    return content.decode(encoding, "as_latin_1")


def _as_latin_1(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error("as_latin_1", _as_latin_1)
_FIRST_OF_TWO = {encoding: _first_of_two(encoding) for encoding in _OF_EIGHT_BITS}
