"""The beginning of a session, once a user has shown to be the one: the same with and without a second factor.

What a user has to show for it is in `routes.session.sign_in` and `codes`.
"""

from starlette.responses import Response

from models.core.scope import across_customers
from models.users import events
from models.users.factors.devices import remember, tell_of_new
from models.users.sessions import Vouched, end_session, first_customer, open_session
from models.users.user import User
from routes.web.answers import go
from routes.web.http.cookie import SessionCookie
from routes.web.visit import Visit

DRAFT_KEPT = "Du ble logget ut mens du skrev. Det du hadde skrevet, står her fortsatt, men er ikke sendt."


def begin(
    visit: Visit,
    user: User,
    back_to: str,
    *,
    given: str,
    is_remembered: bool = False,
    say: str | None = None,
    vouched: Vouched | None = None,
) -> Response:
    """Open a session under a new id, and go back to the page that was wanted.

    `given` is what the log says that was shown; `is_remembered`, that this browser is not asked for a second factor for
    a while; `say`, what the user must know; `vouched`, which customer's issuer says who it is, where no password was
    given.
    """
    cookies = visit.portal.cookies
    devices = cookies.devices(visit.request)
    with across_customers(visit.db):
        if visit.signed_in:  # somebody else, or the same one again, at this browser
            end_session(visit.db, visit.signed_in.session_id, visit.now)
        if str(user.id) not in devices:
            tell_of_new(visit.db, user, visit.now)
        customer_id = vouched.customer_id if vouched else first_customer(visit.db, user.id)
        secret = open_session(visit.db, user.id, customer_id, visit.now, vouched=vouched)
    events.say(visit.db, "signed in", user.id, given=given)
    if "draft=" in back_to:
        say = f"{say} {DRAFT_KEPT}" if say else DRAFT_KEPT
    response = go(visit, back_to, say=say, tone="wait", frame=True)
    cookies.write_session(response, SessionCookie(secret, customer_id))
    device = cookies.write_device(response, devices, user.id)
    if is_remembered:
        remember(visit.db, user.id, device, visit.now)
    return response
