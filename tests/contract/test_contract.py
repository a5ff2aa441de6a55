"""The contract of the HTML: what is told of it, that it is told as it is, and that the portal answers so."""

import hashlib
import json
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from app import create_app
from models.core.settings import Settings
from routes import MAP
from routes.contract import description
from routes.contract.asking import PARTIAL, Example
from routes.contract.drawn import brought, ids
from routes.contract.markup import Markup
from routes.contract.rehearsal import rehearse
from routes.web.lines import Line
from tests.stage.contract import files
from tests.stage.house import SECRETS, House
from tests.stage.stores.databases import FIELD_KEYS
from tests.stage.times import TestClock

CHANGES = files.FILE.with_name("contract-changes.md")

UNSHOWN = {
    "deactivate": {409},  # two at the same moment, on PostgreSQL: on SQLite whoever comes second waits
    "new_passkey": {303},  # where people reach the portal by a number: passkeys belong to names
}
"""Statuses without an example, and what they would need."""


def test_what_is_told_is_what_the_files_say_and_each_change_is_written_down() -> None:
    text = files.as_text()
    assert files.JSON.read_text(encoding="utf-8") == text, "`python -m tests.stage.contract` writes it anew"
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    newest = re.search(r"^## (\d+) · (\w+)$", CHANGES.read_text(encoding="utf-8"), re.MULTILINE)
    assert newest
    assert newest.groups() == (str(description.VERSION), digest), f"{CHANGES.name} does not say what became {digest}"


def test_the_json_is_what_its_schema_says(house: House) -> None:
    reader = house.visitor()
    told, schema = (json.loads(reader.send("GET", f"/contract{way}").text) for way in (".json", ".schema.json"))
    assert told == json.loads(json.dumps(description.as_json(MAP)))
    for name in ("line", "field"):
        shape = schema["$defs"][name]
        things = told["lines"] if name == "line" else [field for line in told["lines"] for field in line["fields"]]
        assert set().union(*things) <= shape["properties"].keys()
        assert all(set(shape["required"]) <= thing.keys() for thing in things)
    assert {field["kind"] for line in told["lines"] for field in line["fields"]} == told["kinds"].keys()


def test_one_finds_a_line_and_what_it_takes(house: House) -> None:
    page = house.visitor().open("/contract")
    assert page.h1 == "HTML-kontrakten"
    assert len(page.rows) == len(MAP)
    page.fill(q="ORDERS status results").press("Søk")
    assert page.rows
    assert all("orders" in row[0] for row in page.rows)
    page.follow("GET /orders")
    assert page.h1 == "GET /orders"
    assert page.has("open Åpne · none (uten status)")
    assert page.open("/contract?q=finnes+ikke").has("Ingen linjer funnet")
    assert house.visitor().open("/contract/nope").status_code == 404
    assert page.open("/contract").follow("Hva alle adresser kan svare").has("503 the database is away")


def test_it_is_there_in_the_demo_only(house: House) -> None:
    with house.with_settings(demo=False) as visitor:
        for way in ("", ".json", ".schema.json", "/orders"):
            assert visitor().open(f"/contract{way}").status_code == 404


@pytest.mark.parametrize("name", ["status", "parts", "fields", "who", "values"])
def test_a_change_of_the_contract_names_its_line(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    line = next(line for line in MAP if line.name == "orders")
    told = description.described(line)
    changes: dict[str, dict[str, object]] = {
        "status": {"statuses": (200,)},
        "parts": {"parts": ("hits",)},
        "fields": {"fields": told.fields[1:]},
        "who": {"who": "anyone"},
        "values": {"fields": tuple(description.Taken(one.name, one.kind) for one in told.fields)},
    }
    was, broken = description.described, changes[name]
    monkeypatch.setattr(description, "described", lambda one: _with(was(one), broken) if one is line else was(one))
    kept, now = files.JSON.read_text(encoding="utf-8").splitlines(), files.as_text().splitlines()
    assert [json.loads(new.rstrip(","))["name"] for old, new in zip(kept, now, strict=True) if old != new] == ["orders"]


def _with(told: description.Described, changed: dict[str, object]) -> description.Described:
    return replace(told, **changed)  # type: ignore[arg-type]


def test_markup_is_read_as_a_browser_reads_it() -> None:
    there = Markup(
        '<a href="/a">x</a><input name="late" form="f" value="1"><form id="f" method="post" action="/b" hx-target="#p">'
        '<select name="s"><option value="1">a</option><option value="2" selected>b</option></select>'
        '<textarea name="t">\nhello</textarea><input type="checkbox" name="c" value="7">'
        '<button name="go" value="2" formaction="/c">x</button></form>'
    )
    form, button = there.forms
    assert there.links == ["/a"]
    assert (form.method, form.action, form.target) == ("POST", "/b", "p")
    sent = {one.name: one.values for one in form.fields}
    assert sent == {"late": ["1"], "s": ["2"], "t": ["\nhello"], "c": []}
    assert (button.action, button.fields[-1].name, button.fields[-1].values) == ("/c", "go", ["2"])


_ROW = re.compile(r'<(?:tr|li|div) [^>]*\bid="((?!field-)[a-z]+(?:-[a-z]+)*-\d[^"]*)"')
"""An id of a row, in HTML."""


def lacks(line: Line, examples: Sequence[Example]) -> list[object]:
    """What was promised of a line and has not come; that nothing else has come is asserted."""
    told, unshown = description.described(line), UNSHOWN.get(line.name, set())
    answers = {example.answer.status for example in examples}
    assert answers <= {*told.statuses, *description.ANYWHERE}, line.name
    assert not unshown & answers, f"{line.name} is shown by now"
    come: set[tuple[str | None, str]] = set()
    for example in examples:
        beside = {*told.says, *told.beside.get(example.part or "", ()), *description.EVERYWHERE.beside["main"]}
        partials, numbered = (found.findall(example.answer.html) for found in (PARTIAL, _ROW))
        assert all(brought(beside, [one]) for one in partials), (line.name, example.part, partials)
        assert all(brought(told.rows, [one]) for one in numbered), (line.name, example.part, numbered)
        come |= {(example.part, name) for name in brought(beside, partials)}
    promised = {(part, name) for part, names in told.beside.items() for name in names}
    missing = {*told.statuses} - answers - unshown - {404}, {*told.parts} - {example.part for example in examples}
    unsaid = {*told.says} - {name for _, name in come}
    return [one for one in (*missing, promised - come, unsaid) if one]


@pytest.mark.rest
def test_each_part_is_seen_in_a_rehearsal_and_each_answer_is_one_that_was_promised(tmp_path: Path) -> None:
    settings = Settings(secret_keys=SECRETS, field_keys=FIELD_KEYS, demo=True, var=tmp_path)
    with ThreadPoolExecutor(1) as apart:  # as the portal does: on this thread a browser may have a loop
        examples = apart.submit(rehearse, MAP, settings, TestClock(), create_app).result()
    of_lines = [(line, [example for example in examples if example.line == line.name]) for line in MAP]
    assert {line.name: lacking for line, own in of_lines if (lacking := lacks(line, own))} == {}
    rows = {row for line in MAP for row in description.described(line).rows}
    assert rows == {row for _, own in of_lines for one in own for row in brought(rows, ids(one.answer.html))}
    everywhere = [example.answer.status for example in examples if example.line == description.EVERYWHERE.name]
    assert {*everywhere} == {*description.ANYWHERE}
    assert len({example.asked.curl("") for example in examples}) > 300
    assert list(tmp_path.iterdir()) == [], "nobody is told, and nothing is left"
