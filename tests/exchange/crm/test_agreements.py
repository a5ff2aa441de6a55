"""What the CRM says of an agreement and its contact, on the event of the company (I1)."""

from datetime import date

from sqlalchemy import select

from models.core.audit import AuditEntry
from models.customers.agreements import Agreement, agreement_of
from models.customers.customer import Customer
from tests.exchange.crm.caller import Crm, event
from tests.stage.house import House

FJORDBYGG = "319099603"


def known(house: House) -> Agreement:
    with house.behind() as db:
        return agreement_of(db.scalars(select(Customer).where(Customer.organisation_number == FJORDBYGG)).one())


def company(version: int, **told: object) -> dict[str, object]:
    """What is told of Fjordbygg itself."""
    return event("unit.changed", "unit:FJORDBYGG", version, FJORDBYGG, name="Fjordbygg Entreprenør AS", **told)


def test_i1_an_agreement_and_its_contact_come_with_the_company_and_what_is_left_out_stays(
    quiet_house: House, crm: Crm
) -> None:
    before = known(quiet_house)
    assert crm.tell(company(1)) == [("applied", "")]
    assert known(quiet_house) == before, "a CRM that knows of no agreements takes none away"
    assert crm.tell(company(2, agreement="Utvidet BHT", contact_name="Kari Nord")) == [("applied", "")]
    after = known(quiet_house)
    assert (after.agreement, after.agreement_until) == ("Utvidet BHT", None), "the day was the other agreement's"
    assert (after.contact_name, after.contact_email) == ("Kari Nord", before.contact_email)
    assert crm.tell(company(3, agreement_until="2028-06-30", contact_phone="")) == [("applied", "")]
    assert known(quiet_house).agreement_until == date(2028, 6, 30)
    page = quiet_house.sign_in("hms.fjord").open("/info")
    assert page.has("Utvidet BHT, til 30.06.2028")
    assert page.has("Kari Nord")
    with quiet_house.behind() as db:
        logged = select(AuditEntry.actor, AuditEntry.changed).where(AuditEntry.action == "agreement")
        assert [actor for actor, _ in db.execute(logged)] == ["CRM", "CRM"]
    assert crm.tell(company(4, agreement="", contact_email=None)) != [("applied", "")], "an address is text"
    assert crm.tell(company(5, agreement="")) == [("applied", "")]
    assert (known(quiet_house).agreement, known(quiet_house).agreement_until) == ("", None)


def test_what_cannot_be_an_agreement_is_refused_and_changes_nothing(quiet_house: House, crm: Crm) -> None:
    before = known(quiet_house)
    below = event("unit.changed", "unit:U1", 1, FJORDBYGG, name="Alta", parent=f"orgnr:{FJORDBYGG}", agreement="BHT")
    for version, told in enumerate(
        (
            below,
            company(2, agreement="", agreement_until="2028-06-30"),
            company(3, contact_email="ikke en adresse"),
            company(4, agreement="x" * 101),
        )
    ):
        [(status, _)] = crm.tell(told)
        assert status != "applied", version
    assert known(quiet_house) == before
