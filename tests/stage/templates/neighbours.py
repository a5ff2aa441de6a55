"""Which words would run together in a text browser: `Dagsliste` beside `Kalenderfil` with no blank between them.

A stylesheet sets neighbours apart, a text browser only writes what is there.
"""

import re

_NEIGHBOURS = re.compile(
    r"</(?:a|b|button|span)>(?:\{%-? (?!el)[^%]*%\}|\{\{ (?:ways|files) \}\})*"
    r"<(?:a|button|span class=\"(?:tag|quiet|far|row)\b)[ >\"]"
)
REASON = "the words beside each other run together in a text browser: put a blank between them"


def problems(source: str) -> list[tuple[int, str]]:
    """Where a link, a button or a tag begins right behind another, by line; ways that exclude each other are none."""
    return [(source.count("\n", 0, found.start()) + 1, REASON) for found in _NEIGHBOURS.finditer(source)]
