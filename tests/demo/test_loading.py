"""Loading the demo data: the same every time, into an empty database only, and into fields that hold it."""

import subprocess
import sys
from pathlib import Path

from models.core.base import Base
from models.core.database import Database
from models.demo import is_empty
from tests.demo.loaded import AUTUMN, Demo, loaded


def everything(demo: Demo) -> dict[str, list[dict[str, object]]]:
    """Every value of every row, but for the salted hashes, what is sealed, and what only chance may know."""
    tables = [mapper.class_ for mapper in Base.registry.mappers]
    return {
        table.__name__: [
            {
                key: value
                for key, value in vars(row).items()
                if not key.startswith("_") and key not in {"password_hash", "sealed", "link"}
            }
            for row in demo.all(table)
        ]
        for table in tables
    }


def test_it_is_the_same_every_time(autumn: Demo, tmp_path: Path) -> None:
    with loaded(tmp_path / "portal.db", AUTUMN) as demo:
        again = everything(demo)
    assert again == everything(autumn)
    assert len(again["Employee"]) > 1500


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
    assert said.stdout.split() == ["False", "7"]


def test_the_texts_fit_their_fields(demo: Demo) -> None:
    """SQLite would take longer ones; PostgreSQL does not."""
    for mapper in Base.registry.mappers:
        for row in demo.all(mapper.class_):
            for column in mapper.columns:
                value, length = getattr(row, column.key), getattr(column.type, "length", None)
                assert not (isinstance(value, str) and length) or len(value) <= length
