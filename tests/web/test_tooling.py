"""What the project's own files promise: exact locks, and htmx as it was published."""

import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ["requirements.txt", "requirements-dev.txt"]


def locked(name: str) -> dict[str, str]:
    """The pinned requirements of a lock with what belongs to them, by `package==version ; marker`."""
    entries = re.split(r"^(?=\w)", (ROOT / name).read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {entry.partition("\\")[0].strip(): entry for entry in entries if entry.strip()}


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_is_pinned_with_its_hashes(name: str) -> None:
    pins = locked(name)
    assert pins
    for pin, entry in pins.items():
        assert re.match(r"[\w.-]+==[\w.]+( ;|$)", pin), pin
        assert "--hash=sha256:" in entry, pin


@pytest.mark.parametrize("name", LOCKS)
def test_locks_name_no_index(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*-(?!-hash=)", text, re.MULTILINE)


def test_tests_run_with_the_versions_that_the_portal_runs_with() -> None:
    assert locked("requirements.txt").keys() <= locked("requirements-dev.txt").keys()


def test_vendored_files_are_as_they_were_published() -> None:
    notes = (ROOT / "static" / "README.md").read_text(encoding="utf-8")
    noted = {name: digest for digest, name in re.findall(r"^ +([0-9a-f]{64})  (\S+)$", notes, re.MULTILINE)}
    vendored = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (ROOT / "static").glob("*.min.*")}
    assert vendored == noted
    assert noted
