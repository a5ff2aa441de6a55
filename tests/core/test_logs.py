"""The log: one line per event, for operators, without anything that people typed or are called."""

import json
import logging
import re
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from models.core.database import Database
from models.core.logs import _Seldom, _Structured, route_is
from models.users.user import User
from tests.stage.house import House

TYPED = "Ola Nordmann 14838419861"


def line(error: BaseException | None = None, *, as_json: bool) -> str:
    """An event as it is logged."""
    trace = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("portal.x", logging.INFO, "x.py", 1, "it %s", ("happened",), trace)
    record.path, record.ms = "/orders/{number:int}", 3.4
    return _Structured(as_json=as_json).format(record)


def test_a_line_of_text_names_the_event_and_its_facts() -> None:
    assert line(as_json=False).endswith("+00:00 INFO portal.x: it happened path=/orders/{number:int} ms=3.4")


def test_a_line_of_json_is_one_object() -> None:
    told = json.loads(line(as_json=True))
    assert (told["event"], told["logger"], told["level"], told["ms"]) == ("it happened", "portal.x", "INFO", 3.4)


def test_what_could_fill_the_disk_is_said_once_in_a_while_with_how_often_it_was() -> None:
    seldom, said = _Seldom(), []
    for second, event in ((0.0, "database unavailable"), (1.0, "answered"), (1.1, "answered"), *OUTAGE):
        record = logging.LogRecord("portal.visit", logging.WARNING, "x.py", 1, event, (), None)
        record.created = second
        if seldom.filter(record):
            said.append((event, vars(record).get("unsaid", 0)))
    assert said == [("database unavailable", 0), ("answered", 0), ("answered", 0), ("database unavailable", 90)]


OUTAGE = [(1 + at / 10, "database unavailable") for at in range(100)]


@pytest.mark.parametrize("as_json", [False, True])
def test_an_error_says_where_it_was_but_not_what_somebody_typed(*, as_json: bool) -> None:
    with pytest.raises(RuntimeError) as caught:
        fail(TYPED)
    told = line(caught.value, as_json=as_json)
    assert "builtins.ValueError" in told
    assert "builtins.RuntimeError" in told
    assert "in fail" in told
    assert "Ola" not in told
    assert "19861" not in told


def fail(typed: str) -> None:
    try:
        int(typed)
    except ValueError as first:
        raise RuntimeError(typed) from first


def test_what_the_database_refuses_does_not_quote_the_values(quiet_house: House) -> None:
    with quiet_house.behind() as db, pytest.raises(DBAPIError) as refused:
        db.execute(text("SELECT :name FROM nowhere"), {"name": "Ola Nordmann"})
    assert "Ola" not in str(refused.value)


def test_visits_are_logged_by_the_pattern_of_their_url(quiet_house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    quiet_house.sign_in("Tester").open("/orders?number=307390").follow("307390")
    quiet_house.visitor().send("GET", "/Ola/Nordmann?q=Ola")
    quiet_house.visitor().send("GET", "/orders?q=Ola", None, {"host": "ola.example"})
    told = [_Structured(as_json=False).format(record) for record in caplog.records if record.name.startswith("portal")]
    assert any("method=GET path=/orders/{number:int} status=200" in line for line in told)
    assert any("path=(unknown) status=404" in line for line in told)
    everything = "\n".join(told)
    for word in ("307390", "Ola", "Tester", "Test Bruker", "demo-", "127.0.0.1", "?"):
        assert word not in everything, word


def test_who_came_in_who_did_not_and_who_was_refused_is_logged_by_number(
    quiet_house: House, caplog: pytest.LogCaptureFixture
) -> None:
    """ASVS 16.3.1, 16.3.2: nobody's name is there, neither of users nor what was typed for one."""
    caplog.set_level(logging.INFO)
    with quiet_house.behind() as db:
        ids = {name: id for name, id in db.execute(select(User.username, User.id))}  # noqa: C416
    page = quiet_house.visitor().open("/login").fill(username="anna.ka", password="demo-anna.ka")
    page.press("Logg inn")
    assert page.send("GET", "/orders/307390").status_code == 404
    page.open("/password").fill(password="no", new_password="en lang setning uten mening").press("Bytt passord")
    assert page.open("/info").press("Logg ut").flash
    for name in ("anna.ka", "Ola"):
        quiet_house.visitor().open("/login").fill(username=name, password="no").press("Logg inn")
    told = [vars(record) | {"event": record.getMessage()} for record in caplog.records]
    anna = f"user:{ids['anna.ka']}"
    assert [(one["event"], one.get("about"), one.get("given")) for one in told if one["event"] in EVENTS] == [
        ("signed in", anna, "password"),
        ("wrong credentials", anna, "password"),
        ("signed out", anna, None),
        ("wrong credentials", anna, "password"),
        ("wrong credentials", None, "password"),
    ]
    named = [(one["path"], one["status"]) for one in told if one["event"] == "answered" and "about" in one]
    assert named == [("/orders/{number:int}", 404)]
    ours = [record for record in caplog.records if record.name.startswith(("portal", "models"))]
    everything = "\n".join(_Structured(as_json=False).format(record) for record in ours)
    assert not [word for word in ("anna.ka", "Anna", "Ola", "127.0.0.1") if word in everything]


EVENTS = {"signed in", "signed out", "wrong credentials"}


def test_an_answer_has_the_number_that_its_lines_in_the_log_have(
    quiet_house: House, caplog: pytest.LogCaptureFixture
) -> None:
    theirs, wrong = "0" * 7 + "c" + 24 * "d", "14838419861"
    visitor = quiet_house.visitor()
    ids, lines = [], []
    for given in (theirs, wrong, ""):
        with caplog.at_level(logging.INFO, "portal.visit"):
            caplog.handler.setFormatter(_Structured(as_json=False))
            caplog.clear()
            answer = visitor.call("GET", "/login", b"", {"x-request-id": given} if given else {})
        ids.append(answer.headers["x-request-id"])
        lines.append(caplog.text)
    assert ids[0] == theirs
    assert re.fullmatch("[0-9a-f]{32}", ids[1])
    assert len(set(ids)) == 3
    for id, line in zip(ids, lines, strict=True):
        assert f"request={id}" in line


def test_a_slow_statement_is_logged_with_its_route_and_without_values(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    database = Database(f"sqlite:///{tmp_path}/slow.db", slow_statement_ms=1)
    route_is("/employees")
    slow = text(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000) SELECT max(i), :typed FROM n"
    )
    with database.engine.connect() as connection:
        connection.execute(slow, {"typed": TYPED})
        connection.execute(text("SELECT 1"))
    database.close()
    (told,) = [vars(record) for record in caplog.records if record.getMessage() == "slow statement"]
    assert told["path"] == "/employees"
    assert told["statement"].startswith("WITH RECURSIVE")
    assert TYPED not in str(told)
