"""The times of a booking at the desk: adding some, moving one or giving it more places, taking an empty one away."""

from datetime import datetime
from typing import Any

from starlette.responses import Response

from models.bookings.changes import (
    ChangeRefused,
    EndsBeforeItBegins,
    HasBegun,
    HasSignUps,
    PeopleAreBusy,
    Time,
    TooFewPlaces,
    add_times,
    hold_round,
    remove_time,
    set_time,
)
from models.bookings.slots import Slot, slot_by_id
from models.core.clock import OSLO, in_oslo
from routes.bookings.desk.changes import CALLED_OFF
from routes.bookings.desk.page import BookingSheet, draw, fresh, sheet_of, sheet_of_slot
from routes.bookings.desk.series_form import MOST_TIMES, WEEKDAYS, WORKING_DAYS, Schedule, SeriesForm
from routes.web.answers import go, page, swap
from routes.web.errors import not_found
from routes.web.fields import Day, Number, TimeOfDay, required
from routes.web.forms import PortalForm
from routes.web.visit import NOT_MAILED, Visit
from routes.web.words import date, short_moment, time

_HAS_SIGN_UPS = "Noen er eller har vært påmeldt her, så tiden kan ikke fjernes. Flytt den, eller avlys bookingen."


class SlotForm(PortalForm):
    """When a time is, and how many have a place on it."""

    day = Day("Dato", [required("Skriv hvilken dag tiden er.")])
    starts = TimeOfDay("Fra kl.", [required("Skriv når tiden begynner.")])
    ends = TimeOfDay("Til kl.", [required("Skriv når tiden er over.")])
    capacity = Number("Plasser", 1, 10_000)

    @property
    def time(self) -> Time:
        """What is wanted, once the form is valid."""
        assert self.day.day is not None
        assert self.starts.time is not None
        assert self.ends.time is not None
        begins, ends = in_oslo(self.day.day, self.starts.time), in_oslo(self.day.day, self.ends.time)
        return Time(begins, ends, self.capacity.value)

    def refuse(self, refused: ChangeRefused, *, hidden: bool) -> None:
        """Say why at the field that it concerns."""
        if isinstance(refused, TooFewPlaces):
            places = "plass" if refused.taken == 1 else "plasser"
            self.capacity.errors = [f"{refused.taken} sitter her, så det må være minst {refused.taken} {places}."]
        elif isinstance(refused, EndsBeforeItBegins):
            self.ends.errors = ["Tiden må være over etter at den begynner."]
        elif isinstance(refused, HasBegun):
            self.starts.errors = ["Tiden er begynt, og kan ikke flyttes."]
        elif isinstance(refused, PeopleAreBusy):
            who = "Noen som sitter her," if hidden else " og ".join(refused.names)
            self.starts.errors = [f"{who} har en annen time da."]


def edit(visit: Visit, id: int) -> Response:
    """The time as a form, where it stands."""
    sheet, slot, draft = sheet_of_slot(visit, id), _slot(visit, id), visit.draft()
    begins, ends = slot.starts_at.astimezone(OSLO), slot.ends_at.astimezone(OSLO)
    now = [("day", date(begins)), ("starts", time(begins)), ("ends", time(ends)), ("capacity", str(slot.capacity))]
    if not sheet.may_change:
        return go(visit, sheet.url, say=CALLED_OFF, tone="bad")
    return draw(visit, sheet, form=SlotForm.of(visit, draft or now), changing=id)


def update(visit: Visit, id: int) -> Response:
    """Move the time, or give it another number of places; who sits there is told."""
    sheet, form = sheet_of_slot(visit, id), SlotForm.of(visit, visit.form.multi_items())
    if not sheet.may_change:
        return _refused(visit, sheet, CALLED_OFF)
    if not form.validate():
        return draw(visit, sheet, status=422, form=form, changing=id)
    booking, slot = hold_round(visit.db, sheet.booking.id), _slot(visit, id)
    wanted = form.time
    if wanted.starts_at <= visit.now and wanted.starts_at != slot.starts_at:
        form.starts.errors = ["Tiden er passert. Velg en senere."]
        return draw(visit, sheet, status=422, form=form, changing=id)
    try:
        told = set_time(visit.db, booking, slot, wanted, by=visit.user, now=visit.now, where_people_are_free=True)
    except ChangeRefused as refused:
        form.refuse(refused, hidden=booking.names_hidden and not sheet.with_names)
        visit.undo()
        return draw(visit, fresh(sheet), status=409, form=form, changing=id)
    moved = " " + visit.mailed(f"{told} får beskjed på e-post.", NOT_MAILED) if told else ""
    return _slots(visit, sheet, f"Tiden {short_moment(wanted.starts_at)} er lagret.{moved}", f"#slot-{id}")


def destroy(visit: Visit, id: int) -> Response:
    """Take an empty time away."""
    sheet = sheet_of_slot(visit, id)
    if not sheet.may_change:
        return _refused(visit, sheet, CALLED_OFF)
    booking, slot = hold_round(visit.db, sheet.booking.id), _slot(visit, id)
    moment = short_moment(slot.starts_at)
    try:
        remove_time(visit.db, booking, slot, by=visit.user, now=visit.now)
    except HasSignUps:
        visit.undo()
        return _refused(visit, fresh(sheet), _HAS_SIGN_UPS)
    return _slots(visit, sheet, f"Tiden {moment} er fjernet.", "#slots")


def new(visit: Visit, id: int) -> Response:
    """The form for more times."""
    sheet, draft = sheet_of(visit, id), visit.draft()
    usual = [*WORKING_DAYS, ("minutes", "30"), ("capacity", "1")]
    if not sheet.may_change:
        return go(visit, sheet.url, say=CALLED_OFF, tone="bad")
    return _new(visit, sheet, SeriesForm.of(visit, draft or usual))


def create(visit: Visit, id: int) -> Response:
    """Show which times would be added, and, once they were looked over, add those that are not there yet."""
    sheet, form = sheet_of(visit, id), SeriesForm.of(visit, visit.form.multi_items())
    if not sheet.may_change:
        return _refused(visit, sheet, CALLED_OFF)
    if "edit" in visit.form:
        return _new(visit, sheet, form)
    booking = hold_round(visit.db, id)
    schedule = _without_what_is_there(form.schedule(visit.now), sheet, form)
    if schedule is None:
        return _new(visit, sheet, form, status=422)
    is_looked_over = "publish" in visit.form
    if not is_looked_over:
        return _new(visit, sheet, form, schedule=schedule)
    times = [Time(starts, ends, schedule.series.capacity) for starts, ends in schedule.times]
    add_times(visit.db, booking, times, by=visit.user, now=visit.now)
    return go(visit, sheet.url, say=f"{len(times)} {'tid' if len(times) == 1 else 'tider'} er lagt til.")


def _without_what_is_there(schedule: Schedule | None, sheet: BookingSheet, form: SeriesForm) -> Schedule | None:
    """So that the same form twice adds its times once."""
    if schedule is None:
        return None
    there = {_moments(slot) for day in sheet.view.days for slot in day.slots}
    new = [time for time in schedule.times if time not in there]
    if not new:
        form.from_date.errors = ["Alle disse tidene finnes allerede i bookingen."]
    elif len(new) + len(there) > MOST_TIMES:
        form.to_date.errors = [f"Bookingen ville få {len(new) + len(there)} tider, og {MOST_TIMES} er det meste."]
    else:
        return Schedule(schedule.series, new, len(schedule.times) - len(new))
    return None


def _moments(slot: Any) -> tuple[datetime, datetime]:
    day = slot.starts_at.astimezone(OSLO).date()
    return slot.starts_at, in_oslo(day, slot.ends)


def _new(
    visit: Visit, sheet: BookingSheet, form: SeriesForm, *, status: int = 200, schedule: Schedule | None = None
) -> Response:
    return page(
        visit,
        "bookings/desk/new_times.html",
        part="times-form",
        status=status,
        sheet=sheet,
        form=form,
        schedule=schedule,
        weekdays=WEEKDAYS,
    )


def _slots(visit: Visit, sheet: BookingSheet, said: str, at: str) -> Response:
    where, now = f"{sheet.url}{at}", fresh(sheet)
    return swap(
        visit, "bookings/desk/_slots.html", or_go=where, say=said, into="slots", sheet=now, form=None, changing=None
    )


def _refused(visit: Visit, sheet: BookingSheet, sentence: str) -> Response:
    sheet.problem = sentence
    return draw(visit, sheet, status=409)


def _slot(visit: Visit, id: int) -> Slot:
    slot = slot_by_id(visit.db, id)
    if slot is None:
        raise not_found()
    return slot
