"""The catalogue is the provider's: administrators change it at the desk, orders follow, and the CRM may bring words."""

from sqlalchemy import select

from models.catalogue.entry import Entry, Kind, Meaning
from models.catalogue.words import MOST, catalogue_of, known_as
from models.core.audit import THE_CRM
from models.orders.order import StatusChange
from tests.exchange.crm.caller import DEMOKUNDE, calling, event
from tests.reports.test_figures import figures, table
from tests.stage.house import House
from tests.stage.page import Page
from tests.stage.times import NOW

PAGE = "/desk/catalogue"
_ONE_OF_MANY = {
    "kind": Kind.STATUS,
    "meaning": Meaning.OPEN,
    "is_active": True,
    "is_news": False,
    "former_names": [],
    "changed_by": "",
}


def words(page: Page, kind: str) -> list[str]:
    """The names in a section, in their order."""
    return [row.get_text(strip=True) for row in page.soup.select(f"section[aria-labelledby='{kind}-title'] tbody th")]


def test_d7_a_status_is_added_renamed_moved_and_retired_and_orders_follow(house: House) -> None:
    kam = house.sign_in("kam.lie").open(PAGE)
    assert words(kam, "status")[:3] == ["Mottatt", "Under behandling", "Planlagt"]
    kam.follow("Legg til i ordrestatuser").fill(name="mottatt").press("Legg til")
    assert "Det finnes allerede en med dette navnet." in kam.problems
    kam.fill(name="Avklares", meaning="waiting").press("Legg til")
    assert kam.flash == "Avklares er lagt til."
    assert words(kam, "status")[-1] == "Avklares"
    kam.open("/desk/orders/307514").fill(status="Avklares").press("Lagre")
    kam.open(PAGE).follow("Avklares").fill(name="Må avklares", position="1").press("Lagre")
    assert words(kam, "status")[0] == "Må avklares"
    hms = house.sign_in("hms.fjord").open("/orders?status=waiting")
    assert "307514" in [row[0] for row in hms.rows], "it is found by what it means"
    shown = hms.soup.select_one("#order-307514 .tag.wait")
    assert shown is not None
    assert shown.get_text() == "Må avklares"
    assert "Må avklares" in hms.options("status")
    with house.behind() as db:
        assert known_as(db, Kind.STATUS, "avklares", by=THE_CRM, now=NOW) == "Må avklares", "as the CRM knows it"
        told = select(StatusChange.status).where(StatusChange.order_number == 307514).order_by(StatusChange.id)
        assert db.scalars(told).all()[-1] == "Må avklares"
    kam.open(PAGE).follow("Må avklares").fill(is_active=[]).press("Lagre")
    assert kam.has("I bruk: ja → nei"), "the log says it"
    assert "Må avklares" in kam.open("/desk/orders/307514").options("status"), "the order has it"
    assert "Må avklares" not in kam.open("/desk/orders/307513").options("status")


def test_d7_what_is_used_stays_and_two_who_change_it_see_each_other(quiet_house: House) -> None:
    first, second = (quiet_house.sign_in("kam.lie").open(PAGE).follow("Planlagt") for _ in range(2))
    assert not first.has("Slett")
    first.fill(meaning="open").press("Lagre")
    second.fill(name="Avtalt").press("Lagre")
    assert second.response.status_code == 409
    assert second.has("Noen andre har endret katalogen i mellomtiden.")
    second.press("Lagre")
    assert words(second.open(PAGE), "status")[2] == "Avtalt"
    second.follow("Avbestilt").fill(meaning="rejected").press("Lagre")
    assert second.has("Ingen annen status i bruk betyr Avbestilt, og det må én gjøre.")
    second.open(f"{PAGE}/new?kind=product_group").fill(name="Søvn").press("Legg til")
    second.follow("Søvn").press("Slett")
    assert second.flash == "Søvn er slettet."
    assert "Søvn" not in words(second.open(PAGE), "product_group")
    assert second.open(f"{PAGE}/new?kind=x").response.status_code == 404
    for wrong, sentence in ({"name": ""}, "Skriv hva det heter."), ({"name": "x" * 41}, "høyst 40 tegn"):
        second.open(f"{PAGE}/new?kind=status").fill(**wrong).press("Legg til")
        assert any(sentence in problem for problem in second.problems), wrong


def test_d7_figures_know_the_health_checks_whatever_they_are_called(quiet_house: House) -> None:
    hms, kam = map(quiet_house.sign_in, ("hms.fjord", "kam.lie"))
    before = table(figures(hms), "Helsekontroller")
    groups = list(table(figures(hms), "Alle timer og kurs"))
    entry = kam.open(PAGE).follow("Arbeidshelse / helsekontroll")
    entry.fill(name="Helse på jobb", position="9", is_active=[]).press("Lagre")
    after = figures(hms)
    assert table(after, "Helsekontroller") == before
    assert len(before) > 1
    assert sorted(table(after, "Alle timer og kurs")) == sorted(
        {"Helse på jobb" if "helsekontroll" in group else group for group in groups}
    )
    kam.open(PAGE).follow("Helse på jobb").fill(is_checks=[]).press("Lagre")
    assert kam.response.status_code == 409
    assert kam.has("Kryss av for det på en annen først.")
    assert not kam.open(PAGE).follow("Ergonomi").soup.select("#is_checks[checked]")
    kam.fill(is_checks="1").press("Lagre")
    assert [row.get_text(" ", strip=True) for row in kam.soup.select("tr") if "Helsekontroller" in row.get_text()]
    assert kam.has("Helsekontroller: nei → ja")
    assert table(figures(hms), "Helsekontroller") == {}


def test_d7_a_word_that_the_crm_brings_is_open_until_an_administrator_says_what_it_means(quiet_house: House) -> None:
    with calling(quiet_house) as crm:
        told = event(
            "order.changed", "order:307390", 1, DEMOKUNDE, status=" Til  fordeling 14838419861", product_group="AMP"
        )
        again = event("order.changed", "order:307390", 2, DEMOKUNDE, status="til fordeling 148384*****")
        assert crm.tell(told, again) == [("applied", ""), ("applied", "")]
        shown, (tester, hms, kam) = (
            "Til fordeling 148384*****",
            map(quiet_house.sign_in, ("Tester", "hms.fjord", "kam.lie")),
        )
        with quiet_house.behind() as db:
            [new, group] = sorted(catalogue_of(db).news, key=lambda word: word.kind, reverse=True)
            assert (new.name, new.meaning, new.changed_by) == (shown, Meaning.OPEN, "CRM"), (
                "a number is in clear nowhere"
            )
            assert group.name == "AMP"
        assert "307390" in [row[0] for row in tester.open("/orders?status=open").rows]
        assert tester.open("/orders/307390").has(f"Bestillingen står som {shown}.")
        for field, name in (("status", shown), ("product_group", "AMP")):
            assert name not in hms.open("/orders").options(field), "it was said of another customer's order"
            assert name in kam.open("/desk/orders").options(field)
        assert kam.open("/desk").has(shown)
        kam.follow("se over hva de betyr").follow(shown).fill(name="Tilbake", meaning="done").press("Lagre")
        assert not [tag for tag in kam.soup.select(f"#entry-{new.id} .tag") if tag.get_text() == "Ny fra CRM"]
        assert kam.has(f"Navn: {shown} → Tilbake, Betyr: Under behandling → Utført"), "the log says it"
        assert "307390" not in [row[0] for row in tester.open("/orders?status=open").rows]
        assert "Tilbake" in hms.open("/orders").options("status")
        assert crm.tell(event("order.changed", "order:307390", 3, DEMOKUNDE, status=shown)) == [("applied", "")]
        assert tester.open("/orders?status=Tilbake").rows[0][0] == "307390", "the CRM may go on with the name of before"
        with quiet_house.behind() as db:
            db.add_all(Entry(**_ONE_OF_MANY, name=f"Ord {number}", position=number) for number in range(MOST))
            db.commit()
        [(answer, reason)] = crm.tell(event("order.changed", "order:307390", 4, DEMOKUNDE, status="Enda et"))
        assert (answer, reason.partition(":")[0]) == ("refused", "the catalogue is full")
