"""An order in Chromium: its form filled in, what stands in it, what is told of it. No story is told here."""

import re

from playwright.sync_api import expect

from tests.stage.browsers.chromium import Visitor
from tests.stage.browsers.live import LivePortal, until

LONG_LABEL = "Ønsket leveranse, f.eks førstehjelpskurs, støttesamtaler, ergonomigjennomgang, kurs, etc"
TEXTS = {
    LONG_LABEL: "Førstehjelpskurs",
    "Antall/omfang:": "ca. 20 ansatte",
    "Navn og tlf nr til kontaktperson:": "Ola Olsen - tlf 1243254",
    "Faktura merkes med/fakturareferanse:": "PO 4711",
    "Sted/lokasjon for gjennomføring av leveranse:": "Bergen, møterom Ulriken",
    "Bestillingsbeskrivelse:": "Gjerne før jul.",
}


def write(person: Visitor, **changed: str) -> None:
    """Fill in the whole form; `description` replaces that text."""
    person.field("Bedrift/avdeling:").select_option(label="Bergen")
    for label, text in TEXTS.items():
        person.field(label).fill(text)
    if "description" in changed:
        person.field("Bestillingsbeskrivelse:").fill(changed["description"])


def still_written(person: Visitor) -> None:
    """All that was typed stands in the form."""
    expect(person.part("unit").locator("option:checked")).to_have_text("Bergen")
    for label, text in TEXTS.items():
        expect(person.field(label)).to_have_value(text)


def sent(person: Visitor) -> str:
    """The order page with its confirmation has come; gives the order's number."""
    expect(person.page.locator(".number")).to_have_text(re.compile(r"^\d+$"))
    number, what = person.page.locator(".number").inner_text(), person.h1.inner_text()
    expect(person.part("flash")).to_contain_text(f"Bestilling {number} er sendt.")
    expect(person.page).to_have_title(f"{what}, bestilling {number} – Avonova Kundeportal")
    expect(person.page).to_have_url(f"{person.portal.url}/orders/{number}")
    return number


def told_once(live: LivePortal, number: str) -> None:
    """The account manager has one letter about the order, and so has the sender."""
    letters = until(
        lambda: [found for found in [live.letters(number)] if len(found) >= 2], f"two letters about {number}"
    )
    assert sorted(letter["to"] for letter in letters[0]) == [
        "hilde.moldskred@fjordbygg.example",
        "per-arne.lie@bht.example",
    ]
