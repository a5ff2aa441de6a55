"""Oppmøte at the desk: who came, and who did not, on the day and after it (T7)."""

from starlette.responses import Response

from models.bookings.attendance import NobodySits, SitsElsewhere, note_attendance
from models.bookings.sign_ups.sign_up import ABSENT, ATTENDED, SEATED, State
from models.bookings.timetable import Seated, SlotView
from routes.bookings.desk.page import BookingSheet, draw, fresh, sheet_of_slot
from routes.web.answers import swap
from routes.web.fields import Ids
from routes.web.forms import PortalForm
from routes.web.visit import Visit
from routes.web.words.labels import label

SENTENCES: dict[type[Exception], str] = {
    NobodySits: "Noe er endret siden du åpnet siden: den du trykket på, sitter ikke her nå. Ingenting er lagret.",
    SitsElsewhere: "Oppmøtet kan ikke angres: den ansatte har fått en ny time i bookingen.",
}
TOO_EARLY = "Oppmøte kan noteres fra og med dagen timen er på."


class AttendanceForm(PortalForm):
    """Whose button was pressed: one sign-up, or (everybody) the slot whose people came, but for those who did not."""

    attended = Ids(label(ATTENDED))
    absent = Ids(label(ABSENT))
    undo = Ids("Angre")
    everybody = Ids("Alle møtt")

    def pressed(self, people: list[Seated]) -> tuple[list[int], State | None]:
        """The sign-ups that something is said of, and what; None takes back what was said."""
        if self.everybody.data:
            return [one.sign_up for one in people if one.state != ABSENT], ATTENDED
        if self.undo.data:
            return self.undo.data, None
        return (self.attended.data, ATTENDED) if self.attended.data else (self.absent.data, ABSENT)


def create(visit: Visit, id: int) -> Response:
    """Note who of a slot came."""
    sheet, form = sheet_of_slot(visit, id), AttendanceForm.of(visit)
    slot = sheet.slot(id)
    people = [one for one in slot.people if one.state in SEATED]
    ids, state = form.pressed(people)
    if not sheet.can_be_noted(slot):
        return _refused(visit, sheet, TOO_EARLY)
    if not ids or not set(ids) <= {one.sign_up for one in people}:
        return _refused(visit, sheet, SENTENCES[NobodySits])
    try:
        note_attendance(visit.db, ids, state, by=visit.user, now=visit.now)
    except (NobodySits, SitsElsewhere) as refused:
        visit.undo()
        return _refused(visit, fresh(sheet), SENTENCES[type(refused)])
    return _changed(visit, sheet, slot, [one.name for one in people if one.sign_up in ids], state)


def _changed(visit: Visit, sheet: BookingSheet, slot: SlotView, names: list[str], state: State | None) -> Response:
    now = fresh(sheet)
    who = names[0] if len(names) == 1 else f"{len(names)} ansatte"
    return swap(
        visit,
        "bookings/desk/_slot.html",
        or_go=now.url,
        say=f"{label(state)} er notert for {who}." if state else f"Oppmøtet er angret for {who}.",
        sheet=now,
        s=now.slot(slot.id),
        form=None,
        changing=None,
    )


def _refused(visit: Visit, sheet: BookingSheet, sentence: str) -> Response:
    sheet.problem = sentence
    return draw(visit, sheet, status=409)
