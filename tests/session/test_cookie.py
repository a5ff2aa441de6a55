"""Cookies: what they carry, what they allow, and that any doubt about one is nobody."""

import hashlib
from datetime import timedelta
from http.cookies import SimpleCookie

from itsdangerous import URLSafeSerializer
from sqlalchemy import select

from models.users.sessions import UserSession
from tests.stage.house import SECRETS, House
from tests.stage.page import Page

OTHER = "another key, also long enough to sign with"

SHA_256 = {"digest_method": hashlib.sha256}


def cookies_set(answer: object) -> SimpleCookie:
    """The cookies that an answer sets, with their attributes."""
    found = SimpleCookie()
    for header in answer.headers.get_list("set-cookie"):  # type: ignore[attr-defined]
        found.load(header)
    return found


def signing_in(page: Page) -> SimpleCookie:
    page.open("/login")
    fields = [("username", "Tester"), ("password", "demo-tester"), ("csrf_token", page.token())]
    cookie = "; ".join(f"{name}={value.value}" for name, value in cookies_set(page.response).items())
    return cookies_set(page.send("POST", "/login", fields, {"cookie": cookie}))


def info_with(page: Page, value: str, name: str = "session") -> int:
    """What a browser with this cookie, and no other, is answered: 200 for somebody, 303 for nobody."""
    return page.send("GET", "/info", None, {"cookie": f"{name}={value}"}).status_code


def test_cookies_are_for_the_portal_alone(quiet_house: House) -> None:
    for name, cookie in signing_in(quiet_house.visitor()).items():
        assert cookie["httponly"], name
        assert (cookie["samesite"], cookie["path"], cookie["domain"]) == ("lax", "/", "")
        assert not cookie["secure"], "a browser would not send it to http://127.0.0.1"


def test_over_tls_cookies_are_secure_and_of_this_host(quiet_house: House) -> None:
    with quiet_house.with_settings(public_url="https://127.0.0.1:8000") as visitor:
        cookies = signing_in(visitor())
        assert {"__Host-session", "__Host-device"} <= set(cookies)
        assert all(name.startswith("__Host-") for name in cookies)
        assert all(cookie["secure"] and cookie["httponly"] for cookie in cookies.values())
        headers = visitor().open("/login").headers
        assert headers["strict-transport-security"].startswith("max-age=63072000")
        assert info_with(visitor(), cookies["__Host-session"].value, "__Host-session") == 200
        assert info_with(visitor(), cookies["__Host-session"].value, "session") == 303
    assert "strict-transport-security" not in quiet_house.visitor().open("/login").headers


def test_the_session_cookie_lives_as_long_as_the_browser(quiet_house: House) -> None:
    cookies = signing_in(quiet_house.visitor())
    assert (cookies["session"]["max-age"], cookies["session"]["expires"]) == ("", "")
    assert int(cookies["device"]["max-age"]) == timedelta(days=180).total_seconds()


def test_each_sign_in_has_an_id_of_its_own_and_the_server_keeps_only_a_digest(quiet_house: House) -> None:
    first = signing_in(quiet_house.visitor())["session"].value
    planted = quiet_house.visitor()
    planted.cookies.set("session", first)
    planted.cookies.clear()
    second = signing_in(planted)["session"].value
    assert first != second
    secret = URLSafeSerializer(list(SECRETS), salt="session", signer_kwargs=SHA_256).loads(second)[0]
    assert len(secret) >= 43
    with quiet_house.behind() as db:
        assert secret not in set(db.scalars(select(UserSession.digest)))


def test_any_doubt_about_a_cookie_is_nobody(quiet_house: House) -> None:
    cookies = signing_in(quiet_house.visitor())
    good = cookies["session"].value
    payload, _, signature = good.partition(".")
    secret, customer_id = URLSafeSerializer(list(SECRETS), salt="session", signer_kwargs=SHA_256).loads(good)

    def forged(value: object, key: str = SECRETS[0], salt: str = "session") -> str:
        return str(URLSafeSerializer(key, salt=salt, signer_kwargs=SHA_256).dumps(value))

    doubtful = [
        "",
        "x",
        ".",
        good[:-3],
        good + "A",
        "A" + good[1:],
        payload,
        f"{payload}.{signature.swapcase()}",
        f"{payload}.",
        cookies["device"].value,
        forged([secret, customer_id], key=OTHER),
        forged([secret, customer_id], salt="device"),
        forged(secret),
        forged([secret]),
        forged([secret + "x", customer_id]),
        forged([customer_id, secret]),
        forged({"secret": secret}),
        forged([secret, customer_id, 1]),
        "x" * 5000,
    ]
    visitor = quiet_house.visitor()
    for cookie in doubtful:
        assert info_with(visitor, cookie) == 303, cookie
    assert info_with(visitor, good) == 200


def test_a_customer_that_the_cookie_should_not_name_gives_nothing(quiet_house: House) -> None:
    """Even with our own signature: the grants decide."""
    secret, own = URLSafeSerializer(list(SECRETS), salt="session", signer_kwargs=SHA_256).loads(
        signing_in(quiet_house.visitor())["session"].value
    )
    visitor = quiet_house.visitor()
    for customer in (own + 1, 0, -1, None, "1", True, 10**30):
        value = str(URLSafeSerializer(SECRETS[0], salt="session", signer_kwargs=SHA_256).dumps([secret, customer]))
        answer = visitor.send("GET", "/orders", None, {"cookie": f"session={value}"})
        assert answer.status_code == (200 if customer is True and own == 1 else 404), customer


def test_keys_are_rotated_without_throwing_anybody_out(quiet_house: House) -> None:
    old = signing_in(quiet_house.visitor())["session"].value
    tester = quiet_house.sign_in("Tester").open("/orders/307390")
    with quiet_house.with_settings(secret_keys=(OTHER, *SECRETS)) as visitor:
        assert info_with(visitor(), old) == 200
        rotated = visitor()
        rotated.cookies.set("session", dict(tester.cookies.items())["session"])
        answer = rotated.send("POST", "/orders/307390/reference", [("reference", "x"), ("csrf_token", tester.token())])
        assert answer.status_code == 303
        new = signing_in(visitor())["session"].value
    with quiet_house.with_settings(secret_keys=(OTHER,)) as visitor:
        assert info_with(visitor(), old) == 303
        assert info_with(visitor(), new) == 200
    assert info_with(quiet_house.visitor(), new) == 303


def test_a_notice_is_shown_once(house: House, hms: Page) -> None:
    page = hms.open("/orders/307513").fill(reference="PO 1").press("Lagre referanse")
    assert page.flash == "Referansen er lagret."
    assert page.open("/orders/307513").flash == ""


def test_a_browser_remembers_no_more_than_five_users(quiet_house: House) -> None:
    page = quiet_house.visitor()
    for username in ("Tester", "TESTWEB", "hms.fjord", "okonomi.fjord", "leder.brann", "anna.ka"):
        page.open("/login").fill(username=username, password=f"demo-{username.lower()}").press("Logg inn")
        page.press("Logg ut")
    device = URLSafeSerializer(list(SECRETS), salt="device", signer_kwargs=SHA_256).loads(
        dict(page.cookies.items())["device"]
    )
    assert len(device) == 5


def test_what_is_signed_is_signed_with_sha_256(quiet_house: House) -> None:
    """A digest of SHA-1 has 27 signs in base64, one of SHA-256 has 43."""
    tester = quiet_house.sign_in("Tester").open("/info")
    for signed in (tester.token(), *(value for _, value in tester.cookies.items())):
        assert len(signed.rpartition(".")[2]) == 43
