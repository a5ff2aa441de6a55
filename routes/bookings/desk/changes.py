"""Changing a booking at the desk: its facts, and calling it off. Its times are changed in `slots`."""

from collections.abc import Iterable
from typing import Any

from starlette.responses import Response
from wtforms.validators import ValidationError

from models.bookings.booking import Booking, ChangedMeanwhile
from models.bookings.changes import call_off, hold_round, on_it, revise
from models.core.clock import OSLO, in_oslo
from routes.bookings.desk.form import check_choice, check_https, set_checks
from routes.bookings.desk.page import BookingSheet, draw, fresh, sheet_of
from routes.web.answers import go, page
from routes.web.fields import Day, Text, TimeOfDay, at_most, is_id, required
from routes.web.forms import PortalForm, masked_sentence
from routes.web.visit import NOT_MAILED, Visit
from routes.web.words import count, date, time

CALLED_OFF = "Bookingen er avlyst, og kan ikke endres."


class FactsForm(PortalForm):
    """The facts of a booking that staff can change; whether names are hidden was promised to those who signed up."""

    title = Text("Tittel", [required("Skriv hva bookingen gjelder."), at_most(200)])
    place = Text("Sted", [required("Skriv hvor de skal møte."), at_most(200)])
    deadline_day = Day("Frist, dato", [required("Skriv hvilken dag fristen er.")])
    deadline_time = TimeOfDay("Frist, kl.", [required("Skriv når fristen er ute.")])
    preparation = Text(
        "Forberedelser", [at_most(4000)], description="Står i innkallingen. Ikke skriv sensitive opplysninger her."
    )
    self_declaration_url = Text("Lenke til egenerklæring", [at_most(500), check_https])
    check_name = check_choice()
    last_start: Any = None
    """When the last time of the booking begins."""

    def validate_deadline_time(self, _field: TimeOfDay) -> None:
        """After the last time has begun there is nothing to sign up for."""
        deadline = self.deadline
        if deadline and self.last_start and deadline > self.last_start:
            raise ValidationError("Fristen er etter at den siste tiden begynner.")

    @property
    def deadline(self) -> Any:
        """The moment, where both parts of it can be read."""
        day, at = self.deadline_day.day, self.deadline_time.time
        return in_oslo(day, at) if day and at else None

    @property
    def facts(self) -> dict[str, Any]:
        """What is to be saved, once the form is valid."""
        texts = {name: self[name].data or "" for name in ("title", "place", "preparation", "self_declaration_url")}
        return {**texts, "deadline": self.deadline, "check_name": self.check_name.data or None}

    def differing(self, booking: Booking) -> dict[str, str]:
        """What is saved now, by field, where something else was typed."""
        now = facts_of(booking)
        return {name: now[name] for name in now if (self[name].data or "") != now[name]}


def facts_of(booking: Booking) -> dict[str, str]:
    """The facts of a booking as the form shows them."""
    texts = {name: getattr(booking, name) for name in ("title", "place", "preparation", "self_declaration_url")}
    deadline = booking.deadline.astimezone(OSLO)
    day = {"deadline_day": date(deadline), "deadline_time": time(deadline)}
    return {**texts, **day, "check_name": booking.check_name or ""}


def _form(visit: Visit, booking: Booking, pairs: Iterable[tuple[str, object]]) -> FactsForm:
    form: FactsForm = FactsForm.of(visit, pairs)
    set_checks(visit, form.check_name, booking.check_name)
    return form


def edit(visit: Visit, id: int) -> Response:
    """The form with what is so now, or with what was typed before the session ended."""
    sheet, draft = sheet_of(visit, id), visit.draft()
    if not sheet.may_change:
        return go(visit, sheet.url, say=CALLED_OFF, tone="bad")
    form = _form(visit, sheet.booking, draft or list(facts_of(sheet.booking).items()))
    return _edit(visit, sheet, form, version=_seen(dict(draft or {}).get("version")))


def update(visit: Visit, id: int) -> Response:
    """Save the facts; what a colleague saved meanwhile is never overwritten unseen."""
    sheet = sheet_of(visit, id)
    form, seen = _form(visit, sheet.booking, visit.form.multi_items()), _seen(visit.form.get("version"))
    form.last_start = max((slot.starts_at for day in sheet.view.days for slot in day.slots), default=None)
    if not sheet.may_change:
        sheet.problem = CALLED_OFF
        return draw(visit, sheet, status=409)
    if not form.validate():
        return _edit(visit, sheet, form, status=422, version=seen)
    booking = hold_round(visit.db, id)
    try:
        told = revise(visit.db, booking, form.facts, by=visit.user, now=visit.now, seen=seen, tell_of_place=True)
    except ChangedMeanwhile:
        visit.undo()
        sheet = fresh(sheet)
        return _edit(visit, sheet, form, status=409, theirs=form.differing(sheet.booking))
    of_place = visit.mailed(f"{_people(told)} får beskjed om nytt sted på e-post.", NOT_MAILED)
    say = "Endringene er lagret." + (f" {of_place}" if told else "")
    return go(visit, sheet.url, say=say + masked_sentence(form.masked))


def new_cancellation(visit: Visit, id: int) -> Response:
    """Ask first, and say how many are told."""
    sheet = sheet_of(visit, id)
    return page(visit, "bookings/desk/cancellation.html", sheet=sheet, people=_people(on_it(visit.db, sheet.booking)))


def create_cancellation(visit: Visit, id: int) -> Response:
    """Call the booking off: everybody on it is taken off and told."""
    sheet = sheet_of(visit, id)
    if sheet.is_over:
        sheet.problem = "Alle tidene er over, så det er ingenting igjen å avlyse."
        return draw(visit, sheet, status=409)
    told = call_off(visit.db, hold_round(visit.db, id), by=visit.user, now=visit.now)
    of_it = visit.mailed(f"{_people(told)} får beskjed på e-post.", NOT_MAILED)
    return go(visit, sheet.url, say="Bookingen er avlyst." + (f" {of_it}" if told else ""))


def _edit(
    visit: Visit,
    sheet: BookingSheet,
    form: FactsForm,
    *,
    status: int = 200,
    version: int | None = None,
    theirs: dict[str, str] | None = None,
) -> Response:
    return page(
        visit,
        "bookings/desk/edit.html",
        status=status,
        sheet=sheet,
        form=form,
        version=version or sheet.booking.version,
        theirs=theirs or {},
    )


def _seen(text: object) -> int | None:
    """The version that was before the sender's eyes."""
    return int(text) if isinstance(text, str) and is_id(text) else None


def _people(number: int) -> str:
    return f"{count(number)} {'ansatt' if number == 1 else 'ansatte'}"
