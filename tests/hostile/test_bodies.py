"""A body is read from those alone who may send it: what is known of the sender beforehand comes first."""

import asyncio
import threading
from contextlib import ExitStack

import pytest
from sqlalchemy import select

from models.core.lanes import Lane, in_lane
from models.users.user import User
from routes.web.http.body import FOR_STRANGERS, MEGABYTE
from tests.exchange.crm.caller import SECRET, signature
from tests.stage.connections.raw import PIECE, cookies_of, send
from tests.stage.house import House
from tests.stage.page import Page
from tests.stage.times import NOW

LIST = b"Fornavn;Etternavn;Epost\nKari;Nord;kari@n.example\n"
UPLOADS = ("/employees/imports", "/desk/customers/1/reports")


def upload(person: Page, *, megabytes: int = 3) -> tuple[dict[str, str], bytes]:
    """A form with a large file, as a browser sends it from a page of ours."""
    token = person.token() if person.soup.find("input", {"name": "csrf_token"}) else ""
    body = (
        b'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n' + token.encode() + b"\r\n--x\r\n"
        b'Content-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n' + LIST + b"\r\n--x\r\n"
        b'Content-Disposition: form-data; name="more"\r\n\r\n' + b"x" * (megabytes * MEGABYTE) + b"\r\n--x--\r\n"
    )
    headers = {"content-type": "multipart/form-data; boundary=x", "content-length": str(len(body))}
    return {**headers, **cookies_of(person)}, body


def user_id_of(house: House, username: str) -> int:
    with house.behind() as db:
        return db.scalars(select(User.id).where(User.username == username)).one()


def test_a_large_form_is_read_from_a_session_that_lives_and_may(quiet_house: House) -> None:
    hms = quiet_house.sign_in("hms.fjord").open("/employees/imports")
    headers, body = upload(hms)
    sent = send(quiet_house, "POST", "/employees/imports", headers, body)
    assert (sent.answer.status_code, sent.read) == (303, len(body))
    assert sent.answer.headers["location"].startswith("/employees/imports/")


@pytest.mark.parametrize("url", UPLOADS)
def test_a_large_form_of_anybody_else_is_not_read(quiet_house: House, url: str) -> None:
    who_may = {"/employees/imports": "hms.fjord"}.get(url, "kam.lie")
    ended = quiet_house.sign_in(who_may).open("/info" if who_may != "kam.lie" else "/desk")
    headers, body = upload(ended)
    cross_site = send(quiet_house, "POST", url, {**headers, "sec-fetch-site": "cross-site"}, body)
    assert (cross_site.answer.status_code, cross_site.read) == (403, 0)
    ended.press("Logg ut")
    stranger, without = upload(quiet_house.visitor().open("/login"))
    may_not, of_another = upload(quiet_house.sign_in("okonomi.fjord").open("/info"))
    for shown, sent_body, status in ((headers, body, 303), (stranger, without, 303), (may_not, of_another, 404)):
        sent = send(quiet_house, "POST", url, shown, sent_body)
        assert (sent.answer.status_code, sent.read) == (status, 0)
        assert status != 303 or sent.answer.headers["location"].startswith("/login?next=")


def test_without_a_length_nobody_sends_more_than_an_ordinary_form(quiet_house: House) -> None:
    hms = quiet_house.sign_in("hms.fjord").open("/employees/imports")
    headers, body = upload(hms)
    del headers["content-length"]
    sent = send(quiet_house, "POST", "/employees/imports", headers, body)
    assert sent.answer.status_code == 413
    assert sent.read <= MEGABYTE + PIECE


def test_a_stranger_sends_less(quiet_house: House) -> None:
    body = b"username=" + b"x" * (4 * FOR_STRANGERS)
    sent = send(quiet_house, "POST", "/login", {"content-type": "application/x-www-form-urlencoded"}, body)
    assert sent.answer.status_code == 413
    assert sent.read <= FOR_STRANGERS + PIECE


def test_what_the_crm_did_not_sign_just_now_is_not_read(quiet_house: House) -> None:
    body = b" " * (5 * MEGABYTE)
    signed = {**signature(body, NOW), "content-length": str(len(body))}
    with quiet_house.another(crm_secrets=()) as app:  # no CRM is known here
        sent = send(quiet_house, "POST", "/crm/events", signed, body, app=app)
        assert (sent.answer.status_code, sent.read) == (404, 0)
    five_minutes_ago = str(int(NOW.timestamp()) - 301)
    with quiet_house.another(crm_secrets=(SECRET,)) as app:
        for changed, status in (
            ({"host": "evil.example"}, 404),
            ({"webhook-timestamp": five_minutes_ago}, 401),
            ({"webhook-timestamp": "soon"}, 401),
            ({"webhook-id": ""}, 401),
            ({"webhook-signature": ""}, 401),
            ({"webhook-signature": "v2,AAAA"}, 401),
        ):
            sent = send(quiet_house, "POST", "/crm/events", {**signed, **changed}, body, app=app)
            assert (sent.answer.status_code, sent.read) == (status, 0), changed
        sent = send(quiet_house, "POST", "/crm/events", signed, body, app=app)
        assert (sent.answer.status_code, sent.read) == (422, len(body))


def test_few_large_bodies_are_read_at_once(quiet_house: House) -> None:
    """Two of one user, and no more of all than the memory holds; an ordinary form is never refused for it."""
    hms = quiet_house.sign_in("hms.fjord").open("/employees/imports")
    headers, body = upload(hms)
    user_id = user_id_of(quiet_house, "hms.fjord")
    for others, status in (([user_id] * 2, 429), (list(range(-6, 0)), 503), ([user_id], 303)):
        with ExitStack() as taken:
            for other in others:
                taken.enter_context(quiet_house.portal.bodies.one(other))
            sent = send(quiet_house, "POST", "/employees/imports", headers, body)
            assert (sent.answer.status_code, sent.read) == (status, len(body) if status == 303 else 0)
            hms.open("/employees/imports").fill(pasted=LIST.decode()).press("Se over lista")
            assert hms.has("Kari")


def test_a_user_keeps_few_lists_waiting(quiet_house: House) -> None:
    hms = quiet_house.sign_in("hms.fjord").open("/employees/imports").fill(pasted=LIST.decode())
    user_id = user_id_of(quiet_house, "hms.fjord")
    with ExitStack() as taken:
        for _ in range(4):
            taken.enter_context(quiet_house.portal.lists.one(user_id))
        hms.press("Se over lista")
        assert hms.status_code == 429
        assert hms.has("Vent til de er lest, og send denne på nytt.")
    assert quiet_house.sign_in("hms.fjord").open("/employees/imports").status_code == 200


def test_nobody_waits_for_a_sign_in_behind_lists_or_papers(quiet_house: House) -> None:
    """Every thread of the other lanes is kept busy, and more is waiting for each."""
    done = threading.Event()
    lanes = [lane for lane in Lane if lane is not Lane.PASSWORDS] * 8
    busy = [asyncio.run_coroutine_threadsafe(in_lane(lane, done.wait, 60), quiet_house._loop._loop) for lane in lanes]
    try:
        hms = quiet_house.visitor().open("/login").fill(username="hms.fjord", password="demo-hms.fjord")
        assert hms.press("Logg inn").has("Du er logget inn som")
    finally:
        done.set()
        for each in busy:
            each.result(timeout=60)
