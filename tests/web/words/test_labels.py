"""What values are called, and that words of before are understood: in addresses, rows, messages and events."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from markupsafe import escape
from starlette.datastructures import MultiDict

from models.bookings.sign_ups.sign_up import State
from models.core.base import Worded
from models.employees.details import Gender
from models.imports.rows import Fate
from models.invoices.invoice import SentAs, Status
from models.reports.report import Kind
from routes.web.fields import ALL
from routes.web.forms import PortalForm
from routes.web.words.labels import LABELS, ValueChoice, label, tone
from tests.stage.templates.checks import problems
from tests.stage.times import TODAY

ROOT = Path(__file__).parents[3]
WORDS = {label.word for labels in LABELS.values() for label in labels.values()} | {
    value.word for values in LABELS for value in values if isinstance(value, Worded)
}


class Search(PortalForm):
    """A form with one choice among values."""

    status = ValueChoice("Status:", (Status.UNPAID, Status.OVERDUE))


@pytest.mark.parametrize(
    ("sent", "taken"), [("overdue", "overdue"), ("Forfalt", "overdue"), ("UBETALT", "unpaid"), ("", ""), ("x", "x")]
)
def test_a_choice_takes_the_value_and_its_word(sent: str, taken: str) -> None:
    search = Search(MultiDict(status=sent), meta={"today": TODAY})
    assert search.status.data == taken
    assert search.validate() == (taken != "x")
    assert [option.label for option in search.status.iter_choices()] == [ALL.label, "Ubetalt", "Forfalt"]


def test_words_of_before_are_read_as_their_values() -> None:
    for value in (*State, *Fate, *Kind, *Gender, *SentAs):
        assert type(value)(value.word) is value
        assert type(value)(value.value) is value
    for unknown in ("", "Syk", "WAITING"):
        with pytest.raises(ValueError, match="is not a valid State"):
            State(unknown)


def test_equal_values_of_two_things_have_words_of_their_own() -> None:
    equal = [value for values in LABELS for value in values if value == "waiting"]
    assert [(label(value), tone(value)) for value in equal] == [
        ("Venteliste", "wait"),
        ("Venter på kunden", "wait"),
        ("Venter", "wait"),
    ]


def test_no_template_draws_the_value_itself() -> None:
    with pytest.raises(TypeError, match="filter label"):
        escape(Status.OVERDUE)


@pytest.mark.parametrize("source", ["<p>{{ state }}</p>", "<p>{{ row.fate }}</p>"])
def test_a_template_that_draws_the_value_itself_is_told_so(source: str) -> None:
    assert [reason for _, reason in problems(source)] == ["a value is drawn by its word, with ui.tag or |label"]
    assert problems(source.replace(" }}", " | label }}")) == []


@pytest.mark.parametrize(
    "source",
    [
        '{% if state == "Påmeldt" %}x{% endif %}',
        '{% if "Møtt" in states %}x{% endif %}',
        '{% if state in ["waiting", "Ikke møtt"] %}x{% endif %}',
        '{% set tones = {"Forfalt": "bad"} %}',
        '{{ rows | selectattr("state", "in", ["Påmeldt"]) | list }}',
    ],
)
def test_a_template_that_compares_with_a_word_is_told_so(source: str) -> None:
    assert any("is a word for people" in reason for _, reason in problems(source))


@pytest.mark.parametrize(
    "source",
    [
        'state == "Påmeldt"',
        'state in ("waiting", "Ikke møtt")',
        'TONES = {"Forfalt": "bad"}',
        'match state:\n    case "Betalt" | "Kreditert":\n        pass',
    ],
)
def test_a_module_that_compares_with_a_word_is_found(source: str) -> None:
    assert list(_compared(ast.parse(source)))


def test_no_module_compares_with_the_word_of_a_value() -> None:
    """The demo's orders are left out: their statuses are the provider's words."""
    modules = [path for floor in ("models", "routes") for path in (ROOT / floor).rglob("*.py")]
    found = {
        f"{path.relative_to(ROOT)}:{line}: {word}"
        for path in modules
        if not path.is_relative_to(ROOT / "models/demo") and path.parent.name != "versions"
        for line, word in _compared(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert len(modules) > 200
    assert found == set()


def _compared(module: ast.AST) -> Iterator[tuple[int, str]]:
    """The words of values that something is compared with, or that are the keys of a table."""
    for node in ast.walk(module):
        sides: list[ast.expr | None] = []
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
        elif isinstance(node, ast.MatchValue):
            sides = [node.value]
        elif isinstance(node, ast.Dict):
            sides = [*node.keys]
        for side in sides:
            of_many = side.elts if isinstance(side, ast.Tuple | ast.List | ast.Set) else [side]
            for one in of_many:
                if isinstance(one, ast.Constant) and one.value in WORDS:
                    yield one.lineno, str(one.value)
