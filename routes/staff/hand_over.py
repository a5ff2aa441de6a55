"""All customers of a member of the staff go to another, at one stroke."""

from starlette.responses import Response

from models.staff.leaving import CannotServe, hand_over
from routes.staff.form import LEFT, chosen
from routes.staff.page import administer, draw, find, forms
from routes.web.answers import go
from routes.web.visit import Visit


def create(visit: Visit, id: int) -> Response:
    """Hand the customers over."""
    member = find(visit, id)
    shown = forms(visit, member, sent="hand_over")
    form = shown.hand_over
    if not form.validate():
        return draw(visit, member, shown, status=422)
    heir = chosen(form.to)
    try:
        count = administer(lambda: hand_over(visit.db, id, heir, by=visit.user, now=visit.now))
    except CannotServe:
        form.to.errors = [LEFT]
        visit.undo()
        return draw(visit, member, shown, status=422)
    to = "står uten kundeansvarlig" if heir is None else "har fått ny kundeansvarlig"
    say = f"{count} {'kunde' if count == 1 else 'kunder'} {to}."
    return go(visit, visit.url("desk_member", id=id), say=say)
