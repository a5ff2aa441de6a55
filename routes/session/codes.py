"""The second step of signing in: a code or a passkey, from whoever has just given the right password.

The first step is in `routes.session.sign_in`; how a second factor is set up, in `routes.session.factors`.
"""

from starlette.responses import Response
from wtforms import BooleanField

from models.core.scope import across_customers
from models.users.factors.changes import factors_of
from models.users.passwords import mark_of
from models.users.throttle import TooManyAttempts
from models.users.user import FactorKind, User, find_active
from routes.session.beginning import begin
from routes.session.giving import FactorForm, Given, give, kind_of, question_for, wrong
from routes.session.questions import at_the_door
from routes.web.answers import go, page
from routes.web.entrance.slowing import too_many, try_later
from routes.web.http.cookie import Begun
from routes.web.visit import Visit

TOO_LATE = "Det tok for lang tid. Logg inn på nytt."
FEW_LEFT = 3


class CodeForm(FactorForm):
    """A second factor, and whether this browser is asked again."""

    remember = BooleanField("Ikke spør om kode i denne nettleseren de neste 30 dagene")


def ask(visit: Visit, user: User, back_to: str) -> Response:
    """The password was right, and a second factor is asked for."""
    response = go(visit, visit.url("sign_in_code", next=back_to))
    visit.portal.cookies.write_begun(response, Begun(user.id, mark_of(user.password_hash)), visit.now)
    return response


def new(visit: Visit) -> Response:
    """The page that asks for a code."""
    back_to = visit.local(visit.query_params.get("next", ""), visit.url("info"))
    begun = visit.portal.cookies.read_begun(visit.request, visit.now)
    if begun is None:
        return go(visit, visit.url("sign_in", next=back_to))
    return _page(visit, begun, CodeForm(), back_to, recovery=visit.query_params.get("recovery") == "1")


def create(visit: Visit) -> Response:
    """Sign in, if the code is right."""
    form: CodeForm = CodeForm.of(visit)
    back_to = visit.local(str(visit.form.get("next", "")), visit.url("info"))
    recovery = visit.form.get("recovery") == "1"
    begun = visit.portal.cookies.read_begun(visit.request, visit.now)
    if begun is None:
        return _again(visit, back_to)
    if not form.validate():
        return _page(visit, begun, form, back_to, status=422, recovery=recovery)
    device = visit.portal.cookies.devices(visit.request).get(str(begun.user_id))
    try:
        given = give(visit, begun.user_id, form, at_the_door(begun), device=device)
    except TooManyAttempts as refused:
        form.form_errors = [too_many(refused.wait)]
        return try_later(_page(visit, begun, form, back_to, status=429, recovery=recovery), refused.wait)
    if given is None:
        form.code.errors = [wrong(form)]
        return _page(visit, begun, form, back_to, status=422, recovery=recovery)
    with across_customers(visit.db):
        user = find_active(visit.db, begun.user_id)
    if user is None or mark_of(user.password_hash) != begun.password:  # changed since it was right
        visit.undo()
        return _again(visit, back_to)
    shown = f"password, {kind_of(form)}"
    response = begin(visit, user, back_to, given=shown, is_remembered=form.remember.data, say=_few(given))
    visit.portal.cookies.remove_begun(response)
    return response


def _few(given: Given) -> str | None:
    """What somebody must know who has used a recovery code."""
    if given.codes_left is None or given.codes_left > FEW_LEFT:
        return None
    left = "ingen gjenopprettingskoder" if not given.codes_left else "få gjenopprettingskoder"
    return f"Du har {left} igjen. Lag nye under Passord og innlogginger."


def _again(visit: Visit, back_to: str) -> Response:
    return go(visit, visit.url("sign_in", next=back_to), say=TOO_LATE, tone="wait")


def _page(
    visit: Visit, begun: Begun, form: CodeForm, back_to: str, *, status: int = 200, recovery: bool = False
) -> Response:
    """Whoever has no program is asked for a recovery code where no passkey can be used."""
    kinds = {factor.kind for factor in factors_of(visit.db, begun.user_id)}
    has_app = FactorKind.APP in kinds
    if recovery or not has_app:
        form.code.ask_for_recovery()
    question = question_for(visit, begun.user_id, at_the_door(begun)) if FactorKind.PASSKEY in kinds else None
    return page(
        visit,
        "session/code.html",
        part="code-form",
        status=status,
        form=form,
        next=back_to,
        recovery=recovery,
        has_app=has_app,
        question=question,
    )
