"""Søk by words: an order is found by what stands on it and in its messages, by those who may read them (H6)."""

import pytest
from sqlalchemy import select

from models.core.database import Database
from models.core.scope import Scope
from models.orders.desk import Criteria as DeskCriteria
from models.orders.desk import find_orders as find_across
from models.orders.order import Order
from models.orders.search import _NEWEST_FIRST as NEWEST_FIRST  # both ways must find the same
from models.orders.search import Criteria, find_by_words, find_orders
from models.orders.words import OrderWords, read
from routes.search import desk
from routes.search import page as room
from tests.info.test_search import headings, links, look_for
from tests.stage.house import House
from tests.stage.page import Page

NUMBER = "307512"


def found_by(page: Page, what: str, box: str = "/search") -> list[str]:
    return links(page.open(box).fill(q=what).press("Søk"))


def test_an_order_is_found_by_its_words_and_those_of_its_messages(house: House, hms: Page) -> None:
    hms.open(f"/orders/{NUMBER}").fill(message="Åse målte støyen i snekkerboden, ring 412 44 845").press("Send melding")
    for typed in ("snekkerboden", "SNEKKERBODEN åse", "maalte stoy", "41244845", "nekkerbo", f"#{NUMBER} åse"):
        assert NUMBER in found_by(hms, typed), typed
        assert hms.has("Står i meldingene på bestillingen"), typed
    kam, leder = house.sign_in("kam.lie"), house.sign_in("leder.brann")
    assert found_by(kam, "snekkerboden støy", "/desk/search") == [NUMBER]
    assert kam.has("Står i meldingene på bestillingen")
    assert found_by(leder, "snekkerboden") == [], "another unit's"
    assert found_by(house.sign_in("Tester"), "snekkerboden") == [], "another customer's"
    assert found_by(hms, "snekkerboden bibliotek") == [], "all the words"
    assert found_by(hms, "14838419861 snekkerboden") == []
    assert "14838419861" not in hms.url
    reference = {"reference": "Merkes Ærfugl-7"}
    hms.open(f"/orders/{NUMBER}").fill(**reference).press("Lagre referanse")
    assert found_by(hms, "ærfugl snekkerboden") == [NUMBER], "what has changed is made anew, with the messages"
    with house.behind() as db:
        numbers = db.scalars(select(Order.number)).all()
        made = {row["order_number"]: (row["text"], row["pieces"]) for row in read(db, numbers)}
        held = {row.order_number: (row.text, row.pieces) for row in db.scalars(select(OrderWords))}
        assert held == made, "every order, however it was written"


def test_the_line_shows_where_it_was_found_and_the_list_has_the_rest(
    house: House, tester: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "SHOWN", 1)
    monkeypatch.setattr(desk, "SHOWN", 1)
    assert links(look_for(tester, "olsen")) != []
    assert [found.get_text() for found in tester.soup.select("#results li p b")] == ["Olsen"]
    tester.follow("Se alle bestillingene")
    assert tester.value("q") == "olsen"
    everything = [row[0] for row in tester.rows]
    assert len(everything) > 1
    tester.fill(number=everything[-1]).press("Søk")
    assert [row[0] for row in tester.rows] == [everything[-1]], "and the other filters"
    assert "q=olsen" in tester.url
    assert tester.open("/orders?q=14838419861").has("Fødselsnummer kan ikke søkes opp")
    assert "14838419861" not in tester.url
    assert tester.open("/orders").soup.select("[name=q]#q-field, #field-q") == [], "six filters, as the guide has them"
    kam = house.sign_in("kam.lie").open("/desk/search").fill(q="olsen").press("Søk").follow("Se alle bestillingene")
    assert set(everything) <= {row[0] for row in kam.rows}


def test_a_product_group_is_found_by_its_new_name(quiet_house: House) -> None:
    kam, hms = quiet_house.sign_in("kam.lie"), quiet_house.sign_in("hms.fjord")
    before = found_by(hms, "helsekontroll")
    assert before
    kam.open("/desk/catalogue").follow("Arbeidshelse / helsekontroll").fill(name="Nattsjekk").press("Lagre")
    assert set(found_by(hms, "nattsjekk")) <= set(before)
    assert found_by(hms, "nattsjekk")
    assert headings(hms) == ["Bestillinger"]


def test_few_and_many_find_the_same(quiet_house: House) -> None:
    """Few are found by the index, many are walked: the words mean the same both ways, here and at the desk."""
    with quiet_house.behind() as db:
        customer_id = db.get_one(Order, int(NUMBER)).customer_id
    database = Database(quiet_house.settings.database_url)
    for typed in ("kurs", "ku", "hjelp førs", "ola olsen", "k", "3075", "finnes-ikke", "a-1", "%", "og", "?!"):
        criteria = Criteria(q=typed)
        with database.session(Scope.whole(customer_id), read_only=True) as db:
            few = find_orders(db, criteria, 99)
            many = find_by_words(db, (NEWEST_FIRST, NEWEST_FIRST), criteria, criteria.restrictions, 99, few=-1)
            assert few == many, typed
            across, walked = (find_across(db, DeskCriteria(q=typed), 99, few=at) for at in (1000, -1))
            assert across == walked, typed
            assert {row.number for row in few.rows} <= {row.number for row in across.rows}, typed
    database.close()
