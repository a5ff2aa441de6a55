"""Breaks each claim of docs/security.md in a copy of the checkout, and shows that a test notices; 1 where none does.

python -m bench.mutations [word of a claim …]
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.claims import MUTATIONS
from bench.claims.mutation import Mutation

ROOT = Path(__file__).parents[1]
_NOTICED = 1
"""How pytest ends where tests failed; anything else is no proof."""


def main(words: list[str]) -> int:
    """Try all of them, or those whose claim holds one of the words."""
    parser = argparse.ArgumentParser(prog="python -m bench.mutations")
    parser.add_argument("words", nargs="*", help="what stands in the claims that are tried; all without")
    words = parser.parse_args(words).words
    chosen = [one for one in MUTATIONS if not words or any(word in one.claim for word in words)]
    with tempfile.TemporaryDirectory(prefix="mutations-") as folder:
        copy = _copied(Path(folder))
        unnoticed = [one for one in chosen if not _is_noticed(copy, one)]
    print(f"\n{len(chosen) - len(unnoticed)} of {len(chosen)} claims are held by a test")
    return 1 if unnoticed else 0


def _copied(folder: Path) -> Path:
    """What is in the repository, without its history, beside the environment that is there."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout  # noqa: S607  # git, wherever it is
    for name in filter(None, listed.decode().split("\0")):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target)
    return folder


def _is_noticed(copy: Path, mutation: Mutation) -> bool:
    file, started = copy / mutation.file, time.monotonic()
    whole = file.read_text(encoding="utf-8")
    if whole.count(mutation.before) != 1:
        print(f"NOT THERE  {mutation.claim}: {mutation.file} has changed", flush=True)
        return False
    file.write_text(whole.replace(mutation.before, mutation.after), encoding="utf-8")
    try:
        store = "postgres" if mutation.on_postgresql else "not postgres"
        words = ["-m", "pytest", "-q", "-x", "-n", "0", "--pairs=all", "-m", store, "-p", "no:cacheprovider"]
        ended = subprocess.run(
            [sys.executable, *words, *mutation.tests], cwd=copy, check=False, capture_output=True, text=True
        )
    finally:
        file.write_text(whole, encoding="utf-8")
    noticed = ended.returncode == _NOTICED
    failed = [line for line in ended.stdout.splitlines() if line.startswith("FAILED")]
    by = failed[0].split(" ")[1].rpartition("/")[2] if failed else f"pytest ended with {ended.returncode}"
    took = round(time.monotonic() - started)
    print(f"{'noticed   ' if noticed else 'UNNOTICED '} {mutation.claim} ({by}, {took} s)", flush=True)
    return noticed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
