"""Several times of a booking moved at once, as when somebody is ill or a bus is late: which, to when, and once more.

One time alone is moved where it stands, in `slots`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from models.bookings.changes import ChangeRefused, PeopleAreBusy, Time, hold_round, move_times
from models.bookings.timetable import DayView, SlotView
from models.core.clock import OSLO, in_oslo
from models.values.holidays import holidays_among
from routes.bookings.desk.changes import CALLED_OFF
from routes.bookings.desk.page import BookingSheet, draw, sheet_of
from routes.web.answers import go, page
from routes.web.fields import Day, Ids, Text, TimeOfDay, at_most, required
from routes.web.forms import PortalForm
from routes.web.visit import NOT_MAILED, Visit

_CHANGED = "Noen av tidene er endret eller begynt siden du valgte dem. Velg på nytt."


@dataclass(frozen=True, slots=True)
class Move:
    """A time that is chosen, and when it is to be."""

    slot: SlotView
    starts_at: datetime
    ends_at: datetime


class MovesForm(PortalForm):
    """Which times, and when the first of them is to be; the others follow it, each as long after it as now."""

    slot = Ids("Tider som skal flyttes")
    day = Ids("Hele dager")
    """Each by the first of its times."""
    to_day = Day("Ny dato for den første")
    starts = TimeOfDay("Nytt klokkeslett for den første")
    reason = Text(
        "Grunn",
        [required("Skriv hvorfor tidene flyttes."), at_most(200)],
        description="Står i kundens logg. Ikke skriv helseopplysninger.",
    )

    def moves(self, sheet: BookingSheet) -> list[Move]:
        """Each chosen time with when it is to be; none where the form says what is missing."""
        chosen = self.chosen(to_come(sheet))
        if not self.validate():
            pass
        elif not {*self.slot.data, *self.day.data} <= {slot.id for slot in chosen}:
            self.slot.errors = [_CHANGED]
        elif not chosen:
            self.slot.errors = ["Kryss av for tidene som skal flyttes."]
        elif self.to_day.day is None and self.starts.time is None:
            self.to_day.errors = ["Skriv en ny dato, et nytt klokkeslett eller begge."]
        else:
            return self._of(chosen, sheet.visit.now)
        return []

    def chosen(self, days: list[DayView]) -> list[SlotView]:
        """The times that are ticked, alone or with their day, in their order."""
        whole = {slot.id for day in days if day.slots[0].id in self.day.data for slot in day.slots}
        return [slot for day in days for slot in day.slots if slot.id in whole or slot.id in self.slot.data]

    def _of(self, chosen: list[SlotView], now: datetime) -> list[Move]:
        """What a clock on the wall shows is what moves: a day's program stays as it is, also when the clocks change."""
        first, _ = _walls(chosen[0])
        later = datetime.combine(self.to_day.day or first.date(), self.starts.time or first.time()) - first
        walls = [(slot, begins + later, ends + later) for slot in chosen for begins, ends in [_walls(slot)]]
        moves = [Move(slot, *(in_oslo(at.date(), at.time()) for at in (starts, ends))) for slot, starts, ends in walls]
        if not later:
            self.to_day.errors = ["Tidene er der allerede."]
        elif any(each.starts_at <= now for each in moves):
            self.to_day.errors = [
                "Da ville noen av tidene være passert. Velg en senere dag eller et senere klokkeslett."
            ]
        elif any(
            (_wall(move.starts_at), _wall(move.ends_at)) != (a, b) for move, (_, a, b) in zip(moves, walls, strict=True)
        ):
            self.starts.errors = ["Klokka stilles da, så noen av tidene finnes ikke. Velg et annet klokkeslett."]
        else:
            return moves
        return []


def to_come(sheet: BookingSheet) -> list[DayView]:
    """The days with the times that have not begun."""
    now = sheet.visit.now
    days = [DayView(day.date, [slot for slot in day.slots if slot.starts_at > now]) for day in sheet.view.days]
    return [day for day in days if day.slots]


def new(visit: Visit, id: int) -> Response:
    """Which times, and to when."""
    sheet = sheet_of(visit, id)
    if not sheet.may_change:
        return go(visit, sheet.url, say=CALLED_OFF, tone="bad")
    return _ask(visit, sheet, MovesForm.of(visit, visit.draft() or ()))


def create(visit: Visit, id: int) -> Response:
    """Show what would be when, and, once it was looked over, move all of them, or none."""
    sheet, form = sheet_of(visit, id), MovesForm.of(visit, visit.form.multi_items())
    if not sheet.may_change:
        sheet.problem = CALLED_OFF
        return draw(visit, sheet, status=409)
    if "edit" in visit.form:
        return _ask(visit, sheet, form)
    booking = hold_round(visit.db, id)
    moves = form.moves(sheet)
    if not moves:
        return _ask(visit, sheet, form, status=422)
    is_looked_over = "publish" in visit.form
    if not is_looked_over:
        return _ask(visit, sheet, form, moves=moves)
    try:
        told = move_times(visit.db, booking, _times(moves), reason=form.reason.data or "", by=visit.user, now=visit.now)
    except ChangeRefused as refused:
        visit.undo()
        form.slot.errors = [_why(refused, hidden=sheet.booking.names_hidden and not sheet.with_names)]
        return _ask(visit, sheet_of(visit, id), form, status=409)
    many = "1 tid er flyttet." if len(moves) == 1 else f"{len(moves)} tider er flyttet."
    letters = " " + visit.mailed(f"{told} får beskjed på e-post.", NOT_MAILED) if told else ""
    return go(visit, sheet.url, say=many + letters)


def _times(moves: list[Move]) -> Mapping[int, Time]:
    return {each.slot.id: Time(each.starts_at, each.ends_at, each.slot.capacity) for each in moves}


def _why(refused: ChangeRefused, *, hidden: bool) -> str:
    if isinstance(refused, PeopleAreBusy):
        who = "Noen som har en av tidene," if hidden else " og ".join(refused.names)
        return f"{who} har en annen time da. Ingen av tidene er flyttet."
    return _CHANGED


def _walls(slot: SlotView) -> tuple[datetime, datetime]:
    """When it begins and ends, on the wall."""
    begins = _wall(slot.starts_at)
    return begins, datetime.combine(begins.date(), slot.ends)


def _wall(at: datetime) -> datetime:
    """What a clock on a Norwegian wall shows."""
    return at.astimezone(OSLO).replace(tzinfo=None)


def _ask(
    visit: Visit, sheet: BookingSheet, form: MovesForm, *, status: int = 200, moves: list[Move] | None = None
) -> Response:
    return page(
        visit,
        "bookings/desk/moves.html",
        part="moves-form",
        status=status,
        sheet=sheet,
        form=form,
        days=to_come(sheet),
        moves=moves,
        holidays=holidays_among(sorted({each.starts_at.astimezone(OSLO).date() for each in moves or ()})),
        told=sum(each.slot.taken for each in moves or ()),
    )
