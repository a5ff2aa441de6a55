"""What the ways to an issuer and back share: what was asked, kept in the browser's address, and the portal's own name.

Going there is in `there`, coming back in `back`, signing out in `out`.
"""

import json
import re
import secrets
from dataclasses import asdict, dataclass
from datetime import timedelta

from starlette.responses import Response

from models.core.database import UNAVAILABLE
from models.core.lanes import Full, Turns
from models.core.sealed import SealBroken
from models.exchange.oidc import IssuerFailed, NoAnswer
from models.exchange.oidc.discovery import Issuers, known_here
from models.exchange.oidc.sign_on import Client, Question
from models.users.issuers.issuer import LONGEST_KEY, SetUp, any_key, find
from routes.web.answers import page
from routes.web.errors import not_found
from routes.web.visit import Visit

_GOOD_FOR = timedelta(minutes=15)
"""How long somebody may take at the issuer."""
_LONGEST_WAY_BACK = 400
"""Signs of where somebody wanted to go: longer ones make addresses that some issuers do not take."""
_KEY = re.compile(f"[a-z2-7]{{{LONGEST_KEY}}}")
_REMEMBERED = "work"
TURNS = Turns(in_all=32, of_each=4)
"""How many may be asking at once: of one issuer that is slow, few, so that nobody waits at another."""

AWAY = "Innloggingen hos arbeidsgiveren svarer ikke nå. Prøv igjen om litt."
WRONG = "Innloggingen hos arbeidsgiveren svarte ikke slik den skal, og portalen kan derfor ikke slippe deg inn."
BUSY = "Mange logger inn hos arbeidsgiveren akkurat nå. Prøv igjen om litt."


@dataclass(frozen=True, slots=True)
class Going:
    """A way there and back that somebody is on; it travels with the browser, sealed for that browser alone."""

    key: str
    nonce: str
    verifier: str
    again: bool
    back_to: str
    at: float

    @classmethod
    def begun(cls, visit: Visit, key: str, back_to: str, *, again: bool) -> "Going":
        """A new one, with what only the portal knows."""
        back_to = back_to if len(back_to) <= _LONGEST_WAY_BACK else visit.url("info")
        return cls(key, secrets.token_urlsafe(32), secrets.token_urlsafe(48), again, back_to, visit.now.timestamp())

    @property
    def question(self) -> Question:
        """What is asked of the issuer."""
        return Question(self.nonce, self.verifier, self.again)

    def state(self, visit: Visit) -> str:
        """What the issuer gives back with the browser."""
        return visit.portal.keyring.seal(json.dumps(asdict(self)), place=_place(visit))


def going(visit: Visit, state: str) -> Going | None:
    """The way that this very browser is on; None where it is on none, or was too long."""
    try:
        found = Going(**json.loads(visit.portal.keyring.open(state[:3000], place=_place(visit))))
    except SealBroken:
        return None
    is_good = timedelta() <= timedelta(seconds=visit.now.timestamp() - found.at) <= _GOOD_FOR
    return found if is_good else None


def issuer_of(visit: Visit, key: str) -> SetUp:
    """The issuer of a key; raises not_found."""
    found = find(visit.db, visit.portal.keyring, key) if _KEY.fullmatch(key) else None
    if found is None:
        raise not_found()
    return found


def client_of(visit: Visit, issuer: SetUp, back: str = "work_back") -> Client:
    """The portal as the issuer knows it."""
    return Client(issuer.address, issuer.client_id, issuer.secret, visit.portal.links.absolute(back))


def issuers(visit: Visit) -> Issuers:
    """What is known of issuers."""
    return known_here(visit.portal.settings.public_url)


def failed(visit: Visit, issuer: SetUp | None, sentence: str, *, status: int, back_to: str = "") -> Response:
    """It did not work out: why, and the ways to try again."""
    return page(
        visit,
        "session/work/failed.html",
        status=status,
        sentence=sentence,
        again=visit.url("leave_for_work", key=issuer.key, next=back_to) if issuer else visit.url("work_sign_in"),
    )


def not_asked(visit: Visit, issuer: SetUp, why: IssuerFailed | Full, back_to: str) -> Response:
    """The issuer could not be asked, or cannot be believed."""
    if isinstance(why, Full):
        return failed(visit, issuer, BUSY, status=503, back_to=back_to)
    sentence = AWAY if isinstance(why, NoAnswer) else WRONG
    return failed(visit, issuer, sentence, status=502, back_to=back_to)


def way_to_work(visit: Visit, back_to: str) -> str | None:
    """Where the sign-in page leads who signs in at work: where this browser was last, or where one says which.

    The page asks nothing else of the database, and is there without it.
    """
    best = visit.portal.cookies.remembered(visit.request, _REMEMBERED)
    try:
        key = any_key(visit.db, best)
    except UNAVAILABLE:
        return None
    if key is None:
        return None
    return (
        visit.url("leave_for_work", key=key, next=back_to) if key == best else visit.url("work_sign_in", next=back_to)
    )


def left_at_work(visit: Visit) -> str | None:
    """Where somebody is signed out at work, too, who has just left the portal."""
    key = visit.query_params.get("left", "")
    return visit.url("sign_out_at_work", key=key) if _KEY.fullmatch(key) else None


def remember(visit: Visit, response: Response, issuer: SetUp) -> None:
    """Lead there at once when this browser signs in again."""
    visit.portal.cookies.remember(response, _REMEMBERED, issuer.key)


def _place(visit: Visit) -> str:
    return f"sign_on:{visit.form_subject}"
