"""SQLite's write lock: who writes waits for it in turn, and who does not is answered meanwhile."""

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import OperationalError

from models.core.database import Database
from tests.bookings.test_bookings import Stage
from tests.stage.house import House
from tests.stage.page import Page

pytestmark = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
REFERENCE = "/orders/307390/reference"


@contextmanager
def somebody_writes(house: House) -> Iterator[None]:
    """As another process does, for SQLite asks each connection alike."""
    file = make_url(house.settings.database_url).database
    assert file is not None
    other = sqlite3.connect(file, timeout=0, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def test_t3_whoever_comes_too_late_for_a_place_waits_for_nobody_who_writes(
    quiet_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Stage(quiet_house)
    stage.sits(0, 0)
    page = quiet_house.sign_in("hms.fjord").open(stage.url)
    wanted = [("csrf_token", page.token()), ("employee", str(stage.ids[1])), ("slot", str(stage.slots[0]))]
    monkeypatch.setattr(quiet_house.portal.database._lock, "_patience", 0.2)
    with somebody_writes(quiet_house):
        answer = page.send("POST", f"{stage.url}/signups", wanted)
        free = page.send("POST", f"{stage.url}/signups", [*wanted[:2], ("slot", str(stage.slots[1]))])
    assert (answer.status_code, free.status_code) == (409, 503)
    assert "Timen ble nettopp full" in answer.text


async def save(page: Page, at: int, answered: list[int]) -> int:
    """Change an order's reference; who is answered is noted."""
    form = {"csrf_token": page.token(), "reference": f"PO {at}"}
    answer = await page._client.request("POST", REFERENCE, data=form)
    answered.append(at)
    return answer.status_code


def test_while_somebody_writes_saves_wait_in_line_and_nobody_else_does(
    quiet_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A save that waited in its connection would hold up the others, and be answered that the database is busy."""
    reader, writer = quiet_house.sign_in("leder.brann"), quiet_house.sign_in("Tester").open("/orders/307390")
    quiet_house.clock.advance(timedelta(minutes=10))  # so that the use of a session is worth noting
    monkeypatch.setattr(quiet_house.portal.database._lock, "_patience", 600)
    answered: list[int] = []

    async def six_saves() -> list[int]:
        with somebody_writes(quiet_house):
            saves = [asyncio.ensure_future(save(writer, at, answered)) for at in range(6)]
            for _ in range(10):
                for url in ("/healthz", "/orders", "/readyz"):
                    assert (await reader._client.request("GET", url)).status_code == 200
                    assert answered == []
        return list(await asyncio.gather(*saves))

    assert quiet_house._loop.wait(six_saves()) == [303] * 6
    assert answered == list(range(6)), "each in its turn"


def test_who_has_waited_too_long_is_told_so_and_the_next_one_is_not(
    quiet_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = quiet_house.sign_in("Tester").open("/orders/307390")
    monkeypatch.setattr(quiet_house.portal.database._lock, "_patience", 0.2)

    async def two_saves() -> list[int]:
        return list(await asyncio.gather(*(save(writer, at, []) for at in range(2))))

    with somebody_writes(quiet_house):
        assert quiet_house._loop.wait(two_saves()) == [503, 503]
        assert not quiet_house.portal.database.is_taken
        assert writer.open("/orders/307390").fill(reference="PO 7").press("Lagre referanse").h1 == "Portalen er opptatt"
    assert writer.open("/orders/307390").fill(reference="PO 8").press("Lagre referanse").value("reference") == "PO 8"


def test_what_is_written_at_once_or_not_at_all_does_not_wait(
    quiet_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.core.database._BUSY", 600_000)
    database = Database(quiet_house.settings.database_url)
    with somebody_writes(quiet_house):
        began = time.monotonic()
        with database.session(at_once=True) as db, pytest.raises(OperationalError, match="locked"):
            db.connection()
        assert time.monotonic() - began < 300, "it is refused and does not wait"
    with database.session(at_once=True) as db:
        db.connection()
    database.close()
