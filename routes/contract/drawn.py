"""What the templates of a line draw: the ids of rows, and what comes beside a part as `hx-partial`.

Which templates and parts a line has is read in `reading`.
"""

import re
from collections.abc import Mapping
from functools import cache

from routes.contract.reading import files, templates
from routes.web.lines import Line
from routes.web.templates import PARTIALS

SAID = ("#flash", "#status")
"""What comes with a part that was changed, where something is said of it."""

PARTIAL = re.compile(r'<hx-partial hx-target="(#[^"]+)"')
_INCLUDED = re.compile(r'{% include "([^"]+)"')
_CALLED = re.compile(r"\bui\.(\w+)\(|\b(\w+)\(")
_INSIDE = re.compile(r"{% with part_only=false %}.*?{% endwith %}", re.DOTALL)
_ROW = re.compile(r'<(?:tr|li|div) (?:{{.*?}}|[^>])*?\bid="([a-z]+(?:-[a-z]+)*-{{[^"]+)"')
_NAMED = re.compile(r"{{\s*[\w.]*?(\w+)(?:\.isoformat\(\))?\s*}}")
_MACRO = re.compile(r"{%-? macro (\w+)\(.*?{%-? endmacro", re.DOTALL)


def rows(line: Line) -> tuple[str, ...]:
    """The ids of rows on the pages and parts of a line: `order-{number}`; the surrounds of fields not counted."""
    found = {row for file in {*templates(line), *files(line).values()} for row in _ROW.findall(_text(file))}
    return tuple(sorted(_without_names(row) for row in found if not row.startswith("field-")))


def beside(line: Line) -> Mapping[str, tuple[str, ...]]:
    """By part, what may come with it; what is said of a change not counted. `#field-{name}` is of a field."""
    found = {part: PARTIAL.findall(_text(file, alone=True)) for part, file in files(line).items()}
    return {part: tuple(sorted({*map(_without_names, targets)})) for part, targets in found.items() if targets}


def _without_names(id: str) -> str:
    """An id as it is told: what a template puts in stands in braces."""
    return _NAMED.sub(r"{\1}", id)


@cache
def _text(file: str, *, alone: bool = False) -> str:
    """A template with all that it includes and the macros that it calls; `alone`, as it comes as a part."""
    text = (PARTIALS / file).read_text(encoding="utf-8")
    text = _INSIDE.sub("", text) if alone else text
    return _with_macros(text) + "".join(_text(included, alone=alone) for included in _INCLUDED.findall(text))


def _with_macros(text: str) -> str:
    called = {name for both in _CALLED.findall(text) for name in both} & _macros().keys()
    return text + "".join(_macro(name) for name in sorted(called))


@cache
def _macro(name: str) -> str:
    return _with_macros(_macros()[name])


@cache
def _macros() -> Mapping[str, str]:
    """The bodies of the macros that all templates share."""
    text = (PARTIALS / "_macros.html").read_text(encoding="utf-8")
    return {found[1]: found[0].partition("%}")[2] for found in _MACRO.finditer(text)}
