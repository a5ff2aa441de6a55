"""People with a text browser know on which link they are, and do not take the page before for the one that comes."""

import pytest

from tests.stage.browsers.terminals import is_at, shows


@pytest.mark.parametrize(
    ("line", "text", "on", "beside"),
    [
        ("  * [ ] Mohamed Aden", "Mohamed", range(4, 9), range(0)),
        ("  (BUTTON) Finn", "Finn", range(2, 12), range(0)),
        ("[Søk]", "Søk", range(2), range(0)),
        ("  Christian Nilsen____ (1) Søk", "Søk", range(23, 28), range(18, 23)),
        ("  Christian Nilsen, jr. (1) Søk", "Søk", range(24, 29), range(23, 24)),
        ("  Kurs 307513", "307513", range(2, 8), range(0)),
    ],
)
def test_a_field_beside_a_button_is_not_the_button(line: str, text: str, on: range, beside: range) -> None:
    assert all(is_at(text, line, column) for column in on)
    assert not any(is_at(text, line, column) for column in beside), "where something else is typed"


@pytest.mark.parametrize(
    ("text", "screen", "there"),
    [
        ("1 bestilling", "31 bestillinger", False),
        ("1 bestilling", "1 bestillinger", False),
        ("1 bestilling", "Søkeresultat\n1 bestilling", True),
        ("Påmeldt nå · ", "Påmeldt nå · Angre", True),
        ("er sendt", "Meldingen er sendt.", True),
    ],
)
def test_a_count_that_another_ends_with_is_not_seen(text: str, screen: str, there: bool) -> None:
    assert shows(text, screen) is there
