"""The first day of a portal that never saw the demo: opened by the command line and the desk, on both databases."""

import email
import email.policy
import re
from datetime import date
from pathlib import Path

import pytest
from bs4 import Tag

import app
from models.demo.ehf import write
from models.demo.papers import Side
from routes import MAP
from tests.session.ways_in import GOOD
from tests.stage.house_rules import pages
from tests.stage.material.invoicing import paper
from tests.stage.page import Page
from tests.stage.portals.opening import Opening

NUMBER = "315908302"
PDF = b"%PDF-1.7 what the provider has found"
BOOKING = {"title": "Helsekontroll", "place": "Kantina", "from_": "12.10.2026", "to": "12.10.2026", "opens": "0830"}
BOOKING |= {"closes": "10.30", "minutes": "30", "capacity": "1", "deadline": "2", "deadline_unit": "d"}


def linked(text: str) -> str:
    """The path of the link in what an operator or a letter says."""
    [path] = re.findall(r"http://127\.0\.0\.1:8000(/password/[a-z2-7]{40})\b", text)
    return str(path)


def letter_to(opened: Opening, address: str) -> str:
    """The text of the newest letter to somebody."""
    opened.deliver()
    files = sorted((opened.settings.var / "mail").iterdir())
    read = [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]
    body = [each for each in read if each["To"] == address][-1].get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def comes_in(opened: Opening, path: str, username: str) -> Page:
    """Somebody chooses a first password by a link, and signs in with it."""
    page = opened.visitor().open(path)
    assert (page.h1, page.value("username")) == ("Velg et passord", username)
    page.fill(new_password=GOOD).press("Lagre passordet")
    assert opened.visitor().open(path).has("Lenken virker ikke lenger"), "it is good once"
    return page.fill(username=username, password=GOOD).press("Logg inn")


def walk(page: Page) -> None:
    """Open every room that has no number in its address, as it is by now, and check each document."""
    for line in MAP:
        if line.method == "GET" and "{" not in line.path and line.name not in {"forget", "sign_in"}:
            answer = page.send("GET", line.path)
            expected = {409} if line.name == "work_back" else {200, 303, 404}
            assert answer.status_code in expected, (line.path, answer.status_code)
            if "html" in answer.headers.get("content-type", ""):
                pages.keep(answer.text, document=True)


def press(page: Page, on: str, text: str) -> Page:
    """Press the first button of a text inside an element."""
    button = next(b for b in page.soup.select(f"{on} button") if b.get_text(strip=True) == text)
    form = button.find_parent("form") or page.soup.select_one(f"#{button['form']}")
    assert isinstance(form, Tag)
    return page.submit(form, button)


@pytest.mark.rest  # the walk through the document is the like
def test_a_portal_without_demo_data_is_opened_to_its_first_customer(
    opened: Opening, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    said = ["create-staff", "ada", "--name", "Ada Berg", "--email", "ada@bht.example", "--phone", "12 34 50 09"]
    assert app.main([*said, "--administrator"]) == 0
    ada = comes_in(opened, linked(capsys.readouterr().out), "ada")
    assert (ada.h1, ada.tabs[-3:]) == ("Oversikt", ["Medarbeidere", "Katalog", "Utsendinger"])
    walk(ada)

    ada.open("/desk/customers").follow("Ny kunde")
    ada.fill(name="Første AS", organisation_number=NUMBER).press("Legg til")
    assert ada.flash == "Første AS er lagt til. Legg til avdelinger og brukere her."
    assert ada.has("Ada Berg"), "whoever adds a customer serves it"
    customer = ada.url
    ada.follow("Ny avdeling").fill(name="Verkstedet")
    ada.fill(parent=ada.option("parent", "Første AS")).press("Legg til")
    ada.open(customer).follow("Ny bruker")
    ada.fill(full_name="Kari Nord", email="kari@kunden.example", username="kari", unit=ada.option("unit", "Første AS"))
    ada.fill(right=["orders", "employees", "invoices", "reports"]).press("Legg til og inviter")
    nobody_is_told = "Ingen e-post er sendt, for portalen er ikke koblet til en e-postserver."
    assert ada.flash == f"Kari Nord er lagt til. {nobody_is_told}", "letters are files, which nobody gets"
    asked = opened.visitor().open("/password/forgotten")
    assert asked.has("Portalen sender ikke e-post ennå")

    kari = comes_in(opened, linked(letter_to(opened, "kari@kunden.example")), "kari")
    assert (kari.h1, kari.tabs) == ("Info", ["Info", "Bestilling", "Ansatte", "Fakturaer"])
    walk(kari)
    orders_and_signs_up(ada, kari, customer)
    assert "Ny bestilling 300000 fra Første AS" in letter_subjects(opened, "ada@bht.example")

    invoice = tmp_path / "invoice.xml"
    invoice.write_bytes(write(paper("2026-1", Side("Første AS", NUMBER), date(2026, 9, 1))))
    assert app.main(["import-invoices", str(invoice)]) == 0
    assert kari.open("/invoices").has("2026-1")
    ada.open(customer).follow("Se og legg ut").press("Vis Rapporter").follow("Legg ut rapport")
    ada.fill(unit=ada.option("unit", "Første AS"), kind="Kartlegging", title="Støy").attach("file", "støy.pdf", PDF)
    assert ada.press("Legg ut").flash == f"Rapporten er lagt ut. {nobody_is_told}"
    assert kari.open("/reports").has("Støy")
    walk(kari)
    walk(ada)


def orders_and_signs_up(ada: Page, kari: Page, customer: str) -> None:
    """The first order, employee, booking and sign-up."""
    kari.open("/orders/new").fill(unit=kari.option("unit", "Verkstedet"), delivery="Helsekontroll")
    assert kari.press("Send bestilling").flash == "Bestilling 300000 er sendt."
    kari.open("/orders/new").fill(unit=kari.option("unit", "Verkstedet"), delivery="Kurs").press("Send bestilling")
    assert kari.flash.startswith("Bestilling 300001 er sendt.")
    kari.open("/employees/new").fill(given_name="Ola", family_name="Vik", email="ola@kunden.example")
    kari.fill(unit=kari.option("unit", "Verkstedet")).press("Lagre")
    assert kari.open("/employees").has("Ola Vik")
    ada.open(customer).follow("Ny booking")
    ada.fill(unit=ada.option("unit", "Verkstedet"), **BOOKING).press("Se over").press("Publiser")
    kari.open("/bookings").follow("Helsekontroll").fill(employee=["1"])
    assert "Ola Vik" in press(kari, "#slots", "Meld på").response.text


def letter_subjects(opened: Opening, address: str) -> list[str]:
    """What the letters to somebody are called."""
    opened.deliver()
    files = sorted((opened.settings.var / "mail").iterdir())
    read = [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]
    return [str(each["Subject"]) for each in read if each["To"] == address]
