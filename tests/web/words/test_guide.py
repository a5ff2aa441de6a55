"""Section 2: the screens of the user guide, word for word. What the words do is told where they stand.

The guide's rows of invoices are in `tests.invoices.test_invoices`, with the clock of that year.
"""

import pytest

from tests.stage.house import House
from tests.stage.page import Page

FRAME = ["Avonova Kundeportal", "Info", "Bestilling", "Ansatte", "Fakturaer", "Logg ut"]
GUIDE = ["Klikk her for brukerveiledning: Avonova_kundeportal.pdf"]
TESTER = [*FRAME, *GUIDE, "Du er logget inn som: Test Bruker (Tester)"]
TESTWEB = [*FRAME, *GUIDE, "Du er logget inn som: TESTWEB WEB (TESTWEB)", "Rapporter"]
ORDER = (
    'så raskt som mulig Ønsket leveranse: "Støttesamtaler". Antall/omfang: 4. '
    "Sted/lokasjon for gjennomføring av leveranse: Oslo. Kundebestilling referanse: Merkes med 123. "
    "Navn og tlf nr til kontaktperson: Ola Olsen - tlf 1243254."
)
DONALD = ["Bedrift/Avdeling:", "Fødselsdato:", "E-post:", "Mobilnummer:", "Deaktiver", "Rediger"]

# the user, the way to the screen, its words: each is the whole text of an element, or stands in a field
SCREENS = {
    "orders": (
        "Tester",
        ["/orders"],
        [
            *TESTER,
            *("Finn bestillinger", "Ny bestilling", "Bestillingsnummer:", "Fra dato:", "Til dato:", "Status:"),
            *("Bedrift/avdeling:", "Produktgruppe:", "Søkeresultat"),
            *("Bestillingsnummer", "Bestillingsdato", "Produktgruppe", "Beskrivelse", "Bedrift/avdeling"),
            *("Ordrestatus", "307390", "17.04.2023", ORDER, "Demokunde_Test"),
        ],
    ),
    "new order": (
        "Tester",
        ["/orders", "Ny bestilling"],
        [
            *TESTER,
            *("Ny bestilling", "Bedrift/avdeling:", "Filtrer i bedrifts-/avdelingsliste", "Demokunde_Test"),
            "Ønsket leveranse, f.eks førstehjelpskurs, støttesamtaler, ergonomigjennomgang, kurs, etc",
            *("Antall/omfang:", "Navn og tlf nr til kontaktperson:", "Faktura merkes med/fakturareferanse:"),
            *("Sted/lokasjon for gjennomføring av leveranse:", "Bestillingsbeskrivelse:"),
            *("(Ikke skriv sensitive opplysninger her)", "Send bestilling"),
            "Hvis flere avdelinger, velg avdeling som bestillingen skal knyttes til.",
            "Beskrivelse av leveranse.",
            "Sjekk at dette samsvarer med deres interne rutiner for merking av faktura.",
            "En kort beskrivelse av ønsket bestilling. Merk IKKE sensitive opplysninger.",
        ],
    ),
    "employees": (
        "Tester",
        ["/employees"],
        [
            *TESTER,
            *("Finn ansatte", "Ny ansatt", "Fritekst:", "Bedrift/Avdeling:", "Filtrer i bedrifts-/avdelingsliste"),
            *("Alle", "Søk", "Søkeresultater", "Navn", "Fødselsdato", "E-post", "Arbeidsgiver"),
            *("Dolly Duck", "Dolly.Duck@testeren.no", "Donald Duck", "Donald.Duck@testeren.no", "test yoyo"),
        ],
    ),
    "employee": (
        "Tester",
        ["/employees", "Donald Duck"],
        [*TESTER, "Donald Duck", *DONALD, "Demokunde_Test", "12.05.2023", "Donald.Duck@testeren.no", "41244845"],
    ),
    "employee of another customer": (
        "TESTWEB",
        ["/employees?q=duck", "Donald Duck"],
        [
            *(*TESTWEB, "Donald Duck", *DONALD, "Kjønn:"),
            *("Testbedriften AS", "13.09.2018", "Mann", "Duck@testikkeibruk.no", "12345678"),
        ],
    ),
    "edit": (
        "Tester",
        ["/employees", "Donald Duck", "Rediger"],
        [
            *(*TESTER, "Rediger ansatt", "Fornavn", "Etternavn", "Epost", "Mobil", "Fødselsdag", "Bedrift/avdeling"),
            *("Donald", "Duck", "Donald.Duck@testeren.no", "41244845", "12.05.2023", "Demokunde_Test"),
            *("Endre fødselsnummer", "Fødselsnummer (11 siffer)", "120523*****", "Lagre"),
        ],
    ),
    "invoices": (
        "TESTWEB",
        ["/invoices"],
        [
            *(*TESTWEB, "Fakturaer", "Søk etter faktura", "Fakturanummer:", "Fra dato:", "Til dato:", "Status:"),
            *("Ubetalt", "Forfalt", "Søk", "Faktura", "Fakturanummer", "Fakturadato", "Forfallsdato", "Betaler"),
            *("Total", "Utestående", "Status", "2017-118350", "31.12.2017", "20.01.2018", "Testbedriften AS"),
        ],
    ),
}


def words(page: Page) -> set[str]:
    """The whole texts of all elements, and what stands in fields."""
    texts = {" ".join(tag.get_text().split()) for tag in page.soup.find_all(name=True)}
    return texts | {str(field["value"]) for field in page.soup.select("input[type=text][value]")}


@pytest.mark.parametrize("screen", SCREENS)
def test_the_screens_say_what_the_guide_says(quiet_house: House, screen: str) -> None:
    username, (url, *links), expected = SCREENS[screen]
    page = quiet_house.sign_in(username).open(url)
    for link in links:
        page.follow(link)
    assert sorted(set(expected) - words(page)) == []
