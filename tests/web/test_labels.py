"""What values are called, and that words of before are understood: in addresses, rows, messages and events."""

import pytest
from markupsafe import escape
from starlette.datastructures import MultiDict

from models.bookings.sign_ups.sign_up import State
from models.employees.details import Gender
from models.imports.rows import Fate
from models.invoices.invoice import SentAs, Status
from models.reports.report import Kind
from routes.web.fields import ALL
from routes.web.forms import PortalForm
from routes.web.words.labels import LABELS, ValueChoice, label, tone
from tests.stage.check_templates import problems
from tests.stage.times import TODAY


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
