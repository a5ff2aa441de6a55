"""What is typed in a form survives the end of the session (section 5, number 3), wherever it is typed."""

import re

from bs4 import Tag

from tests.stage.house import House
from tests.stage.page import Page

LIST = (
    "Fornavn\tEtternavn\tE-post\tFødt\n"
    "Kari\tPrøve\tkari.p@fjordbygg.example\t03/04/1984\nPer\t\tper.p@x.example\t02/03/1979"
)
NUMBER = "14838419861"


def after_signing_in_again(page: Page, form: str) -> Page:
    """Send a form without a session, sign in, and come back to where it was written."""
    found = page.soup.select_one(form)
    assert isinstance(found, Tag), form
    action, sent = str(found["action"]), page.fields(found)
    page.cookies.delete("session")
    answer = page.send("POST", action, sent)
    assert answer.status_code == 303
    page.open(answer.headers["location"]).fill(username="hms.fjord", password="demo-hms.fjord").press("Logg inn")
    assert page.status_code == 200
    return page


def test_a_pasted_list_and_all_that_is_said_of_it_come_back(quiet_house: House) -> None:
    hms = quiet_house.sign_in("hms.fjord")
    unit = hms.open("/employees/imports").option("unit", "Bergen")
    hms.fill(pasted=f"{LIST}\t{NUMBER}", unit=unit)
    after_signing_in_again(hms, "#import-form")
    assert hms.h1 == "Importer ansatte"
    pasted = hms.soup.select_one("#pasted")
    assert pasted
    assert pasted.get_text().strip() == f"{LIST}\t148384*****".strip(), "only the identity number is gone"
    assert hms.value("unit") == unit

    hms.press("Se over lista")
    hms.fill(**{"answer-0": "mdy"})
    after_signing_in_again(hms, "#questions-form")
    assert [str(radio["value"]) for radio in hms.soup.select("input[type=radio][checked]")] == ["mdy"]

    hms.press("Se over lista").fill(family_name="Hansen")
    form = next(str(form["id"]) for form in hms.soup.select("form[action*='/rows/']"))
    after_signing_in_again(hms, f"#{form}")
    assert hms.value("family_name") == "Hansen"
    assert hms.press("Rett").flash == "Rad 3 er rettet. Ingen feil igjen."

    hms.follow("Velg kolonner")
    page = after_signing_in_again(hms, "#columns-form")
    assert page.h1 == "Hva står i kolonnene?"


def test_whom_to_distribute_comes_back(quiet_house: House) -> None:
    hms = quiet_house.sign_in("hms.fjord").open("/bookings")
    hms.open(next(str(a["href"]) for a in hms.soup.select("main a") if re.match(r"/bookings/\d", str(a["href"]))))
    hms.open(f"{hms.url.partition('?')[0]}/distribution").fill(pasted="Ingrid Solbakken\nMohamed Aden")
    form = hms.soup.select_one("main form[method=post]")
    assert form
    after_signing_in_again(hms, "main form[method=post]")
    pasted = hms.soup.select_one("textarea[name=pasted]")
    assert pasted
    assert pasted.get_text().strip() == "Ingrid Solbakken\nMohamed Aden"


def test_who_takes_over_comes_back(quiet_house: House) -> None:
    hms = quiet_house.sign_in("hms.fjord").open("/employees").fill(q="ingrid solbakken").press("Søk")
    hms.follow("Ingrid Solbakken").open(f"{hms.url.partition('?')[0]}/deactivation")
    assert hms.soup.select("[name=heir]"), "she has a time ahead"
    hms.fill(heir="Mohamed Aden")
    after_signing_in_again(hms, "#leaving")
    assert hms.value("heir") == "Mohamed Aden"
