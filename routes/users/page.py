"""A user's page and form, the same for a customer's own administrator and at the desk.

What each of the two does with them is in `own` and `desk`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response

from models.core.scope import Right
from models.customers.units import UnitRow, units_in_scope
from models.users.administration import LastAdministrator, NotAnAdministrator, Powers, Rights
from models.users.changes import SharedWithOthers, change_user, close_to, invite_again, open_to
from models.users.factors.changes import has_factor, remove
from models.users.of_customer import CustomerUser, customers_besides
from models.users.user import scope_of
from routes.users.form import ResetForm, Row, UserForm, rows
from routes.web.answers import go, page
from routes.web.entrance.confirming import is_confirmed
from routes.web.errors import not_found
from routes.web.visit import NOT_MAILED, Visit
from routes.web.words import RIGHTS

NOTHING: Rights = {}
_SHARED = (
    "Brukeren er også bruker hos andre kunder, og navn og e-post endres derfor ikke her. "
    "Rettighetene kan du endre når navn og e-post står som før."
)
_NOT_YOURS = (
    "Brukeren har også rettigheter som ikke er dine å endre, for eksempel hos andre kunder. Navn og e-post endres "
    "derfor ikke her. Rettighetene kan du endre når navn og e-post står som før."
)
_LAST = "Du er den siste som er administrator for hele bedriften. Gjør en kollega til administrator først."


@dataclass(frozen=True, slots=True)
class Side:
    """On which side of the portal somebody looks after users: where its pages are, and what may be given there."""

    powers: Powers
    title: str
    back: str
    """Where one comes from, and its address."""
    create: str
    pages: Mapping[str, str]
    """By what is done with a user, the route."""
    customer_id: int
    besides: tuple[str, ...] = ()
    """The other customers of the user; the desk alone may know them."""
    around: Mapping[str, Any] = field(default_factory=dict)
    """What else its page shows."""

    def url(self, visit: Visit, what: str, user: int) -> str:
        """The address at which something is done with a user."""
        ids = {"id": self.customer_id, "user": user} if visit.is_at_desk else {"id": user}
        return visit.url(self.pages[what], **ids)


def set_choices(visit: Visit, side: Side, form: UserForm, fixed: Rights = NOTHING) -> list[UnitRow]:
    """Let the form give what one may give; `fixed` is what the user has beyond it."""
    units = units_in_scope(visit.db, side.powers.scope, Right.ADMINISTRATOR)
    form.set_choices(units, side.powers, fixed)
    return units


def edit_form(
    visit: Visit, side: Side, user: CustomerUser, pairs: Iterable[tuple[str, object]] | None = None
) -> tuple[UserForm, list[Row]]:
    """The form of a user with what was sent or is stored, and its table of units and rights."""
    form: UserForm = UserForm.of(visit, pairs)
    fixed = {
        unit_id: frozenset(right for right in has if not side.powers.covers(unit_id, right))
        for unit_id, has in user.rights.items()
    }
    units = set_choices(visit, side, form, fixed)
    return form, rows(units, side.powers, form.rights, fixed)


def stored(user: CustomerUser) -> list[tuple[str, object]]:
    """What is stored, as the form would send it."""
    return [
        ("full_name", user.full_name),
        ("email", user.email),
        *(("granted", f"{each.unit_id}-{right.value}") for each in user.granted for right in each.rights),
    ]


def draw_new(visit: Visit, side: Side, form: UserForm, *, status: int = 200, may_be_same: bool = False) -> Response:
    """The form of somebody new."""
    return page(
        visit,
        "users/new.html",
        part="user-form",
        status=status,
        side=side,
        action=visit.url(side.create, **({"id": side.customer_id} if visit.is_at_desk else {})),
        form=form,
        user=None,
        may_be_same=may_be_same,
        rights=RIGHTS,
    )


def draw_edit(
    visit: Visit,
    side: Side,
    user: CustomerUser,
    form: UserForm,
    table: list[Row],
    *,
    part: str | tuple[str, ...],
    reset: ResetForm | None = None,
    status: int = 200,
) -> Response:
    """A user's page: the form, what the user sees, and whether one may sign in."""
    return page(
        visit,
        "users/edit.html" if visit.is_at_desk else "users/show.html",
        part=part,
        status=status,
        side=side,
        action=side.url(visit, "update", user.id),
        form=form,
        table=table,
        user=user,
        sees=_sees(visit, side, user, [row.unit for row in table]),
        reset=reset or ResetForm(),
        may_reset=_may_reset(visit, side, user) and has_factor(visit.db, user.id),
        is_all_mine=side.powers.covers_all(user.rights),
        rights=RIGHTS,
        **side.around,
    )


def update_user(visit: Visit, side: Side, user: CustomerUser) -> Response:
    """Change who the user is, and the rights here."""
    form, table = edit_form(visit, side, user)
    valid = form.validate()
    if not valid or (form.person.email != user.email and not is_confirmed(visit, form.own_password)):
        return draw_edit(visit, side, user, form, table, part="user-form", status=422)
    try:
        change_user(visit.db, side.customer_id, user.id, form.person, form.rights, by=visit.user, now=visit.now)
    except (SharedWithOthers, LastAdministrator) as refused:
        visit.undo()
        shared = _SHARED if visit.is_at_desk else _NOT_YOURS
        form.form_errors = [_LAST if isinstance(refused, LastAdministrator) else shared]
        return draw_edit(visit, side, user, form, table, part="user-form", status=422)
    except NotAnAdministrator:
        raise not_found() from None
    return go(visit, side.back, say=f"{form.person.full_name} er lagret.")


def remove_user(visit: Visit, side: Side, user: CustomerUser) -> Response:
    """Shut the user out, now: the sessions end."""
    try:
        stays = close_to(visit.db, side.customer_id, user.id, by=visit.user, now=visit.now)
    except LastAdministrator:
        visit.undo()
        return go(visit, side.url(visit, "show", user.id), say=_LAST, tone="wait")
    except NotAnAdministrator:
        raise not_found() from None
    if stays:
        where = "hos andre kunder" if visit.is_at_desk else "andre steder"
        say = f"{user.full_name} har ikke lenger tilgang her, men er fortsatt bruker {where}."
    else:
        say = f"{user.full_name} er deaktivert, og er logget ut."
    return go(visit, side.back, say=say)


def restore_user(visit: Visit, side: Side, user: CustomerUser) -> Response:
    """Let the user in again."""
    try:
        open_to(visit.db, side.customer_id, user.id, by=visit.user, now=visit.now)
    except NotAnAdministrator:
        raise not_found() from None
    return go(visit, side.back, say=f"{user.full_name} kan logge inn igjen.")


def invite_user(visit: Visit, side: Side, user: CustomerUser) -> Response:
    """Send the invitation once more."""
    try:
        sent = invite_again(visit.db, side.customer_id, user.id, by=visit.user, now=visit.now)
    except NotAnAdministrator:
        raise not_found() from None
    again = visit.mailed(f"En ny invitasjon er sendt til {user.email}.", NOT_MAILED)
    say = again if sent else f"{user.full_name} har allerede valgt passord."
    return go(visit, side.url(visit, "show", user.id), say=say, tone="good" if sent else "wait")


def reset_user_factor(visit: Visit, side: Side, user: CustomerUser) -> Response:
    """Let a user in who has lost the telephone and the recovery codes; the own password first, if that was long ago."""
    if not _may_reset(visit, side, user):
        raise not_found()
    reset = ResetForm.of(visit)
    if not is_confirmed(visit, reset.own_password):
        drawn = edit_form(visit, side, user, stored(user))
        return draw_edit(visit, side, user, *drawn, part="user-form", reset=reset, status=422)
    remove(visit.db, user.id, by=visit.user, now=visit.now)
    told = visit.mailed(", og får en e-post om det")
    say = f"{user.full_name} logger nå inn med passordet alene{told}."
    return go(visit, side.url(visit, "show", user.id), say=say)


def _may_reset(visit: Visit, side: Side, user: CustomerUser) -> bool:
    """Whoever is a user elsewhere, too, would be let in there as well: only staff may know that it is all right.

    One's own is taken away with a code, in `routes.session`: who sits at an open browser may have the password alone.
    """
    if user.id == visit.user.user_id:
        return False
    return side.powers.is_staff or (
        side.powers.covers_all(user.rights) and not customers_besides(visit.db, user.id, side.customer_id)
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """What a user sees under a tab: of which units."""

    tab: str
    units: tuple[str, ...]


def _sees(visit: Visit, side: Side, user: CustomerUser, mine: Iterable[UnitRow]) -> list[Seen]:
    """What the portal shows to a colleague at this moment: the tabs, and of which units; of one's own branch alone."""
    scope = scope_of(visit.db, user.id, side.customer_id) if user.is_active else None
    if scope is None:
        return []
    names = {unit.id: unit.name for unit in mine}
    seen = []
    for right, tab in RIGHTS.items():
        units = scope.units_with(right)
        shown = tuple(name for id, name in names.items() if units is None or id in units)
        if shown:
            seen.append(Seen(tab, ("Alle avdelinger",) if units is None and len(names) > 1 else shown))
    return seen
