"""An employee whom staff add in the stead of a customer who phones: with who asked in the log (D2)."""

from sqlalchemy import select

from models.core.audit import AuditEntry
from models.customers.customer import Customer
from models.employees.employee import Employee
from models.outbox.message import Message
from tests.bookings.test_desk_sign_ups import of_somebody_else
from tests.stage.house import House
from tests.stage.page import Page


def begun(house: House) -> Page:
    """The form at the desk, from the customer's page, with all that has to be filled in."""
    with house.behind() as db:
        id = db.scalars(select(Customer.id).where(Customer.name == "Fjordbygg Entreprenør AS")).one()
    kam = house.sign_in("kam.lie").open(f"/desk/customers/{id}").follow("Ny ansatt")
    kam.fill(asked_by=kam.option("asked_by", "Hilde Moldskred (hms.fjord)"), unit=kam.option("unit", "Bergen"))
    return kam.fill(given_name="Kari", family_name="Prøve", email="kari.prove@fjordbygg.example")


def test_d2_an_employee_is_added_for_who_asked_with_the_checks_of_the_customers_own_form(house: House) -> None:
    kam = begun(house).fill(asked_by="").press("Lagre")
    assert kam.status_code == 422
    assert kam.error("asked_by") == "Velg hvem som ba om det, eller skriv navnet."
    assert kam.value("given_name") == "Kari"
    kam.fill(asked_name="Ola Olsen", email="").press("Lagre")
    assert kam.error("email")
    kam.fill(email="kari.prove@fjordbygg.example").press("Lagre")
    assert kam.flash == "Kari Prøve er lagt til."
    assert [row[0] for row in kam.rows] == ["Kari Prøve"]
    with house.behind() as db:
        one = db.scalars(select(Employee).where(Employee.family_name == "Prøve")).one()
        entry = db.scalars(select(AuditEntry).where(AuditEntry.about == one.about)).one()
        assert (entry.actor.partition(" (")[0], entry.action, entry.changed) == (
            "Per-Arne Lie",
            "added",
            {"asked_by": "Ola Olsen"},
        )
        event = db.scalars(select(Message).where(Message.about == one.about)).one()
        assert (event.kind, event.payload["unit"]) == ("employee.added", "Bergen")
    assert house.sign_in("hms.fjord").open(f"/employees/{one.id}").h1 == "Kari Prøve"
    # Somebody with the same address is asked about; staff have no page of an employee to be led to.
    again = begun(house).press("Lagre")
    assert again.status_code == 422
    assert again.has("Kari Prøve, Bergen har")
    assert not again.soup.select("#employee-form a[href^='/employees/']")
    again.press("Lagre likevel")
    assert again.flash == "Kari Prøve er lagt til."


def test_d2_who_does_not_look_after_the_customer_adds_nobody(quiet_house: House) -> None:
    kam = begun(quiet_house)
    way = kam.url
    of_somebody_else(quiet_house)
    assert kam.press("Lagre").status_code == 403
    assert kam.open(way).status_code == 403
    with quiet_house.behind() as db:
        assert db.scalars(select(Employee).where(Employee.family_name == "Prøve")).all() == []
