"""One member of the staff: who it is, and with which role."""

from starlette.responses import Response

from models.staff.administration import LastAdministrator
from models.staff.changes import AlreadyStaff, HasCustomers, change_member
from models.users.user import Role
from routes.staff.page import administer, draw, find, forms
from routes.web.answers import go
from routes.web.entrance.confirming import is_confirmed
from routes.web.visit import Visit

LAST = "Portalen må ha minst én administrator. Gjør en annen til administrator først."
_SERVES = "En leser kan ikke være kundeansvarlig. Overfør kundene først."
SAME_ADDRESS = "En annen medarbeider har denne e-postadressen."


def show(visit: Visit, id: int) -> Response:
    """The member, and everything that can be done."""
    member = find(visit, id)
    return draw(visit, member, forms(visit, member))


def update(visit: Visit, id: int) -> Response:
    """Change who it is, and the role; the next page that the member opens follows it."""
    member = find(visit, id)
    shown = forms(visit, member, sent="details")
    form = shown.details
    if not form.validate() or (form.email.value != member.email and not is_confirmed(visit, form.own_password)):
        return draw(visit, member, shown, status=422)
    role = Role(form.role.data) if "role" in form else None
    try:
        administer(lambda: change_member(visit.db, id, form.details, role, by=visit.user, now=visit.now))
    except LastAdministrator:
        form.role.errors = [LAST]
    except HasCustomers:
        form.role.errors = [_SERVES]
    except AlreadyStaff:
        form.email.errors = [SAME_ADDRESS]
    else:
        return go(visit, visit.url("desk_staff"), say=f"{form.details.name} er lagret.")
    visit.undo()
    return draw(visit, member, shown, status=422)
