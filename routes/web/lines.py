"""The lines that the map is made of, and the guards that a line names: who may enter.

Which lines there are stands in `routes`; what answers on one is in `entrance`.
"""

from dataclasses import dataclass
from typing import Any

from starlette.routing import Route

from models.core.scope import Right
from models.users.sessions import SignedIn
from models.users.throttle import Bucket
from routes.web.entrance.place import Place
from routes.web.entrance.signed_calls import CallHandler, SignedCall
from routes.web.http.body import MEGABYTE
from routes.web.portal import Handler, Portal, Who


def anyone(_user: SignedIn | None) -> bool:
    """Everybody, signed in or not."""
    return True


def signed_in(user: SignedIn | None) -> bool:
    """Every user, whatever the rights."""
    return user is not None


def with_password(user: SignedIn | None) -> bool:
    """Every user who has not come in at work: there, how one gets in is the issuer's to say."""
    return user is not None and user.vouched_at_id is None


def staff(user: SignedIn | None) -> bool:
    """The provider's own, at the desk."""
    return user is not None and user.is_at_desk


def serving(user: SignedIn | None) -> bool:
    """The provider's own at the desk who may change something: not those who only read."""
    return user is not None and user.is_serving


def administrating(user: SignedIn | None) -> bool:
    """The provider's own at the desk who may change who is one of them."""
    return user is not None and user.is_administrator


def viewing(user: SignedIn | None) -> bool:
    """Staff who see the portal as a customer does."""
    return user is not None and user.view is not None


def of_a_customer(user: SignedIn | None) -> bool:
    """Every user who is not at the desk."""
    return signed_in(user) and not staff(user)


def auditing(user: SignedIn | None) -> bool:
    """Administrators of a whole customer: its log tells of all branches."""
    return user is not None and user.scope is not None and user.scope.units_with(Right.ADMINISTRATOR) is None


def may(*rights: Right) -> Who:
    """Users with one of the rights in at least one unit (X2, X3)."""
    return lambda user: user is not None and user.may(*rights)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the map."""

    method: str
    path: str
    handler: Handler
    name: str
    who: Who
    form: str | None = None
    """For a POST: the route of the page whose form it takes; there the user gets back to what was typed."""
    max_body: int = MEGABYTE
    """For a POST: what its body may weigh, in bytes."""
    is_probe: bool = False
    """For a GET: whether a balancer asks it, by whatever name and as nobody."""
    while_viewing: bool = False
    """For a POST: whether staff may send it who see the portal as a customer does."""
    before_factor: bool = False
    """Whether it is open to who must set up a second factor first."""
    counts: Bucket | None = None
    """As what it is counted by the hour, where it costs others."""
    lands: bool = False
    """For a GET: whether somebody comes back with it who was sent elsewhere to sign in; so it writes."""
    from_replica: bool = False
    """For a GET of a list, a search or an export: whether a replica of the database may answer it (decision 0042)."""

    def route(self, portal: Portal) -> Route:
        """The line as Starlette has it."""
        place = Place(
            portal, self.handler, self.who, self.form, self.max_body, self.is_probe, self.while_viewing,
            self.before_factor, self.counts, self.lands, self.from_replica,
        )  # fmt: skip
        return Route(self.path, place, methods=[self.method], name=self.name)


def get(
    path: str,
    handler: Handler,
    *,
    name: str,
    who: Who,
    is_probe: bool = False,
    before_factor: bool = False,
    counts: Bucket | None = None,
    from_replica: bool = False,
    lands: bool = False,
) -> Line:
    """A page, or a part of one."""
    more: dict[str, Any] = {
        "is_probe": is_probe,
        "before_factor": before_factor,
        "from_replica": from_replica,
        "lands": lands,
    }
    return Line("GET", path, handler, name, who, counts=counts, **more)


def post(
    path: str,
    handler: Handler,
    *,
    name: str,
    who: Who,
    form: str | None = None,
    max_body: int = MEGABYTE,
    while_viewing: bool = False,
    before_factor: bool = False,
    counts: Bucket | None = None,
) -> Line:
    """A change."""
    more = {"while_viewing": while_viewing, "before_factor": before_factor}
    return Line("POST", path, handler, name, who, form, max_body, counts=counts, **more)


@dataclass(frozen=True, slots=True)
class CallLine:
    """One line of the map for programs: whoever signs the call with one of CRM_SECRETS may enter."""

    method: str
    path: str
    handler: CallHandler
    name: str
    max_body: int = MEGABYTE

    def route(self, portal: Portal) -> Route:
        """The line as Starlette has it."""
        call = SignedCall(portal, self.handler, self.max_body)
        return Route(self.path, call, methods=[self.method], name=self.name)
