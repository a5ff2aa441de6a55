"""Kunder at the provider's desk: finding a customer, and its page."""

from tests.stage.house import House
from tests.stage.page import Page


def listed(page: Page) -> list[str]:
    """The names in the list."""
    return [row[0] for row in page.rows]


def test_staff_find_their_own_customers_first_and_all_of_them_if_they_wish(house: House) -> None:
    kam = house.sign_in("kam.lie")
    assert (kam.h1, kam.tabs) == (
        "Oversikt",
        ["Oversikt", "Bestillinger", "Bookinger", "Kunder", "Medarbeidere", "Katalog", "Utsendinger"],
    )
    kam.follow("Kunder")
    assert listed(kam) == ["Fjordbygg Entreprenør AS", "Havbris Sjømat AS"]
    kam.fill(whose="all").press("Søk")
    assert len(kam.rows) == 6
    for typed, found in (
        ("fjord", ["Fjordbygg Entreprenør AS"]),
        ("ÅSGRENDA", ["Solvik kommune"]),
        ("asgrenda", ["Solvik kommune"]),
        ("entreprenor", ["Fjordbygg Entreprenør AS"]),
        ("sjoemat", ["Havbris Sjømat AS"]),
        ("315 908 302", ["Demokunde_Test"]),
        ("318609136", ["Testbedriften AS"]),
        ("%", []),
    ):
        assert listed(kam.fill(q=typed).press("Søk")) == found, typed
    assert kam.has("Ingen kunder funnet")
    assert kam.open("/desk/customers?after=999999999").status_code == 404


def test_a_customers_page_says_who_may_what(quiet_house: House) -> None:
    kam = quiet_house.sign_in("kam.lie").open("/desk/customers").follow("Fjordbygg Entreprenør AS")
    assert kam.has("Hilde Moldskred (hms.fjord) hilde.moldskred@fjordbygg.example")
    assert kam.has("Fjordbygg Entreprenør AS: Bestilling, Ansatte, Rapporter")
    assert kam.has("Organisasjonsnummer 319 099 603")
    assert kam.has("Kundeansvarlig Per-Arne Lie")
    assert kam.open("/desk/customers/999999").status_code == 404
