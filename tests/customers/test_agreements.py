"""Avtale and kontaktperson (I1): the desk writes them, Info and the customer's page say them, a list brings them."""

from datetime import date

from sqlalchemy import select

from models.core.audit import THE_PROVIDER, AuditEntry
from models.customers.customer import Customer
from models.customers.units import Unit
from models.imports.customers.bringing import bring_in
from models.imports.customers.headings import Column
from models.imports.rows import Fate
from tests.imports.test_customers import read
from tests.stage.house import House
from tests.stage.page import Page
from tests.stage.times import NOW

FJORDBYGG = "Fjordbygg Entreprenør AS"


def company(page: Page) -> str:
    """What the page says of the company."""
    [card] = [card for card in page.soup.select("section.card") if card.find("dt", string="Organisasjonsnummer")]
    return " ".join(card.get_text(" ").split())


def test_i1_info_says_what_was_agreed_on_and_with_whom_as_the_desk_has_written_it(house: House) -> None:
    hms, kam = house.sign_in("hms.fjord"), house.sign_in("kam.lie")
    assert "Avtale BHT, til 31.12.2027 Kontaktperson Hilde Moldskred 12 34 51 01" in company(hms.open("/info"))
    assert "Avtale" not in company(house.sign_in("Tester").open("/info")), "of whom nothing is known, nothing is said"
    kam.open("/desk/customers").follow(FJORDBYGG).follow("Endre avtale og kontaktperson")
    assert kam.value("agreement_until") == "31.12.2027"
    for typed, name, sentence in (
        ({"agreement": ""}, "agreement", "Skriv hva avtalen gjelder."),
        ({"agreement_until": "32.12.2027"}, "agreement_until", "dato"),
        ({"contact_name": ""}, "contact_name", "Skriv navnet på kontaktpersonen."),
        ({"contact_phone": "1234"}, "contact_phone", "Et norsk nummer har 8 sifre, og her står det 4."),
        ({"contact_email": "hilde"}, "contact_email", "navn@firma.no"),
    ):
        before = {each: kam.value(each) for each in typed}
        kam.fill(**typed).press("Lagre")
        assert (kam.status_code, sentence in kam.error(name).casefold() + kam.error(name)) == (422, True), typed
        kam.fill(**before)
    kam.fill(agreement="BHT og vakt", agreement_until="30.09.2026", contact_name="Ola  Vik", contact_phone="")
    kam.fill(contact_email="").press("Lagre")
    assert kam.flash == f"{FJORDBYGG} er lagret."
    assert "Avtale BHT og vakt, gikk ut 30.09.2026 Kontaktperson Ola Vik Rapporter" in company(kam)
    assert company(hms.open("/info")).endswith("Kontaktperson Ola Vik") or "Kontaktperson Ola Vik Bed" in company(hms)
    with house.behind() as db:
        entry = db.scalars(select(AuditEntry).where(AuditEntry.action == "agreement")).one()
        fields = ["agreement", "agreement_until", "contact_name", "contact_email", "contact_phone"]
        assert (entry.about.split(":")[0], entry.changed) == ("customer", {"fields": fields})
    kam.open("/desk/customers").follow(FJORDBYGG).follow("Bergen")
    assert not kam.soup.select("[name=agreement]"), "an agreement is the whole customer's"


def test_a_list_brings_agreements_once_and_leaves_what_it_does_not_name(quiet_house: House) -> None:
    cells = {Column.NUMBER: "319099603", Column.AGREEMENT: "BHT", Column.UNTIL: "31.12.2029"}
    of_unit = {Column.NUMBER: "319099603", Column.UNIT: "Bergen", Column.MANAGER: "Aisha Rahman"}
    with quiet_house.behind() as db:
        bergen = db.scalars(select(Unit).where(Unit.name == "Bergen")).one()
        bergen.reference_pattern = "PO-000"
        db.flush()
        for fate in (Fate.CHANGED, Fate.SAME):
            rows = read(cells, {**cells, Column.UNTIL: ""}, of_unit)
            bring_in(db, rows, by=THE_PROVIDER, now=NOW)
            assert [one.row.fate for one in rows] == [fate, Fate.SAME, fate]
        customer = db.scalars(select(Customer).where(Customer.organisation_number == "319099603")).one()
        assert (customer.agreement, customer.agreement_until) == ("BHT", date(2029, 12, 31))
        assert customer.contact_name == "Hilde Moldskred"
        assert bergen.reference_pattern == "PO-000", "what a unit wants of references stays, whoever serves it"
