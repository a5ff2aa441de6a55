"""The front door: the command line, the demo that keeps its data, and an end that finishes what it began."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import app
from models.core.sealed import Keyring, new_field_key
from models.demo import SIGN_INS
from tests.stage.portals.running import PATIENCE, ROOT, environment, running
from tests.stage.stores.databases import SECRET_KEY

ENDED = {0, -signal.SIGTERM}
KEYS = {"SECRET_KEYS": SECRET_KEY, "FIELD_KEYS": new_field_key()}
MISSING = "SECRET_KEYS is not set. Make one with: python app.py new-key SECRET_KEYS\n"
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def portal(var: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Carries out one command, and gives its exit status and what it said."""
    monkeypatch.setattr(app, "configure_logs", lambda _format: None)  # the log is pytest's
    for name in set(os.environ) - set(environment(var)):
        monkeypatch.delenv(name)

    def carry_out(*words: str, **environ: str) -> tuple[int, str, str]:
        for name, value in environment(var, **environ).items():
            monkeypatch.setenv(name, value)
        status = app.main(list(words))
        return status, *capsys.readouterr()

    return carry_out


@pytest.mark.rest  # the demo is loaded twice by processes that start
def test_the_demo_starts_prints_who_can_sign_in_and_keeps_its_data(var: Path) -> None:
    with running(var, "run") as first:
        first.wait_until_ready()
        assert first.get("/login")[0] == 200
        assert "demo-tester" in first.get("/login")[1]
        status, printed = first.stop()
    assert status in ENDED
    assert f"Avonova Kundeportal: http://127.0.0.1:{first.port}" in printed
    for username, password, who in SIGN_INS:
        assert re.search(rf"{re.escape(username)} +{re.escape(password)} +{re.escape(who)}", printed)
    keys = {name: (var / name).read_text() for name in ("secret_keys", "field_keys")}
    assert {(var / name).stat().st_mode & 0o777 for name in keys} == {0o600}
    written = (var / "portal.db").stat().st_ino
    with running(var, "run", LOG_FORMAT="json") as second:
        second.wait_until_ready()
        assert second.stop(signal.SIGINT)[0] == 130
    assert {name: (var / name).read_text() for name in keys} == keys
    assert (var / "portal.db").stat().st_ino == written
    for log in (first.errors, second.errors):
        assert "Traceback" not in log.read_text()
        assert "demo-" not in log.read_text()


@pytest.mark.rest  # two grace periods long
def test_serve_stops_without_anybody_noticing(var: Path, portal: Command) -> None:
    """Who asks, who is asked, who is only connected and who comes: all are answered, until nobody can come any more."""
    assert portal("migrate", **KEYS)[0] == 0
    with running(var, "serve", SHUTDOWN_GRACE="2", **KEYS) as served:
        served.wait_until_ready()
        assert "demo-tester" not in served.get("/login")[1]
        ended: list[str] = []
        comers = [threading.Thread(target=come, args=(served.port, ended)) for _ in range(4)]
        for comer in comers:
            comer.start()
        with (
            socket.create_connection(("127.0.0.1", served.port)) as slow,
            socket.create_connection(("127.0.0.1", served.port)) as silent,
        ):
            form = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 3"
            slow.sendall(b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\n" + form + b"\r\n\r\n")
            assert served.get("/healthz")[0] == 200  # so that the other one is being read by now
            served.process.send_signal(signal.SIGTERM)
            while served.get("/readyz")[0] == 200:
                time.sleep(0.02)
            assert served.get("/readyz") == (503, "The portal is stopping.")
            assert served.get("/login")[0] == 200
            slow.sendall(b"a=b")
            assert closing(slow).startswith("HTTP/1.1 403")
            for comer in comers:
                comer.join(PATIENCE)
            silent.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            assert closing(silent).startswith("HTTP/1.1 200")
        assert served.process.wait(PATIENCE) in ENDED
    assert ended == ["ConnectionRefusedError"] * 4


def come(port: int, ended: list[str]) -> None:
    """Come again and again, on a new connection each time, until that cannot be done; how that was said is noted."""
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as wire:
                wire.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                if not closing(wire).startswith("HTTP/1.1 200"):
                    raise EOFError("nobody answered")
        except (OSError, EOFError) as error:
            ended.append(type(error).__name__)
            return


def closing(wire: socket.socket) -> str:
    """All that comes before the other side closes."""
    with wire.makefile("rb") as answer:
        return answer.read().decode()


@pytest.mark.rest  # a process that starts
def test_a_missing_key_stops_the_process_with_one_sentence(var: Path) -> None:
    done = subprocess.run(
        [sys.executable, "app.py", "serve"], cwd=ROOT, env=environment(var), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (2, "", MISSING)


def test_without_keys_no_command_starts_nor_makes_a_database(var: Path, portal: Command) -> None:
    for command in ("serve", "worker", "migrate", "outbox"):
        assert portal(command) == (2, "", MISSING), command
    assert not (var / "portal.db").exists()


@pytest.mark.rest  # three processes start
def test_a_wrong_key_stops_the_start_in_one_sentence(var: Path) -> None:
    with running(var, "serve", WORKERS="2", SECRET_KEYS=SECRET_KEY, FIELD_KEYS="k1:short") as wrong:
        assert wrong.process.wait(PATIENCE) == 2
        assert wrong.errors.read_text() == "Each key in FIELD_KEYS must be written id:base64 with 32 bytes.\n"


def test_the_worker_ends_when_it_is_told_to(var: Path, portal: Command) -> None:
    portal("migrate", **KEYS)
    with running(var, "worker", **KEYS) as worker:
        assert portal("outbox", **KEYS) == (0, "waiting: 0\ndead: 0\n", "")
        assert worker.stop()[0] in ENDED


def test_new_keys_are_good_keys_and_never_twice_the_same(portal: Command) -> None:
    secrets = {portal("new-key", "SECRET_KEYS")[1].strip() for _ in range(3)}
    assert len(secrets) == 3
    assert all(len(secret) >= 64 for secret in secrets)
    assert Keyring((portal("new-key", "FIELD_KEYS")[1].strip(),)).newest
