"""The sweeps: what holds for every line of the map. A new route is in them by itself."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from inspect import getclosurevars
from itertools import cycle
from typing import TypeVar

import httpx2
import pytest
from starlette.responses import PlainTextResponse
from starlette.routing import Route, compile_path

from models.core.scope import Right
from models.demo.reports import WITH_REPORTS
from models.demo.users import GRANTS
from routes import MAP
from routes.contract import reading
from routes.web.entrance.place import Place
from routes.web.lines import (
    Line,
    administrating,
    anyone,
    auditing,
    of_a_customer,
    serving,
    signed_in,
    staff,
    viewing,
    with_password,
)
from routes.web.visit import Visit
from tests.stage.connections.client import BASE
from tests.stage.contract import files, keeping
from tests.stage.house import House
from tests.stage.house_rules import pages
from tests.stage.page import Page
from tests.stage.sweeps import (
    NO_ROWS,
    PERSONAL,
    TABLES,
    counted,
    digest,
    foreign_ids,
    form_token_of,
    my_path,
    of_method,
    path_of,
    with_lists,
)

T = TypeVar("T")

PEOPLE = ["Tester", "hms.fjord", "leder.brann", "okonomi.fjord", "hr.solvik", "kam.lie"]
"""All rights · a whole customer · one unit · invoices only · a customer's administrator · the provider's staff."""
STAFF = "kam.lie"
AT_THE_DESK = {staff, serving, administrating}
HTMX = {"hx-request": "true", "hx-request-type": "partial", "hx-target": "section#results"}
KINDS: dict[str, dict[str, str]] = {"plain": {}, "htmx": HTMX}
"""What is asked for in each mode: the whole page, or a part of it."""
STATEMENTS = {
    "info": 14,
    "worklist": 9,
    "desk": 12,
    "desk_invoice": 10,
    "desk_search": 9,
    "desk_employees": 6,
    "desk_invoices": 7,
    "order": 11,
    "order_cancellation": 8,
    "due": 7,
    "due_csv": 5,
    "due_xlsx": 5,
    "desk_checks": 8,
    "employee": 8,
    "edit_employee": 10,
    "employees_csv": 7,
    "employees_xlsx": 7,
    "booking": 12,
    "day_list": 7,
    "annual_report": 7,
    "figures": 5,
    "figures_csv": 5,
    "employee_pdf": 37,
    "employee_json": 37,
    "desk_disclosure": 8,
    "desk_employee_pdf": 37,
    "desk_employee_json": 37,
    "annual_report_pdf": 11,
    "desk_order": 15,
    "desk_customer": 15,
    "invoice": 7,
    "desk_sign_on": 5,
    "desk_booking": 11,
    "desk_sign_ups": 12,
    "desk_day_list": 10,
    "desk_edit_booking": 5,
    "desk_cancellation": 9,
    "desk_new_moves": 9,
    "desk_new_times": 5,
    "desk_edit_slot": 13,
    "desk_new_booking": 7,
    "desk_new_order": 8,
    "desk_new_employee": 7,
    "desk_viewings": 6,
    "desk_reports": 6,
    "desk_plan": 6,
    "new_report": 5,
    "new_user": 5,
    "new_unit": 6,
    "edit_unit": 7,
    "desk_user": 9,
    "report_removal": 5,
    "edit_notice": 6,
    "new_customer_notice": 6,
    "desk_member": 7,
    "desk_log": 6,
    "user": 8,
}
"""SQL statements that a place may cost; every other one four (quality: speed and weight)."""

ELSEWHERE = [
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"origin": "https://evil.example"},
    {"origin": BASE + ".evil.example"},
    {"origin": "null"},
]
"""What a browser says about a form that another site has sent."""

SECRET = {"new_employee", "desk_new_employee", "edit_employee", "new_factor", "new_passkey"}
"""Places that no browser keeps, because an identity number is typed, or a secret is shown there."""


@pytest.fixture
def quiet_house(quiet_house: House) -> House:
    """With rows of every table that a route names."""
    return with_lists(quiet_house)


@pytest.fixture
def house(house: House) -> House:
    """The same, once for whole pages and once for parts."""
    return with_lists(house)


def in_turn(house: House, at: int, choices: Sequence[T]) -> Sequence[T]:
    """All choices on SQLite; on PostgreSQL one for each line: what refuses them does not ask the database."""
    return choices if house.portal.database.is_sqlite else [choices[at % len(choices)]]


def people(house: House) -> dict[str | None, Page]:
    """Nobody, and one user of each kind, with a page before them that has a form."""
    return {None: house.visitor().open("/login"), **{name: house.sign_in(name).open("/info") for name in PEOPLE}}


# Who may enter


def promised(line: Line, username: str | None) -> str:
    """What the map promises somebody, from the demo's table of grants and of customers with Rapporter (U1)."""
    if line.who is anyone:
        return "inside"
    if username is None:
        return "sign in"
    if line.who in {signed_in, with_password}:
        return "inside"
    if line.who is viewing:
        return "not found"  # nobody is: test_desk_viewings
    if line.who in AT_THE_DESK or username == STAFF:
        return "inside" if line.who in AT_THE_DESK and username == STAFF else "not found"
    if line.who is of_a_customer:
        return "inside"
    if line.who is auditing:
        return "inside" if username == "hr.solvik" else "not found"
    rights: tuple[Right, ...] = getclosurevars(line.who).nonlocals["rights"]
    granted = {
        right
        for name, top, rights in GRANTS
        if name == username
        for right in rights
        if right != Right.REPORTS or top in {*WITH_REPORTS, "Brann og redning"}
    }
    return "inside" if granted & set(rights) else "not found"


def somebody_inside(line: Line) -> str:
    """A user who may enter, the one with most rights first."""
    return next(name for name in ("Tester", "hms.fjord", *PEOPLE) if promised(line, name) == "inside")


def told(response: httpx2.Response, *, partial: bool) -> str:
    """Which of the three it was; each in the form that suits the one who asked."""
    if response.status_code == 200:
        assert response.text == "inside"
        return "inside"
    if response.status_code == 404:
        assert response.headers.get("hx-retarget") == ("#main" if partial else None)
        assert "Siden finnes ikke" in response.text
        return "not found"
    assert response.status_code == (401 if partial else 303)
    assert response.text == "", "a sign-in form stands in a fragment (N7)"
    assert response.headers["hx-redirect" if partial else "location"].startswith("/login?next=%2F")
    return "sign in"


@pytest.mark.parametrize("most", [1, pytest.param(None, marks=pytest.mark.rest)])
def test_n7_x3_every_door_lets_in_whom_the_map_names(
    quiet_house: House, monkeypatch: pytest.MonkeyPatch, most: int | None
) -> None:
    """Nobody, one who may enter and one who may not, others at each line; or everybody there is."""
    house, everybody, kinds = quiet_house, people(quiet_house), cycle(KINDS.values())

    def room(_visit: Visit, **_params: object) -> PlainTextResponse:
        return PlainTextResponse("inside")

    for route in house.app.routes:
        if isinstance(route, Route) and isinstance(route.app, Place):
            monkeypatch.setattr(route, "app", replace(route.app, handler=room))
    for at, line in enumerate(MAP):
        inside = [name for name in PEOPLE if promised(line, name) == "inside"]
        outside = [name for name in PEOPLE if name not in inside]
        for username in (None, *some_of(inside, at, most), *some_of(outside, at, most)):
            person, headers = everybody[username], next(kinds)
            token = form_token_of(house, "1") if line.name in PERSONAL else person.token()
            answer = person.send(line.method, path_of(line, 1), [("csrf_token", token)], headers)
            expected = promised(line, username)
            assert told(answer, partial=bool(headers)) == expected, (line.method, line.path, username)


# Strangers


def test_every_parameter_of_the_map_names_a_table_or_says_that_it_names_none() -> None:
    for line in MAP:
        assert "{" not in line.path or line.name in TABLES.keys() | NO_ROWS, (
            f"tell tests.stage.sweeps what {line.path} names"
        )


def test_b13_x1_what_is_not_ones_own_is_not_there_and_stays_as_it_is(quiet_house: House) -> None:
    """Each line with two of the rows, others at each line: once two whole pages, once two parts."""
    kinds = cycle([kind for kind in KINDS.values() for _ in range(2)])
    refuses_what_is_not_ones_own(quiet_house, "leder.brann", kinds, 2)


@pytest.mark.rest
@pytest.mark.parametrize("username", ["Tester", "leder.brann", "okonomi.fjord", "hr.solvik", "anna.ka", STAFF])
def test_b13_x1_no_row_of_another_is_there_for_anybody(quiet_house: House, username: str) -> None:
    """Staff look at every customer at the desk, and nowhere else. Whole pages and parts are asked for in turn."""
    refuses_what_is_not_ones_own(quiet_house, username, cycle(KINDS.values()))


def refuses_what_is_not_ones_own(
    house: House, username: str, kinds: Iterator[dict[str, str]], most: int | None = None
) -> None:
    """Whatever a user sends to a line with the id of a row that is another's: as if it were not there."""
    stranger, before = house.sign_in(username).open("/info"), digest(house)
    foreign = {table: foreign_ids(house, table, username) for table in set(TABLES.values())}
    assert all(len(ids) >= 2 for ids in foreign.values())
    asked = [line for line in MAP if line.name in TABLES and not (username == STAFF and line.who in AT_THE_DESK)]
    for at, line in enumerate(asked):
        fields = [*((name, "1") for name in reading.fields(line)), ("csrf_token", stranger.token())]
        unknown: dict[str, str] = {}
        for id, headers in zip(some_of(foreign[TABLES[line.name]], at, most), kinds, strict=False):
            answer, kind = stranger.send(line.method, path_of(line, id), fields, headers), str(headers)
            if kind not in unknown:
                unknown[kind] = shown(stranger.send(line.method, path_of(line, 999_999_999), fields, headers))
            assert answer.status_code == 404, (line.method, line.path, id)
            assert shown(answer) == unknown[kind], "it differs from what does not exist"
    assert digest(house) == before


def some_of(choices: Sequence[T], at: int, most: int | None) -> Sequence[T]:
    """So many of them, from all over, and others the next time; without a number, all."""
    count = min(most or len(choices), len(choices))
    return [choices[(at + step * len(choices) // count) % len(choices)] for step in range(count)]


def shown(response: httpx2.Response) -> str:
    """What stands on the page, without its tokens."""
    return re.sub(r'name="(?:csrf_token|idempotency_key)" value="[^"]+"', "", response.text)


# Forgery


def test_without_its_own_token_nothing_is_done(quiet_house: House) -> None:
    """Each line with one of the forgeries, another at each line: no handler is asked before the token is."""
    refuses_what_is_forged(quiet_house, 1)


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)  # the database is not asked
@pytest.mark.rest  # each with each
def test_no_forgery_of_a_token_is_taken_anywhere(quiet_house: House) -> None:
    refuses_what_is_forged(quiet_house, None)


def refuses_what_is_forged(quiet_house: House, most: int | None) -> None:
    """So many of the forgeries at each line, or all; nothing is done."""
    tester, other = quiet_house.sign_in("Tester").open("/info"), quiet_house.sign_in("hms.fjord").open("/info")
    nobody = quiet_house.visitor().open("/login")
    before = digest(quiet_house)
    tokens = (None, "", "x", "eyJ4Ijox.abc", other.token(), nobody.token(), tester.token()[:-1] + "é")
    for at, line in enumerate(of_method("POST")):
        path = my_path(quiet_house, line, "Tester")
        fields = [(name, "1") for name in reading.fields(line)]
        for token in some_of(tokens, at, most):
            forged = fields + ([("csrf_token", token)] if token is not None else [])
            answer = tester.send("POST", path, forged)
            assert answer.status_code == 403, (line.path, token)
            assert "Skjemaet kunne ikke bekreftes" in answer.text
    assert digest(quiet_house) == before


def test_a_form_of_another_site_is_refused_although_it_has_a_token(quiet_house: House) -> None:
    tester = quiet_house.sign_in("Tester").open("/info")
    before = digest(quiet_house)
    fields = [("csrf_token", tester.token())]
    for at, line in enumerate(of_method("POST")):
        path = my_path(quiet_house, line, "Tester")
        for headers in in_turn(quiet_house, at, ELSEWHERE):
            assert tester.send("POST", path, fields, headers).status_code == 403, (line.path, headers)
    assert digest(quiet_house) == before


# Pages


@pytest.mark.rest  # each part there is; the stories of each room draw its own
def test_each_part_of_the_table_comes_alone_and_nothing_else_does(quiet_house: House) -> None:
    """And each place keeps the house rules, for somebody who may enter."""
    everybody = {name: quiet_house.sign_in(name) for name in PEOPLE}
    found = []
    for line in of_method("GET"):
        name = somebody_inside(line)
        found += keeping.faults(everybody[name], line, my_path(quiet_house, line, name))
    assert not found, "\n".join(found)


@pytest.mark.rest
def test_every_place_keeps_the_house_rules_whoever_enters(quiet_house: House) -> None:
    for username, person in people(quiet_house).items():
        for line in of_method("GET"):
            if promised(line, username) == "inside":
                url = my_path(quiet_house, line, username or "Tester")
                assert person.open(url).status_code < 500, (url, username)  # and `open` checks the document


def test_no_place_asks_the_database_more_often_than_it_may(quiet_house: House) -> None:
    hms, kam = quiet_house.sign_in("hms.fjord").open("/orders"), quiet_house.sign_in(STAFF)  # the catalogue is kept
    for line in of_method("GET"):
        url = my_path(quiet_house, line, "hms.fjord")
        with counted(quiet_house) as said:
            (kam if line.who in AT_THE_DESK else hms).send("GET", url)
        assert len(said) <= STATEMENTS.get(line.name, 4), (line.path, said)


def test_a_list_of_many_rows_asks_as_often_as_one_of_one(quiet_house: House) -> None:
    hms = quiet_house.sign_in("hms.fjord").open("/orders")  # the catalogue is kept for half a minute
    asked = []
    for url in ("/orders", "/orders?number=307513", "/orders?number=999999"):
        with counted(quiet_house) as said:
            hms.send("GET", url)
        asked.append(len(said))
    assert len(set(asked)) == 1
    assert asked[0] <= 4


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)  # the database has no part in them
@pytest.mark.rest  # those of a page that was changed are in its own stories
def test_every_page_carries_its_headers(house: House) -> None:
    """And HEAD answers as GET does."""
    everybody = {name: house.sign_in(name) for name in PEOPLE}
    for line in of_method("GET"):
        name = somebody_inside(line)
        path, headers = my_path(house, line, name), KINDS[house.mode]
        head, get = (everybody[name].send(method, path, None, headers) for method in ("HEAD", "GET"))
        assert (head.status_code, head.content) == (get.status_code, b""), line.path
        got = get.headers
        for same in ("content-type", "cache-control", "vary", "location"):
            assert head.headers.get(same) == got.get(same), (line.path, same)
        assert "default-src 'none'" in got["content-security-policy"], line.path
        assert "unsafe" not in got["content-security-policy"]
        assert (got["x-content-type-options"], got["x-frame-options"]) == ("nosniff", "DENY")
        personal = line.name in PERSONAL  # kept nowhere, told to nobody: test_appointments
        assert got["referrer-policy"] == ("no-referrer" if personal else "same-origin")
        assert got["cross-origin-opener-policy"] == "same-origin"
        assert "server" not in got
        if "html" in got.get("content-type", ""):
            is_kept = not personal and line.name not in SECRET
            assert got["cache-control"] == ("private, no-cache" if is_kept else "no-store"), line.path
            assert {"HX-Request", "HX-Request-Type", "HX-Target"} <= set(got["vary"].split(", ")), line.path
            assert re.match(r"session;dur=[\d.]+, db;dur=[\d.]+, render;dur=[\d.]+", got["server-timing"])


# Methods and addresses


def test_an_unknown_address_is_a_page(quiet_house: House) -> None:
    for person in (quiet_house.visitor(), quiet_house.sign_in("Tester")):
        for method in ("GET", "POST", "DELETE", "OPTIONS", "BREW"):
            answer = person.send(method, "/finnes/ikke")
            soup = pages.check(answer.text, document=True)
            assert (answer.status_code, soup.h1 and soup.h1.get_text()) == (404, "Siden finnes ikke")


@pytest.mark.rest  # a sweep over all addresses
def test_a_method_that_no_line_has_is_a_page_that_names_the_others(quiet_house: House) -> None:
    tester = quiet_house.sign_in("Tester")
    for path in {line.path for line in MAP}:
        line = next(line for line in MAP if line.path == path)
        answer = tester.send("DELETE", my_path(quiet_house, line, "Tester"))
        pages.keep(answer.text, document=True)
        assert answer.status_code == 405, path
        assert re.search("<h1[^>]*>Siden kan ikke brukes slik</h1>", answer.text), path
        methods = {line.method for line in MAP if compile_path(line.path)[0].match(answer.request.url.path)}
        allowed = set(answer.headers["allow"].split(", "))
        assert allowed == methods | ({"HEAD"} if "GET" in methods else set()), path


# The contract


def test_the_table_of_urls_is_current() -> None:
    current = files.FILE.read_text(encoding="utf-8")
    assert current == files.written(), "`python -m tests.stage.contract` writes docs/urls.md anew"
