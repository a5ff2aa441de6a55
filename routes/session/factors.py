"""A signed-in user's own program for codes: set up with a picture or a key, new recovery codes, and taken away.

Whoever must have a second factor and has none is led here by `routes.web.entrance`; where it is asked for is in
`codes`, and other second factors are in `passkeys`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import segno
from starlette.responses import Response
from wtforms import HiddenField

from models.core.lanes import Lane
from models.core.sealed import SealBroken
from models.users.factors import devices
from models.users.factors.app import address_of, new_secret, step_of
from models.users.factors.changes import AlreadySetUp, Factor, factors_of, has_factor, remove, renew_codes, set_up
from models.users.factors.recovery_codes import codes_left, hashes_of, new_codes, plain
from models.users.user import FactorKind
from routes.session.giving import Code, question_for
from routes.session.proving import EITHER, ChangeForm, ask_first, is_proven, is_sure, next_place, proof
from routes.session.questions import here, party
from routes.web.answers import go, page
from routes.web.entrance.confirming import OwnPassword, is_confirmed
from routes.web.forms import PortalForm
from routes.web.visit import Visit

WRONG = "Koden passer ikke. Skriv den som appen viser nå, og se etter at klokka på telefonen er riktig."
ALREADY = "Totrinnsbekreftelse er allerede slått på."
ADDED = "Du blir også spurt om en kode fra appen når du logger inn."
APP_GONE = "Appen er fjernet. Du blir spurt om passnøkkelen når du logger inn."
OFF = "Totrinnsbekreftelse er slått av."
FORGOTTEN = "Nettleseren blir spurt om kode neste gang."


class SetUpForm(PortalForm):
    """The first code of a program that has just learned its secret."""

    code = Code()
    sealed_secret = HiddenField()
    proof = HiddenField()
    own_password = OwnPassword()


_MASK = 2
"""Of the eight: columns in threes, which no text of ours resembles."""
_BORDER = 4


@dataclass(frozen=True, slots=True)
class Picture:
    """A QR code as the path of an SVG: dark squares side by side are one area, a square high."""

    size: int
    path: str

    @classmethod
    def of(cls, text: str) -> "Picture":
        """Draw a text, with the white border that cameras need.

        Which mask it is drawn with stands in it. To find the one that is the least trying for a worn print would be six
        sevenths of the work, for a picture on a screen.
        """
        rows = segno.make(text, error="m", micro=False, mask=_MASK).matrix
        runs = [
            f"M{x + _BORDER} {y}h{length}v1h-{length}z"
            for y, row in enumerate(rows, _BORDER)
            for x, length in _runs(row)
        ]
        return cls(len(rows) + 2 * _BORDER, "".join(runs))


def show(visit: Visit) -> Response:
    """What is set up, and what to do with it."""
    return _page(visit, ChangeForm(), off=visit.query_params.get("off") == "1")


def new(visit: Visit) -> Response:
    """How it is set up; whoever has another factor gives it first."""
    if _app(visit) is not None:
        return go(visit, visit.url("second_factor"))
    if visit.user.has_factor:
        return ask_first(visit, ChangeForm(), "prove_for_app")
    return _ask(visit, SetUpForm(), new_secret())


def prove(visit: Visit) -> Response:
    """Another factor was given: go on to set up a program."""
    form: ChangeForm = ChangeForm.of(visit)
    if not is_sure(visit, form):
        return ask_first(visit, form, "prove_for_app", status=422)
    return _ask(visit, SetUpForm(), new_secret(), proven=proof(visit))


def create(visit: Visit) -> Response:
    """Set it up, once a code shows that the program has learned the secret; the recovery codes are shown now only."""
    form: SetUpForm = SetUpForm.of(visit)
    secret, proven = _opened(visit, form.sealed_secret.data or ""), form.proof.data or ""
    is_proven_now = is_proven(visit, proven)
    if secret is None or visit.user.has_factor > is_proven_now:
        return go(visit, visit.url("new_factor", next=next_place(visit)))
    if not form.validate() or not (is_proven_now or is_confirmed(visit, form.own_password)):
        return _ask(visit, form, secret, proven=proven, status=422)
    step = step_of(secret, plain(form.code.data or ""), visit.now)
    if step is None:
        form.code.errors = [WRONG]
        return _ask(visit, form, secret, proven=proven, status=422)
    codes = [] if visit.user.has_factor else new_codes()
    kept = visit.aside(hashes_of, codes, lane=Lane.PASSWORDS)
    try:
        set_up(visit.db, visit.user, keyring=visit.portal.keyring, secret=secret, step=step, codes=kept, now=visit.now)
    except AlreadySetUp:
        return go(visit, visit.url("second_factor"), say=ALREADY, tone="wait")
    return show_codes(visit, codes, is_new=True) if codes else go(visit, next_place(visit), say=ADDED)


def renew(visit: Visit) -> Response:
    """Ten new recovery codes; those before are good no more."""
    form: ChangeForm = ChangeForm.of(visit)
    if not is_sure(visit, form):
        return _page(visit, form, status=422)
    codes = new_codes()
    visit.keep()
    renew_codes(visit.db, visit.user, visit.aside(hashes_of, codes, lane=Lane.PASSWORDS), visit.now)
    return show_codes(visit, codes, is_new=False)


def destroy(visit: Visit) -> Response:
    """Take the program away; whoever must have a second factor and has no other sets one up at once."""
    form: ChangeForm = ChangeForm.of(visit)
    if not is_sure(visit, form):
        return _page(visit, form, status=422, off=True)
    app = _app(visit)
    if app is not None:
        remove(visit.db, visit.user.user_id, id=app.id, by=visit.user, now=visit.now)
    say = APP_GONE if has_factor(visit.db, visit.user.user_id) else OFF
    return go(visit, visit.url("password"), say=say)


def forget(visit: Visit) -> Response:
    """Ask for a code again in one of the browsers where the user is not asked."""
    id = str(visit.form.get("device", ""))
    if id.isascii() and id.isdecimal() and len(id) < 10:
        devices.forget(visit.db, visit.user.user_id, int(id))
    return go(visit, visit.url("password"), say=FORGOTTEN)


def show_codes(visit: Visit, codes: list[str], *, is_new: bool) -> Response:
    """The recovery codes, this once."""
    return page(visit, "session/factors/codes.html", no_store=True, codes=codes, is_new=is_new, next=next_place(visit))


def _app(visit: Visit) -> Factor | None:
    """The user's program."""
    own = factors_of(visit.db, visit.user.user_id) if visit.user.has_factor else []
    return next((factor for factor in own if factor.kind is FactorKind.APP), None)


def _place(visit: Visit) -> str:
    """What a secret is sealed for that is being set up: the session in which it was shown."""
    return f"second_factors.new:{visit.user.session_id}"


def _opened(visit: Visit, sealed: str) -> str | None:
    try:
        return visit.portal.keyring.open(sealed[:500], place=_place(visit))
    except SealBroken:
        return None


def _ask(visit: Visit, form: SetUpForm, secret: str, *, proven: str = "", status: int = 200) -> Response:
    address = address_of(secret, visit.user.username, visit.portal.settings.brand)
    return page(
        visit,
        "session/factors/set_up.html",
        part="set-up",
        status=status,
        no_store=True,
        form=form,
        sealed_secret=visit.portal.keyring.seal(secret, place=_place(visit)),
        proof=proven,
        key=[secret[at : at + 4] for at in range(0, len(secret), 4)],
        address=address,
        picture=Picture.of(address),
        must=visit.lacks_factor,
        may_have_passkey=not visit.user.has_factor and party(visit) is not None,
        next=next_place(visit),
    )


def _page(visit: Visit, form: ChangeForm, *, status: int = 200, off: bool = False) -> Response:
    form.code.description = EITHER
    own = factors_of(visit.db, visit.user.user_id)
    if not own:
        return go(visit, visit.url("new_factor"))
    app = next((factor for factor in own if factor.kind is FactorKind.APP), None)
    if app is None:
        form.code.ask_for_recovery()
    return page(
        visit,
        "session/factors/edit.html",
        part="factor",
        status=status,
        app=app,
        is_last=len(own) == 1,
        left=codes_left(visit.db, visit.user.user_id),
        question=question_for(visit, visit.user.user_id, here(visit)),
        form=form,
        off=off and app is not None,
    )


def _runs(row: Iterable[int]) -> list[tuple[int, int]]:
    """Where dark squares stand side by side: where they begin, and how many."""
    found, start = [], None
    for x, dark in enumerate([*row, 0]):
        if dark and start is None:
            start = x
        elif not dark and start is not None:
            found.append((start, x - start))
            start = None
    return found
