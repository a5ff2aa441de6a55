"""A request is answered in time, whatever keeps silent; what it wrote is taken back, or is said to be uncertain."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.util.concurrency import await_

from models.core.database import Database, aside
from models.core.deadline import _OF_NOW, Deadline, OutOfTime, deciding, within
from models.core.scope import across_customers
from models.employees.employee import Employee
from tests.stage.connections.server import Loop
from tests.stage.house import House
from tests.stage.page import Page

KARI = {"given_name": "Kari", "family_name": "Lagret", "email": "kari@demokunde.example"}
_WRITTEN = "SELECT pg_current_xact_id_if_assigned()"
PATIENCE = 60.0
LONG = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) SELECT count(*) FROM n"


def saved(page: Page) -> Page:
    return page.open("/employees/new").fill(**KARI).press("Lagre")


def stored(house: House) -> int:
    with house.behind() as db:
        return len(db.scalars(select(Employee).where(Employee.family_name == "Lagret")).all())


class Reached(Deadline):
    """A time that is over when the database begins to keep silent: however busy the machine is, not sooner."""

    is_over = False

    @property
    def left(self) -> float:
        """Always a little, until then."""
        return 0 if self.is_over else 0.01


@contextmanager
def silent(house: House, name: str, seconds: float) -> Iterator[None]:
    """Meanwhile the database keeps silent at each such step; a commit counts where something was written."""
    is_silent = True

    def wait(connection: Connection) -> None:
        if is_silent and (name != "commit" or connection.exec_driver_sql(_WRITTEN).scalar()):
            now = _OF_NOW.get()
            assert isinstance(now, Reached)
            now.is_over = True
            await_(asyncio.sleep(seconds))

    event.listen(house.portal.database.engine, name, wait)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("routes.web.entrance.visits.Deadline", Reached)
        yield
    is_silent = False


def test_a_database_that_keeps_silent_is_not_waited_for_and_nothing_is_stored(quiet_house: House) -> None:
    page = quiet_house.sign_in("Tester")
    form = page.open("/employees/new").fill(**KARI)
    sends: list[Callable[[], Page]] = [
        lambda: form.press("Lagre"),
        lambda: page.open("/employees"),
        lambda: page.open("/nowhere"),
    ]
    with silent(quiet_house, "begin", seconds=600):
        for send in sends:
            began = time.monotonic()
            assert send().status_code == 503
            assert page.has("Ingenting er lagret.")
            assert page.headers["retry-after"] == "5"
            assert time.monotonic() - began < 300, "answered while the database still keeps silent"
    assert stored(quiet_house) == 0
    assert saved(page).h1 == "Kari Lagret", "whoever was cut off holds no lock and no connection"


@pytest.mark.postgres
@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
@pytest.mark.rest  # it waits
def test_a_commit_that_takes_too_long_is_not_cut_off_nor_denied(quiet_house: House) -> None:
    page = quiet_house.sign_in("Tester")
    form = page.open("/employees/new").fill(**KARI).soup.select_one("#employee-form")
    assert form
    sent = page.fields(form)
    with silent(quiet_house, "commit", seconds=2):
        unsure = page.send("POST", "/employees", sent)
    assert unsure.status_code == 503
    assert "Det er ikke sikkert at det ble lagret" in unsure.text
    assert "Ingenting er lagret" not in unsure.text
    quiet_house._loop.wait(asyncio.sleep(2))
    assert page.send("POST", "/employees", sent).status_code == 303
    assert stored(quiet_house) == 1


def test_sqlite_ends_a_statement_that_nobody_waits_for(loop: Loop, var: Path) -> None:
    database = Database(f"sqlite:///{var}/portal.db", asynchronous=True)

    def ask() -> None:
        with database.session(read_only=True) as db, across_customers(db):
            db.connection().exec_driver_sql(LONG)

    async def begun_in_time() -> None:
        await within(Deadline(0.1), ask)

    with pytest.raises(OperationalError, match="interrupted"):
        loop.wait(begun_in_time())
    database.close()


def test_what_decides_is_left_to_its_end_and_what_follows_it_is_not(loop: Loop) -> None:
    done: list[str] = []
    may_end, has_ended = threading.Event(), threading.Event()

    def work() -> None:
        with deciding():
            late.is_over = True
            aside(may_end.wait, PATIENCE)
            done.append("decided")
        done.append("went on")
        has_ended.set()

    late, early = Reached(0), Deadline(0)
    for deadline in (late, early):
        with pytest.raises(OutOfTime):
            loop.wait(within(deadline, work))
    assert (late.is_uncertain, early.is_uncertain) == (True, False)
    may_end.set()
    assert has_ended.wait(PATIENCE)
    assert done == ["decided", "went on"]
