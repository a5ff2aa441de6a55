"""Units: the tree in Norwegian order, and the filter box (NB3, NB4, U7)."""

import pytest
from sqlalchemy import select

from models.customers.units import Unit, UnitRow, in_tree_order, norwegian
from models.users.user import Grant, User
from tests.stage.house import House
from tests.stage.page import Page


def unit(name: str, path: str = "/1/", number: str | None = None, parent: str | None = None) -> UnitRow:
    return UnitRow(int(path.strip("/").split("/")[-1]), name, number, parent, path)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "bergen",
        "BERGEN",
        "erg",
        " Bergen ",
        "313082466",
        "313 082",
        "3130 82466",
        "fjord",
        "313-082",
        "NO 313 082 466 MVA",
    ],
)
def test_nb4_u7_name_number_and_parent_are_looked_through(typed: str) -> None:
    assert unit("Bergen", number="313082466", parent="Fjordbygg Entreprenør AS").matches(typed)


@pytest.mark.parametrize("typed", ["oslo", "313082467", "bergen fjord", "9999", "--", "*", "²", "x" * 9999])
def test_nb4_what_is_nowhere_does_not_fit(typed: str) -> None:
    assert not unit("Bergen", number="313082466", parent="Fjordbygg").matches(typed)


def test_nb4_a_unit_without_number_or_parent_is_found_by_its_name() -> None:
    assert unit("Tromsø").matches("Ø")
    assert unit("Tromsø").matches("tromso")
    assert not unit("Tromsø").matches("3")


def test_a8_norwegian_order_ends_with_its_three_letters_and_knows_aa() -> None:
    names = ["Aasen", "Åsen", "Ørn", "Ærfugl", "Zoo", "zebra", "Abel", "ätt", "Öst", "abelone"]
    assert sorted(names, key=norwegian) == [
        "Abel",
        "abelone",
        "zebra",
        "Zoo",
        "Ærfugl",
        "ätt",
        "Ørn",
        "Öst",
        "Aasen",
        "Åsen",
    ]


def test_parents_stand_before_their_children_wherever_they_come_in_the_alphabet() -> None:
    root, b, a, below_b, below_a = (
        unit("Ås kommune", "/1/"),
        unit("Brann", "/1/2/"),
        unit("Øst", "/1/3/"),
        unit("Zoo", "/1/2/4/"),
        unit("Abel", "/1/3/5/"),
    )
    placed = in_tree_order([below_a, below_b, a, b, root])
    assert [(row.name, row.depth) for row in placed] == [
        ("Ås kommune", 0),
        ("Brann", 1),
        ("Zoo", 2),
        ("Øst", 1),
        ("Abel", 2),
    ]


def test_a_branch_whose_top_one_may_not_see_begins_at_the_margin() -> None:
    placed = in_tree_order([unit("Zoo", "/1/2/4/"), unit("Abel", "/1/2/4/5/"), unit("Berg", "/1/3/")])
    assert [(row.name, row.depth) for row in placed] == [("Berg", 0), ("Zoo", 0), ("Abel", 1)]


def test_siblings_of_one_name_do_not_mix_their_children() -> None:
    placed = in_tree_order([unit("Skole", "/1/"), unit("Skole", "/2/"), unit("A", "/2/3/"), unit("B", "/1/4/")])
    assert [row.path for row in placed] == ["/1/", "/1/4/", "/2/", "/2/3/"]


def offered(page: Page) -> list[str]:
    return page.options("unit")


def test_nb4_the_list_as_a_page_of_its_own(house: House, hms: Page) -> None:
    page = hms.open("/units?unit_filter=ø")
    assert (page.h1, page.value("unit_filter")) == ("Bedrifter og avdelinger", "ø")
    assert page.has("5 treff")  # all of them: the parent's name has an ø
    page = page.fill(unit_filter="stav").press("Filtrer")
    assert offered(page) == ["Velg", "Stavanger"]
    assert page.has("1 treff")


def test_nb4_the_options_come_alone_and_are_announced(quiet_house: House) -> None:
    headers = {"hx-request": "true", "hx-request-type": "partial", "hx-target": "div#unit-options"}
    answer = quiet_house.sign_in("hms.fjord").send("GET", "/units?unit_filter=troms", None, headers)
    assert answer.text.startswith('<div id="unit-options">')
    assert '<hx-partial hx-target="#status">1 treff</hx-partial>' in answer.text


def test_nb3_twelve_schools_in_norwegian_order(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        schools = db.scalars(select(Unit).where(Unit.name == "Skole")).one()
        user = db.scalars(select(User.id).where(User.username == "leder.brann")).one()
        db.add(Grant(customer_id=schools.customer_id, user_id=user, unit_id=schools.id, orders=True))
        db.commit()
    page = quiet_house.sign_in("leder.brann").open("/units?unit_filter=skole")
    assert page.has("13 treff")
    assert offered(page)[:3] == ["Velg", "Skole", "Bjørkelia skole"]
    assert offered(page)[-3:] == ["Ærfugløya skole", "Øvre Solvik skole", "Åsgrenda skole"]


def test_x1_only_units_with_the_right_to_order(quiet_house: House) -> None:
    assert offered(quiet_house.sign_in("leder.brann").open("/units")) == ["Brann og redning"]
    assert quiet_house.sign_in("leder.brann").open("/units?unit_filter=skole").has("0 treff")
    assert quiet_house.sign_in("okonomi.fjord").open("/units").status_code == 404
