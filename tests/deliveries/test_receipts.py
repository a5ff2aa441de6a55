"""The receipt line (section 5, number 12): what a save says of the CRM, by itself and on reload."""

from datetime import timedelta

from tests.exchange.crm.caller import arrives
from tests.stage.house import House
from tests.stage.page import Page


def receipt(page: Page) -> str:
    line = page.soup.select_one("#receipt")
    assert line is not None
    return line.get_text()


def order(page: Page) -> Page:
    page.open("/orders/new").fill(delivery="Førstehjelpskurs").press("Send bestilling")
    assert page.number.isdecimal()
    return page


def test_12_the_page_that_follows_a_save_says_when_the_crm_knows(house: House) -> None:
    tester = order(house.sign_in("Tester"))
    assert receipt(tester) == "Venter på å bli sendt"
    tester.wait_for("receipt")
    assert receipt(tester) == "Venter på å bli sendt"
    assert tester.status_code == (204 if house.mode == "htmx" else 200)
    house.clock.advance(timedelta(minutes=42))
    arrives(house)
    assert receipt(tester.open(tester.url)) == "Sendt til bedriftshelsetjenesten kl. 10:42"
    assert not tester.soup.select("#receipt[hx-get]"), "nothing is left to ask for"
    house.clock.advance(timedelta(days=1))
    later = house.sign_in("Tester").open(tester.url)
    assert receipt(later) == "Sendt til bedriftshelsetjenesten 01.10.2026 kl. 10:42"


def test_12_it_becomes_true_by_itself(house: House) -> None:
    tester = order(house.sign_in("Tester"))
    arrives(house)
    assert receipt(tester.wait_for("receipt")) == "Sendt til bedriftshelsetjenesten kl. 10:00"
    tester.fill(reference="PO-1").press("Lagre referanse")
    assert tester.flash == "Referansen er lagret."
    assert receipt(tester) == "Venter på å bli sendt"
    arrives(house)
    assert receipt(tester.wait_for("receipt")) == "Sendt til bedriftshelsetjenesten kl. 10:00"


def test_12_it_asks_for_half_a_minute_and_no_longer(quiet_house: House) -> None:
    quiet_house.mode = "htmx"
    tester = order(quiet_house.sign_in("Tester"))
    quiet_house.clock.advance(timedelta(seconds=30))
    tester.wait_for("receipt")
    assert (tester.status_code, receipt(tester)) == (200, "Venter på å bli sendt")
    assert not tester.soup.select("#receipt[hx-get]")
    assert not tester.open(tester.url).soup.select("#receipt[hx-get]")


def test_12_without_script_its_address_leads_to_the_order_and_what_was_never_told_has_no_receipt(
    quiet_house: House,
) -> None:
    tester = quiet_house.sign_in("Tester").open("/orders/307390/receipt")
    assert (tester.number, tester.url) == ("307390", "/orders/307390")
    assert receipt(tester) == ""
    assert tester.soup.select("#receipt[hidden]")


def test_12_without_a_crm_it_says_that_it_is_saved_and_nothing_of_sending(house: House) -> None:
    with house.with_settings(crm_secrets=()) as visitor:
        page = visitor().open("/login").fill(username="Tester", password="demo-tester").press("Logg inn")
        order(page)
        assert receipt(page) == "Lagret kl. 10:00"
        assert not page.soup.select("#receipt[hx-get]"), "there is nothing to ask for"
        kam = visitor().open("/login").fill(username="kam.lie", password="demo-kam.lie").press("Logg inn")
        assert kam.open("/desk/deliveries?state=delivered&whose=all").options("channel") == ["Alle", "E-post"]
        assert kam.open("/desk/deliveries?channel=crm").status_code == 422
