"""Lists, searches and exports are read from a replica: never older than what one has written, and when no server leads.

The replica of these stories is the same server by another way; how far behind it is, they say themselves.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from sqlalchemy import Engine, event

from models.core.database import Database
from models.core.servers import replica as replicas
from models.core.settings import Connections, SettingsRefused
from models.operations import checks
from routes import MAP
from routes.web.entrance import readings
from routes.web.entrance.doors import Door
from routes.web.portal import Portal
from tests.stage.connections.cable import Cable
from tests.stage.house import House
from tests.stage.page import Page
from tests.stage.sweeps import my_path

on_postgresql = pytest.mark.parametrize("store", ["postgresql"], indirect=True)
KARI = {"given_name": "Kari", "family_name": "Lagret", "email": "kari@demokunde.example"}
FROM_REPLICA = [line for line in MAP if line.from_replica]


class Cluster:
    """A portal whose leader and replica are each at the end of a cable, and what each of them is asked."""

    def __init__(self, house: House) -> None:
        url = house.settings.database_url
        self.house, self.leader, self.replica = house, Cable(url), Cable(url)

    @contextmanager
    def serving(self) -> Iterator["Cluster"]:
        """Meanwhile the portal is there."""
        connections = Connections(read_url=self.replica.url)
        with self.house.another(database_url=self.leader.url, connections=connections) as self.app:
            portal: Portal = self.app.state.portal
            assert portal.database.replica
            self.told_by_leader = _asked(portal.database.engine)
            self.told_by_replica = _asked(portal.database.replica.engine)
            yield self
        self.leader.close()
        self.replica.close()

    def sign_in(self, username: str) -> Page:
        """Somebody who is signed in here, at a page that only the leader answers."""
        page = Page(self.app, self.house._loop, self.house.mode)
        for cookie in self.house.sign_in(username).cookies.jar:
            page.cookies.set(cookie.name, cookie.value or "")
        return page.open("/password")

    def answered_by(self, page: Page, path: str) -> str:
        """Who told what stands on a page, besides who is signed in."""
        self.told_by_leader.clear()
        self.told_by_replica.clear()
        assert page.open(path).status_code == 200, path
        said = " ".join(self.told_by_replica)
        return "replica" if "employees" in said or "orders" in said else "leader"


def _asked(engine: Engine) -> list[str]:
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *of: asked.append(of[2]))
    return asked


@pytest.fixture
def cluster(quiet_house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    """A portal with a replica."""
    monkeypatch.setattr(readings, "_PATIENCE", 30.0)  # nothing here is about a busy machine
    with Cluster(quiet_house).serving() as cluster:
        yield cluster


@pytest.mark.postgres
@on_postgresql
def test_lists_come_from_the_replica_unless_it_lacks_what_one_has_written(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = cluster.sign_in("Tester")
    assert "wrote" not in page.cookies
    assert cluster.answered_by(page, "/employees") == "replica"
    assert cluster.answered_by(page, "/employees/new") == "leader"
    assert page.fill(**KARI).press("Lagre").h1 == "Kari Lagret"
    assert "wrote" in page.cookies
    assert cluster.answered_by(page, "/employees?q=Lagret") == "replica"
    assert page.has("Kari Lagret")
    with monkeypatch.context() as behind:
        behind.setattr(replicas, "_place_of", lambda *_asked: 0)
        assert cluster.answered_by(page, "/employees?q=Lagret") == "leader"
        assert page.has("Kari Lagret")
    with cluster.replica.cut():
        assert cluster.answered_by(page, "/employees?q=Lagret") == "leader"
    assert cluster.answered_by(page, "/employees?q=Lagret") == "replica"


@pytest.mark.postgres
@on_postgresql
@pytest.mark.rest  # servers stop and start
def test_while_no_server_leads_every_list_is_answered_and_nothing_else_pretends(cluster: Cluster) -> None:
    lists: dict[str, list[str]] = {"kam.lie": [], "hms.fjord": [], "Tester": []}
    for line in FROM_REPLICA:
        if line.counts is None:
            username = "kam.lie" if "/desk" in line.path else "hms.fjord" if "/reports" in line.path else "Tester"
            lists[username].append(my_path(cluster.house, line, username))
    pages = {username: cluster.sign_in(username) for username in lists}
    for page in pages.values():
        page.open("/orders" if page is not pages["kam.lie"] else "/desk/orders")  # the leader was heard
    form = pages["Tester"].open("/employees/new").fill(**KARI)
    with cluster.leader.cut():
        for username, paths in lists.items():
            for path in paths:
                assert pages[username].send("GET", path).status_code == 200, (username, path)
        assert form.press("Lagre").status_code == 503
        assert form.has("Ingenting er lagret.")
        assert form.open("/orders/307390").status_code == 503
        stranger = Page(cluster.app, cluster.house._loop, "plain")
        assert stranger.send("GET", "/orders").status_code == 303
    assert form.open("/employees/new").fill(**KARI).press("Lagre").h1 == "Kari Lagret"
    with cluster.leader.cut():
        assert form.open("/employees?q=Lagret").has("Kari Lagret")


@pytest.mark.postgres
@on_postgresql
@pytest.mark.rest  # it waits
def test_a_leader_that_keeps_silent_is_left_alone_for_a_while(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = cluster.sign_in("Tester").open("/orders")
    monkeypatch.setattr(readings, "_PATIENCE", 0.3)
    monkeypatch.setattr(replicas, "_REST", 600.0)
    with cluster.leader.frozen():
        assert page.open("/orders").status_code == 200
        asked = len(cluster.told_by_leader)
        assert page.open("/invoices").status_code == 200
        assert len(cluster.told_by_leader) == asked, "nobody waits for it a second time"


@pytest.mark.postgres
@on_postgresql
@pytest.mark.rest  # servers stop and start
def test_without_a_leader_nobody_sees_less_than_was_written_nor_looks_unrecorded(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, viewer = cluster.sign_in("Tester").open("/orders"), cluster.sign_in("kam.lie")
    viewer.open("/desk/customers?whose=all").follow("Fjordbygg Entreprenør AS")
    assert viewer.fill(reason="Spør om en time").press("Se som kunden").open("/orders").status_code == 200
    with cluster.leader.cut():
        assert viewer.send("GET", "/orders").status_code == 503
        assert page.open("/orders").status_code == 200
        with monkeypatch.context() as late:
            late.setattr(replicas, "_TRUSTED", -1.0)
            assert page.open("/orders").status_code == 503, "who was signed out elsewhere would come in for ever"
    assert page.open("/employees/new").fill(**KARI).press("Lagre").h1 == "Kari Lagret"
    with cluster.leader.cut(), monkeypatch.context() as behind:
        behind.setattr(replicas, "_place_of", lambda *_asked: 0)
        assert page.open("/employees").status_code == 503, "a list without what one has just saved would be a lie"


@pytest.mark.postgres
@on_postgresql
def test_check_says_whether_lists_can_be_read_elsewhere(quiet_house: House) -> None:
    leads, gone = quiet_house.settings.database_url, "postgresql://127.0.0.1:1/portal"
    assert str(checks._replica(leads)).startswith("warning  DATABASE_READ_URL: the server leads")
    assert "The database does not answer." in str(checks._replica(gone))


def test_a_replica_is_one_of_postgresql(tmp_path: Path) -> None:
    for url, read in (
        (f"sqlite:///{tmp_path}/a.db", "postgresql://replica/portal"),
        ("postgresql://leader/portal", f"sqlite:///{tmp_path}/b.db"),
        ("postgresql://leader/portal", "replica"),
    ):
        with pytest.raises(SettingsRefused, match="DATABASE_READ_URL") as refused:
            Database(url, asynchronous=True, connections=Connections(read_url=read))
        assert "replica/portal" not in str(refused.value)


def test_what_a_replica_answers_changes_nothing_and_tells_nobodys_password() -> None:
    names = {line.name for line in FROM_REPLICA}
    assert {line.method for line in FROM_REPLICA} == {"GET"}
    assert {"orders", "employees", "invoices", "bookings", "search", "orders_csv", "reports", "desk_orders"} <= names
    on_record = {
        "employee_json",
        "employee_pdf",
        "edit_employee",
        "calendar_feed",
        "sign_in",
        "password",
        "order",
        "log",
    }
    assert not names & on_record


def test_how_old_a_replica_may_be_follows_from_what_the_leader_was_heard_to_have() -> None:
    database = Database("postgresql://nowhere/portal", asynchronous=True)
    replica, now = replicas.Replica(database.engine), time.monotonic()
    with pytest.raises(replicas.Behind):
        replica._needed(replicas.OLDEST)
    replica._heard.extend([(now - 100, 1), (now - 2, 5), (now - 0.5, 9)])
    assert replica._needed(replicas.OLDEST) == 5, "what it had three seconds ago, or soon after"
    assert replica._needed(replicas._TRUSTED, newest=True) == 9, "all that is known of"


@pytest.mark.parametrize(
    ("tried", "following"),
    [
        ("SHARED", "LEADER"),
        ("SHARED LEADER", "REPLICA"),
        ("SHARED LEADER REPLICA", None),
        ("SHARED REPLICA", None),
        ("REPLICA", "LEADER"),
        ("REPLICA LEADER", None),
        ("LEADER", "REPLICA"),
    ],
)
def test_where_a_list_is_read_once_more(tried: str, following: str | None) -> None:
    """Who was asked for the session, and did not answer, is not asked again."""
    known = SimpleNamespace(
        from_replica=True,
        only_looks=lambda method: method == "GET",
        portal=SimpleNamespace(database=SimpleNamespace(replica=object())),
    )
    before = tuple(readings.Reading[name] for name in tried.split())
    found = readings.next_reading(cast("Door", known), "GET", before, was_lost=True)
    assert (found.name if found else None) == following
    assert readings.next_reading(cast("Door", known), "POST", before, was_lost=True) is None
