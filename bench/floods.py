"""Connections that never say what they want: whether others are answered meanwhile, and what is written about it.

python -m bench.floods [--connections 140] [--descriptors 128]

Exit code 1 where `/healthz` was not answered, half-sent requests stayed open, or the log grew over 100 kB.
"""

import argparse
import http.client
import socket
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from bench.demo import demo_database, serving_demo
from models.core.clock import Clock

_HALF = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-"
_LONGEST = 20
"""Seconds after which nobody is waited for any more."""


def main(words: list[str]) -> int:
    """Flood a portal."""
    parser = argparse.ArgumentParser(prog="python -m bench.floods")
    parser.add_argument("--connections", type=int, default=140)
    parser.add_argument("--descriptors", type=int, default=128)
    asked = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="floods-") as name:
        folder = Path(name)
        with (
            demo_database("sqlite", folder, Clock()) as url,
            serving_demo(url, folder, workers=1, descriptors=str(asked.descriptors), PORTAL_TODAY="") as port,
        ):
            return _flood(port, folder / "log", asked.connections)


def _flood(port: int, log: Path, connections: int) -> int:
    with ExitStack() as afterwards:
        held = []
        for _ in range(connections):
            wire = afterwards.enter_context(socket.create_connection(("127.0.0.1", port), timeout=_LONGEST))
            wire.sendall(_HALF)
            held.append(wire)
        slowest, refused = _healthz(port)
        until = time.monotonic() + _LONGEST
        left = sum(_stays(wire, until) for wire in held)
    written = log.stat().st_size
    print(f"{connections} half-sent requests: {left} open after {_LONGEST} s")
    print(f"/healthz: at worst {slowest * 1000:.0f} ms, {refused} not answered; the log has {written} bytes")
    return 1 if refused or left or written > 100_000 else 0


def _healthz(port: int) -> tuple[float, int]:
    slowest, refused = 0.0, 0
    for _ in range(20):
        began = time.monotonic()
        try:
            wire = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            wire.request("GET", "/healthz")
            refused += wire.getresponse().status != 200
            wire.close()
        except OSError:
            refused += 1
        slowest = max(slowest, time.monotonic() - began)
        time.sleep(0.1)
    return slowest, refused


def _stays(wire: socket.socket, until: float) -> bool:
    """Whether a connection is still open at a time."""
    wire.settimeout(max(until - time.monotonic(), 0.01))
    try:
        while wire.recv(1000):
            pass
    except TimeoutError:
        return True
    except OSError:
        pass
    return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
