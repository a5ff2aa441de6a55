"""Before a second factor is changed, its owner gives one that is there: so nobody changes it at an open browser.

What is changed is in `factors` and `passkeys`.
"""

from datetime import datetime, timedelta

from starlette.responses import Response

from models.core.sealed import SealBroken
from routes.session.giving import FactorForm, is_given, question_for
from routes.session.questions import here
from routes.web.answers import page
from routes.web.entrance.confirming import OwnPassword, is_confirmed
from routes.web.visit import Visit

EITHER = "Fra autentiseringsappen, eller en gjenopprettingskode."
_GOOD_FOR = timedelta(minutes=10)


class ChangeForm(FactorForm):
    """A factor that there is, and the own password: whoever changes it has both."""

    own_password = OwnPassword()


def is_sure(visit: Visit, form: ChangeForm) -> bool:
    """Whether the user has given both; else the form says what is missing."""
    return form.validate() and is_confirmed(visit, form.own_password) and is_given(visit, form)


def ask_first(visit: Visit, form: ChangeForm, then: str, *, status: int = 200) -> Response:
    """The page that asks for both, of whoever wants to add another factor; `then` is the route that takes them."""
    form.code.description = EITHER
    question = question_for(visit, visit.user.user_id, here(visit))
    return page(
        visit,
        "session/factors/prove.html",
        part="prove",
        status=status,
        no_store=True,
        form=form,
        then=then,
        next=next_place(visit),
        question=question,
    )


def proof(visit: Visit) -> str:
    """That both were given in this session just now, to be shown by the next form."""
    return visit.portal.keyring.seal(visit.now.isoformat(), place=_place(visit))


def is_proven(visit: Visit, sealed: str) -> bool:
    """Whether both were given in this session a short while ago."""
    try:
        at = datetime.fromisoformat(visit.portal.keyring.open(sealed[:500], place=_place(visit)))
    except SealBroken:
        return False
    return visit.now - at <= _GOOD_FOR


def next_place(visit: Visit) -> str:
    """Where one wanted to go before a second factor was to be set up."""
    wanted = visit.form.get("next") or visit.query_params.get("next", "")
    return visit.local(str(wanted), visit.url("password"))


def _place(visit: Visit) -> str:
    return f"second_factors.proof:{visit.user.session_id}"
