"""Who gets the letters of a member of the staff who is away, and from when to when."""

from starlette.responses import Response

from models.staff.leaving import CannotServe
from models.staff.stand_ins import Overlaps, name_stand_in, remove_stand_in
from routes.staff.form import LEFT
from routes.staff.page import administer, draw, find, forms
from routes.web.answers import go
from routes.web.errors import not_found
from routes.web.visit import Visit

_OVERLAPS = "Det er allerede en stedfortreder på noen av disse dagene. Ta bort den først."


def create(visit: Visit, id: int) -> Response:
    """Name a stand-in."""
    member = find(visit, id)
    shown = forms(visit, member, sent="stand_in")
    form = shown.stand_in
    if not form.validate():
        return draw(visit, member, shown, status=422)
    first, last = form.first_day.day, form.last_day.day
    assert first is not None
    assert last is not None
    who = int(form.stand_in.data)
    try:
        administer(lambda: name_stand_in(visit.db, id, who, first, last, by=visit.user, now=visit.now))
    except Overlaps:
        form.first_day.errors = [_OVERLAPS]
    except CannotServe:
        form.stand_in.errors = [LEFT]
    else:
        return go(visit, visit.url("desk_member", id=id), say="Stedfortrederen er lagt til.")
    visit.undo()
    return draw(visit, member, shown, status=422)


def destroy(visit: Visit, id: int, stand_in: int) -> Response:
    """Take a stand-in away again."""
    find(visit, id)
    if not administer(lambda: remove_stand_in(visit.db, id, stand_in, by=visit.user, now=visit.now)):
        raise not_found()
    return go(visit, visit.url("desk_member", id=id), say="Stedfortrederen er tatt bort.")
