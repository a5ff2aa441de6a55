"""Brukere of a customer at the desk: adding one, changing the rights, and letting one sign in or not."""

from collections.abc import Iterable

from starlette.responses import Response

from models.core.scope import Right
from models.customers.customer import Customer
from models.customers.units import units_in_scope
from models.users.changes import SharedWithOthers, UsernameTaken, add_user, change_user, close_to, invite_again, open_to
from models.users.factors.changes import has_factor, remove
from models.users.of_customer import CustomerUser, customers_besides, users_at
from routes.customers.page import RIGHTS
from routes.customers.user_form import NewUserForm, ResetForm, UserForm
from routes.web.answers import go, page
from routes.web.entrance.confirming import is_confirmed
from routes.web.errors import not_found
from routes.web.visit import NOT_MAILED, Visit

_TAKEN = "Brukernavnet er opptatt. Velg et annet."
_HERE = "Brukernavnet er allerede i bruk hos denne kunden."
_SHARED = (
    "Brukeren er også bruker hos andre kunder, og navn og e-post endres derfor ikke her. "
    "Rettighetene kan du endre når navn og e-post står som før."
)
_SAME = "En bruker hos en annen kunde har både brukernavnet og e-postadressen. Kryss av hvis det er samme person."


def new(visit: Visit, id: int) -> Response:
    """The empty form."""
    visit.serve(Customer, id)
    return _new(visit, _new_form(visit, visit.draft() or []))


def create(visit: Visit, id: int) -> Response:
    """Add a user, who is invited by letter to choose a password."""
    visit.serve(Customer, id)
    form = _new_form(visit)
    if not form.validate():
        return _new(visit, form, status=422)
    try:
        user = add_user(
            visit.db, id, form.username.data or "", form.person, form.rights, same=form.same.data, by=visit.user,
            now=visit.now,
        )  # fmt: skip
    except UsernameTaken as taken:
        form.username.errors = [_SAME if taken.is_same else _HERE if taken.is_here else _TAKEN]
        return _new(visit, form, status=422, may_be_same=taken.is_same)
    added = f"{user.full_name} er lagt til"
    if user.password_hash:
        say = f"{added}, og kan logge inn her også."
    else:
        say = visit.mailed(f"{added}, og får en e-post for å velge passord.", f"{added}. {NOT_MAILED}")
    return go(visit, visit.url("desk_customer", id=id), say=say)


def edit(visit: Visit, id: int, user: int) -> Response:
    """What a user may do at the customer."""
    found = _user(visit, id, user)
    draft = visit.draft()
    return _edit(visit, found, _form(visit, draft) if draft else _stored(visit, found))


def update(visit: Visit, id: int, user: int) -> Response:
    """Change who the user is, and the rights here."""
    found = _user(visit, id, user)
    form = _form(visit)
    valid = form.validate()
    if not valid or (form.person.email != found.email and not is_confirmed(visit, form.own_password)):
        return _edit(visit, found, form, status=422)
    try:
        change_user(visit.db, id, user, form.person, form.rights, by=visit.user, now=visit.now)
    except SharedWithOthers:
        form.form_errors = [_SHARED]
        return _edit(visit, found, form, status=422)
    return go(visit, visit.url("desk_customer", id=id), say=f"{form.person.full_name} er lagret.")


def deactivate(visit: Visit, id: int, user: int) -> Response:
    """Shut the user out, now: the sessions end."""
    found = _user(visit, id, user)
    if close_to(visit.db, id, user, by=visit.user, now=visit.now):
        say = f"{found.full_name} har ikke lenger tilgang her, men er fortsatt bruker hos andre kunder."
    else:
        say = f"{found.full_name} er deaktivert, og er logget ut."
    return go(visit, visit.url("desk_customer", id=id), say=say)


def reactivate(visit: Visit, id: int, user: int) -> Response:
    """Let the user in again."""
    found = _user(visit, id, user)
    open_to(visit.db, id, user, by=visit.user, now=visit.now)
    return go(visit, visit.url("desk_customer", id=id), say=f"{found.full_name} kan logge inn igjen.")


def invite(visit: Visit, id: int, user: int) -> Response:
    """Send the invitation once more."""
    found = _user(visit, id, user)
    sent = invite_again(visit.db, user, by=visit.user, now=visit.now)
    again = visit.mailed(f"En ny invitasjon er sendt til {found.email}.", NOT_MAILED)
    say = again if sent else f"{found.full_name} har allerede valgt passord."
    return go(visit, visit.url("desk_user", id=id, user=user), say=say, tone="good" if sent else "wait")


def reset_factor(visit: Visit, id: int, user: int) -> Response:
    """Let a user in who has lost the telephone and the recovery codes; the own password first, if that was long ago."""
    found = _user(visit, id, user)
    reset = ResetForm.of(visit)
    if not is_confirmed(visit, reset.own_password):
        return _edit(visit, found, _stored(visit, found), reset, status=422)
    remove(visit.db, user, by=visit.user, now=visit.now)
    say = f"{found.full_name} logger nå inn med passordet alene, og får en e-post om det."
    return go(visit, visit.url("desk_user", id=id, user=user), say=say)


def _user(visit: Visit, id: int, user: int) -> CustomerUser:
    """One of the customer's users; staff are none."""
    visit.serve(Customer, id)
    found = next((each for each in users_at(visit.db, id, also_inactive=True) if each.id == user), None)
    if found is None:
        raise not_found()
    return found


def _stored(visit: Visit, user: CustomerUser) -> UserForm:
    """The form of a user as it is stored."""
    granted = [("granted", f"{each.unit_id}-{right.value}") for each in user.granted for right in each.rights]
    return _form(visit, [("full_name", user.full_name), ("email", user.email), *granted])


def _form(visit: Visit, pairs: Iterable[tuple[str, object]] | None = None) -> UserForm:
    form: UserForm = UserForm.of(visit, pairs)
    assert visit.scope is not None
    form.set_choices(units_in_scope(visit.db, visit.scope, *Right))
    return form


def _new_form(visit: Visit, pairs: Iterable[tuple[str, object]] | None = None) -> NewUserForm:
    form: NewUserForm = NewUserForm.of(visit, pairs)
    assert visit.scope is not None
    form.set_choices(units_in_scope(visit.db, visit.scope, *Right))
    return form


def _new(visit: Visit, form: NewUserForm, *, status: int = 200, may_be_same: bool = False) -> Response:
    return page(
        visit,
        "customers/users/new.html",
        part="user-form",
        status=status,
        customer=visit.db.get_one(Customer, visit.customer_id),
        form=form,
        user=None,
        may_be_same=may_be_same or form.same.data,
        rights=RIGHTS,
    )


def _edit(
    visit: Visit, user: CustomerUser, form: UserForm, reset: ResetForm | None = None, *, status: int = 200
) -> Response:
    return page(
        visit,
        "customers/users/edit.html",
        part="user-form",
        status=status,
        customer=visit.db.get_one(Customer, visit.customer_id),
        form=form,
        user=user,
        reset=reset or ResetForm(),
        has_factor=has_factor(visit.db, user.id),
        besides=customers_besides(visit.db, user.id, visit.customer_id),
        rights=RIGHTS,
    )
