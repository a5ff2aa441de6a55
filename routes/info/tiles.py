"""The figures on top of Info: what one comes for, each with the way to its list; of the tabs that the user has (I1)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from models.bookings.search import Upcoming
from models.core.scope import Right
from models.core.search import COUNTED_TO
from models.reports.plans import progress_of
from routes.info.boxes import Box
from routes.web.visit import Visit
from routes.web.words import count, short_day


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure: what it counts, how much that is, what to think of, and the way to its list."""

    name: str
    label: str
    figure: str
    more: str
    way: str
    is_late: bool = False


def tiles_of(visit: Visit, boxes: Sequence[Box], is_open: int, waiting: int, upcoming: Upcoming | None) -> list[Tile]:
    """The figures for the user; one alone says nothing that does not stand below."""
    tiles = [to_do(visit, boxes), *_orders(visit, is_open, waiting), *_places(visit, upcoming), *_plan(visit)]
    return tiles if len(tiles) > 1 else []


def to_do(visit: Visit, boxes: Sequence[Box]) -> Tile:
    """How much there is to see to, and by when the first of it."""
    late, days = any(box.is_late for box in boxes), [box.until for box in boxes if box.until]
    ends = f"nærmeste frist {short_day(min(days))}" if days else ""
    more = ends or ("noe er forfalt" if late else "" if boxes else "alt er gjort")
    return Tile("to-do", "Må gjøres", count(len(boxes)), more, visit.url("worklist"), late)


def _orders(visit: Visit, is_open: int, waiting: int) -> Iterator[Tile]:
    if visit.may(Right.ORDERS):
        figure = f"Over {count(COUNTED_TO)}" if is_open > COUNTED_TO else count(is_open)
        more = f"{count(waiting)} venter på dere" if waiting else "ingen venter på dere"
        yield Tile("open", "Åpne bestillinger", figure, more, visit.url("orders", status="open"))


def _places(visit: Visit, upcoming: Upcoming | None) -> Iterator[Tile]:
    if upcoming:
        rounds = f"i {count(upcoming.fillable)} {'booking' if upcoming.fillable == 1 else 'bookinger'}"
        more = rounds if upcoming.fillable else "ingen kan fylles nå"
        yield Tile("places", "Ledige plasser", count(upcoming.places), more, visit.url("bookings", free="1"))


def _plan(visit: Visit) -> Iterator[Tile]:
    """How far the plan of the year has come, where there is one."""
    plan = progress_of(visit.db, visit.today) if visit.may(Right.REPORTS) else None
    if plan and plan.total:
        more = f"{count(plan.late)} er forfalt" if plan.late else "ingenting er forfalt"
        figure = f"{count(plan.done)} av {count(plan.total)}"
        yield Tile("plan", f"Planen for {visit.today.year}", figure, more, visit.url("hms_year"))
