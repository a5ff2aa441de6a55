"""A signed-in user's own passkeys: making one with a name, looking at one, and taking it away.

What a browser is asked is in `questions`; programs for codes, and the recovery codes, are in `factors`.
"""

from starlette.responses import Response
from wtforms import HiddenField

from models.core.lanes import Lane
from models.users.factors.changes import AlreadySetUp, Factor, add_passkey, factors_of, has_factor, remove
from models.users.factors.passkeys import LONGEST_ANSWER, Made, Refused, known_to
from models.users.factors.recovery_codes import hashes_of, new_codes
from models.users.user import FactorKind
from routes.session.factors import OFF, show_codes
from routes.session.giving import question_for
from routes.session.proving import EITHER, ChangeForm, ask_first, is_proven, is_sure, next_place, proof
from routes.session.questions import Question, ask, asked, here, party
from routes.web.answers import go, page
from routes.web.entrance.confirming import OwnPassword, is_confirmed
from routes.web.errors import not_found
from routes.web.fields import Text, at_most, required
from routes.web.forms import PortalForm
from routes.web.visit import Visit

ADDED = "Passnøkkelen «{}» er lagt til."
GONE = "Passnøkkelen «{}» er fjernet her. Fjern den også der den er lagret."
NOT_MADE = (
    "Nettleseren laget ingen passnøkkel, eller det tok for lang tid. Prøv en gang til, eller bruk en autentiseringsapp."
)
TAKEN = "Passnøkkelen er allerede i bruk. Lag en ny."


class NewPasskeyForm(PortalForm):
    """A passkey that the browser has made, with a name."""

    name = Text(
        "Navn på passnøkkelen",
        [required("Skriv et navn, så du kjenner den igjen."), at_most(100)],
        description="For eksempel «Telefonen min» eller «Jobb-PC».",
    )
    made = HiddenField(validators=[at_most(LONGEST_ANSWER)])
    question = HiddenField()
    proof = HiddenField()
    own_password = OwnPassword()


def new(visit: Visit) -> Response:
    """How one is made; whoever has a second factor gives it first. Where there can be none, there are programs."""
    if party(visit) is None:
        return go(visit, visit.url("new_factor", next=next_place(visit)))
    if visit.user.has_factor:
        return ask_first(visit, ChangeForm(), "prove_for_passkey")
    return _ask(visit, NewPasskeyForm.of(visit, visit.draft() or []))


def prove(visit: Visit) -> Response:
    """A factor that was there is given: go on to make a passkey."""
    form: ChangeForm = ChangeForm.of(visit)
    if not is_sure(visit, form):
        return ask_first(visit, form, "prove_for_passkey", status=422)
    return _ask(visit, NewPasskeyForm(), proven=proof(visit))


def create(visit: Visit) -> Response:
    """Take the passkey that was made; with the first factor come the recovery codes, shown now only."""
    form: NewPasskeyForm = NewPasskeyForm.of(visit)
    proven = form.proof.data or ""
    is_proven_now = is_proven(visit, proven)
    if visit.user.has_factor > is_proven_now:
        return go(visit, visit.url("new_passkey", next=next_place(visit)))
    if not form.validate() or not (is_proven_now or is_confirmed(visit, form.own_password)):
        return _ask(visit, form, proven=proven, status=422)
    made = _made(visit, form)
    if made is None:
        form.form_errors = [NOT_MADE]
        return _ask(visit, form, proven=proven, status=422)
    codes = [] if visit.user.has_factor else new_codes()
    kept = visit.aside(hashes_of, codes, lane=Lane.PASSWORDS)
    name, keyring = form.name.data or "", visit.portal.keyring
    try:
        add_passkey(visit.db, visit.user, keyring=keyring, name=name, made=made, codes=kept, now=visit.now)
    except AlreadySetUp:
        form.form_errors = [TAKEN]
        return _ask(visit, form, proven=proven, status=422)
    return show_codes(visit, codes, is_new=True) if codes else go(visit, next_place(visit), say=ADDED.format(name))


def show(visit: Visit, id: int) -> Response:
    """One of the user's passkeys, and how to take it away."""
    return _page(visit, _own(visit, id), ChangeForm())


def destroy(visit: Visit, id: int) -> Response:
    """Take it away; whoever must have a second factor and has no other sets one up at once."""
    passkey, form = _own(visit, id), ChangeForm.of(visit)
    if not is_sure(visit, form):
        return _page(visit, passkey, form, status=422)
    remove(visit.db, visit.user.user_id, id=id, by=visit.user, now=visit.now)
    gone = GONE.format(passkey.name)
    say = gone if has_factor(visit.db, visit.user.user_id) else f"{gone} {OFF}"
    return go(visit, visit.url("password"), say=say)


def _own(visit: Visit, id: int) -> Factor:
    """The user's passkey; raises not_found."""
    for factor in factors_of(visit.db, visit.user.user_id):
        if factor.id == id and factor.kind is FactorKind.PASSKEY:
            return factor
    raise not_found()


def _made(visit: Visit, form: NewPasskeyForm) -> Made | None:
    there, challenge = party(visit), asked(visit, "make", here(visit), form.question.data or "")
    if there is None or challenge is None:
        return None
    try:
        return there.made(challenge, form.made.data or "")
    except Refused:
        return None


def _ask(visit: Visit, form: NewPasskeyForm, *, proven: str = "", status: int = 200) -> Response:
    return page(
        visit,
        "session/passkeys/new.html",
        part="passkey-form",
        status=status,
        no_store=True,
        form=form,
        question=_question(visit),
        proof=proven,
        must=visit.lacks_factor,
        next=next_place(visit),
    )


def _question(visit: Visit) -> Question:
    there, user = party(visit), visit.user
    if there is None:
        raise not_found()
    known, names = known_to(visit.db, visit.portal.keyring, user.user_id).values(), (user.username, user.full_name)
    return ask(visit, "make", here(visit), lambda challenge: there.ask_to_make(challenge, user.user_id, names, known))


def _page(visit: Visit, passkey: Factor, form: ChangeForm, *, status: int = 200) -> Response:
    form.code.description = EITHER
    return page(
        visit,
        "session/passkeys/show.html",
        part="passkey",
        status=status,
        passkey=passkey,
        form=form,
        question=question_for(visit, visit.user.user_id, here(visit)),
    )
