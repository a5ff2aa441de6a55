"""What comes beside a part as `hx-partial`, read from the templates that the part is drawn with.

Which parts a line gives is read in `reading`.
"""

import re
from collections.abc import Mapping
from functools import cache

from routes.contract.reading import files
from routes.web.lines import Line
from routes.web.templates import PARTIALS

SAID = ("#flash", "#status")
"""What comes with a part that was changed, where something is said of it."""

PARTIAL = re.compile(r'<hx-partial hx-target="(#[^"]+)"')
_INCLUDED = re.compile(r'{% include "([^"]+)"')
_CALLED = re.compile(r"\bui\.(\w+)\(|\b(\w+)\(")
_INSIDE = re.compile(r"{% with part_only=false %}.*?{% endwith %}", re.DOTALL)
_NAMED = re.compile(r"{{\s*[\w.]*?(\w+)\s*}}")
_MACRO = re.compile(r"{%-? macro (\w+)\(.*?{%-? endmacro", re.DOTALL)


def beside(line: Line) -> Mapping[str, tuple[str, ...]]:
    """By part, what may come with it; what is said of a change not counted."""
    found = {part: tuple(sorted(_of_template(file))) for part, file in files(line).items()}
    return {part: targets for part, targets in found.items() if targets}


@cache
def _of_template(file: str) -> frozenset[str]:
    text = _INSIDE.sub("", (PARTIALS / file).read_text(encoding="utf-8"))
    found = _of_text(text)
    for included in _INCLUDED.findall(text):
        found |= _of_template(included)
    return found


def _of_text(text: str) -> frozenset[str]:
    """The targets in a text, and in the macros that it calls: `#field-{name}` is of a field."""
    found = {_NAMED.sub(r"{\1}", target) for target in PARTIAL.findall(text)}
    for name in {name for both in _CALLED.findall(text) for name in both} & _macros().keys():
        found |= _of_macro(name)
    return frozenset(found)


@cache
def _of_macro(name: str) -> frozenset[str]:
    return _of_text(_macros()[name])


@cache
def _macros() -> Mapping[str, str]:
    """The bodies of the macros that all templates share."""
    text = (PARTIALS / "_macros.html").read_text(encoding="utf-8")
    return {found[1]: found[0].partition("%}")[2] for found in _MACRO.finditer(text)}
