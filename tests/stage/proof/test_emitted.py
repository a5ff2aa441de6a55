"""AR6: the watch over everything that is emitted finds what it should, in each of the places where it looks."""

import base64
import gzip
import io
import logging
import zipfile
from collections.abc import Callable, Iterator
from email.message import EmailMessage

import httpx2
import pytest
from sqlalchemy import select, update
from starlette.responses import Response
from starlette.types import ASGIApp, Message

from models.core.audit import Change, record
from models.customers.customer import Customer
from models.orders.order import Order
from models.outbox.message import Channel, Outgoing, post
from routes.web import fields
from tests.stage.connections.server import Loop
from tests.stage.house import House
from tests.stage.house_rules import pages
from tests.stage.house_rules.emitted import EMITTED, Emitted
from tests.stage.times import NOW

NUMBER = "05840399895"
FULL_WIDTH = str.maketrans("0123456789", "".join(chr(0xFF10 + digit) for digit in range(10)))
WRITTEN = [
    *(between.join(NUMBER) for between in (" ", ", ", "\n", "\u200d", " \u2013 ", "/")),
    f"{NUMBER[:6]}/{NUMBER[6:]}",
    f"{NUMBER[:3]} {NUMBER[3:6]} {NUMBER[6:]}",
    NUMBER.translate(FULL_WIDTH),
]
"""How the watch knows it as well."""


@pytest.fixture
def leaks() -> Iterator[Callable[[], str]]:
    """What was found, taken away, so that this test does not fail of it."""

    def taken() -> str:
        found, EMITTED.leaks = EMITTED.leaks, []
        return "\n".join(found)

    yield taken
    taken()


def answer(content: bytes = b"", **headers: str) -> httpx2.Response:
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx2.Response(200, headers=headers, content=content, request=httpx2.Request("GET", "http://x/page"))


def packed(number: str) -> bytes:
    with zipfile.ZipFile(file := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as spreadsheet:
        spreadsheet.writestr("xl/sharedStrings.xml", f"<t>{number}</t>")
    return file.getvalue()


def letter(number: str) -> bytes:
    written = EmailMessage()
    written["Subject"] = "Time"
    written.set_content(f"Nummer {number}, æøå", cte="base64")
    return written.as_bytes()


def cookie(number: str) -> str:
    return f"flash={base64.urlsafe_b64encode(number.encode()).decode().rstrip('=')}.time.signature"


async def ask(app: ASGIApp) -> None:
    async def receive() -> Message:
        return {}

    async def send(_message: Message) -> None:
        return None

    await app({"type": "http", "method": "GET", "path": "/live"}, receive, send)


def test_ar6_whatever_is_said_is_searched_for_every_number_that_is_known(loop: Loop, leaks: Callable[[], str]) -> None:
    watch = Emitted()
    watch.learn(NUMBER.encode())
    watch.look_at_answer(answer(f"<p>{NUMBER}</p>".encode()))
    watch.look_at_answer(answer(packed(NUMBER)))
    watch.look_at_answer(answer(location=f"/employees?q={NUMBER[:6]}+{NUMBER[6:]}"))
    watch.look_at_answer(answer(set_cookie=cookie(NUMBER)))
    loop.wait(ask(watch.over(Response(gzip.compress(NUMBER.encode()), headers={"content-encoding": "gzip"}))))
    watch.look_at_letter("1.eml", letter(NUMBER))
    watch.handle(logging.makeLogRecord({"name": "portal", "msg": "saved", "number": NUMBER}))
    watch.look("a row", f"1{NUMBER}2026".encode())
    for written in WRITTEN:
        watch.look_at_answer(answer(f"<p>{written}</p>".encode()))
    assert [leak.rpartition(":")[0] for leak in watch.leaks] == [
        "the answer to GET /page",
        "the answer to GET /page",
        "the header location of the answer to GET /page",
        "a cookie of the answer to GET /page",
        "the answer to GET /live",
        "the letter 1.eml",
        "the log of portal",
        "the log of portal",
        "a row",
        *["the answer to GET /page"] * len(WRITTEN),
    ]
    with pytest.raises(AssertionError, match="identity numbers in clear") as found:
        watch.check()
    assert NUMBER not in str(found.value)
    watch.check()


def test_ar6_what_is_typed_is_known_from_then_on_and_a_slip_in_its_field_too() -> None:
    watch = Emitted()
    watch.known.clear()
    slip = NUMBER[:-1] + "6"
    form = "application/x-www-form-urlencoded"
    watch.learn_form(f"description=Gjelder+{NUMBER[:6]}+{NUMBER[6:]}&contact={slip}".encode(), form)
    assert watch.known == {NUMBER.encode()}
    watch.learn_form(f"national_id={slip}".encode(), form)
    assert watch.known == {NUMBER.encode(), slip.encode()}
    watch.known.clear()
    watch.learn_form(b"--x\r\n\r\n" + packed(NUMBER) + b"\r\n--x--", "multipart/form-data; boundary=x")
    assert watch.known == {NUMBER.encode()}


def test_ar6_a_portal_that_did_not_mask_would_be_found_out_in_each_place(
    quiet_house: House, monkeypatch: pytest.MonkeyPatch, leaks: Callable[[], str]
) -> None:
    """The proof that the watch over the whole suite can fail: the mask is taken away, and a number typed."""
    monkeypatch.setattr(fields, "mask_in", lambda text, **_today: (text, 0))
    monkeypatch.setattr("tests.stage.house_rules.pages.no_identity_number", lambda _html: None)
    tester = quiet_house.sign_in("Tester").open("/orders/new")
    tester.fill(delivery="Kurs", description=f"Gjelder {NUMBER}").press("Send bestilling")
    assert "the answer to GET /orders/" in leaks()
    quiet_house.deliver()
    with pytest.raises(AssertionError, match=r"the database|outbox") as found:
        quiet_house.check_what_was_emitted()
    assert "the letter " in str(found.value)
    with quiet_house.behind() as db:
        db.execute(update(Order).where(Order.description.contains(NUMBER)).values(description=""))
        customer_id = db.query(Customer.id).limit(1).scalar()
        record(
            db, Change(customer_id=customer_id, actor="A", about="order:1", action="x", at=NOW, changed={"to": NUMBER})
        )
        post(db, Outgoing(channel=Channel.CRM, kind="x", about="x:1", customer_id=None, payload={"to": NUMBER}, at=NOW))
        db.commit()
    with pytest.raises(AssertionError, match=r"the database|audit_entries"):
        quiet_house.check_what_was_emitted()
    quiet_house.refill()
    logging.getLogger("portal.visit").warning("saved", extra={"number": NUMBER})
    assert "the log of portal.visit" in leaks()


def test_ar6_on_either_database_a_row_is_found_whichever_way_it_was_written(quiet_house: House) -> None:
    """Only what a story writes is looked at; what it was filled with was looked at before."""
    assert not list(quiet_house._store.stored(quiet_house._database))
    with quiet_house.behind() as db:
        orders = db.scalars(select(Order).order_by(Order.number).limit(2)).all()
        orders[0].description = f"Gjelder {NUMBER}"  # among those that were there
        db.flush()
        with db.begin_nested():
            orders[1].description = "I en transaksjon i transaksjonen"
        db.commit()
    stored = b"".join(content for _, content in quiet_house._store.stored(quiet_house._database))
    assert f"Gjelder {NUMBER}".encode() in stored
    assert b"I en transaksjon i transaksjonen" in stored
    quiet_house.refill()
    assert not list(quiet_house._store.stored(quiet_house._database))
    assert any(b"Demokunde_Test" in content for _, content in quiet_house._store.filled(quiet_house._database))


FORM = (
    '<form method="post" action="/logout" id="{id}"><input type="hidden" name="csrf_token" value="{token}">'
    '<button type="button" id="b">Send</button></form>'
)


def test_a_page_that_has_passed_is_held_to_the_rules_again_once_anything_but_its_token_differs() -> None:
    def check(id: str, token: str) -> None:
        pages.check(FORM.format(id=id, token=token), document=False)

    check("a", "a-token")
    check("a", "another-token")
    with pytest.raises(AssertionError, match="an identity number is said"):
        check("a", NUMBER)
    with pytest.raises(AssertionError):
        check("a", "")
    for _ in "twice":  # what has failed, does not pass the second time
        with pytest.raises(AssertionError, match="ids that stand twice"):
            check("b", "a-token")
    pages.check("<p>Hei du</p>", document=False)
    for wrong in ("<p>Hei &du;</p>", "<p>Hei \x01</p>", '<p title="&du;">Hei du</p>', "<p>Hei du</b>"):
        with pytest.raises(AssertionError, match="invalid HTML"):
            pages.check(wrong, document=False)
    with pytest.raises(AssertionError, match="invalid HTML"):
        pages.check(FORM.format(id="a", token="a-token"), document=True)
