"""What is believed of a customer's own issuer: a real one, in a process of its own, that tells the truth and lies."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from models.exchange.oidc import Distrusted, IssuerFailed, NoAnswer, WrongCode, asking
from models.exchange.oidc.asking import Asker
from models.exchange.oidc.discovery import Issuers
from models.exchange.oidc.id_tokens import Told
from models.exchange.oidc.sign_on import Client, Question, redeem, way_out, way_there
from tests.stage.outside.issuing import SECRET
from tests.stage.outside.servers import TheirIssuer
from tests.stage.times import NOW

BACK = "http://127.0.0.1:8000/login/work/back"
QUESTION = Question("a nonce", "a verifier of the tests, which is long enough to be one")
KARI = {"sub": "s-1", "email": "kari@solvik.example", "email_verified": True}


@pytest.fixture(scope="module")
def issuer() -> Iterator[TheirIssuer]:
    issuer = TheirIssuer(NOW)
    yield issuer
    issuer.end()


class Portal:
    """The portal as a tenant knows it."""

    def __init__(self, their: TheirIssuer, tenant: str = "solvik", **client: Any) -> None:
        self.their, self.tenant = their, tenant
        self.issuers = Issuers(Asker(nearby=True))
        self.client = Client(
            **{"issuer": their.of(tenant), "client_id": f"portal-{tenant}", "secret": SECRET, "back": BACK} | client
        )

    def lie(self, **lies: object) -> "Portal":
        self.their.lie(self.tenant, **{"person": KARI} | lies)
        return self

    def goes(self, question: Question = QUESTION, now: Any = NOW) -> dict[str, str]:
        """What somebody brings back who goes to the issuer."""
        there = way_there(self.issuers, self.client, question, "the state", now)
        return dict(parse_qsl(urlsplit(self.their.visit(there)).query))

    def is_told(self, brought: dict[str, str], question: Question = QUESTION, now: Any = NOW) -> Told:
        return redeem(self.issuers, self.client, question, brought, now)

    def signs_in(self, question: Question = QUESTION, now: Any = NOW) -> Told:
        return self.is_told(self.goes(question, now), question, now)

    def fails(self, **lies: object) -> str:
        """The kind and the words of what goes wrong; of an issuer that lies about itself, nothing is known yet."""
        if not {"claims", "header", "signed"} & lies.keys():
            self.issuers = Issuers(Asker(nearby=True))
        self.lie(**lies)
        try:
            return repr(self.signs_in())
        except IssuerFailed as failed:
            return f"{type(failed).__name__}: {failed}"


def test_what_an_issuer_says_truly_is_believed(issuer: TheirIssuer) -> None:
    portal = Portal(issuer).lie()
    assert portal.signs_in() == Told("s-1", "kari@solvik.example", email_verified=True, proven_at=None)
    assert portal.signs_in(Question("n", "v" * 50, again=True)).proven_at == NOW
    for lies in (
        {"signed": "with ES256"},
        {"authentication": "client_secret_post"},
        {"claims": {"aud": ["portal-solvik", "another"], "azp": "portal-solvik"}},
        {"claims": {"exp": int((NOW - timedelta(seconds=50)).timestamp())}},
    ):
        portal.issuers = Issuers(Asker(nearby=True))
        assert portal.lie(**lies).signs_in().subject == "s-1", lies
    for said, means in ((None, None), (False, False), ("true", True), ("yes", False), (1, False)):
        assert portal.lie(claims={"email_verified": said}).signs_in().email_verified is means
    assert portal.lie(claims={"email": ["a@b.example"]}).signs_in().email is None
    assert way_out(portal.issuers, portal.client, NOW) == (
        f"{issuer.of('solvik')}/logout?client_id=portal-solvik&post_logout_redirect_uri="
        "http%3A%2F%2F127.0.0.1%3A8000%2Flogin%2Fwork%2Fback"
    )


def at(**ago: float) -> int:
    return int((NOW - timedelta(**ago)).timestamp())


def test_no_lie_is_believed(issuer: TheirIssuer) -> None:
    portal, other = Portal(issuer), issuer.of("fjord")
    signature, wrong = "Distrusted: the signature of a token is wrong", "Distrusted: the {} of a token is wrong"
    way = "Distrusted: a token is signed in a way that is not accepted"
    unreadable = "Distrusted: a token cannot be read"
    table: list[tuple[dict[str, Any], str]] = [
        ({"signed": "by another"}, signature),
        ({"signed": "changed afterwards"}, signature),
        ({"signed": "not at all"}, "Distrusted: a token is none"),
        ({"signed": "with the secret"}, way),
        ({"header": {"alg": "none"}}, way),
        ({"header": {"alg": "HS256"}}, way),
        ({"header": {"alg": "ES256"}}, signature),
        ({"header": {"alg": ["RS256"]}}, unreadable),
        ({"header": {"crit": ["exp"]}}, "Distrusted: a token asks for what is not known here"),
        ({"header": {"kid": "weak"}}, "Distrusted: a token was signed with an unknown key"),
        ({"header": {"kid": None}}, "Distrusted: a token does not say which key it was signed with"),
        ({"claims": {"iss": other}}, wrong.format("issuer")),
        ({"claims": {"iss": f"{issuer.of('solvik')}/"}}, wrong.format("issuer")),
        ({"claims": {"aud": "portal-fjord"}}, wrong.format("audience")),
        ({"claims": {"aud": ["portal-solvik", "another"]}}, wrong.format("audience")),
        ({"claims": {"aud": []}}, wrong.format("audience")),
        ({"claims": {"azp": "another"}}, wrong.format("authorized party")),
        ({"claims": {"nonce": "another"}}, wrong.format("nonce")),
        ({"claims": {"nonce": None}}, unreadable),
        ({"claims": {"sub": " "}}, wrong.format("subject")),
        ({"claims": {"sub": "x" * 256}}, wrong.format("subject")),
        ({"claims": {"sub": 7}}, unreadable),
        ({"claims": {"exp": at(seconds=61)}}, wrong.format("end")),
        ({"claims": {"exp": None}}, unreadable),
        ({"claims": {"exp": 1e300}}, "Distrusted: a time in a token is none"),
        ({"claims": {"iat": at(minutes=11)}}, wrong.format("beginning")),
        ({"claims": {"iat": at(minutes=-2)}}, wrong.format("beginning")),
        ({"claims": {"nbf": at(minutes=-2)}}, wrong.format("first moment")),
        ({"claims": {"auth_time": at(minutes=-2)}}, wrong.format("time of sign-in")),
        ({"says": {"issuer": other}}, "Distrusted: it calls itself by another name"),
        ({"says": {"jwks_uri": f"{other}/keys"}}, "Distrusted: a token was signed with an unknown key"),
        ({"says": {"token_endpoint": "http://issuer.example/token"}}, "Distrusted: an address is not https"),
        ({"says": {"token_endpoint": "file:///etc/passwd"}}, "Distrusted: an address is none"),
        ({"says": {"jwks_uri": "https://a:b@issuer.example/keys"}}, "Distrusted: an address has a user in it"),
        ({"says": {"authorization_endpoint": "https://issuer.example/#"}}, "Distrusted: an address is none"),
        ({"says": {"authorization_endpoint": "https://issuer.example/\nx"}}, "Distrusted: an address is none"),
        ({"says": {"token_endpoint": None}}, "Distrusted: its description cannot be read"),
        (
            {"says": {"authorization_response_iss_parameter_supported": True}},
            "Distrusted: another issuer has sent the browser back",
        ),
        ({"nothing": True}, "Distrusted: its description cannot be read"),
        ({"moved": True}, "Distrusted: http 302"),
        ({"broken": True}, "NoAnswer: http 500"),
        ({"huge": asking.LARGEST}, "Distrusted: the answer is too large"),
    ]
    assert {repr(lies): portal.fails(**lies) for lies, _ in table} == {repr(lies): said for lies, said in table}


def test_a_code_is_good_once_for_a_minute_and_for_who_asked(issuer: TheirIssuer) -> None:
    portal, fjord = Portal(issuer).lie(), Portal(issuer, "fjord").lie()
    brought = portal.goes()
    with pytest.raises(Distrusted, match="another issuer has sent"):
        portal.is_told(brought | {"iss": issuer.of("fjord")})
    assert portal.is_told(brought | {"iss": issuer.of("solvik")}).subject == "s-1"
    for again, question in (
        (brought, QUESTION),
        (portal.goes(), Question(QUESTION.nonce, "another verifier, as of whoever has stolen the code")),
        (fjord.goes(), QUESTION),
        ({"state": "the state"}, QUESTION),
        ({"code": "x" * 5000}, QUESTION),
    ):
        with pytest.raises(WrongCode):
            portal.is_told(again, question)
    late = portal.goes()
    portal.lie(now=at(seconds=-61))
    with pytest.raises(WrongCode):
        portal.is_told(late, now=NOW + timedelta(seconds=61))
    with pytest.raises(Distrusted, match="the nonce of a token"):
        portal.lie().is_told(portal.goes(), Question("another", QUESTION.verifier))
    with pytest.raises(Distrusted, match="it gives no token: invalid_client"):
        Portal(issuer, secret="another").signs_in()


def test_what_is_known_of_an_issuer_is_kept_and_new_keys_are_found(
    issuer: TheirIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal = Portal(issuer).lie()
    before = issuer.asked("solvik")
    for _ in range(3):
        portal.signs_in()
    first = issuer.asked("solvik")
    there, keys = ".well-known/openid-configuration", "keys"
    assert [first[what] - before.get(what, 0) for what in (there, keys, "token")] == [1, 1, 3]
    portal.lie(rotate=True).signs_in()
    for _ in range(3):
        with pytest.raises(Distrusted, match="unknown key"):
            portal.lie(header={"kid": "made up"}).signs_in()
    assert issuer.asked("solvik")[keys] == first[keys] + 1, "once for the new key, and no more for made up ones"
    portal.lie(rotate=True, now=at(seconds=-61)).signs_in(now=NOW + timedelta(seconds=61))

    monkeypatch.setattr(asking, "DEADLINE", 0.5)
    later = NOW + timedelta(hours=2)
    portal.lie(slow=0.2)
    assert way_there(portal.issuers, portal.client, QUESTION, "s", later), "what was heard before is good for a day"
    asked = issuer.asked("solvik")[there]
    assert way_there(portal.issuers, portal.client, QUESTION, "s", later)
    assert issuer.asked("solvik")[there] == asked, "and whoever does not answer is left alone for a moment"
    with pytest.raises(NoAnswer):
        way_there(portal.issuers, portal.client, QUESTION, "s", NOW + timedelta(days=2))
    nobody = Portal(issuer, issuer="http://127.0.0.1:9")
    with pytest.raises(NoAnswer, match="ConnectionRefusedError"):
        way_there(nobody.issuers, nobody.client, QUESTION, "s", NOW)


@pytest.mark.parametrize(
    "address",
    [
        *("https://127.0.0.1:9/", "https://localhost/", "https://169.254.169.254/", "https://[::1]/"),
        *("https://10.0.0.1/", "https://[::ffff:127.0.0.1]/", "http://issuer.example/", "http://127.0.0.1:9/"),
        *("https://issuer.example:x/", f"https://{'x' * 64}.example/"),
    ],
)
def test_a_portal_for_others_asks_nobody_in_its_own_networks(address: str) -> None:
    with pytest.raises(Distrusted, match="an address"):
        Asker().get(address)
