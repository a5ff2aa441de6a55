"""The kit in the hands of a stranger: installed where nothing of the portal is, against a portal that was started.

What the documents show is run as it stands there. The portal's own stories use the same pages (`tests.stage.page`).
"""

import os
import re
import signal
import subprocess
import sys
import sysconfig
import tomllib
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import distribution
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest
from packaging.requirements import Requirement

from tests.kit.portal_kit.browsing import parsed
from tests.kit.portal_kit.view import View
from tests.stage.connections.server import free_port
from tests.stage.portals.running import PATIENCE, ROOT, environment, interrupts

KIT = ROOT / "tests" / "kit"
ALONE = """
from importlib.util import find_spec

assert not any(map(find_spec, ("app", "models", "routes", "tests", "bench", "starlette", "sqlalchemy")))
"""


@pytest.fixture
def stranger(tmp_path: Path) -> Path:
    """An environment of what the kit says that it needs, with pytest and the kit; its Python.

    Tests may not ask a registry, so what is needed is linked from where the tests run; pip sees whether all of it is
    there, and anything else is missing as it would be at a stranger's.
    """
    venv.create(tmp_path / "venv", with_pip=False, symlinks=True)
    python = tmp_path / "venv" / "bin" / "python"
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(tmp_path / "venv"), "platbase": ""}))
    project = tomllib.loads((KIT / "pyproject.toml").read_text(encoding="utf-8"))
    for name in with_what_they_need(
        "pytest", *project["build-system"]["requires"], *project["project"]["dependencies"]
    ):
        link(name, packages)
    source = copytree(KIT, tmp_path / "kit", ignore=ignore_patterns("__pycache__"))
    offline = ["--no-index", "--no-build-isolation", "--quiet", "--disable-pip-version-check"]
    said = ran(sys.executable, "-m", "pip", "--python", str(python), "install", *offline, str(source), at=tmp_path)
    assert said == ""
    assert (packages / "portal_kit" / "py.typed").exists()
    return python


def with_what_they_need(*wanted: str) -> set[str]:
    """The names of packages, with those that they need on this machine."""
    names: list[str] = []
    for asked in (waiting := [Requirement(one) for one in wanted]):
        if (asked.marker is None or asked.marker.evaluate({"extra": ""})) and asked.name not in names:
            names.append(asked.name)
            waiting += map(Requirement, distribution(asked.name).requires or [])
    return set(names)


def link(name: str, packages: Path) -> None:
    """Let an environment have a package of this one."""
    found = distribution(name)
    for top in {file.parts[0] for file in found.files or ()} - {"..", "__pycache__"}:
        if not (packages / top).exists():
            (packages / top).symlink_to(Path(str(found.locate_file(top))))


@contextmanager
def made_to_run(var: Path, port: int, **environ: str) -> Iterator[None]:
    """The portal as somebody starts it who follows the documents: `make run`, with the packages of these tests."""
    said = var / "said"
    with said.open("w") as output, interrupts():
        made = subprocess.Popen(
            ["make", "run", f"VENV={sys.prefix}"],
            cwd=ROOT,
            env=environment(var, PORT=str(port), **environ),
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield
        assert made.poll() is None, said.read_text(encoding="utf-8")
    finally:
        os.killpg(made.pid, signal.SIGTERM)  # make, and the portal that it waits for
        made.wait(PATIENCE)


def ran(*command: str, at: Path) -> str:
    """What it said; raises AssertionError where it fails."""
    done = subprocess.run(
        command, cwd=at, env=environment(at), capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def shown(document: Path) -> list[str]:
    """The programs that a document shows."""
    return re.findall(r"^```python\n(.*?)^```$", document.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.mark.rest
def test_what_the_documents_show_runs_as_it_stands_there(stranger: Path, tmp_path: Path, var: Path) -> None:
    examples, (first,) = shown(ROOT / "docs" / "testing-html.md"), shown(KIT / "README.md")
    assert len(examples) == 4, "three with the kit, and one without"
    assert len(first.splitlines()) <= 10
    (tmp_path / "test_first.py").write_text(first, encoding="utf-8")
    base = f"http://127.0.0.1:{(port := free_port())}"
    with made_to_run(var, port, PORTAL_TODAY="2026-10-01"):
        script = "\n".join([ALONE, f"BASE = {base!r}", *examples])
        (tmp_path / "examples.py").write_text(script, encoding="utf-8")
        ran(str(stranger), "-I", "examples.py", at=tmp_path)
        said = ran(
            str(stranger),
            "-I",
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "--portal",
            base,
            "test_first.py",
            at=tmp_path,
        )
    assert "2 passed" in said, "without and with htmx"


def test_a_page_is_seen_as_a_browser_shows_it_and_what_is_missing_is_told_with_what_is_there() -> None:
    page = View()
    page._soup = parsed(
        '<main><form id="f"><input name="sent" value="1"><input name="barred" value="2" disabled></form>'
        '<table id="results"><tbody><tr id="order-7"><th>7</th><td>Kurs</td></tr></tbody></table></main>'
    )
    assert page.fields(page.part("f")) == [("sent", "1")]
    assert page.row("order-7") == page.rows[0] == ["7", "Kurs"]
    for looked, there in ((page.row, "order-7"), (page.part, "results"), (page.value, "barred")):
        with pytest.raises(AssertionError, match=f"no (row|part|field) nope; there are .*{there}"):
            looked("nope")
