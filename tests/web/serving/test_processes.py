"""Several processes: all there once they serve, replaced when they die, gone when nobody looks after them."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from models.core.sealed import new_field_key
from tests.stage.portals.running import PATIENCE, ROOT, running
from tests.stage.stores.databases import SECRET_KEY, fill

KEYS = {"SECRET_KEYS": SECRET_KEY, "FIELD_KEYS": new_field_key()}
DYING = """
import sys, time
from routes.web.serving import processes

processes._FIRST_PAUSE, processes._LOOK = 0.01, 0.01
begun = int(sys.argv[1])

def serve(ready, parent, place):
    global begun
    if begun:  # it takes its time, and then serves
        time.sleep(1)
        print("serves", flush=True)
        ready()
        time.sleep(60)
    return False

try:
    processes.Processes(2, serve, on_stop=lambda: None, patience=10).run()
except processes.ProcessesDie:
    sys.exit(7)
"""


def wait_for(what: Callable[[], object]) -> None:
    """Wait until something is so."""
    until = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < until
        time.sleep(0.05)


def is_there(pid: int) -> bool:
    """Whether a process of another lives."""
    return Path(f"/proc/{pid}/stat").exists() and Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"


@pytest.mark.rest  # several processes start, and one dies
def test_two_processes_serve_one_that_dies_is_replaced_and_none_is_left_alone(var: Path) -> None:
    fill(f"sqlite:///{var}/portal.db")
    with running(var, "serve", WORKERS="2", LOG_FORMAT="json", **KEYS) as portal:

        def begun() -> list[int]:
            return [int(pid) for pid in re.findall(r'"process begun", "pid": (\d+)', portal.errors.read_text())]

        def serving() -> int:
            return portal.errors.read_text().count("Application startup complete")

        portal.wait_until_ready()
        wait_for(lambda: serving() == 2)
        os.kill(begun()[0], signal.SIGKILL)
        wait_for(lambda: serving() == 3)
        assert portal.get("/healthz") == (200, "ok")
        log = portal.errors.read_text().splitlines()
        assert all(line.startswith("{") for line in log), "each process writes its log as it is told to"
        assert any('"path": "/healthz"' in line for line in log)
        portal.process.kill()
        wait_for(lambda: not any(map(is_there, begun())))


@pytest.mark.rest  # it waits for what never comes
def test_processes_that_never_serve_end_it_and_slow_ones_do_not() -> None:
    given = [sys.executable, "-c", DYING]
    assert subprocess.run([*given, "0"], cwd=ROOT, timeout=PATIENCE, check=False).returncode == 7
    with subprocess.Popen([*given, "1"], cwd=ROOT, stdout=subprocess.PIPE, text=True) as slow:
        assert slow.stdout
        assert slow.stdout.readline() == "serves\n"
        slow.send_signal(signal.SIGTERM)
        assert slow.wait(PATIENCE) == 0
