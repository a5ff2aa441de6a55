"""Brukere as a customer's own administrators see them: those with rights in their branches, and nothing beyond them."""

from dataclasses import replace
from typing import Any

from starlette.responses import Response

from models.core.scope import Right
from models.customers.references import Rule, rules_of
from models.customers.units import units_in_scope
from models.users.administration import NotAnAdministrator, Powers
from models.users.changes import invite as let_in
from models.users.issuers.only_way import is_only_at_work
from models.users.of_customer import CustomerUser, users_at
from routes.users.form import InvitationForm
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
from routes.web.answers import go, page
from routes.web.errors import not_found
from routes.web.visit import NOT_MAILED, Visit
from routes.web.words import RIGHTS

_PAGES = {
    "show": "user",
    "update": "change_user",
    "remove": "remove_user",
    "restore": "restore_user",
    "invite": "invite_again",
    "reset": "reset_colleague_factor",
}


def index(visit: Visit) -> Response:
    """Who can sign in, with what, and when each of them was last here."""
    side = _side(visit)
    around = _around(visit, side, _users(visit, side))
    return page(visit, "users/show.html", user=None, form=None, rights=RIGHTS, **around)


def new(visit: Visit) -> Response:
    """The empty form."""
    side = _side(visit)
    form: InvitationForm = InvitationForm.of(visit, visit.draft() or [])
    set_choices(visit, side, form)
    return draw_new(visit, side, form)


def create(visit: Visit) -> Response:
    """Invite somebody by e-mail; whoever is a user already, here or elsewhere, gets the same answer."""
    side = _side(visit)
    form: InvitationForm = InvitationForm.of(visit)
    set_choices(visit, side, form)
    if not form.validate():
        return draw_new(visit, side, form, status=422)
    try:
        let_in(visit.db, side.customer_id, form.person, form.rights, by=visit.user, now=visit.now)
    except NotAnAdministrator:
        raise not_found() from None
    added = f"{form.person.full_name} er invitert."
    return go(visit, side.back, say=visit.mailed(added, f"{added} {NOT_MAILED}"))


def show(visit: Visit, id: int) -> Response:
    """What a colleague may do, and sees."""
    side, found = _user(visit, id)
    drawn = edit_form(visit, side, found, visit.draft() or stored(found))
    return draw_edit(visit, side, found, *drawn, part=("user", "user-form"))


def update(visit: Visit, id: int) -> Response:
    """Change who the colleague is, and the rights; they hold from the next click on."""
    return update_user(visit, *_user(visit, id))


def remove(visit: Visit, id: int) -> Response:
    """Shut the colleague out, now: the sessions end."""
    return remove_user(visit, *_user(visit, id))


def restore(visit: Visit, id: int) -> Response:
    """Let the colleague in again."""
    return restore_user(visit, *_user(visit, id))


def invite_once_more(visit: Visit, id: int) -> Response:
    """Send the invitation again."""
    return invite_user(visit, *_user(visit, id))


def reset_factor(visit: Visit, id: int) -> Response:
    """Let a colleague in who has lost the second factor."""
    return reset_user_factor(visit, *_user(visit, id))


def _side(visit: Visit) -> Side:
    assert visit.scope is not None
    powers = Powers.of(visit.user, visit.scope)
    return Side(powers, "Brukere", visit.url("users"), "invite_user_by_email", _PAGES, visit.customer_id)


def _users(visit: Visit, side: Side) -> list[CustomerUser]:
    """Those who have something in one's own branches."""
    found = users_at(visit.db, side.customer_id, also_inactive=True)
    return [user for user in found if any(side.powers.covers(unit_id) for unit_id in user.rights)]


def _references(visit: Visit) -> list[tuple[str, Rule]]:
    """Which of one's units need a reference on each order, and what it has to look like (D19)."""
    assert visit.scope is not None
    rules = rules_of(visit.db)
    units = units_in_scope(visit.db, visit.scope, Right.ADMINISTRATOR) if rules.by_path else []
    return [(unit.name, rule) for unit in units if (rule := rules.of(unit.path))]


def _user(visit: Visit, id: int) -> tuple[Side, CustomerUser]:
    side = _side(visit)
    users = _users(visit, side)
    found = next((user for user in users if user.id == id), None)
    if found is None:
        raise not_found()
    return replace(side, around=_around(visit, side, users)), found


def _around(visit: Visit, side: Side, users: list[CustomerUser]) -> dict[str, Any]:
    """What stands beside the one who is chosen: of everybody, what holds in one's own branches."""
    listed = [
        replace(user, granted=tuple(each for each in user.granted if side.powers.covers(each.unit_id)))
        for user in users
    ]
    only_way = is_only_at_work(visit.db, visit.customer_id)
    return {"users": listed, "only_way": only_way, "references": _references(visit)}
