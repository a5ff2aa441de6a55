"""Budgets that are the same on every machine: statements per list, bytes per view. `bench` measures time."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import pytest
from sqlalchemy import event

from models.core.search import PAGE_SIZE
from tests.stage.house import House
from tests.stage.page import Page

FIRST_VIEW, PART, SCRIPT, UNCHANGED = 14_600, 2_500, 13_500, 400
"""Bytes: HTML and CSS of a list with their heads, the body of its results, htmx, a whole 304."""
STATEMENTS = 4
OF_AN_INVOICE = 14
"""Four for what stands on it, three for what was asked about it and who answers, one for the reference of its unit."""
RESULTS = {"hx-request": "true", "hx-request-type": "partial", "hx-target": "section#results"}
CODINGS = pytest.mark.parametrize("coding", ["br", "zstd"])


@contextmanager
def counted(house: House) -> Iterator[list[str]]:
    """The statements that the portal sends to its database, but for the bounds of transactions."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.partition(" ")[0] not in {"BEGIN", "COMMIT", "ROLLBACK"}:
            statements.append(statement)

    engine = house.portal.database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def head(answer: httpx2.Response) -> int:
    """Bytes of the status line and the headers on the wire, with the date that the server adds."""
    line = f"HTTP/1.1 {answer.status_code} {answer.reason_phrase}\r\n"
    date = "date: Thu, 01 Oct 2026 08:00:00 GMT\r\n"
    return len(line + date) + sum(len(name + value) + 4 for name, value in answer.headers.raw) + 2


def body(answer: httpx2.Response) -> int:
    """Bytes of the body on the wire, compressed."""
    assert answer.status_code == 200
    assert "content-encoding" in answer.headers
    return int(answer.headers["content-length"])


def full_list(house: House) -> Page:
    """Somebody who has more orders than a page shows, with the list on the screen."""
    hms = house.sign_in("hms.fjord").open("/orders")
    assert len(hms.rows) == PAGE_SIZE
    return hms


@pytest.mark.parametrize("headers", [{}, RESULTS], ids=["page", "results"])
def test_a_list_takes_four_statements_whatever_its_length(quiet_house: House, headers: dict[str, str]) -> None:
    hms = full_list(quiet_house)
    taken = {}
    for url, rows in (("/orders?number=307513", 1), ("/orders", PAGE_SIZE)):
        with counted(quiet_house) as statements:
            answer = hms.send("GET", url, headers=headers)
        assert len(re.findall(r'<tr id="order-', answer.text)) == rows
        taken[rows] = statements
    assert len(taken[1]) == len(taken[PAGE_SIZE]) <= STATEMENTS, taken


@CODINGS
def test_the_first_view_of_a_list_fits_one_tcp_window(quiet_house: House, coding: str) -> None:
    hms = full_list(quiet_house)
    sheets = [str(sheet["href"]) for sheet in hms.soup.select("link[rel=stylesheet]")]
    assert sheets
    answers = [hms.send("GET", url, headers={"accept-encoding": coding}) for url in ("/orders", *sheets)]
    weights = [head(answer) + body(answer) for answer in answers]
    assert sum(weights) <= FIRST_VIEW, weights


@CODINGS
def test_results_are_light(quiet_house: House, coding: str) -> None:
    answer = full_list(quiet_house).send("GET", "/orders", headers=RESULTS | {"accept-encoding": coding})
    assert body(answer) <= PART


@CODINGS
def test_results_of_invoices_are_light_and_take_four_statements(quiet_house: House, coding: str) -> None:
    okonomi = quiet_house.sign_in("okonomi.fjord").open("/invoices")
    assert len(okonomi.rows) == PAGE_SIZE
    for url in ("/invoices", "/invoices?status=unpaid&sort=-total"):
        with counted(quiet_house) as statements:
            answer = okonomi.send("GET", url, headers=RESULTS | {"accept-encoding": coding})
        assert body(answer) <= PART
        assert len(statements) <= STATEMENTS, statements
    with counted(quiet_house) as statements:
        okonomi.follow(okonomi.rows[0][0])
    assert len(statements) <= OF_AN_INVOICE, statements


@CODINGS
def test_htmx_is_light_and_loaded_once(quiet_house: House, coding: str) -> None:
    script = full_list(quiet_house).soup.select_one("script[src*=htmx]")
    assert script is not None
    assert script.has_attr("defer")
    answer = quiet_house.visitor().send("GET", str(script["src"]), headers={"accept-encoding": coding})
    assert body(answer) <= SCRIPT
    assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize("headers", [{}, RESULTS], ids=["page", "results"])
def test_an_unchanged_list_is_not_sent_again(quiet_house: House, headers: dict[str, str]) -> None:
    hms = full_list(quiet_house)
    first = hms.send("GET", "/orders", headers=headers)
    again = hms.send("GET", "/orders", headers=headers | {"if-none-match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert head(again) <= UNCHANGED, again.headers
