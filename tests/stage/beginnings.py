"""How the processes of a run begin: not all with the same, where what one has done is done for the others, too.

What they make once for all of them while stories are told is in `shared`; which stories those are, in `pairs`.
"""

from contextlib import suppress
from importlib import import_module
from pathlib import Path

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Read the tests from another place on than the other processes: Python keeps what it has compiled for all.

    In a fresh clone each would compile them all, side by side, in the same order.
    """
    given: dict[str, object] = getattr(session.config, "workerinput", {})
    if given:
        own, all_of_them = int(str(given["workerid"]).removeprefix("gw")), int(str(given["workercount"]))
        files = [file for asked in session.config.args for file in sorted(Path(asked).rglob("test_*.py"))]
        for file in files[len(files) * own // all_of_them :]:
            with suppress(Exception, pytest.skip.Exception):  # it is said where the tests are collected
                import_module(".".join(file.resolve().relative_to(session.config.rootpath).with_suffix("").parts))
