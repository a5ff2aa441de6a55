"""Søk: one box for whatever one holds, each kind of thing only with its right."""

import pytest
from sqlalchemy import select

from models.users.user import Grant, User
from routes.search import page as room
from tests.stage.house import House
from tests.stage.page import Page


def headings(page: Page) -> list[str]:
    return [heading.get_text() for heading in page.soup.select("#results h2")]


def links(page: Page) -> list[str]:
    return [link.get_text() for link in page.soup.select("#results li a")]


def look_for(page: Page, what: str) -> Page:
    return page.open("/search").fill(q=what).press("Søk")


def test_the_box_is_in_the_frame_of_those_who_have_something_to_find(quiet_house: House) -> None:
    tester = quiet_house.sign_in("Tester")
    for url in ("/info", "/orders/307390", "/search", "/finnes/ikke"):
        box = tester.open(url).soup.select_one("header form[role=search]")
        assert box is not None, url
        assert (box["action"], box["method"]) == ("/search", "get")
        assert box.select_one("input[name=q][aria-label]")
    nobody = quiet_house.visitor().open("/login")
    assert nobody.soup.select("header form[role=search]") == []
    assert nobody.send("GET", "/search").status_code == 303
    assert quiet_house.sign_in("kam.lie").send("GET", "/search").status_code == 404
    box = tester.open("/info").soup.select_one("header form[role=search]")
    assert box is not None
    assert tester.submit(box).h1 == "Søk"


def test_what_one_holds_finds_what_it_belongs_to(tester: Page, house: House) -> None:
    for typed, found in (
        ("307390", "307390"),
        ("#307390", "307390"),
        ("merkes MED 123", "307390"),
        ("donald", "Donald Duck"),
        ("duck dolly", "Dolly Duck"),
        ("412 44 845", "Donald Duck"),
        ("4741244845", "Donald Duck"),
        ("duck* donald", "Donald Duck"),
        ("Bestilling 307390", "307390"),
    ):
        assert found in links(look_for(tester, typed)), typed
    number = links(look_for(tester, "2026 0001 1837 10"))[0]
    assert headings(tester) == ["Fakturaer"]
    part = number.partition("-")[2]
    assert number in links(look_for(tester, part)), "a part of the number"
    assert number in links(look_for(tester, f"Faktura {number}"))
    assert number in links(look_for(tester, "Merkes med 123")), "the reference of the order is that of its invoice"
    assert headings(tester) == ["Bestillinger", "Fakturaer"]
    assert f"q={part}" in look_for(tester, part).url
    if house.mode == "htmx":
        assert look_for(tester, "donald").status == "1 treff"
        assert look_for(tester, "finnes ikke").status == "Ingen treff"
    assert look_for(tester, "finnes ikke").has("Ingen treff på «finnes ikke»")


def test_an_identity_number_is_hidden_not_searched_and_one_is_told(tester: Page) -> None:
    page = look_for(tester, "148384 19861")
    assert page.has("Fødselsnummer kan ikke søkes opp")
    assert links(page) == []
    assert "19861" not in page.url + page.response.text + page.headers.get("hx-push-url", ""), "nor in an address"


def test_x2_each_kind_needs_its_own_right(quiet_house: House) -> None:
    everything = ["Bestillinger", "Fakturaer"]
    tester = quiet_house.sign_in("Tester")
    assert headings(look_for(tester, "Merkes med 123")) == everything
    with quiet_house.behind() as db:
        grant = db.scalars(select(Grant).join(User, User.id == Grant.user_id).where(User.username == "Tester")).one()
        grant.orders = grant.employees = False
        db.commit()
    assert headings(look_for(tester, "Merkes med 123")) == ["Fakturaer"]
    assert links(look_for(tester, "donald")) == []
    okonomi, hms = quiet_house.sign_in("okonomi.fjord"), quiet_house.sign_in("hms.fjord")
    assert headings(look_for(okonomi, "307513")) == []
    assert headings(look_for(hms, "2026-1184")) == []


def test_x1_another_units_things_are_not_found(quiet_house: House) -> None:
    leder, hms = quiet_house.sign_in("leder.brann"), quiet_house.sign_in("hms.fjord")
    assert "307513" in links(look_for(hms, "307513"))
    assert links(look_for(leder, "307513")) == []
    assert links(look_for(hms, "Dolly Duck")) == []


def test_many_are_cut_short_with_a_way_to_the_rest(quiet_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "SHOWN", 1)
    tester = quiet_house.sign_in("Tester")
    assert len(links(look_for(tester, "duck"))) == 1
    assert look_for(tester, "2026-").follow("Se alle fakturaene").h1 == "Fakturaer"
    assert look_for(tester, "duck").follow("Se alle ansatte som passer").h1 == "Ansatte"
    hms = quiet_house.sign_in("hms.fjord")
    assert look_for(hms, "3075").follow("Se alle bestillingene").value("number") == "3075"


def test_signs_that_a_database_reads_otherwise_are_only_signs(quiet_house: House) -> None:
    hms = quiet_house.sign_in("hms.fjord")
    for typed in ("%%", "__", "//", "' OR 1=1 --", "3075%", "??", "--", "**", "-?"):
        assert links(look_for(hms, typed)) == [], typed
    assert look_for(hms, "x").soup.select("#results *") == [], "one sign is too little to search for"
    assert look_for(hms, "x" * 101).status_code == 422
