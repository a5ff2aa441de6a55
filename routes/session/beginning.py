"""The beginning of a session, once a user has shown to be the one: the same with and without a second factor.

What a user has to show for it is in `routes.session.sign_in` and `codes`.
"""

from starlette.responses import Response

from models.core.scope import across_customers
from models.users import events
from models.users.factors.devices import remember, tell_of_new
from models.users.issuers.issuer import Vouched
from models.users.issuers.only_way import AtWork, only_at_work
from models.users.sessions import end_session, first_customer, open_session
from models.users.user import User
from routes.web.answers import go
from routes.web.http.cookie import SessionCookie
from routes.web.visit import Visit

ONLY_AT_WORK = "Hos {} logger du inn med jobbkontoen. Passordet åpner ikke portalen der."
BESIDES = "{} når du når du logger inn med jobbkontoen."
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
    a while; `say`, what the user must know; `vouched`, which customer's issuer says who it is, instead of a password.
    """
    cookies = visit.portal.cookies
    closed = [] if vouched or user.account_manager_id else only_at_work(visit.db, user.id)
    devices = cookies.devices(visit.request)
    with across_customers(visit.db):
        customer_id = vouched.customer_id if vouched else first_customer(visit.db, user.id)
        if closed and customer_id is None:
            return _lead_to_work(visit, user, closed, back_to)
        if visit.signed_in:  # somebody else, or the same one again, at this browser
            end_session(visit.db, visit.signed_in.session_id, visit.now)
        if str(user.id) not in devices:
            tell_of_new(visit.db, user, visit.now)
        secret = open_session(visit.db, user.id, customer_id, visit.now, vouched=vouched)
    events.say(visit.db, "signed in", user.id, given=given)
    told = [say, BESIDES.format(_names(closed)) if closed else None, DRAFT_KEPT if "draft=" in back_to else None]
    response = go(visit, back_to, say=" ".join(filter(None, told)) or None, tone="wait", frame=True)
    cookies.write_session(response, SessionCookie(secret, customer_id))
    device = cookies.write_device(response, devices, user.id)
    if is_remembered:
        remember(visit.db, user.id, device, visit.now)
    return response


def _lead_to_work(visit: Visit, user: User, closed: list[AtWork], back_to: str) -> Response:
    """The password was right, and opens nothing."""
    events.say(visit.db, "password is off", user.id)
    say = ONLY_AT_WORK.format(_names(closed))
    return go(visit, visit.url("work_sign_in", next=back_to), say=say, tone="wait")


def _names(closed: list[AtWork]) -> str:
    return ", ".join(one.name for one in closed)
