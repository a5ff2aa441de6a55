"""The figures for those who watch: true whichever process is asked, on a port of their own, of nobody in particular."""

import os
import re
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import update

from models.core.database import Database
from models.core.sealed import new_field_key
from models.core.settings import Settings, SettingsRefused
from models.marks.mark import Marked, set_mark
from models.metrics.rows import Queue, figures
from models.outbox.endpoints import note_failure
from models.outbox.message import Channel, Message, Outgoing, post
from models.users.throttle import Bucket, attempt
from routes.web.serving.tally import LIMITS, UNKNOWN, Gauge, Tally
from tests.stage.connections.server import free_port
from tests.stage.house import House
from tests.stage.portals.running import PATIENCE, ROOT, Running, running
from tests.stage.stores.databases import SECRET_KEY, fill

KEYS = {"SECRET_KEYS": SECRET_KEY, "FIELD_KEYS": new_field_key()}
TOKEN = "watched" * 8
EVERYWHERE = "0.0.0.0"  # noqa: S104  # is what is refused
Values = Mapping[tuple[str, frozenset[tuple[str, str]]], float]


def scrape(port: int, token: str = TOKEN, path: str = "/metrics") -> tuple[int, str]:
    """What whoever watches is answered, over a connection of its own."""
    asked = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"authorization": f"Bearer {token}"})
    try:
        with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:  # noqa: S310  # it is our own
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode()


def values(port: int) -> Values:
    """Each figure by its name and its labels."""
    told = text_string_to_metric_families(scrape(port)[1])
    return {(one.name, frozenset(one.labels.items())): one.value for family in told for one in family.samples}


def one(told: Values, name: str, **labels: str) -> float:
    return told.get((name, frozenset(labels.items())), 0.0)


def answered(told: Values, route: str, status: int = 200, method: str = "GET") -> float:
    return one(told, "portal_requests_total", method=method, route=route, status=str(status))


def wait_for_two(portal: Running, port: int) -> None:
    """Wait until both processes have said how they are."""
    while one(values(port), "portal_processes") != 2:
        assert time.monotonic() - portal.started < PATIENCE
        time.sleep(0.1)


@pytest.mark.rest  # several processes start
def test_two_processes_count_as_one_and_what_a_dead_one_counted_stays(var: Path) -> None:
    fill(f"sqlite:///{var}/portal.db")
    port = free_port()
    watched = {"WORKERS": "2", "METRICS_PORT": str(port), "METRICS_TOKEN": TOKEN}
    with running(var, "serve", **watched, **KEYS) as portal:
        portal.wait_until_ready()
        wait_for_two(portal, port)
        for _ in range(20):
            assert portal.get("/healthz")[0] == 200
        assert [portal.get(path)[0] for path in ("/login?q=Kari", "/orders/12010112345x", "/static/x")] == [
            200,
            404,
            404,
        ]
        assert portal.get("/metrics")[0] == scrape(port, path="/healthz")[0] == 404
        assert scrape(port, "wrong" * 10)[0] == 401
        assert "Kari" not in scrape(port)[1]
        assert "12010112345" not in scrape(port)[1]
        told = [values(port) for _ in range(6)]  # by whichever process the connection fell to
        for each in told:
            assert answered(each, "/healthz") == 20
            assert answered(each, "/login") == answered(each, "/static/{file:path}", 404) == 1
            assert answered(each, "(unknown)", 404, "other") == 2
            healthz = {"method": "GET", "route": "/healthz"}
            assert one(each, "portal_request_seconds_count", **healthz) == 20
            assert one(each, "portal_request_seconds_bucket", **healthz, le="+Inf") == 20
            assert one(each, "portal_database_up") == 1
            assert one(each, "portal_outbox_dead", channel="mail") == 0
        begun = re.search(r"process begun pid=(\d+)", portal.errors.read_text())
        assert begun
        os.kill(int(begun[1]), signal.SIGKILL)
        while portal.errors.read_text().count("Application startup complete") < 3:
            time.sleep(0.05)
        wait_for_two(portal, port)
        assert portal.get("/healthz")[0] == 200
        assert answered(values(port), "/healthz") == 21
        assert portal.stop()[0] == 0


def test_rows_are_told_by_channel_and_by_what_is_counted(quiet_house: House) -> None:
    now = quiet_house.clock.now()
    with quiet_house.behind() as db:
        db.execute(update(Message).values(delivered_at=now))
        for age, dead in ((5, False), (90, False), (400, True)):
            at = now - timedelta(seconds=age)
            letter = Outgoing(channel=Channel.MAIL, kind="a", about="b", customer_id=None, payload={}, at=at, to="c")
            post(db, letter).dead_at = at if dead else None
        note_failure(db, Channel.CRM, "http 503", now - timedelta(seconds=30), is_probe=False, wait=timedelta(0))
        attempt(db, {Bucket.ADDRESS: "a", Bucket.ACCOUNT: "b"}, now - timedelta(minutes=1))
        attempt(db, {Bucket.ADDRESS: "a"}, now - timedelta(minutes=16))
        set_mark(db, Marked.BACKUP, now)
        db.commit()
    with closing(Database(quiet_house.settings.database_url)) as database, database.session(read_only=True) as db:
        told = figures(db, now)
    assert told.queues == {Channel.MAIL: Queue(2, 1, 90.0, 0.0), Channel.CRM: Queue(0, 0, 0.0, 30.0)}
    assert {bucket: count for bucket, count in told.attempts.items() if count} == {Bucket.ADDRESS: 1, Bucket.ACCOUNT: 1}
    assert told.lists == {"waiting": 0, "under way": 0}
    assert told.last[Marked.BACKUP] == now


def test_alarms_ask_for_figures_that_there_are() -> None:
    told = re.findall(r"\bportal_[a-z_]+[a-z]", (ROOT / "routes" / "metrics.py").read_text())
    kinds = [*told, "portal_requests_total", *(f"portal_request_seconds_{each}" for each in ("bucket", "count"))]
    for file in ("deploy/alerts.yaml", "docs/operation.md"):
        named = re.findall(r"\bportal_[a-z_]+[a-z]", (ROOT / file).read_text(encoding="utf-8"))
        assert named
        assert set(named) - {"portal_app"} <= set(kinds), file  # which is a role of the database


def test_a_place_counts_on_where_the_one_before_it_was() -> None:
    tally = Tally([("GET", "/a")], 2)
    assert (list(tally.answers()), tally.alive()) == ([], [])
    for place, status, seconds in ((0, 200, 0.01), (1, 500, 0.3), (0, 418, 99.0)):
        tally.take(place)
        tally.answered(("GET", "/a"), status, seconds)
        tally.say(connections=place + 1)
    tally.answered(("PUT", "/a"), 405, 0.0)
    known, unknown = tally.answers()
    assert known.by_status == {"200": 1, "500": 1, "other": 1}
    assert (unknown.route, unknown.by_status) == (UNKNOWN, {"405": 1})
    assert known.within == (1, 0, 0, 0, 0, 1, *[0] * (len(LIMITS) - 6), 1)
    assert known.seconds == pytest.approx(99.31)
    assert tally.now(Gauge.CONNECTIONS) == 3
    tally.take(1)
    assert tally.now(Gauge.CONNECTIONS) == 1, "what a dead one said is forgotten, what it counted is not"
    assert next(tally.answers()) == known


def test_figures_are_told_to_nobody_by_a_wrong_setting() -> None:
    def read(**more: str) -> Settings:
        return Settings.from_environment({"SECRET_KEYS": SECRET_KEY, "FIELD_KEYS": "a:b", **more})

    assert read().metrics.port == 0
    assert read(METRICS_PORT="9100", METRICS_HOST=EVERYWHERE, METRICS_TOKEN=TOKEN).metrics.token == TOKEN
    for wrong in (
        {"METRICS_PORT": "8000"},
        {"METRICS_PORT": "9100", "METRICS_HOST": EVERYWHERE},
        {"METRICS_PORT": "9100", "METRICS_TOKEN": "short"},
        {"METRICS_PORT": "-1"},
    ):
        with pytest.raises(SettingsRefused, match="METRICS_"):
            read(**wrong)
