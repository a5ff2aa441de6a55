"""Brukere of a customer at the desk: adding one, changing the rights, and letting one sign in or not."""

from collections.abc import Iterable

from starlette.responses import Response

from models.core.scope import Scope
from models.customers.customer import Customer
from models.users.administration import Powers
from models.users.changes import UsernameTaken, add_user
from models.users.of_customer import CustomerUser, customers_besides, users_at
from models.users.sign_on.changes import unlink
from routes.users.form import NewUserForm
from routes.users.page import (
    Side,
    draw_edit,
    draw_new,
    edit_form,
    invite_user,
    remove_user,
    reset_user_factor,
    restore_user,
    set_choices,
    stored,
    update_user,
)
from routes.web.answers import go
from routes.web.errors import not_found
from routes.web.visit import NOT_MAILED, Visit

_TAKEN = "Brukernavnet er opptatt. Velg et annet."
_HERE = "Brukernavnet er allerede i bruk hos denne kunden."
_SAME = "En bruker hos en annen kunde har både brukernavnet og e-postadressen. Kryss av hvis det er samme person."
_PAGES = {
    "show": "desk_user",
    "update": "update_user",
    "remove": "deactivate_user",
    "restore": "reactivate_user",
    "invite": "invite_user",
    "reset": "reset_factor",
}


def new(visit: Visit, id: int) -> Response:
    """The empty form."""
    side = _side(visit, id)
    return draw_new(visit, side, _new_form(visit, side, visit.draft() or []))


def create(visit: Visit, id: int) -> Response:
    """Add a user, who is invited by letter to choose a password."""
    side = _side(visit, id)
    form = _new_form(visit, side)
    if not form.validate():
        return draw_new(visit, side, form, status=422, may_be_same=form.same.data)
    try:
        user = add_user(
            visit.db, id, form.username.data or "", form.person, form.rights, same=form.same.data, by=visit.user,
            now=visit.now,
        )  # fmt: skip
    except UsernameTaken as taken:
        form.username.errors = [_SAME if taken.is_same else _HERE if taken.is_here else _TAKEN]
        return draw_new(visit, side, form, status=422, may_be_same=taken.is_same or form.same.data)
    added = f"{user.full_name} er lagt til"
    if user.password_hash:
        say = f"{added}, og kan logge inn her også."
    else:
        say = visit.mailed(f"{added}, og får en e-post med invitasjonen.", f"{added}. {NOT_MAILED}")
    return go(visit, side.back, say=say)


def edit(visit: Visit, id: int, user: int) -> Response:
    """What a user may do at the customer."""
    side, found = _user(visit, id, user)
    drawn = edit_form(visit, side, found, visit.draft() or stored(found))
    return draw_edit(visit, side, found, *drawn, part="user-form")


def update(visit: Visit, id: int, user: int) -> Response:
    """Change who the user is, and the rights here."""
    return update_user(visit, *_user(visit, id, user))


def deactivate(visit: Visit, id: int, user: int) -> Response:
    """Shut the user out, now: the sessions end."""
    return remove_user(visit, *_user(visit, id, user))


def reactivate(visit: Visit, id: int, user: int) -> Response:
    """Let the user in again."""
    return restore_user(visit, *_user(visit, id, user))


def invite(visit: Visit, id: int, user: int) -> Response:
    """Send the invitation once more."""
    return invite_user(visit, *_user(visit, id, user))


def reset_factor(visit: Visit, id: int, user: int) -> Response:
    """Let a user in who has lost the second factor."""
    return reset_user_factor(visit, *_user(visit, id, user))


def unlink_work(visit: Visit, id: int, user: int) -> Response:
    """Let another account at work be the user's."""
    side, found = _user(visit, id, user)
    unlinked = unlink(visit.db, id, user, by=visit.user, now=visit.now)
    say = f"Jobbkontoen er løst fra {found.full_name}." if unlinked else f"{found.full_name} har ingen jobbkonto her."
    return go(visit, side.url(visit, "show", user), say=say)


def _side(visit: Visit, id: int, user: int | None = None) -> Side:
    visit.serve(Customer, id)
    customer = visit.db.get_one(Customer, id)
    besides = tuple(customers_besides(visit.db, user, id)) if user is not None else ()
    powers = Powers.of(visit.user, Scope.whole(id))
    return Side(powers, customer.name, visit.url("desk_customer", id=id), "create_user", _PAGES, id, besides)


def _user(visit: Visit, id: int, user: int) -> tuple[Side, CustomerUser]:
    """One of the customer's users; staff are none."""
    side = _side(visit, id, user)
    found = next((each for each in users_at(visit.db, id, also_inactive=True) if each.id == user), None)
    if found is None:
        raise not_found()
    return side, found


def _new_form(visit: Visit, side: Side, pairs: Iterable[tuple[str, object]] | None = None) -> NewUserForm:
    form: NewUserForm = NewUserForm.of(visit, pairs)
    set_choices(visit, side, form)
    return form
