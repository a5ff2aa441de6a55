"""Measures the portal and prints one table; exit code 1 where a budget is broken by more than the noise.

python -m bench [sqlite|postgresql|both] [--quick] [--long]
python -m bench peers | pages | size   the list beside others', every page, and lists as their tables grow
python -m bench quiet   what docs/performance.md has of a quiet machine
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from bench import databases, employees, measures
from bench.measures import Extent
from bench.seconds import seconds
from bench.server import serving
from bench.table import BROKEN, Figure, show

_OTHERS = {"peers": "bench.peers.turns", "pages": "bench.pages", "size": "bench.size", "quiet": "bench.quiet"}
"""Measurements by themselves, by their word."""
_QUICK = Extent(rounds=3, requests=100, memory_requests=300)
_USUAL = Extent(rounds=5, requests=300, memory_requests=10_000)
_LONG = Extent(rounds=10, requests=1500, memory_requests=100_000)


def main(words: list[str]) -> int:
    """Carry out the measurements."""
    if words and words[0] in _OTHERS:
        return int(import_module(_OTHERS[words[0]]).main(words[1:]))
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measures speed and weight.")
    parser.add_argument("database", nargs="?", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--quick", action="store_true", help="a first impression, in less than a minute")
    parser.add_argument("--long", action="store_true", help="more rounds, and memory over 200 000 requests")
    asked = parser.parse_args(words)
    extent = _QUICK if asked.quick else _LONG if asked.long else _USUAL
    figures: list[Figure] = []
    for kind in ("sqlite", "postgresql"):
        if asked.database in {kind, "both"}:
            with tempfile.TemporaryDirectory(prefix="bench-") as folder:
                figures += _figures(kind, Path(folder), extent, first=not figures)
    print()
    show(figures)
    return 1 if any(figure.verdict == BROKEN for figure in figures) else 0


def _figures(kind: str, folder: Path, extent: Extent, *, first: bool) -> Iterator[Figure]:
    """Everything on one kind of database; what does not depend on it only on the first."""
    _say(f"{kind}: filling")
    with (
        databases.filled(kind, folder) as (small, large, empty),
        serving(small, folder) as one,
        serving(large, folder) as other,
    ):
        if first:
            yield from measures.weights(one)
            _say("what has to be done within seconds")
            yield from seconds(folder)
        _say(f"{kind}: orders search")
        yield from measures.search(kind, one, extent)
        _say(f"{kind}: the list at 1 000 000 orders")
        yield from measures.growth(kind, one, other, extent)
        if extent is not _QUICK:
            _say(f"{kind}: filling with 1 000 000 employees")
            employees.fill(empty)
            _say(f"{kind}: employee search")
            yield from employees.search(kind, empty, extent.rounds * 4)
        if first or extent is _LONG:
            _say(f"{kind}: memory")
            yield from measures.memory(kind, one, extent)


def _say(what: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {what} …", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
