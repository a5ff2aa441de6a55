"""What has to be done within seconds: people wait for it, or somebody could mean harm by it.

The seconds are the processor's, which busy neighbours disturb less than those of the clock. That it is done at all,
and rightly, is seen to by the tests.
"""

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from statistics import median

from playwright.sync_api import CDPSession, expect, sync_playwright

from bench.demo import demo_database
from bench.table import Figure, of_rounds
from models.bookings.sign_ups.distribution import distribute, propose
from models.core.base import Base
from models.core.database import Database
from models.core.scope import across_customers
from models.core.sealed import Keyring, new_field_key
from models.demo import load
from models.exchange.sheets.files import Unreadable, read
from models.users.password_rules import LONGEST, PasswordRefused, check_new_password
from tests.stage.browsers.chromium import PHONE, Visitor, open_chromium
from tests.stage.browsers.live import LivePortal
from tests.stage.connections.server import free_port
from tests.stage.material import golden
from tests.stage.material.rounds import HMS, a_round, people
from tests.stage.times import NOW

_RTT = 400
"""Milliseconds there and back, as on a phone in the woods."""
_READABLE = 2000 - _RTT
"""Milliseconds until the first list is readable: the budget of 2.0 s without the round trip that opens a connection,
which Chromium does not slow down."""
_SLOW_PASSWORDS = ("xy" * 50 + "yx" * 50, "a" * 199 + "b", "".join(map(chr, range(0x100, 0x100 + LONGEST))))
_HARMFUL = (golden.BOMB, golden.FAR_AWAY, golden.ENTITIES, golden.LONG_TAG, bytes(9_000_000))


def seconds(folder: Path) -> Iterator[Figure]:
    """Everything that is not done over HTTP, and the start."""
    yield Figure("the demo is loaded", _taken(lambda: _load_demo(folder), 3), "s of processor time", 3)
    _start(folder)
    yield Figure("the demo starts again", _start(folder), "s of processor time", 5)
    yield Figure("300 people find a time on 300", _distribution(folder), "s of processor time", 1)
    slowest = max(_taken(lambda harm=harm: _refused_sheet(harm)) for harm in _HARMFUL)  # type: ignore[misc]
    yield Figure("a harmful spreadsheet is refused", slowest, "s of processor time", 2)
    slowest = max(_taken(lambda typed=typed: _refused_password(typed)) for typed in _SLOW_PASSWORDS)  # type: ignore[misc]
    yield Figure("a password is looked at", slowest, "s of processor time", 1)
    if shutil.which("chromium"):
        yield of_rounds("the first list is readable at 400 kbit/s", _readable(folder), "ms", budget=_READABLE)


def _taken(work: Callable[[], object], times: int = 1) -> float:
    taken = []
    for _ in range(times):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return median(taken)


def _load_demo(folder: Path) -> None:
    file = folder / "loaded.db"
    file.unlink(missing_ok=True)
    database = Database(f"sqlite:///{file}")
    Base.metadata.create_all(database.engine)
    with database.session() as db:
        load(db, Keyring((new_field_key(),)), now=NOW)
        db.commit()
    database.close()


def _start(folder: Path) -> float:
    """What a start of the demo costs, until it answers and is told to end."""
    port = free_port()
    given = {**os.environ, "PORTAL_VAR": str(folder / "started"), "PORT": str(port)}
    given["DATABASE_URL"] = f"sqlite:///{folder / 'started.db'}"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with subprocess.Popen(
        [sys.executable, "app.py", "run"], env=given, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        while process.poll() is None:
            with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz"):  # ours
                break
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _distribution(folder: Path) -> float:
    with demo_database("sqlite", folder) as url:
        database = Database(url)
        with database.session() as db, across_customers(db):
            booking = a_round(db, unit="Helse og omsorg", times=20, days=15)
            everybody = people(db, 300, "Helse og omsorg")
            db.commit()
            began = time.process_time()
            distribute(db, booking, propose(db, booking, everybody, NOW).places, by=HMS, now=NOW)
            db.commit()
            taken = time.process_time() - began
        database.close()
    return taken


def _refused_sheet(content: bytes) -> None:
    with suppress(Unreadable):
        read(content)


def _refused_password(typed: str) -> None:
    with suppress(PasswordRefused):
        check_new_password(typed, known=())


def _readable(folder: Path) -> list[float]:
    """Milliseconds until the largest part of the list of orders is painted, on a phone."""
    (folder / "live").mkdir()
    portal = LivePortal(folder / "live")
    with sync_playwright() as playwright, open_chromium(playwright, whole=True) as browser:
        person = Visitor(browser, portal, width=PHONE).sign_in()
        _slow_down(person.context.new_cdp_session(person.page))
        painted = []
        for _ in range(3):
            person.open("/orders")
            expect(person.rows).to_have_count(25)
            painted.append(float(person.page.evaluate(_PAINTED)))
        person.check()
    portal.close()
    return painted


_PAINTED = """() => new Promise(done => new PerformanceObserver(
    seen => done(seen.getEntries().at(-1).startTime)
).observe({type: 'largest-contentful-paint', buffered: true}))"""


def _slow_down(cdp: CDPSession) -> None:
    """From now on 400 kbit/s and 400 ms, and nothing from the cache."""
    cdp.send("Network.enable")
    cdp.send("Network.setCacheDisabled", {"cacheDisabled": True})
    rate = 400_000 / 8
    cdp.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": _RTT, "downloadThroughput": rate, "uploadThroughput": rate},
    )
