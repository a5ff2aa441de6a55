"""What an audit counts, and how its figures are told; it is itself taken by `make audit`, as it takes minutes."""

import shutil
import stat
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from routes import MAP
from routes.contract.asking import Answer, Asked, Example
from tests.audit import lighthouse, nu, table
from tests.audit.browsing import Seen
from tests.audit.nu import Checked

MESSAGES = [
    ({"type": "error", "message": "Attribute “hx-get” not allowed on element “a” at this point."}, False, False),
    ({"type": "error", "message": "Attribute “href” not allowed on element “b” at this point."}, False, True),
    ({"type": "info", "message": "Trailing slash on void elements has no effect."}, False, False),
    ({"type": "error", "message": "The “for” attribute must refer to a non-hidden form control."}, True, False),
    ({"type": "error", "message": "The “for” attribute must refer to a non-hidden form control."}, False, True),
]


@pytest.mark.parametrize(("message", "is_part", "counts"), MESSAGES)
def test_what_is_wrong_counts_and_what_the_checker_cannot_know_does_not(
    message: dict[str, str], is_part: bool, counts: bool
) -> None:
    assert nu.counts(message, is_part=is_part) == counts


@pytest.mark.parametrize(
    ("part", "body"),
    [
        ("<p>A</p>", "<p>A</p>"),
        ('<li id="slot-4">A</li>', '<ul><li id="slot-4">A</li></ul>'),
        ('<div id="places"><dt>A</dt></div>', '<dl><div id="places"><dt>A</dt></div></dl>'),
        (
            '<tr><td>A</td></tr><hx-partial hx-target="#b"><li>B</li></hx-partial>',
            "<table><tbody><tr><td>A</td></tr></tbody></table><ul><li>B</li></ul>",
        ),
    ],
)
def test_a_part_is_checked_where_it_stands_on_its_page(part: str, body: str) -> None:
    title = "<title>A part</title>"
    assert nu.whole(part) == f'<!doctype html><html lang="nb"><head>{title}</head><body>{body}</body></html>'
    named = nu.whole(f"<title>Info</title>{part}")
    assert "<head><title>Info</title></head>" in named
    assert nu.whole("<!doctype html><p>A</p>") == "<!doctype html><p>A</p>"


def test_each_answer_is_checked_once_and_what_is_found_is_told_of_its_line(tmp_path: Path) -> None:
    program = tmp_path / "checker"
    program.write_text(
        """#!/bin/sh
for name in "$4"/*.html; do
  said="$said$sep{\\"type\\":\\"error\\",\\"url\\":\\"file:$name\\",\\"message\\":\\"wrong\\"}"; sep=,
done
echo "{\\"messages\\":[$said]}" >&2
""",
        encoding="utf-8",
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    examples = [
        Example(line, "", Asked(None, "GET", "/"), Answer(200, {}, html))
        for line, html in (("info", "<p>A</p>"), ("info", "<p>A</p>"), ("info", "<p>B</p>"), ("root", ""))
    ]
    assert nu.check(examples, [str(program)]) == {"info": Checked(2, ["wrong", "wrong"])}


def test_figures_are_told_by_room_and_stand_in_the_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = {"orders": Seen(3, ["no label"], 4000, 9000), "order": Seen(2, [], 3000, 8000)}
    found = table.rooms(list(MAP), seen, {"create_order": Checked(4, ["wrong"])})
    told = table.drawn(found, {"/login": [100, 99, 98]}, "Measured.")
    assert "| orders | 5 | 1 | 4 | 1 | `/orders` | 4000 | 9000 |\n| **all** | 5 | 1 | 4 | 1 |" in told
    assert "| `/login` | 100 | 99 | 98 |" in told
    unchecked = table.drawn(table.rooms(list(MAP), seen, None), {}, "Measured.")
    assert "| orders | 5 | 1 | – | – | `/orders` | 4000 | 9000 |" in unchecked
    assert "telephone" not in unchecked
    copy = tmp_path / "reach.md"
    copy.write_text(table.FILE.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(table, "FILE", copy)
    for tables in (unchecked, told):
        table.write(tables)
        text = copy.read_text(encoding="utf-8")
        assert tables in text
        assert text.count("Measured.") == 1
        assert text.startswith("# Reach\n")


def test_a_page_that_lighthouse_cannot_open_is_said_and_nothing_else_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    real, said = shutil.which, list[str]()
    monkeypatch.setattr(shutil, "which", lambda name: real("false") if name == "lighthouse" else real(name))
    monkeypatch.setattr(lighthouse, "PAGES", {"/login": None, "/orders": "hms.fjord"})
    portal: Any = SimpleNamespace(url="http://127.0.0.1:1", sign_in=lambda user: ("session", user))
    assert lighthouse.scores(portal, said.append) == {}
    assert [line.split()[4].rstrip(";") for line in said] == ["/login", "/orders"]
