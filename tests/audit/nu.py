"""What the Nu HTML Checker says of every answer of a rehearsal: pages, parts, and answers to forms.

It knows no attribute of htmx; those messages, and no others, are not counted. A part is put into a page of its own:
what it refers to elsewhere on its page is looked for by the house rules, where the page is whole.
"""

import json
import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from routes.contract.asking import Example

_HTMX = re.compile(r"Attribute “(data-)?hx-")
_ELSEWHERE = re.compile(r"in the same document|must refer to|non-hidden form control")
_PARTIAL = re.compile(r"<hx-partial[^>]*>(.*?)</hx-partial>", re.DOTALL)
_AROUND = (
    (re.compile(r"\s*<tr\b"), "<table><tbody>{}</tbody></table>"),
    (re.compile(r"\s*<li\b"), "<ul>{}</ul>"),
    (re.compile(r"\s*<option\b"), "<select>{}</select>"),
    (re.compile(r"\s*<div[^>]*>\s*<dt\b"), "<dl>{}</dl>"),
)
"""Where a part stands that begins so."""


@dataclass
class Checked:
    """The answers of a line that were checked, and what is wrong with them."""

    answers: int = 0
    errors: list[str] = field(default_factory=list)


def checker() -> list[str] | None:
    """How the checker is begun: NU names its archive, or it is installed; None where it is not there."""
    if (archive := os.environ.get("NU")) and shutil.which("java"):
        return ["java", "-jar", archive]
    return [found] if (found := shutil.which("vnu")) else None


def check(examples: Sequence[Example], begin: list[str]) -> dict[str, Checked]:
    """What it finds, by the names of lines; the same page of the same line is checked once."""
    pages = list(dict.fromkeys((example.line, example.answer.html) for example in examples if example.answer.html))
    found: dict[str, Checked] = {}
    with TemporaryDirectory() as folder:
        for at, (line, html) in enumerate(pages):
            Path(folder, f"{at}.html").write_text(whole(html), encoding="utf-8")
            found.setdefault(line, Checked()).answers += 1
        said = subprocess.run(
            [*begin, "--format", "json", "--exit-zero-always", folder], capture_output=True, text=True, check=True
        )
    for message in json.loads(said.stderr or said.stdout)["messages"]:
        line, html = pages[int(Path(message["url"]).stem)]
        if counts(message, is_part=not _is_document(html)):
            found[line].errors.append(message["message"])
    return found


def counts(message: dict[str, str], *, is_part: bool) -> bool:
    """Whether a message is about something that is wrong."""
    text = message["message"]
    return message["type"] == "error" and not _HTMX.search(text) and not (is_part and _ELSEWHERE.search(text))


def whole(html: str) -> str:
    """A part with a document around it, and around each piece what it stands in on its page."""
    if _is_document(html):
        return html
    title = re.search(r"<title>.*?</title>", html, re.DOTALL)
    own = _PARTIAL.sub("", html.replace(title[0], "", 1) if title else html)
    pieces = "".join(map(_framed, [own, *_PARTIAL.findall(html)]))
    head = title[0] if title else "<title>A part</title>"
    return f'<!doctype html><html lang="nb"><head>{head}</head><body>{pieces}</body></html>'


def _framed(piece: str) -> str:
    frame = next((frame for begins, frame in _AROUND if begins.match(piece)), "{}")
    return frame.format(piece)


def most(errors: Iterable[str]) -> list[str]:
    """The messages, each with how often it came."""
    return [f"{times} × {message}" for message, times in Counter(errors).most_common()]


def _is_document(html: str) -> bool:
    return html.lstrip().lower().startswith("<!doctype")
