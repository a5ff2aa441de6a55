"""How names and numbers are compared in searches."""

import pytest

from models.employees.search_words import sought, tokens_of
from models.values.texts.folding import is_in, says_nothing, spellings, without_label


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        *(
            ("tromso", "Tromsø"),
            ("tromsoe", "Tromsø"),
            ("TROMSØ", "Tromsø"),
            ("halden", "Hålden"),
            ("haalden", "Hålden"),
        ),
        *(
            ("oneill", "O'Neill"),
            ("o'neill", "O\u2019Neill"),
            ("duck*", "Duck"),
            ("*uck", "Duck"),
            ("ostre", "Østre Åsen"),
        ),
        *(("aerlig", "Ærlig"), ("jose", "José"), ("bergen  vest", "Bergen vest")),
    ],
)
def test_a_name_is_found_as_others_would_spell_it(typed: str, name: str) -> None:
    assert is_in(typed, name)
    wanted = sought(1, typed)
    assert set(wanted.tokens.split()) <= set(tokens_of(1, [name], None, None).split())
    assert all(any(word in spelling for spelling in spellings(name)) for word in wanted.words)


@pytest.mark.parametrize("typed", ["??", "--", "%%", "__", "*", ".", "'", "\u2013", "( )"])
def test_signs_alone_find_nothing(typed: str) -> None:
    assert says_nothing(typed)
    assert not is_in(typed, "Tromsø -- (test) % _ 'x'.")
    assert not set(sought(1, typed).tokens.split()) & set(tokens_of(1, ["Ola--", "O'Neill"], "a.b@c.no", None).split())


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        *(
            (f"{label}2017-118352", "2017-118352")
            for label in ("Faktura ", "faktura nr. ", "Fakturanr: ", "Invoice no ", "#")
        ),
        *(("Bestilling 307390", "307390"), ("ordrenr. 307390", "307390"), ("KID 20260001", "20260001")),
        *(
            ("Ref. Kurs-2", "Kurs-2"),
            ("Fakturaen", "Fakturaen"),
            ("Ordre", "Ordre"),
            ("Refsdal", "Refsdal"),
            ("2017", "2017"),
        ),
    ],
)
def test_a_number_is_found_with_what_it_is_before_it(typed: str, number: str) -> None:
    assert without_label(typed).removeprefix("#") == number


@pytest.mark.parametrize("typed", ["+46 (0)70 123 45 67", "0046701234567", "+46 70 123 45 67", "46701234567", "70123"])
def test_a_foreign_number_is_found_however_it_is_typed(typed: str) -> None:
    held = set(tokens_of(1, ["Ola"], None, "+46701234567").split())
    assert set(sought(1, typed).tokens.split()) <= held


@pytest.mark.parametrize("typed", ["4741244801", "+47 412 44 801", "412 44 801", "004741244801", "41244"])
def test_a_norwegian_number_is_found_however_it_is_typed(typed: str) -> None:
    held = set(tokens_of(1, ["Ola"], None, "41244801").split())
    assert set(sought(1, typed).tokens.split()) <= held
