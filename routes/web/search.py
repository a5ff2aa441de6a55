"""A page of a search's answer: its rows, the sentences that count them, and the ways to the pages around it.

What is searched for, and what stands in a row, the rooms know; the pager is drawn by the macro of that name.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, TypeVar

from routes.web.errors import not_found
from routes.web.forms import PortalForm
from routes.web.visit import Visit
from routes.web.words import count

T = TypeVar("T")


def after_of(visit: Visit, parse: Callable[[str], T]) -> T | None:
    """Where the page that is asked for begins, read by `parse`; raises not_found where the address was made up."""
    text = visit.query_params.get("after")
    try:
        return parse(text) if text else None
    except ValueError:
        raise not_found() from None


class Found(Protocol):
    """What a model found: one page of it, how many there are in all, and where the next page begins."""

    @property
    def rows(self) -> Sequence[Any]: ...

    @property
    def count(self) -> int: ...

    @property
    def next(self) -> object | None: ...


@dataclass(frozen=True)
class Listing:
    """One page, with its sentences and links; a room says what it lists."""

    route: ClassVar[str]
    nothing: ClassVar[str]
    counted_to: ClassVar[int | None] = None
    """Where the count stops; None where it never does."""

    visit: Visit
    search: Any
    found: Any
    later: bool
    """Whether it is another page than the first."""

    @property
    def words(self) -> tuple[str, str]:
        """What one of them is called, and several."""
        raise NotImplementedError

    @property
    def rows(self) -> Sequence[Any]:
        """What stands on this page."""
        return self._found.rows

    @property
    def count(self) -> int:
        """How many there are on all pages."""
        return self._found.count

    @property
    def count_text(self) -> str:
        """What is announced (B11)."""
        one, several = self.words
        if not self.count:
            return self.nothing
        if self.counted_to and self.count > self.counted_to:
            return f"Over {count(self.counted_to)} {several}"
        return f"{count(self.count)} {one if self.count == 1 else several}"

    @property
    def shown_text(self) -> str:
        """How much of it this page shows."""
        return f"Viser {len(self.rows)} av {self.count_text.removeprefix('Over ')}"

    @property
    def following(self) -> str | None:
        """The way to the next page."""
        return self.way(after=self._found.next) if self._found.next else None

    @property
    def first(self) -> str | None:
        """The way back to the first page."""
        return self.way() if self.later else None

    def way(self, **changed: object) -> str:
        """The address of this search (B10), with some of it changed."""
        form: PortalForm = self.search
        return self.visit.url(self.route, **{**form.filters, **changed})

    @property
    def _found(self) -> Found:
        found: Found = self.found
        return found
