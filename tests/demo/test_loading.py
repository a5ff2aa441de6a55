"""Loading the demo data: the same every time, into an empty database only, and into fields that hold it."""

import os
import subprocess
import sys
from datetime import time
from pathlib import Path

import pytest

from models.core.base import Base
from models.core.clock import in_oslo, today_in_oslo
from models.core.database import Database
from models.demo import is_empty
from tests.demo.digests import digests
from tests.demo.loaded import Demo

ELSEWHERE = {"PYTHONHASHSEED": "307390", "TZ": "Pacific/Auckland", "LC_ALL": "C"}
"""Another machine: sets in another order, another clock on the wall, another alphabet."""


@pytest.mark.rest  # the demo is loaded anew
def test_the_same_day_gives_the_same_data_on_every_machine(autumn: Demo, tmp_path: Path) -> None:
    """Section 5, number 13: whenever on that day it is loaded; compared row by row."""
    late = in_oslo(today_in_oslo(autumn.now), time(23, 59))
    program = [sys.executable, "-m", "tests.demo.digests", str(tmp_path / "portal.db"), late.isoformat()]
    there = subprocess.run(program, capture_output=True, text=True, check=True, env=os.environ | ELSEWHERE)
    here = list(digests(autumn))
    assert there.stdout.splitlines() == here
    assert len(here) > 4000


def test_an_empty_database_is_told_from_a_full_one(tmp_path: Path, autumn: Demo) -> None:
    database = Database(f"sqlite:///{tmp_path / 'portal.db'}")
    Base.metadata.create_all(database.engine)
    with database.session() as db:
        assert is_empty(db)
    database.close()
    assert not is_empty(autumn.db)


def test_the_sign_in_page_can_know_the_users_without_hashing_a_password() -> None:
    program = "import sys; from models.demo import SIGN_INS; print('argon2' in sys.modules, len(SIGN_INS))"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["False", "8"]


def test_the_texts_fit_their_fields(demo: Demo) -> None:
    """SQLite would take longer ones; PostgreSQL does not."""
    for mapper in Base.registry.mappers:
        for row in demo.all(mapper.class_):
            for column in mapper.columns:
                value = getattr(row, mapper.get_property_by_column(column).key)
                length = getattr(column.type, "length", None)
                assert not (isinstance(value, str) and length) or len(value) <= length
