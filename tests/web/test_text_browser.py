"""The portal in lynx, w3m and links: the whole journey, in a terminal, with the keys that their users press."""

import re

import pytest

from tests.stage.browsers.live import LivePortal, until
from tests.stage.browsers.terminals import TEXT_BROWSERS, Terminals
from tests.stage.material.rounds import a_round, people, somebody_comes_today

pytestmark = pytest.mark.text_browser


@pytest.mark.parametrize("name", ["lynx", pytest.param("w3m", marks=pytest.mark.rest), "links"])
def test_a_whole_journey(terminal: Terminals, live: LivePortal, name: str) -> None:
    person = terminal(name, "/orders")
    person.sees("Brukernavn")
    person.fill("Brukernavn", "hms.fjord")
    person.fill("Passord", "demo-hms.fjord")
    person.enter("Logg inn")
    person.sees("Søkeresultat")

    person.fill("Bestillingsnummer:", "307513")
    person.enter("Søk")
    person.sees("1 bestilling")
    person.back_to_top().enter("307513", below="Søkeresultat")
    person.sees("Tilhørende bookinger")
    person.sees("Helsekontroller")

    person.back_to_top().enter("Bestilling")
    person.sees("Søkeresultat")
    person.back_to_top().enter("Ny bestilling")
    person.sees("Ønsket leveranse, f.eks")
    person.choose("Bedrift/avdeling:", "Bergen")
    person.fill("Ønsket leveranse", "Førstehjelpskurs")
    person.fill("Antall/omfang:", "ca. 20 ansatte")
    person.enter("Send bestilling")
    person.sees("er sendt")
    person.sees("Førstehjelpskurs")
    said = re.search(r"Bestilling (\d+) er sendt", person.text)
    assert said, person.text
    until(lambda: len(live.letters(said[1])) >= 2, "the letters about the order")

    person.back_to_top().enter("Logg ut")
    person.sees("Du er logget ut.")


@pytest.mark.parametrize("name", ["lynx", "links"])  # w3m wants an editor of its own for a longer text
@pytest.mark.rest  # the journey has the like
def test_a_message_is_written_and_read(terminal: Terminals, live: LivePortal, name: str) -> None:
    person = terminal(name, "/orders/307512")
    person.sees("Brukernavn")
    person.fill("Brukernavn", "hms.fjord")
    person.fill("Passord", "demo-hms.fjord")
    person.enter("Logg inn")
    person.sees("Si fra om dere trenger flere timer.")
    person.fill("Skriv en melding", f"Hilsen {name}")
    person.enter("Send melding")
    person.sees("Meldingen er sendt.")
    person.sees(f"Hilsen {name}")
    until(lambda: live.letters("Ny melding på bestilling 307512"), "the letter to the account manager")


@pytest.mark.parametrize("name", TEXT_BROWSERS)
@pytest.mark.rest  # the journey has the like
def test_an_employee_is_added_found_and_changed(terminal: Terminals, name: str) -> None:
    person = terminal(name, "/employees/new")
    person.sees("Brukernavn")
    person.fill("Brukernavn", "Tester")
    person.fill("Passord", "demo-tester")
    person.enter("Logg inn")
    person.sees("Fødselsnummer (11 siffer)")
    person.fill("Fornavn", "Ola")
    person.fill("Etternavn", name.title())
    person.fill("Epost", f"{name}@x.example")
    person.enter("Lagre")
    person.sees(f"Ola {name.title()} er lagt til.")

    person.back_to_top().enter("Ansatte")
    person.sees("Søkeresultater")
    person.fill("Fritekst:", name)
    person.enter("Søk")
    person.sees("1 ansatt")
    person.back_to_top().enter(f"Ola {name.title()}", below="Søkeresultater")
    person.sees("Historikk")
    person.back_to_top().go_to("Deaktiver").go_on().press("\r")
    person.sees("Endre fødselsnummer")
    person.back_to_top().fill("Mobil", "12345678")
    person.enter("Lagre", below="lagrer bare nummeret")
    person.sees("Endringene er lagret.")
    person.sees("12345678")


@pytest.mark.parametrize("name", TEXT_BROWSERS)
@pytest.mark.rest  # the journey has the like
def test_an_invoice_is_found_and_read(terminal: Terminals, name: str) -> None:
    person = terminal(name, "/invoices")
    person.sees("Brukernavn")
    person.fill("Brukernavn", "TESTWEB")
    person.fill("Passord", "demo-testweb")
    person.enter("Logg inn")
    person.sees("Søk etter faktura")
    person.fill("Fakturanummer:", "118352")
    person.enter("Søk")
    person.sees("1 faktura")
    person.back_to_top().enter("2017-118352", below="Utestående")
    person.sees("Faktura 2017-118352")
    person.sees("9999.10.00018")


@pytest.mark.parametrize("name", TEXT_BROWSERS)
@pytest.mark.rest  # the journey has the like
def test_somebody_is_found_ticked_and_put_on_a_slot(terminal: Terminals, live: LivePortal, name: str) -> None:
    with live.behind() as db:
        url, [employee] = f"/bookings/{a_round(db).id}", people(db, 1)
        who = employee.full_name
        db.commit()
    person = terminal(name, url)
    person.sees("Brukernavn")
    person.fill("Brukernavn", "hms.fjord")
    person.fill("Passord", "demo-hms.fjord")
    person.enter("Logg inn")
    person.sees("2. Velg tid")
    person.fill("Finn ansatte", who)
    person.enter("Søk")
    person.sees("1 treff av")
    person.back_to_top().go_to_field("Finn ansatte").go_on().go_on().press("\r")
    person.enter("Meld på")
    person.sees(f"{who} er påmeldt")
    person.sees("Påmeldt nå · ")
    person.back_to_top().enter("Angre")
    person.sees(f"{who} er meldt av.")


@pytest.mark.parametrize("name", TEXT_BROWSERS)
@pytest.mark.rest  # the desk's rooms have the like
def test_the_desk_receives_an_order_books_and_notes_who_came(terminal: Terminals, live: LivePortal, name: str) -> None:
    live.put_back()
    with live.behind() as db:
        title, who = somebody_comes_today(db)
        db.commit()
    person = terminal(name, "/desk")
    person.sees("Brukernavn")
    person.fill("Brukernavn", "kam.lie")
    person.fill("Passord", "demo-kam.lie")
    person.enter("Logg inn")
    person.sees("Oppmøte i dag")
    person.back_to_top().enter("Vaksinasjon stivkrampe")
    person.sees("Dette er bestilt")
    person.choose("Ordrestatus", "Mottatt")
    person.enter("Lagre", below="Produktgruppe")
    person.sees("Lagret.")
    person.sees("Historikk")

    person.back_to_top().enter("Ny booking")
    person.sees("Minutter per tid")
    person.fill("Sted", "Brakkeriggen")
    person.fill("Fra dato", "09.11.2026")
    person.enter("Se over", below="Skjul navn")
    person.sees("14 tider, 14 plasser i alt")
    person.back_to_top().enter("Publiser")
    person.sees("er publisert med 14 tider.")

    person.back_to_top().enter("Oversikt")
    person.sees("Oppmøte i dag")
    person.back_to_top().enter(title, below="Oppmøte i dag")
    person.sees("Dagsliste")
    person.back_to_top().enter("Møtt", below="Tider")
    person.sees(f"Møtt er notert for {who}.")


@pytest.mark.parametrize("name", TEXT_BROWSERS)
@pytest.mark.rest  # the desk's rooms have the like
def test_the_desk_finds_a_customer_and_one_of_its_people(terminal: Terminals, name: str) -> None:
    person = terminal(name, "/desk/customers")
    person.sees("Brukernavn")
    person.fill("Brukernavn", "kam.lie")
    person.fill("Passord", "demo-kam.lie")
    person.enter("Logg inn")
    person.sees("Finn kunder")
    person.back_to_top().enter("Fjordbygg Entreprenør AS", below="Søkeresultat")
    person.sees("Kommende bookinger")
    person.back_to_top().enter("Alle ansatte")
    person.sees("Navn, e-post eller mobil:")
    person.fill("Navn, e-post eller mobil:", "solbakken")
    person.enter("Søk")
    person.sees("1 ansatt")
    person.sees("Ingrid Solbakken")
