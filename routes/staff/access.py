"""Whether a member of the staff may sign in: the invitation, a lost second factor, leaving, and coming back."""

from starlette.responses import Response

from models.staff.administration import LastAdministrator
from models.staff.changes import invite_member
from models.staff.factors import reset_factor
from models.staff.leaving import CannotServe, come_back, leave
from routes.staff.form import LEFT, chosen
from routes.staff.member import LAST
from routes.staff.page import administer, draw, find, forms
from routes.web.answers import go
from routes.web.entrance.confirming import is_confirmed
from routes.web.errors import not_found
from routes.web.visit import NOT_MAILED, Visit

_NO_FACTOR = "{} har ikke totrinnsbekreftelse."


def invite(visit: Visit, id: int) -> Response:
    """Send the invitation once more."""
    member = find(visit, id)
    sent = administer(lambda: invite_member(visit.db, id, by=visit.user, now=visit.now))
    again = visit.mailed(f"En ny invitasjon er sendt til {member.email}.", NOT_MAILED)
    say = again if sent else f"{member.name} har allerede valgt passord."
    return go(visit, visit.url("desk_member", id=id), say=say, tone="good" if sent else "wait")


def reset(visit: Visit, id: int) -> Response:
    """Let a colleague in who has lost the second factor; one's own is taken away with a code, in `routes.session`."""
    member = find(visit, id)
    if member.user_id == visit.user.user_id:
        raise not_found()
    shown = forms(visit, member, sent="reset")
    if not is_confirmed(visit, shown.reset.own_password):
        return draw(visit, member, shown, status=422)
    is_reset = administer(lambda: reset_factor(visit.db, id, by=visit.user, now=visit.now))
    told = visit.mailed(", og får en e-post om det")
    say = f"{member.name} logger nå inn med passordet alene{told}." if is_reset else _NO_FACTOR.format(member.name)
    return go(visit, visit.url("desk_member", id=id), say=say, tone="good" if is_reset else "wait")


def deactivate(visit: Visit, id: int) -> Response:
    """Shut a member of the staff out, now; the customers go to whom is chosen."""
    member = find(visit, id)
    shown = forms(visit, member, sent="leaving")
    form = shown.leaving
    if member.customer_count and not form.validate():
        return draw(visit, member, shown, status=422)
    heir = chosen(form.heir) if member.customer_count else None
    try:
        administer(lambda: leave(visit.db, id, heir, by=visit.user, now=visit.now))
    except LastAdministrator:
        form.form_errors = [LAST]
    except CannotServe:
        form.heir.errors = [LEFT]
    else:
        return go(visit, visit.url("desk_staff"), say=f"{member.name} er deaktivert, og er logget ut.")
    visit.undo()
    return draw(visit, member, shown, status=422)


def reactivate(visit: Visit, id: int) -> Response:
    """Let a member of the staff in again."""
    member = find(visit, id)
    administer(lambda: come_back(visit.db, id, by=visit.user, now=visit.now))
    return go(visit, visit.url("desk_member", id=id), say=f"{member.name} er medarbeider igjen.")
