"""The processes of the set-up: started, asked, hit, and ended; none that was not started here is ever touched.

Which programs there are, and what they are told, is in `bench.cluster.programs`.
"""

import json
import os
import pwd
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

LOOPBACK = "127.0.0.1"
_LONGEST_END = 30


class NotThere(Exception):
    """The set-up cannot be what it should be; the text says why."""


def program(name: str) -> str:
    """Where a program is; PostgreSQL's own are often not on PATH in Debian."""
    found = shutil.which(name) or shutil.which(name, path=f"/usr/sbin:{postgresql()}")
    if not found:
        raise NotThere(f"{name} is not installed (Debian: postgresql etcd-server haproxy; Patroni 3.0.3 or newer).")
    return found


def postgresql() -> str:
    """The folder of the newest PostgreSQL's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    return str(found[-1]) if found else ""


def ask(url: str, *, data: object = None, timeout: float = 2) -> tuple[int, Any]:
    """A request to one of the programs; status 0 where nobody answers."""
    body = json.dumps(data).encode() if data is not None else None
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})  # noqa: S310  # ours
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:  # noqa: S310
            status, text = answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        status, text = refused.code, refused.read().decode()
    except (OSError, ValueError):
        return 0, None
    with suppress(ValueError):
        return status, json.loads(text)
    return status, text


def wait(what: str, is_there: Callable[[], object], seconds: float = 180) -> None:
    """Wait until it is there; raises NotThere."""
    end = time.monotonic() + seconds
    while not is_there():
        if time.monotonic() > end:
            raise NotThere(f"{what}: not there after {seconds:.0f} s; see the logs.")
        time.sleep(0.3)


class Processes:
    """By name, what runs. Where root starts them, all but the portal run as another user: PostgreSQL insists."""

    def __init__(self, folder: Path, user: str = "postgres") -> None:
        self.folder = folder
        self._owner = pwd.getpwnam(user) if os.geteuid() == 0 else None
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        (folder / "log").mkdir()

    def give(self, path: Path) -> None:
        """Let the other user have a file or a folder."""
        if self._owner:
            os.chown(path, self._owner.pw_uid, self._owner.pw_gid)

    def start(self, name: str, words: list[str], env: Mapping[str, str] | None = None) -> None:
        """Start one in the background, unless it runs: the portal, which is given `env`, or a program."""
        if self.lives(name):
            return
        path = {"PATH": f"{os.environ.get('PATH', '')}:/usr/sbin:{postgresql()}", "LANG": "C.UTF-8"}
        other: dict[str, Any] = {"cwd": self.folder}
        if self._owner and env is None:
            other |= {"user": self._owner.pw_uid, "group": self._owner.pw_gid, "extra_groups": []}
        with (self.folder / "log" / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                words,
                env=path if env is None else env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **(other if env is None else {}),
            )

    def lives(self, name: str) -> bool:
        """Whether it runs."""
        return name in self._running and self._running[name].poll() is None

    def names(self, kind: str) -> list[str]:
        """Those of a kind that run."""
        return [name for name in self._running if name.startswith(kind) and self.lives(name)]

    def hit(self, name: str, number: signal.Signals, *, only_postgresql: bool = False) -> None:
        """Send a signal to a process and all below it; of a node, to its PostgreSQL as well, or to that alone."""
        server = self._server_of(name)
        roots = [server] if server else []
        if self.lives(name) and not only_postgresql:
            roots.append(self._running[name].pid)
        for pid in [member for root in roots for member in _family(root)]:
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def end(self) -> None:
        """End everything: the portal as operators do, the rest at once, for its data is thrown away."""
        portals = self.names("portal")
        for name in portals:
            self._running[name].send_signal(signal.SIGTERM)
        for name in portals:
            with suppress(subprocess.TimeoutExpired):
                self._running[name].wait(_LONGEST_END)
        for name, process in self._running.items():
            self.hit(name, signal.SIGKILL)  # a server outlives a Patroni that is gone
            process.wait()

    def _server_of(self, node: str) -> int | None:
        """The PostgreSQL of a node, which is no child of its Patroni."""
        data = self.folder / node / "data"
        with suppress(OSError, ValueError):
            pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
            if Path(f"/proc/{pid}/cwd").readlink() == data.resolve():
                return pid
        return None


def _family(pid: int) -> list[int]:
    """A process and all below it."""
    children: dict[int, list[int]] = {}
    for each in Path("/proc").iterdir():
        if each.name.isdecimal():
            with suppress(OSError):
                parent = int((each / "stat").read_text().rpartition(")")[2].split()[1])
                children.setdefault(parent, []).append(int(each.name))
    found = [pid]
    for member in found:
        found.extend(children.get(member, ()))
    return found
