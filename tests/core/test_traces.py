"""What `check` says of marks: what was left out for too long, a wrong clock, a proxy that is not believed."""

import os
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

import app
from models.core.clock import Clock
from models.core.settings import Settings
from models.marks.mark import Mark, Marked, marks, set_mark
from models.operations.traces import traces
from routes.web.serving.proxies import Proxies, Seen
from tests.core.test_backup import PROGRAMS
from tests.stage.connections.server import Loop
from tests.stage.portals.opening import Opening
from tests.stage.stores.databases import FIELD_KEYS, SECRET_KEY
from tests.stage.times import NOW, TODAY

BEHIND_TLS = Settings(secret_keys=(SECRET_KEY,), field_keys=FIELD_KEYS, public_url="https://portal.bht.no")
WELL = {Marked.POSTMAN: 1, Marked.PURGE: 600, Marked.BACKUP: 600, Marked.FORWARDED: 2}
"""Minutes since each mark was set, where all is well."""
DAY = 24 * 60
NAME = "FORWARDED_ALLOW_IPS"


def found(ago: dict[Marked, int], settings: Settings = BEHIND_TLS, database_clock: datetime | None = None) -> list[str]:
    """What is not right, where marks were set so many minutes ago."""
    left = {what: Mark(name=what.value, at=NOW - timedelta(minutes=ago[what]), told="10.0.0.4") for what in ago}
    told = map(str, traces(left, settings, NOW, database_clock))
    return [line for line in told if not line.startswith("ok")]


@pytest.mark.parametrize(
    ("other", "begins"),
    [
        ({}, None),
        ({Marked.POSTMAN: 11}, "wrong    No postman runs since 2026-"),
        ({Marked.PURGE: 3 * DAY}, "warning  The last purge was at 2026-"),
        ({Marked.PURGE: 8 * DAY}, "wrong    The last purge was at 2026-"),
        ({Marked.BACKUP: 3 * DAY}, "warning  The last backup was at 2026-"),
        ({Marked.BACKUP: 8 * DAY}, "wrong    The last backup was at 2026-"),
        ({Marked.BACKUP: -2}, "wrong    The clock is behind what was done already"),
        ({Marked.UNNAMED: 1}, "warning  Requests that say for whom they ask come from 10.0.0.4 as well"),
        ({Marked.UNNAMED: 60}, None),
        ({Marked.UNNAMED: 1, Marked.FORWARDED: 60}, f"wrong    Requests come through 10.0.0.4, which {NAME} does not"),
        ({Marked.UNFORWARDED: 1}, None),
        ({Marked.UNFORWARDED: 1, Marked.FORWARDED: 2 * DAY}, "wrong    The proxy does not say for whom it asks"),
    ],
)
def test_each_thing_that_is_not_right_is_named(other: dict[Marked, int], begins: str | None) -> None:
    lines = found(WELL | other)
    assert len(lines) == (begins is not None)
    assert not begins or lines[0].startswith(begins), lines


def test_what_was_never_done_is_named_and_so_is_a_clock_that_is_another() -> None:
    assert [line[9:30] for line in found({})] == [
        "No postman has run ye",
        "There was no purge ye",
        "There was no backup y",
    ]
    off = found(WELL, database_clock=Clock().now() - timedelta(minutes=5))
    assert off[0].startswith("wrong    The clock differs from the database's by 300 seconds")
    assert found(WELL, database_clock=Clock().now()) == []
    assert found(WELL, replace(BEHIND_TLS, today=TODAY))[0].startswith("warning  PORTAL_TODAY is set")
    on_this_computer = replace(BEHIND_TLS, public_url="http://127.0.0.1:8000")
    assert found({**WELL, Marked.UNFORWARDED: 1, Marked.FORWARDED: 2 * DAY}, on_this_computer) == []


@pytest.mark.parametrize(
    ("peer", "headers", "path", "seen"),
    [
        ("10.0.0.4", [b"x-forwarded-for"], "/orders", {"forwarded": ""}),
        ("10.0.0.4", [b"host"], "/orders", {"unforwarded": ""}),
        ("10.0.0.4", [b"host"], "/healthz", {}),
        ("10.0.0.5", [b"x-forwarded-for"], "/orders", {"unnamed": "10.0.0.5"}),
        ("8.8.8.8", [b"x-forwarded-for"], "/orders", {"unnamed": "a public address"}),
        ("8.8.8.8", [b"host"], "/orders", {}),
    ],
)
def test_what_a_request_shows_of_proxies(
    loop: Loop, peer: str, headers: list[bytes], path: str, seen: dict[str, str]
) -> None:
    async def nothing(scope, receive, send) -> None:  # type: ignore[no-untyped-def]
        pass

    shown = Seen()
    portal = Proxies(nothing, ["10.0.0.4"], ["/healthz"], shown)
    scope = {"type": "http", "client": (peer, 1), "path": path, "headers": [(name, b"203.0.113.9") for name in headers]}
    loop.wait(portal(scope, None, None))  # type: ignore[arg-type]
    assert shown.take() == seen
    assert shown.take() == {}


def test_postman_purge_and_backup_leave_a_mark(
    opened: Opening, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}")
    opened.deliver()
    for words in (["purge"], ["backup", f"{opened.settings.var}/portal.backup"]):
        assert app.main(words) == 0, capsys.readouterr()
    assert app.main(["check"]) == 2
    lines = capsys.readouterr().out
    for right in ("ok       postman: at work at", "ok       purge: 2026-", "ok       backup: 2026-"):
        assert right in lines
    assert app.main(["backed-up", "--at", "2099-01-01"]) == 2
    assert app.main(["backed-up", "--at", f"{NOW - timedelta(days=3):%Y-%m-%d}"]) == 0
    assert app.main(["check"]) == 2
    assert "warning  The last backup was at 2026-" in capsys.readouterr().out
    assert app.main(["backed-up"]) == 0
    assert app.main(["check"]) == 2
    assert "ok       backup: 2026-" in capsys.readouterr().out
    with opened.behind() as db:
        set_mark(db, Marked.UNNAMED, NOW, "10.0.0.9")
        set_mark(db, Marked.UNNAMED, NOW, "10.0.0.4")
        assert marks(db)[Marked.UNNAMED].told == "10.0.0.4"
        assert len(db.scalars(select(Mark).order_by(Mark.name)).all()) == 4
