"""The URLs that the CRM calls: events that it sends, and the outbox for a CRM that cannot be called (C1-C3).

What events do is in `models.exchange.crm.intake`; there is nothing for people here.
"""

from dataclasses import asdict

from starlette.responses import JSONResponse, Response

from models.exchange.crm.feed import hand_out
from models.exchange.crm.intake import NotEvents, receive
from routes.web.entrance.signed_calls import Call, problem


def create(call: Call) -> Response:
    """Take an event, or a batch of them, and say of each what became of it."""
    try:
        outcomes = receive(call.db, call.body, now=call.now)
    except NotEvents as wrong:
        return problem(422, str(wrong))
    return JSONResponse({"results": [asdict(outcome) for outcome in outcomes]})


def index(call: Call) -> Response:
    """What the CRM has not been given yet, in order; `after` says up to where it has what it was given."""
    after = call.query_params.get("after", "0")
    if not (after.isascii() and after.isdigit() and len(after) <= 18):
        return problem(422, "after is the number that the last answer ended with")
    if call.portal.settings.crm_url:
        return problem(409, "events are brought to CRM_URL; only a CRM without one fetches them")
    return JSONResponse(hand_out(call.db, call.portal.settings, int(after), now=call.now))
