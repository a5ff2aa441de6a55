"""Which tables a release serves with, and how they are brought there: one at a time, while the previous one serves."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from models.bookings.sign_ups.sign_up import CANCELLED, OFFERED, SIGNED_UP, WAITING, SignUp
from models.bookings.slots import Slot
from models.core.database import Database
from models.core.sealed import new_field_key
from models.migrations import FIRST_TO_SERVE, migrate, newest, wrong_with
from tests.stage.house import House
from tests.stage.portals.running import ROOT, running
from tests.stage.stores.databases import FIELD_KEYS, SECRET_KEY, fill

MIGRATIONS = ROOT / "models" / "migrations"
KEYS = {"SECRET_KEYS": SECRET_KEY, "FIELD_KEYS": new_field_key()}
THREE = """
import os, sys
from models.bookings.sign_ups.sign_up import CANCELLED, OFFERED, SIGNED_UP, WAITING, SignUp
from models.bookings.slots import Slot
from models.core.database import Database
from models.migrations import migrate

statuses = []
for _ in range(3):
    if os.fork() == 0:
        steps = migrate(Database(sys.argv[1]).engine)
        os._exit(10 if steps else 20)
statuses = sorted(os.waitstatus_to_exitcode(os.wait()[1]) for _ in range(3))
print(statuses)
"""
TAKES_AWAY = {"drop_table", "drop_column", "rename_table", "alter_column"}


def at(database: Database, revision: str, serves: str | None = None) -> str:
    """What is wrong with tables that say so of themselves."""
    with database.engine.begin() as connection:
        connection.execute(
            text("UPDATE alembic_version SET version_num = :to, serves = :serves").bindparams(
                to=revision, serves=f"{revision}:{serves}" if serves else f"{newest()}:{FIRST_TO_SERVE}"
            )
        )
    return database.ask(wrong_with)


@pytest.mark.rest  # three processes
def test_of_three_that_migrate_at_once_one_does_and_two_wait(database: Database) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    done = subprocess.run([sys.executable, "-c", THREE, url], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("[10, 20, 20]\n", "")
    assert database.ask(wrong_with) == ""


def test_tables_of_another_version_are_told_of_in_one_sentence(database: Database) -> None:
    assert database.ask(wrong_with) == "The database has no tables yet; this makes them: python app.py migrate"
    assert migrate(database.engine)[0] == "0001_foundation"
    assert migrate(database.engine) == []
    assert "The tables are at version 0016, and this portal needs" in at(database, "0016")
    assert "does not know: start a newer one" in at(database, "9999")
    assert "does not know: start a newer one" in at(database, "9999", serves="9998")
    assert at(database, "9999", serves=newest()) == "", "a newer release is being brought in"


@pytest.mark.rest  # processes that start
def test_the_portal_says_so_while_it_serves_and_does_not_start(quiet_house: House, var: Path) -> None:
    visitor = quiet_house.visitor()
    assert visitor.send("GET", "/readyz").text == "ready"
    with quiet_house.behind() as db:
        db.execute(text("UPDATE alembic_version SET version_num = '0016'"))
        db.commit()
    answer = visitor.send("GET", "/readyz")
    assert (answer.status_code, answer.text.partition(",")[0]) == (503, "The tables are at version 0016")
    with running(var, "serve", **{**KEYS, "DATABASE_URL": quiet_house.settings.database_url}) as portal:
        assert portal.process.wait(60) == 4
        assert portal.errors.read_text() == f"{answer.text}\n"


def _widens(call: ast.Call) -> bool:
    """Whether a column may be empty by it that had to be filled: the release before goes on filling it."""
    return any(given.arg == "nullable" and ast.unparse(given.value) == "True" for given in call.keywords)


def test_a_step_only_adds_or_says_that_it_does_not() -> None:
    """Else the release that serves while it is taken would break."""
    for file in sorted((MIGRATIONS / "versions").glob("[0-9]*.py")):
        tree = ast.parse(file.read_bytes())
        [upgrade] = [part for part in tree.body if isinstance(part, ast.FunctionDef) and part.name == "upgrade"]
        called = {
            node.func.attr
            for node in ast.walk(upgrade)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not _widens(node)
        }
        says = "\ncontracts = True" in file.read_text(encoding="utf-8")
        if file.name[:4] > FIRST_TO_SERVE:
            assert says or not called & TAKES_AWAY, f"{file.name}: {called & TAKES_AWAY}"


@pytest.mark.rest  # another release starts
def test_the_previous_release_serves_with_the_new_tables(tmp_path: Path) -> None:
    """Its code is that of the commit before the newest step came; without a history there is nothing to try."""
    newest_step = max((MIGRATIONS / "versions").glob("[0-9]*.py")).relative_to(ROOT)
    log = ["git", "log", "--diff-filter=A", "--format=%H", "-1", "--", str(newest_step)]
    added = subprocess.run(log, cwd=ROOT, capture_output=True, text=True, check=False)
    if added.returncode:
        pytest.skip("without git there is no previous release")
    before = f"{added.stdout.strip()}~1" if added.stdout.strip() else "HEAD"
    older = tmp_path / "older"
    older.mkdir()
    packed = subprocess.run(["git", "archive", before], cwd=ROOT, capture_output=True, check=True)
    subprocess.run(["tar", "-x", "-C", str(older)], input=packed.stdout, check=True)
    fill(f"sqlite:///{tmp_path}/portal.db")
    with running(tmp_path, "serve", older, SECRET_KEYS=SECRET_KEY, FIELD_KEYS=FIELD_KEYS[0]) as portal:
        portal.wait_until_ready()
        with httpx2.Client(base_url=f"http://127.0.0.1:{portal.port}", follow_redirects=True, timeout=60) as tester:
            send(tester, "/login", "/login", username="Tester", password="demo-tester")
            for page in ("/info", "/orders", "/bookings", "/employees", "/invoices", "/search?q=307390"):
                assert tester.get(page).status_code == 200, page
            reference = send(tester, "/orders/307390", "/orders/307390/reference", reference="Fra i går")
            assert "Fra i går" in reference


def test_two_releases_read_and_write_the_same_sign_up(quiet_house: House) -> None:
    """The one before knows the words of `state`, this one the values of `standing`; rules hold for both."""
    with quiet_house.behind() as db:
        sign_up = db.scalars(select(SignUp).where(SignUp.state == WAITING).order_by(SignUp.id)).first()
        assert sign_up
        slot = select(Slot.id).where(Slot.booking_id == sign_up.booking_id).order_by(Slot.id).limit(1)
        row = {"id": sign_up.id, "slot": db.scalar(slot), "until": "2026-11-01 00:00:00+00:00"}
        offer = "UPDATE sign_ups SET state = 'Tilbudt', slot_id = :slot, offered_until = :until WHERE id = :id"
        db.execute(text(offer), row)
        db.refresh(sign_up)
        assert sign_up.state is OFFERED
        sign_up.state, sign_up.offered_until = SIGNED_UP, None
        db.flush()
        assert db.scalar(text("SELECT state FROM sign_ups WHERE id = :id"), row) == "Påmeldt"
        same = "customer_id, unit_id, booking_id, slot_id, employee_id, signed_up_at, revision"
        again = f"INSERT INTO sign_ups (state, link, {same}) SELECT :word, :word, {same} FROM sign_ups WHERE id = :id"  # noqa: S608
        db.execute(text(again), row | {"word": "Avmeldt"})
        assert db.scalar(select(SignUp.state).where(SignUp.link == "Avmeldt")) is CANCELLED
        for refused in ("Bekreftet", "Tilbudt"):  # sits there already; an offer without an end
            with pytest.raises(IntegrityError), db.begin_nested():
                db.execute(text(again), row | {"word": refused})
        with pytest.raises(IntegrityError), db.begin_nested():
            db.execute(text("UPDATE sign_ups SET standing = 'offered' WHERE id = :id"), row)


def send(person: httpx2.Client, page: str, action: str, **fields: str) -> str:
    """Fill in a page's form and send it."""
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', person.get(page).text)
    assert token
    answer = person.post(action, data={"csrf_token": token[1], **fields})
    assert answer.status_code == 200, answer.text
    return answer.text
