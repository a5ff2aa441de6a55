"""A signed-in user's own second factor: set up with a picture or a key, new recovery codes, and taken away.

Whoever must have one and has none is led here by `routes.web.entrance`; where it is asked for is in `codes`.
"""

from dataclasses import dataclass
from typing import Any

import segno
from starlette.responses import Response
from wtforms import HiddenField

from models.core.lanes import Lane
from models.core.sealed import SealBroken
from models.users.factors import devices
from models.users.factors.app import address_of, new_secret, step_of
from models.users.factors.changes import AlreadySetUp, added_at, remove, renew_codes, set_up
from models.users.factors.recovery_codes import codes_left, hashes_of, new_codes, plain
from routes.session.giving import Code, is_given
from routes.web.answers import go, page
from routes.web.entrance.confirming import OwnPassword, is_confirmed
from routes.web.forms import PortalForm
from routes.web.visit import Visit

WRONG = "Koden passer ikke. Skriv den som appen viser nå, og se etter at klokka på telefonen er riktig."
ALREADY = "Totrinnsbekreftelse er allerede slått på."
OFF = "Totrinnsbekreftelse er slått av."
_EITHER = "Fra autentiseringsappen, eller en gjenopprettingskode."
FORGOTTEN = "Nettleseren blir spurt om kode neste gang."


class SetUpForm(PortalForm):
    """The first code of a program that has just learned its secret."""

    code = Code()
    sealed_secret = HiddenField()
    own_password = OwnPassword()


class ChangeForm(PortalForm):
    """A code of the factor that there is, and the own password: whoever changes it has both."""

    code = Code()
    own_password = OwnPassword()


@dataclass(frozen=True, slots=True)
class Picture:
    """A QR code as the path of an SVG: dark squares side by side are one area, a square high."""

    size: int
    path: str

    @classmethod
    def of(cls, text: str) -> "Picture":
        """Draw a text, with the white border that cameras need."""
        rows = [list(row) for row in segno.make(text, error="m", micro=False).matrix_iter(border=4)]
        runs = [f"M{x} {y}h{length}v1h-{length}z" for y, row in enumerate(rows) for x, length in _runs(row)]
        return cls(len(rows), "".join(runs))


def show(visit: Visit) -> Response:
    """What is set up, and what to do with it."""
    return _page(visit, ChangeForm(), off=visit.query_params.get("off") == "1")


def new(visit: Visit) -> Response:
    """How it is set up."""
    if visit.user.has_factor:
        return go(visit, visit.url("second_factor"))
    return _ask(visit, SetUpForm(), new_secret())


def create(visit: Visit) -> Response:
    """Set it up, once a code shows that the program has learned the secret; the recovery codes are shown now only."""
    form: SetUpForm = SetUpForm.of(visit)
    secret = _opened(visit, form.sealed_secret.data or "")
    if secret is None:
        return go(visit, visit.url("new_factor", next=_next(visit)))
    if not form.validate() or not is_confirmed(visit, form.own_password):
        return _ask(visit, form, secret, status=422)
    step = step_of(secret, plain(form.code.data or ""), visit.now)
    if step is None:
        form.code.errors = [WRONG]
        return _ask(visit, form, secret, status=422)
    codes = new_codes()
    kept = visit.aside(hashes_of, codes, lane=Lane.PASSWORDS)
    try:
        set_up(visit.db, visit.user, keyring=visit.portal.keyring, secret=secret, step=step, codes=kept, now=visit.now)
    except AlreadySetUp:
        return go(visit, visit.url("second_factor"), say=ALREADY, tone="wait")
    return _shown(visit, codes, is_new=True)


def renew(visit: Visit) -> Response:
    """Ten new recovery codes; those before are good no more."""
    form: ChangeForm = ChangeForm.of(visit)
    if not _is_sure(visit, form):
        return _page(visit, form, status=422)
    codes = new_codes()
    visit.keep()
    renew_codes(visit.db, visit.user, visit.aside(hashes_of, codes, lane=Lane.PASSWORDS), visit.now)
    return _shown(visit, codes, is_new=False)


def destroy(visit: Visit) -> Response:
    """Take it away; whoever must have one sets up another at once."""
    form: ChangeForm = ChangeForm.of(visit)
    if not _is_sure(visit, form):
        return _page(visit, form, status=422, off=True)
    remove(visit.db, visit.user.user_id, by=visit.user, now=visit.now)
    return go(visit, visit.url("password"), say=OFF)


def forget(visit: Visit) -> Response:
    """Ask for a code again in one of the browsers where the user is not asked."""
    id = str(visit.form.get("device", ""))
    if id.isascii() and id.isdecimal() and len(id) < 10:
        devices.forget(visit.db, visit.user.user_id, int(id))
    return go(visit, visit.url("password"), say=FORGOTTEN)


def _is_sure(visit: Visit, form: ChangeForm) -> bool:
    return form.validate() and is_confirmed(visit, form.own_password) and is_given(visit, form.code)


def _next(visit: Visit) -> str:
    wanted = visit.form.get("next") or visit.query_params.get("next", "")
    return visit.local(str(wanted), visit.url("password"))


def _place(visit: Visit) -> str:
    """What a secret is sealed for that is being set up: the session in which it was shown."""
    return f"second_factors.new:{visit.user.session_id}"


def _opened(visit: Visit, sealed: str) -> str | None:
    try:
        return visit.portal.keyring.open(sealed[:500], place=_place(visit))
    except SealBroken:
        return None


def _ask(visit: Visit, form: SetUpForm, secret: str, *, status: int = 200) -> Response:
    address = address_of(secret, visit.user.username, visit.portal.settings.brand)
    return page(
        visit,
        "session/factors/set_up.html",
        part="set-up",
        status=status,
        no_store=True,
        form=form,
        sealed_secret=visit.portal.keyring.seal(secret, place=_place(visit)),
        key=[secret[at : at + 4] for at in range(0, len(secret), 4)],
        address=address,
        picture=Picture.of(address),
        must=visit.lacks_factor,
        next=_next(visit),
    )


def _page(visit: Visit, form: ChangeForm, *, status: int = 200, off: bool = False) -> Response:
    form.code.description = _EITHER
    since = added_at(visit.db, visit.user.user_id)
    if since is None:
        return go(visit, visit.url("new_factor"))
    return page(
        visit,
        "session/factors/edit.html",
        part="factor",
        status=status,
        added_at=since,
        left=codes_left(visit.db, visit.user.user_id),
        form=form,
        off=off,
    )


def _shown(visit: Visit, codes: list[str], *, is_new: bool) -> Response:
    return page(visit, "session/factors/codes.html", no_store=True, codes=codes, is_new=is_new, next=_next(visit))


def _runs(row: list[Any]) -> list[tuple[int, int]]:
    """Where dark squares stand side by side: where they begin, and how many."""
    found, start = [], None
    for x, dark in enumerate([*row, 0]):
        if dark and start is None:
            start = x
        elif not dark and start is not None:
            found.append((start, x - start))
            start = None
    return found
