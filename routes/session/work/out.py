"""Signing out at work, too, for whoever has just left the portal and shares the computer with others.

It is offered and not done by itself: it ends everything else that somebody does there.
"""

from starlette.responses import Response

from models.core.lanes import Full, Lane
from models.exchange.oidc import IssuerFailed
from models.exchange.oidc.sign_on import way_out
from routes.session.work.ways import TURNS, client_of, issuer_of, issuers, not_asked
from routes.web.answers import go
from routes.web.visit import Visit

NOWHERE = "Arbeidsgiveren har ingen felles utlogging. Lukk nettleseren, så er du logget ut."


def leave(visit: Visit, key: str) -> Response:
    """Go there, and come back to the sign-in page."""
    issuer = issuer_of(visit, key)
    client = client_of(visit, issuer, back="sign_in")
    try:
        with TURNS.one(key):
            there = visit.aside(way_out, issuers(visit), client, visit.now, lane=Lane.ISSUERS)
    except (IssuerFailed, Full) as why:
        return not_asked(visit, issuer, why, "")
    return go(visit, there, frame=True) if there else go(visit, visit.url("sign_in"), say=NOWHERE, tone="wait")
