"""The demo's account managers, customers and units (product 6.1).

Who signs in there, and who works there, does not live here.
"""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from models.customers.account_managers import AccountManager
from models.customers.customer import Customer
from models.customers.units import Unit

# name, e-mail, phone: numbers that begin with 1 are given to nobody
ACCOUNT_MANAGERS = [
    ("Silje Haugen", "silje.haugen@bht.example", "12 34 50 01"),
    ("Per-Arne Lie", "per-arne.lie@bht.example", "12 34 50 02"),
    ("Aisha Rahman", "aisha.rahman@bht.example", "12 34 50 03"),
]

# company, organisation number, account manager
CUSTOMERS = [
    ("Demokunde_Test", "315908302", "Silje Haugen"),
    ("Testbedriften AS", "311661310", "Silje Haugen"),
    ("Fjordbygg Entreprenør AS", "319099603", "Per-Arne Lie"),
    ("Solvik kommune", "311819097", "Aisha Rahman"),
    ("Havbris Sjømat AS", "315749115", "Per-Arne Lie"),
    ("Nordlys Data AS", "315597978", "Aisha Rahman"),
]

AGREEMENTS: dict[str, dict[str, Any]] = {
    "Fjordbygg Entreprenør AS": {
        "agreement": "BHT",
        "contact_name": "Hilde Moldskred",
        "contact_email": "hilde.moldskred@fjordbygg.example",
        "contact_phone": "12345101",
    }
}
"""By company, what was agreed on until the end of next year, and with whom."""

# unit, organisation number, what it is directly below
UNITS = [
    ("Bergen TEST", "318609136", "Testbedriften AS"),
    ("Bergen", "313082466", "Fjordbygg Entreprenør AS"),
    ("Stavanger", "312819481", "Fjordbygg Entreprenør AS"),
    ("Tromsø", "312199351", "Fjordbygg Entreprenør AS"),
    ("Administrasjon", None, "Fjordbygg Entreprenør AS"),
    ("Helse og omsorg", "313786579", "Solvik kommune"),
    ("Brann og redning", "319754326", "Solvik kommune"),
    ("Teknisk drift", "313194876", "Solvik kommune"),
    ("Skole", None, "Solvik kommune"),
    ("Bjørkelia skole", None, "Skole"),
    ("Fjellvåken ungdomsskole", None, "Skole"),
    ("Grønnlia skole", None, "Skole"),
    ("Havnebukta skole", None, "Skole"),
    ("Kråkeneset skole", None, "Skole"),
    ("Lyngmoen ungdomsskole", None, "Skole"),
    ("Nedre Solvik skole", None, "Skole"),
    ("Nøtteskogen skole", None, "Skole"),
    ("Solvik voksenopplæring", None, "Skole"),
    ("Ærfugløya skole", None, "Skole"),
    ("Øvre Solvik skole", None, "Skole"),
    ("Åsgrenda skole", None, "Skole"),
    ("Produksjon", "318625271", "Havbris Sjømat AS"),
    ("Salg", "316018955", "Havbris Sjømat AS"),
]


def add_companies(db: Session, *, today: date) -> dict[str, Unit]:
    """Add the account managers, the customers and their units; the units come back by their names."""
    managers = {name: AccountManager(name=name, email=email, phone=phone) for name, email, phone in ACCOUNT_MANAGERS}
    db.add_all(managers.values())
    db.flush()
    units: dict[str, Unit] = {}
    for name, number, manager in CUSTOMERS:
        known = AGREEMENTS.get(name, {})
        customer = Customer(name=name, organisation_number=number, account_manager_id=managers[manager].id, **known)
        if known:
            customer.agreement_until = date(today.year + 1, 12, 31)
        db.add(customer)
        db.flush()
        units[name] = _add_unit(db, name, number, customer.id, None)
    for name, unit_number, above in UNITS:
        units[name] = _add_unit(db, name, unit_number, units[above].customer_id, units[above])
    return units


def _add_unit(db: Session, name: str, number: str | None, customer_id: int, above: Unit | None) -> Unit:
    unit = Unit(
        customer_id=customer_id,
        parent_id=above.id if above else None,
        path="",  # is made of the id, which the database gives
        name=name,
        organisation_number=number,
    )
    db.add(unit)
    db.flush()
    unit.path = f"{above.path if above else '/'}{unit.id}/"
    return unit
