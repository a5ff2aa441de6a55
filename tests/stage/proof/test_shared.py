"""What the processes of a test run share, when the run was killed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

_LEFT_BEHIND = """
import os, signal
from tests.stage.stores.databases import postgres
from tests.stage.shared import databases, shared
with postgres():
    print(shared(), (databases() / "postmaster.pid").read_text().split()[0], flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""
_NEXT = "from tests.stage.shared import shared; print(shared())"


def run(script: str) -> list[str]:
    """What a process says that belongs to no run."""
    alone = {name: value for name, value in os.environ.items() if not name.startswith(("PORTAL_TESTS", "PYTEST"))}
    here = Path(__file__).parents[3]
    return subprocess.run(
        [sys.executable, "-c", script], env=alone, cwd=here, capture_output=True, text=True, check=False
    ).stdout.split()


@pytest.mark.rest  # a run of its own
def test_what_a_killed_run_left_is_cleared_away_by_the_next() -> None:
    left, server = run(_LEFT_BEHIND)
    assert Path(left).is_dir()
    assert Path(f"/proc/{server}").exists() or not Path("/proc").exists(), "its server goes on"
    (following,) = run(_NEXT)
    assert not Path(left).exists()
    assert not Path(f"/proc/{server}").exists()
    assert not Path(following).exists(), "a run that ends takes its folder along"


def test_what_a_living_run_has_is_left_alone() -> None:
    shared_now = Path(os.environ["PORTAL_TESTS_SHARED"])
    run(_NEXT)
    assert shared_now.is_dir()
