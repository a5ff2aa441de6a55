"""The portal in lynx, w3m and links: the whole journey, in a terminal, with the keys that their users press."""

import re

import pytest

from tests.browsers import TEXT_BROWSERS, LivePortal, Terminals, until

pytestmark = pytest.mark.text_browser


@pytest.mark.parametrize("name", TEXT_BROWSERS)
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


def test_an_invoice_is_found_and_read(terminal: Terminals) -> None:
    person = terminal("lynx", "/invoices")
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
