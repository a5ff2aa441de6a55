"""What was drawn once and is the same wherever it is drawn again: a field of a form in which nothing was typed.

It is kept by all that it was drawn from, so that no session can get what was drawn from something else for another.
"""

from collections.abc import Callable
from typing import Any

_MOST = 4_000_000
"""Signs that are kept; then all are forgotten, and what is still drawn is soon there again."""


class Kept:
    """Calls of macros by what was given to them: a field by what it looks like, the rest by its type and value."""

    def __init__(self) -> None:
        self._drawn: dict[tuple[Any, ...], str] = {}
        self._signs = 0

    def call(self, macro: Callable[..., str], args: tuple[Any, ...], named: dict[str, Any]) -> str:
        """What the macro draws."""
        looks = args[0].looks if args and hasattr(type(args[0]), "looks") else None
        if looks is None or "caller" in named:  # what stands within it, is drawn by its caller
            return macro(*args, **named)
        more = [*((None, each) for each in args[1:]), *named.items()]
        key = (macro, looks, *((name, type(value), value) for name, value in more))
        try:
            drawn = self._drawn.get(key)
        except TypeError:  # a list, say, which may be another one by the next time
            return macro(*args, **named)
        if drawn is None:
            drawn = macro(*args, **named)
            self._keep(key, drawn)
        return drawn

    def _keep(self, key: tuple[Any, ...], drawn: str) -> None:
        if self._signs > _MOST:
            self._drawn.clear()
            self._signs = 0
        self._drawn[key] = drawn
        self._signs += len(drawn)
