"""Many at once are no more than one after the other: each attempt is counted before it is made."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from secrets import token_urlsafe

import pytest
import uvicorn
from sqlalchemy import select

from models.core.settings import Settings
from models.users.password_requests import PasswordRequest
from models.users.throttle import FailedSignIn
from routes.session import passwords, sign_in
from routes.web.serving.server import Around, Server
from tests.session.ways_in import GOOD, ask_for
from tests.stage.connections.server import Loop
from tests.stage.house import House
from tests.stage.stores.databases import FIELD_KEYS

MANY = 40
NEEDED = {"SECRET_KEYS": token_urlsafe(40), "FIELD_KEYS": FIELD_KEYS[0]}


def guess(house: House, username: str, password: str) -> int:
    return house.visitor().open("/login").fill(username=username, password=password).press("Logg inn").status_code


def all_at_once(work: list[object]) -> Counter[int]:
    with ThreadPoolExecutor(len(work)) as threads:
        return Counter(threads.map(lambda one: one(), work))


def test_guesses_that_come_at_once_are_counted_before_they_are_tried(
    quiet_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified: list[str] = []
    monkeypatch.setattr(sign_in, "verify_password", lambda _stored, typed: verified.append(typed))
    visitors = [quiet_house.visitor().open("/login") for _ in range(MANY)]
    statuses = all_at_once(
        [
            lambda v=visitor: v.fill(username="Tester", password="feil").press("Logg inn").status_code
            for visitor in visitors
        ]
    )
    assert statuses == {422: 10, 429: MANY - 10}
    assert len(verified) == 10


@pytest.mark.rest  # many passwords are tried
def test_the_passwords_of_now_that_come_at_once_are_counted_before_they_are_tried(
    quiet_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified: list[str] = []
    monkeypatch.setattr(passwords, "verify_password", lambda _stored, typed: verified.append(typed))
    browsers = [quiet_house.sign_in("hms.fjord").open("/password") for _ in range(MANY)]
    statuses = all_at_once(
        [lambda b=one: b.fill(password="feil", new_password=GOOD).press("Bytt passord").status_code for one in browsers]
    )
    assert statuses == {422: 10, 429: MANY - 10}
    assert len(verified) == 10


def test_requests_for_links_that_come_at_once_are_counted(quiet_house: House) -> None:
    def ask() -> int:
        return ask_for(quiet_house, "hms.fjord").status_code

    assert all_at_once([ask] * 30)[429] == 10
    with quiet_house.behind() as db:
        assert len(db.scalars(select(PasswordRequest.id)).all()) == 20


@pytest.mark.rest  # many passwords are tried
def test_the_owners_browser_gets_in_however_many_guess_from_its_address(quiet_house: House) -> None:
    owner = quiet_house.visitor().open("/login").fill(username="hms.fjord", password="demo-hms.fjord")
    owner.press("Logg inn").press("Logg ut")
    for number in range(60):
        guess(quiet_house, f"bruker{number}", "feil")
    assert guess(quiet_house, "Tester", "demo-tester") == 429
    assert owner.open("/login").fill(username="hms.fjord", password="demo-hms.fjord").press("Logg inn").h1 == "Info"


def test_a_right_password_is_no_attempt(quiet_house: House) -> None:
    for _ in range(12):
        quiet_house.visitor().open("/login").fill(username="Tester", password="demo-tester").press("Logg inn")
    with quiet_house.behind() as db:
        assert db.scalars(select(FailedSignIn)).all() == []


@pytest.mark.parametrize(
    ("named", "seen"), [("", "203.0.113.5"), ("127.0.0.1", "203.0.113.5"), ("203.0.113.0/24", "198.51.100.9")]
)
def test_an_address_is_believed_from_named_proxies_only(loop: Loop, named: str, seen: str) -> None:
    told: list[str] = []

    async def app(scope, receive, send) -> None:  # type: ignore[no-untyped-def]
        told.append(scope["client"][0])

    settings = Settings.from_environment({**NEEDED, "FORWARDED_ALLOW_IPS": named})
    config: uvicorn.Config = Server(app, Around(proxies=settings.proxies)).config
    config.load()
    headers = [(b"x-forwarded-for", b"198.51.100.9")]
    scope = {"type": "http", "client": ("203.0.113.5", 1), "headers": headers, "scheme": "http"}
    loop.wait(config.loaded_app(scope, None, None))
    assert told == [seen]
