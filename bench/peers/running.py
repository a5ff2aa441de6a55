"""How a peer is run: in an environment of its own, on a copy of the measured rows, in one process.

What it draws is in `sites`; who they are and what they are measured by, in `turns`.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_ENVIRONMENTS = ROOT / "var" / "bench"
_SITES = Path(__file__).parent / "sites"
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Peer:
    """Somebody whose list is measured: what is installed for it, and where its list is."""

    name: str
    site: str
    packages: tuple[str, ...]
    path: str

    @property
    def environment(self) -> Path:
        """Where it is installed."""
        return _ENVIRONMENTS / self.site


def processor_seconds(pid: int) -> float:
    """What a process and those that it has begun have used."""
    used = 0.0
    for one in (pid, *_children(pid)):
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        used += (int(fields[11]) + int(fields[12])) / _TICKS
    return used


def _children(pid: int) -> list[int]:
    found = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [*found, *(below for child in found for below in _children(child))]


@contextmanager
def running(peer: Peer, folder: Path) -> Iterator[tuple[int, int, dict[str, str]]]:
    """Its port, its process and the headers of somebody who is signed in; stopped at the end."""
    _install(peer)
    database = folder / peer.site / "peer.db"
    if not database.exists():
        database.parent.mkdir()
        shutil.copy(folder / "peer.db", database)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    given = {
        "PATH": f"{peer.environment / 'bin'}:{os.environ['PATH']}",
        "PEER_DATABASE": str(database),
        "PEER_PORT": str(port),
    }
    python = str(peer.environment / "bin" / "python")
    told = subprocess.run(
        [python, f"{peer.site}_site.py", "prepare"], cwd=_SITES, env=given, check=True, capture_output=True, text=True
    )
    with (folder / f"{peer.site}-{port}.log").open("w") as log:
        process = subprocess.Popen(
            [python, f"{peer.site}_site.py", "serve"], cwd=_SITES, env=given, stdout=log, stderr=log
        )
        try:
            _wait_for(port)
            yield port, process.pid, json.loads(told.stdout or "{}")
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:  # it works on for those who left
                process.kill()
                process.wait()


def _install(peer: Peer) -> None:
    done = peer.environment / "installed"
    if done.exists() and done.read_text() == " ".join(peer.packages):
        return
    print(f"{peer.name} is installed in {peer.environment.relative_to(ROOT)} …", file=sys.stderr, flush=True)
    subprocess.run([sys.executable, "-m", "venv", str(peer.environment)], check=True)
    pip = [str(peer.environment / "bin" / "python"), "-m", "pip", "install", "--quiet", *peer.packages]
    subprocess.run(pip, check=True)
    done.write_text(" ".join(peer.packages))


def _wait_for(port: int) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            time.sleep(0.5)
            return
    raise RuntimeError("the peer does not listen")
