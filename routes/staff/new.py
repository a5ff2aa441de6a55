"""Ny medarbeider: somebody of the provider's own gets a user name, a role, and the letter of the invitation."""

from collections.abc import Iterable

from starlette.responses import Response

from models.staff.changes import AlreadyStaff, UsernameTaken, add_member, invite_member
from models.staff.member import member_by_id
from models.users.user import Role
from routes.staff.form import NewMemberForm
from routes.staff.member import SAME_ADDRESS
from routes.staff.page import administer
from routes.web.answers import go, page
from routes.web.fields import is_id
from routes.web.visit import NOT_MAILED, Visit

_TAKEN = "Brukernavnet er opptatt. Velg et annet."


def new(visit: Visit) -> Response:
    """The empty form, or what is known of an account manager who cannot sign in yet (`member`)."""
    return _new(visit, _form(visit, visit.draft() or _known(visit)))


def create(visit: Visit) -> Response:
    """Add a member of the staff, and send the invitation."""
    form = _form(visit)
    if not form.validate():
        return _new(visit, form, status=422)
    try:
        member_id = administer(lambda: _added(visit, form))
    except UsernameTaken:
        form.username.errors = [_TAKEN]
    except AlreadyStaff:
        form.email.errors = [SAME_ADDRESS]
    else:
        added = f"{form.details.name} er lagt til"
        say = visit.mailed(f"{added}, og får en e-post for å velge passord.", f"{added}. {NOT_MAILED}")
        return go(visit, visit.url("desk_member", id=member_id), say=say)
    visit.undo()
    return _new(visit, form, status=422)


def _added(visit: Visit, form: NewMemberForm) -> int:
    role = Role(form.role.data)
    user = add_member(visit.db, form.username.data or "", form.details, role, by=visit.user, now=visit.now)
    assert user.account_manager_id is not None
    invite_member(visit.db, user.account_manager_id, by=visit.user, now=visit.now)
    return user.account_manager_id


def _known(visit: Visit) -> list[tuple[str, object]]:
    asked = visit.query_params.get("member", "")
    member = member_by_id(visit.db, int(asked), visit.today) if is_id(asked) else None
    role = ("role", Role.ACCOUNT_MANAGER.value)
    if member is None or member.user_id is not None:
        return [role]
    return [("full_name", member.name), ("email", member.email), ("phone", member.phone), role]


def _form(visit: Visit, pairs: Iterable[tuple[str, object]] | None = None) -> NewMemberForm:
    form: NewMemberForm = NewMemberForm.of(visit, pairs)
    return form


def _new(visit: Visit, form: NewMemberForm, *, status: int = 200) -> Response:
    return page(visit, "staff/new.html", part="member-form", status=status, form=form, member=None)
