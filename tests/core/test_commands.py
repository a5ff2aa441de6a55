"""The command line: help everywhere, one sentence for wrong words, and what each command ends with.

What `run`, `serve` and `worker` do is in `tests/web/serving/test_app.py`; the others, where their things are tested.
"""

import argparse
import itertools
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update

import app
from models.bookings.booking import Booking
from models.core.sealed import new_field_key
from models.crm.records import ReceivedEvent
from models.employees.employee import Employee
from models.outbox.message import Channel, Message, Outgoing, post
from tests.stage.house import House
from tests.stage.stores.databases import SECRET_KEY
from tests.stage.times import NOW

ROOT = Path(__file__).parents[2]
KEYS = {"SECRET_KEYS": SECRET_KEY, "FIELD_KEYS": new_field_key()}
FJORDBYGG = "319099603"
NOBODY = "999999999"


def entries(parser: argparse.ArgumentParser, *path: str) -> Iterator[tuple[tuple[str, ...], argparse.ArgumentParser]]:
    """Every command of the tree with its parser, and those inside it."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, inner in action.choices.items():
                yield (*path, name), inner
                yield from entries(inner, *path, name)


TREE = dict(entries(app.command_line()))
COMMANDS = [path for path in TREE if len(path) == 1]


class Shell:
    """Says commands in this process: the status, what was printed and what was said of it."""

    def __init__(self, capfd: pytest.CaptureFixture[str]) -> None:
        self._capfd = capfd

    def __call__(self, *words: object) -> tuple[int, str, str]:
        self._capfd.readouterr()
        status = app.main([str(word) for word in words])
        return status, *self._capfd.readouterr()


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Shell:
    """A command line whose database is not there yet."""
    monkeypatch.setattr(app, "configure_logs", lambda _format: None)  # the log is pytest's
    monkeypatch.setenv("COLUMNS", "200")
    for name, value in {**KEYS, "DATABASE_URL": f"sqlite:///{tmp_path}/portal.db"}.items():
        monkeypatch.setenv(name, value)
    return Shell(capfd)


@pytest.fixture
def desk(shell: Shell, quiet_house: House, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A command line at the database of the house."""
    monkeypatch.setenv("DATABASE_URL", quiet_house.settings.database_url)
    monkeypatch.setenv("FIELD_KEYS", quiet_house.settings.field_keys[0])
    monkeypatch.setenv("PORTAL_TODAY", f"{NOW:%Y-%m-%d}")
    return shell


# Help


def test_each_command_says_how_it_is_used(shell: Shell) -> None:
    for path, parser in TREE.items():
        status, printed, said = shell(*path, "--help")
        assert (status, said) == (0, "")
        assert printed.startswith(f"usage: python app.py {path[0]}")
        for action in parser._actions:
            assert action.help, f"{action.dest} of {path} is not explained"


def test_an_unknown_command_explains_the_known_ones(shell: Shell) -> None:
    for words in ((), ("dance",)):
        status, printed, said = shell(*words)
        assert (status, printed) == (2, "")
        assert all(command in said for (command,) in COMMANDS)
    status, printed, said = shell("--help")
    assert (status, said) == (0, "")
    assert all(re.search(rf"^ +{command}\s+\S", printed, re.MULTILINE) for (command,) in COMMANDS)


def test_the_version_stands_in_one_place(shell: Shell) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert shell("--version") == (0, f"{project['version']}\n", "")


def test_the_documents_name_the_commands_that_there_are() -> None:
    documents = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    named = {
        (found, document.name)
        for document in documents
        for found in re.findall(r"app\.py ([a-z][a-z-]*)", document.read_text(encoding="utf-8"))
    }
    assert {found for found, _ in named} == {command for (command,) in COMMANDS}
    operation = (ROOT / "docs" / "operation.md").read_text(encoding="utf-8")
    table = re.findall(r"^\| `python app\.py ([a-z-]+)", operation, re.MULTILINE)
    assert sorted(table) == sorted(command for (command,) in COMMANDS)


# Wrong words


GARBAGE = (
    "",
    " ",
    "x",
    "-1",
    "²",
    "9" * 30,
    "1.5",
    "http://[",
    "http://x:y/",
    "http://..",
    "x" * 3000,
    "\udcff",
    "%s",
)


def is_told(printed: str, said: str) -> bool:
    """Whether somebody is told what is wrong, and nothing of where in the program."""
    return bool(said.strip() or "refused" in printed) and "Traceback" not in said


@pytest.mark.rest  # all commands with much garbage
def test_no_words_of_a_command_are_too_much_for_it(desk: Shell) -> None:
    """Whatever stands in the place of its words, a command says what is wrong; and so does each reader of a word."""
    for path, parser in TREE.items():
        is_free = path == ("backup",)  # to be called anything but these
        garbage_of = ("", " ", "x" * 3000, "http://[") if is_free else GARBAGE
        status, printed, said = desk(*path, "--no-such-option")
        assert (status, printed) == (2, ""), path
        assert re.search(r"error: .*--no-such-option|error: the following arguments are required", said)
        for garbage in (GARBAGE, *((word,) for word in garbage_of)):
            status, printed, said = desk(*path, *garbage)
            assert status in {1, 2}, (path, garbage, printed, said)
            assert is_told(printed, said), (path, garbage, printed, said)
        readers: list[Any] = [action.type for action in parser._actions if action.type]
        for read, word in itertools.product(readers, GARBAGE):
            with suppress(argparse.ArgumentTypeError):
                read(word)


@pytest.mark.rest  # a process starts
def test_wrong_words_are_no_traceback_in_a_shell_either() -> None:
    command: list[str | bytes] = [sys.executable, "app.py", "quarantine", b"\xff"]
    done = subprocess.run(command, cwd=ROOT, env={}, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1] == "python app.py: error: unrecognized arguments: \\udcff"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["reports", "315908303", "on"], "argument number: '315908303' is no organisation number."),
        (["reports", FJORDBYGG, "yes"], "argument state: invalid choice: 'yes'"),
        (["add-plan", FJORDBYGG, "20x6", "x"], "argument year: '20x6' is no year from 1900 to 2200."),
        (["add-plan", FJORDBYGG, "26", "x"], "argument year: '26' is no year from 1900 to 2200."),
        (["add-plan", FJORDBYGG, "2026", ""], "argument file: there is no name of a file."),
        (["add-report", FJORDBYGG, "2026", "Vits", "x"], "argument kind: invalid choice: 'Vits'"),
        (["outbox", "resend", "x"], "argument id: 'x' is no number of 1 to 9 digits."),
        (["outbox", "resend"], "resend needs the number of a message, or --since with a day, perhaps with --kind."),
        (["outbox", "resend", "7", "--kind", "x"], "resend needs the number of a message, or --since with a day"),
        (["outbox", "resend", "--since", "i går"], "argument --since: 'i går' is no moment such as 2026-10-13"),
        (["backed-up", "--at", "i går"], "argument --at: 'i går' is no moment such as 2026-10-13"),
        (["import-invoices", ""], "argument PATH: there is no name of a file."),
        (["new-key", "FIELD_KEY"], "argument name: invalid choice: 'FIELD_KEY'"),
        (["publish-slots", "--hours", "9-25"], "argument --hours: '9-25' are no hours such as 08:00-15:00."),
        (["publish-slots", "--day", "i dag"], "argument --day: 'i dag' is no day such as 2026-10-13."),
        (["publish-slots", "--minutes", "0"], "argument --minutes: '0' is no number of minutes from 1 to 1440."),
        (["publish-slots", "--closes", "soon"], "argument --closes: 'soon' is no time ahead such as 24h or 7d."),
        (["publish-slots", "--unit", "Mars"], "argument --unit: 'Mars' is neither the id nor the organisation number"),
    ],
)
def test_a_wrong_value_is_told_in_one_sentence(shell: Shell, words: list[str], sentence: str) -> None:
    status, printed, said = shell(*words)
    assert (status, printed) == (2, "")
    assert sentence in said.splitlines()[-1]


def test_wrong_settings_are_told_in_one_sentence(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    status, printed, said = shell("outbox")
    assert (status, printed) == (1, "")
    assert re.fullmatch(r"The database cannot be used: .+\. Is it there, and was `migrate` run\?\n", said)
    monkeypatch.setenv("DATABASE_URL", "portal:secret")
    assert shell("outbox") == (2, "", "DATABASE_URL is not the address of a database.\n")
    monkeypatch.setenv("DATABASE_URL", "sqlite:////proc/none/portal.db")
    status, printed, said = shell("migrate")
    assert (status, printed, said.count("\n")) == (2, "", 1)
    monkeypatch.setenv("PORT", "100000")
    assert shell("serve") == (2, "", "PORT must be at most 65535.\n")


# What they end with


@pytest.mark.parametrize("command", ["add-report", "add-plan"])
def test_a_file_that_cannot_be_read_is_told_in_one_sentence(desk: Shell, tmp_path: Path, command: str) -> None:
    kind = ["Plan"] if command == "add-report" else []
    (tmp_path / "folder.pdf").mkdir()
    (tmp_path / "latin.pdf").write_bytes("Avdeling;Aktivitet\nTromsø;Måling".encode("latin-1"))
    unreadable = [tmp_path / "nowhere.pdf", tmp_path / "folder.pdf", tmp_path / ("x" * 190 + "/" + "y" * 190)]
    if Path("/proc/self/mem").exists():
        unreadable.append(Path("/proc/self/mem"))
    for file in unreadable:
        status, printed, said = desk(command, FJORDBYGG, "2026", *kind, file)
        assert (status, printed) == (1, ""), file
        assert re.fullmatch(rf"{re.escape(str(file))} cannot be read: .+\.\n", said)
    status, printed, said = desk(command, FJORDBYGG, "2026", *kind, tmp_path / "latin.pdf")
    assert (status, printed, said.count("\n")) == (1, "", 1)


def test_invoices_that_cannot_be_read_are_refused_each_in_a_line(shell: Shell, tmp_path: Path) -> None:
    long = tmp_path / ("x" * 300)
    assert shell("import-invoices", "--check", long) == (
        1,
        f"refused {long} it cannot be read: File name too long\n",
        "",
    )
    assert shell("import-invoices") == (2, "", "import-invoices needs a file, a folder or a zip.\n")
    assert shell("import-invoices", "--check") == (2, "", "import-invoices needs a file, a folder or a zip.\n")


def test_who_is_not_a_customer_gets_nothing(desk: Shell, tmp_path: Path) -> None:
    file = tmp_path / "plan.csv"
    file.write_text("Aktivitet;Kvartal\n")
    for words in (
        ["reports", NOBODY, "on"],
        ["add-report", NOBODY, "2026", "Plan", file],
        ["add-plan", NOBODY, "2026", file],
    ):
        assert desk(*words) == (1, "", f"No customer has the organisation number {NOBODY}.\n")


def test_what_is_dead_is_sent_again_and_what_is_not_is_said(desk: Shell, quiet_house: House) -> None:
    with quiet_house.behind() as db:
        db.execute(update(Message).values(dead_at=None))
        about = {"kind": "order.placed", "about": "order:1"}
        dead = post(db, Outgoing(channel=Channel.CRM, **about, customer_id=None, payload={}, at=NOW))
        dead.dead_at, dead.last_error = NOW, "refused"
        db.commit()
    status, printed, said = desk("outbox")
    assert (status, said) == (0, "")
    assert f"{dead.id} dead: crm order.placed order:1 customer None, 0 attempts, refused" in printed.splitlines()
    status, printed, said = desk("outbox", "resend", dead.id)
    assert (status, said) == (0, "")
    assert "dead: 0" in printed.splitlines()
    status, printed, said = desk("outbox", "resend", dead.id)
    assert (status, said) == (1, f"No dead message has the number {dead.id}, or nothing is left of it.\n")
    assert "dead: 0" in printed.splitlines()
    with quiet_house.behind() as db:
        db.execute(update(Message).where(Message.id == dead.id).values(dead_at=NOW))
        db.commit()
    day = f"{NOW:%Y-%m-%d}"
    for words, sent in (
        (["--since", f"{day}T23:00"], 0),
        (["--since", day, "--kind", "order_placed"], 0),
        (["--since", day, "--kind", "order.placed"], 1),
    ):
        status, printed, said = desk("outbox", "resend", *words)
        assert (status, printed.splitlines()[0], said) == (0, f"sent again: {sent}", "")


def test_reconciling_ends_with_one_while_something_differs(desk: Shell, quiet_house: House, tmp_path: Path) -> None:
    digests = tmp_path / "digests"
    digests.write_text(f'{{"subject": "employee:999999", "digest": "{"0" * 64}"}}\n')
    status, printed, said = desk("reconcile", digests)
    lines = printed.splitlines()
    assert (status, said, lines[-1]) == (1, "", "unknown employee:999999")
    assert all(re.fullmatch(r"missing (employee|order|sign_up):[0-9]+", line) for line in lines[:-1])
    status, printed, said = desk("reconcile", "--mend", digests)
    assert (status, said) == (1, "")
    assert printed.splitlines() == [*(f"{line} told again" for line in lines[:-1]), lines[-1]]
    with quiet_house.behind() as db:
        told = db.scalars(select(Message.about).where(Message.kind.endswith(".restated"))).all()
        assert sorted(told) == sorted(line.partition(" ")[2] for line in lines[:-1])
        assert db.scalar(select(Employee.id).where(Employee.id == 999999)) is None
    for place in (tmp_path, tmp_path / "nowhere", "http://["):
        status, printed, said = desk("reconcile", place)
        assert (status, printed) == (2, "")
        assert said.startswith(f"{place} cannot be read: ")


def test_refused_events_are_listed(desk: Shell, quiet_house: House) -> None:
    with quiet_house.behind() as db:
        db.execute(delete(ReceivedEvent))
        facts = {
            "event_id": "e1",
            "kind": "order.changed",
            "subject": "order:1",
            "reason": "the customer has no such order",
        }
        db.add(ReceivedEvent(**facts, status="refused", received_at=NOW))
        db.commit()
    line = f"{NOW:%Y-%m-%d %H:%M} order.changed order:1 e1: the customer has no such order\n"
    assert desk("received") == (0, line, "")


def test_a_series_is_published_for_all_units_or_for_none(desk: Shell, quiet_house: House) -> None:
    said = [
        "--title",
        "Vaksine",
        "--place",
        "Kantina",
        "--day",
        "2026-10-13",
        "--hours",
        "08:00-09:00",
        "--minutes",
        "10",
    ]
    for wrong, sentence in (
        (["--unit", "999"], "there is no unit 999\n"),
        (["--order", "1"], "the customer of unit 313082466 has no order 1\n"),
        (["--break", "08:00-09:00"], "no time fits into the opening hours\n"),
    ):
        assert desk("publish-slots", "--unit", "313082466", *said, *wrong) == (1, "", sentence)
    with quiet_house.behind() as db:
        assert db.scalars(select(Booking).where(Booking.title == "Vaksine")).all() == []
