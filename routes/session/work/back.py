"""Coming back from an issuer: what it says is checked, the user is found, and the session begins.

It is a GET that writes, since the issuer sends the browser: what makes it good is the state, sealed for this browser.
"""

import logging

from starlette.responses import Response

from models.core.lanes import Full, Lane
from models.exchange.oidc import IssuerFailed, WrongCode
from models.exchange.oidc.id_tokens import Told
from models.exchange.oidc.sign_on import redeem
from models.users.issuers.issuer import SetUp, Vouched
from models.users.sign_on.changes import prove
from models.users.sign_on.linking import Account, Stranger, user_meant
from models.users.throttle import Bucket, TooManyAttempts, attempt, take_back
from routes.session.beginning import begin
from routes.session.work.ways import TURNS, Going, client_of, failed, going, issuer_of, issuers, not_asked, remember
from routes.web.entrance.slowing import address_key, too_many, try_later
from routes.web.visit import Visit

log = logging.getLogger("portal.sign_on")

TOO_LATE = "Det tok for lang tid, eller så begynte du i en annen nettleser. Logg inn på nytt."
CANCELLED = "Du ble ikke logget inn hos arbeidsgiveren."
STRANGER = (
    "Jobbkontoen din er ikke knyttet til noen bruker her. Be administratoren hos dere, eller kundeansvarlig, om å "
    "invitere deg med e-postadressen du har på jobben."
)
NOT_PROVEN = (
    "Arbeidsgiveren sa ikke at du nettopp logget inn der. Be dem som styrer innloggingen hos dere, om å slå på "
    "«auth_time» for portalen."
)
_SKEW = 60
"""Seconds that the issuer's clock may be behind."""
_BROUGHT = ("code", "state", "error", "iss")
"""What an issuer sends along with the browser."""


def land(visit: Visit) -> Response:
    """Sign in whoever the issuer vouches for, or say why not."""
    brought = {name: visit.query_params[name] for name in _BROUGHT if name in visit.query_params}
    way = going(visit, brought.get("state", "")) if visit.request.method == "GET" else None
    if way is None:
        return failed(visit, None, TOO_LATE, status=409)
    issuer = issuer_of(visit, way.key)
    if "error" in brought:
        return failed(visit, issuer, CANCELLED, status=403, back_to=way.back_to)
    try:
        counted = attempt(visit.db, {Bucket.ADDRESS: address_key(visit)}, visit.now)
    except TooManyAttempts as refused:
        sentence = too_many(refused.wait)
        return try_later(failed(visit, issuer, sentence, status=429, back_to=way.back_to), refused.wait)
    visit.keep()
    return _heard(visit, issuer, way, brought, counted)


def _heard(visit: Visit, issuer: SetUp, way: Going, brought: dict[str, str], counted: list[int]) -> Response:
    try:
        with TURNS.one(issuer.key):
            told: Told = visit.aside(
                redeem, issuers(visit), client_of(visit, issuer), way.question, brought, visit.now, lane=Lane.ISSUERS
            )
        account = Account(told.subject, told.email, told.email_verified)
        user = user_meant(visit.db, visit.portal.keyring, issuer, account, visit.now)
    except (IssuerFailed, Stranger, Full) as why:
        log.warning("sign-on refused", extra={"customer": issuer.customer_id, "error": f"{type(why).__name__}: {why}"})
        if isinstance(why, Stranger):
            return failed(visit, issuer, STRANGER, status=403, back_to=way.back_to)
        if isinstance(why, WrongCode):
            return failed(visit, issuer, TOO_LATE, status=409, back_to=way.back_to)
        return not_asked(visit, issuer, why, way.back_to)
    if way.again and not (told.proven_at and told.proven_at.timestamp() >= way.at - _SKEW):
        return failed(visit, issuer, NOT_PROVEN, status=403, back_to=way.back_to)
    take_back(visit.db, counted)
    if not issuer.is_proved:
        prove(visit.db, issuer, visit.now)
    response = begin(
        visit, user, way.back_to, given="work account", vouched=Vouched(issuer.customer_id, told.proven_at)
    )
    remember(visit, response, issuer)
    return response
