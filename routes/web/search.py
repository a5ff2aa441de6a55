"""What every list does with a search: it reads where a page begins, asks, and answers with the page and its ways.

What is searched for, and what stands in a row, the rooms know; the frame is drawn by the macros `search` and `results`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from starlette.responses import Response
from wtforms.validators import ValidationError

from models.core.search import Found, RowIsGone
from routes.web.answers import page
from routes.web.errors import not_found
from routes.web.fields import Choice, Day, Option, is_id
from routes.web.forms import PortalForm
from routes.web.visit import Visit
from routes.web.words import count


class PeriodSearch(PortalForm):
    """A search whose filters stand in the URL, with the two dates that several have (B6, F5)."""

    were_wrong = False
    """Whether the page that the search was sent from shows sentences at its fields, which may have to go."""
    from_date = Day("Fra dato:", name="from", short_years=True)
    to_date = Day("Til dato:", name="to", short_years=True)

    @classmethod
    def of(cls, visit: Visit, pairs: Iterable[tuple[str, object]] | None = None, **kwargs: Any) -> Any:
        """Fill the form, and note what the page before said of it."""
        form = super().of(visit, pairs, **kwargs)
        form.were_wrong = "wrong" in visit.query_params
        return form

    def validate_to_date(self, field: Day) -> None:
        """From after to would find nothing, and the user would not know why (B6)."""
        if self.from_date.day and field.day and self.from_date.day > field.day:
            raise ValidationError("Til dato er før fra dato. Bytt om eller rett en av dem.")


class Whose(Choice):
    """Whose customers a list at the desk is of: one's own, unless all are asked for."""

    ALL, NOBODYS = "all", "none"

    def __init__(self, label: str = "Vis:", of: str = " kunder", *, or_nobodys: bool = False, **kwargs: Any) -> None:
        self._everybodys = Option(self.ALL, f"Alle{of}")
        choices = [Option("", f"Mine{of}"), self._everybodys]
        choices += [Option(self.NOBODYS, "Uten kundeansvarlig")] if or_nobodys else []
        super().__init__(label, default="", choices=choices, **kwargs)

    def managers(self, visit: Visit) -> tuple[int, ...] | None:
        """The account managers whose customers are wanted, oneself and whom one stands in for; None for all."""
        return visit.user.covers if visit.is_serving and not self.data else None

    def of_all(self) -> None:
        """Offer nothing but everybody's: who only reads has no customers."""
        self.choices = [self._everybodys]


@dataclass(frozen=True, slots=True)
class Quick:
    """A search that is ready to be pressed: its words, its address, how many it finds where that is counted."""

    label: str
    href: str
    count: str
    wanted: bool
    """Whether somebody waits for the user there."""


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
    def rows(self) -> list[Any]:
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

    @property
    def quick(self) -> list[Quick]:
        """The searches that one does most; a list without them has none."""
        return []

    def quickly(self, *searches: tuple[str, dict[str, str], int | None, bool]) -> list[Quick]:
        """Each by its label, filters, what it finds, and whether that waits for the user; none that finds nothing."""
        most = self.counted_to or 0
        return [
            Quick(
                label,
                self.visit.url(self.route, **filters),
                "" if found is None else f"Over {count(most)}" if most and found > most else count(found),
                wanted,
            )
            for label, filters, found, wanted in searches
            if found != 0
        ]

    def way(self, **changed: object) -> str:
        """The address of this search (B10), with some of it changed."""
        form: PortalForm = self.search
        return self.visit.url(self.route, **{**form.filters, **changed})

    @property
    def _found(self) -> Found[Any]:
        found: Found[Any] = self.found
        return found


def answer(
    visit: Visit,
    listing: Callable[[Visit, Any, Any, bool], Listing],
    place: str,
    search: PortalForm,
    find: Callable[[int | None], Found[Any]],
    *,
    part: str | tuple[str, ...] = (),
    nothing: Found[Any] | None = None,
    **context: Any,
) -> Response:
    """Answer with the page of the list that is asked for; where the search is wrong, with none and its sentences.

    `find` gets the row below which the page begins. `nothing` is what a wrong search finds, where that is more than
    no rows.
    """
    after, valid = after_of(visit), search.validate()
    whose = next((field for field in search if isinstance(field, Whose)), None)
    if whose is not None and not visit.is_serving:
        whose.of_all()
    try:
        found = find(after) if valid else nothing or Found([], 0, None)
    except RowIsGone:
        raise not_found() from None
    shown = listing(visit, search, found, after is not None)
    return page(
        visit,
        place,
        part=part or "results",
        status=200 if valid else 422,
        at=shown.way(after=after),
        search=search,
        found=shown,
        **context,
    )


def after_of(visit: Visit) -> int | None:
    """The row below which the page begins that is asked for; raises not_found where the address was made up."""
    text = visit.query_params.get("after", "")
    if text and not is_id(text):
        raise not_found()
    return int(text) if text else None
