"""A portal in a process of its own, as an operator starts it.

What it answers is seen from outside only; a portal inside the test is `tests.stage.house`.
"""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.stage.connections.server import free_port

ROOT = Path(__file__).parents[3]
PATIENCE = 60


def environment(var: Path, **more: str) -> dict[str, str]:
    """A shell with nothing of the portal's in it but these."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    ours = {"PORTAL_VAR": str(var), "DATABASE_URL": f"sqlite:///{var}/portal.db", "SHUTDOWN_GRACE": "0"}
    return {**kept, **ours, **more}


@contextmanager
def interrupts() -> Iterator[None]:
    """What is started meanwhile can be interrupted, also where this suite cannot: a shell's background ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class Running:
    """A portal in a process of its own."""

    def __init__(self, var: Path, command: str, root: Path = ROOT, /, **environ: str) -> None:
        self.port = free_port()
        self.errors = var / f"stderr-{self.port}"
        self.started = time.monotonic()
        with self.errors.open("w") as errors, interrupts():
            self.process = subprocess.Popen(
                [sys.executable, "app.py", command],
                cwd=root,
                env=environment(var, **{"PORT": str(self.port), **environ}),
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )

    def get(self, path: str) -> tuple[int, str]:
        """What a page answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=PATIENCE) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, refused.read().decode()

    def wait_until_ready(self) -> None:
        """Wait until it may get traffic."""
        while time.monotonic() - self.started < PATIENCE:
            assert self.process.poll() is None, self.errors.read_text()
            try:
                if self.get("/readyz")[0] == 200:
                    return
            except OSError:
                time.sleep(0.05)
        raise AssertionError(f"not ready: {self.errors.read_text()}")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """Ask it to end; gives its exit status and what it printed."""
        self.process.send_signal(how)
        printed, _ = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, printed


@contextmanager
def running(var: Path, command: str, root: Path = ROOT, /, **environ: str) -> Iterator[Running]:
    """A portal that is there until the end of the test at the latest."""
    started = Running(var, command, root, **environ)
    try:
        yield started
    finally:
        started.process.kill()
        started.process.wait()
        assert started.process.stdout
        started.process.stdout.close()
