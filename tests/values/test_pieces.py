"""Words as a search compares them: what is made of a text, what is asked for, and where it is found."""

import pytest

from models.orders.order import PART_NAMES
from models.orders.words import TEXTS, made_of
from models.values.finding.passages import Passage, passage, says
from models.values.finding.pieces import sought


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("Støymåling i hall 3", "støy"),
        ("Støymåling i hall 3", "MÅLING hall"),
        ("Støymåling i hall 3", "stoymaling"),
        ("Støymåling i hall 3", "stoeymaaling"),
        ("Kari Øen, tlf 412 44 845", "41244845"),
        ("Kari Øen, tlf 412 44 845", "+47 412 44 845"),
        ("Ring 4712345 eller 0012", "0012"),
        ("Innen uke 12, 2026", "12 2026"),
        ("Merkes PO-4711/b", "po-4711/B"),
        ("Merkes PO-4711/b", "4711"),
        ("PC-briller", "pc"),
        ("Crème brûlée", "creme"),
        ("307390 Kurs", "#307390"),
        ("Ny avtale A-12", "a-1"),
        ("Rom 3/B, plan 2", "3/b"),
        ("Skriv til n.n@ab.no", "n.n@ab.no"),
        ("Skriv til kari@ab.no", "@ab"),
        ("Kurs i C++", "c++"),
    ],
)
def test_what_is_written_is_found_by_what_is_typed(written: str, typed: str) -> None:
    made, wanted = made_of(17, [written]), sought(typed.replace("#", ""))
    demanded = {*wanted.pieces, *wanted.domains}
    assert demanded, "an index is asked for something, whatever is typed"
    assert demanded <= set(made["pieces"].split())
    assert all(word in made["text"] for word in wanted.words)


def test_what_is_short_begins_a_word_wherever_it_stands() -> None:
    """So the words of nothing are walked from the first row to the last."""
    pieces = set(made_of(17, ["Data-12, del/b"])["pieces"].split())
    assert not set(sought("a-1").pieces) <= pieces
    assert set(sought("da-1").pieces) <= pieces
    assert set(sought("l/b").pieces) - pieces == {"l"}
    assert sought("kari@ab.no").pieces == ("kar", "ari"), "of a domain of people, short words are no pieces"


def test_a_piece_is_of_one_customer_or_of_all_and_nothing_but_what_is_written_is_in_it() -> None:
    pieces = made_of(17, ["Kurs", None, "", "æ"])["pieces"].split()
    assert pieces == ["customer17", "k", "ku", "kur", "urs", "æ", "a", "ae"]
    assert not set(sought("kurset").pieces) <= set(pieces)
    assert not set(sought("?!").pieces) <= set(pieces), "signs alone find nothing"
    assert set(TEXTS) == {"product_group", *PART_NAMES}, "every text of an order is one that it is found by"


def test_the_passage_is_shown_in_which_it_stands() -> None:
    text = (
        "Vi ønsker en gjennomgang av lokalene. " * 3 + "Det gjelder STØY i hall 3, og litt lys. " + "Slutt på det. " * 9
    )
    found = passage(text, ["hall", "støy"])
    assert found is not None
    assert found.found == "STØY"
    assert found.before.startswith("…")
    assert found.before.endswith("Det gjelder ")
    assert found.after.startswith(" i hall 3, og litt lys.")
    assert found.after.endswith(" …")
    assert passage("Bare støy", ["støy"]) == Passage("Bare ", "støy", "")
    assert passage("Bare støy", ["lys"]) is None
    assert passage("Straße støy", ["støy"]) is None, "ß is two letters when it is folded: better none than a wrong one"
    assert says("Ring 412 44 845", "41244845")
    assert says("Tromsø", "tromso")
    assert not says("Tromsø", "bodø")
