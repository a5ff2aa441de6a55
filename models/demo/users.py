"""The demo's users, their passwords and what they may see (product 6.1).

The people who work at the customers do not live here: they cannot sign in.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.core.scope import Right
from models.customers.account_managers import AccountManager
from models.customers.units import Unit
from models.users.user import Grant, Role, User

ORDERS, EMPLOYEES, INVOICES, REPORTS, ADMINISTRATOR = Right

# user name, full name, e-mail, who that is
USERS = [
    ("Tester", "Test Bruker", "test.bruker@demokunde.example", "alle rettigheter i Demokunde_Test"),
    ("TESTWEB", "TESTWEB WEB", "testweb@testbedriften.example", "alle rettigheter i Testbedriften AS"),
    ("hms.fjord", "Hilde Moldskred", "hilde.moldskred@fjordbygg.example", "HMS i hele Fjordbygg, uten fakturaer"),
    ("okonomi.fjord", "Oddvar Steinsund", "oddvar.steinsund@fjordbygg.example", "økonomi i Fjordbygg, bare fakturaer"),
    ("leder.brann", "Lena Brattvåg", "lena.brattvag@solvik.example", "leder, bare Brann og redning i Solvik kommune"),
    ("anna.ka", "Anna Karlsrud", "anna.karlsrud@kontoret.example", "to bedrifter: Havbris Sjømat og Nordlys Data"),
    ("hr.solvik", "Torbjørn Ekrenes", "torbjorn.ekrenes@solvik.example", "HR og administrator i hele Solvik kommune"),
    (
        "kam.lie",
        "Per-Arne Lie",
        "per-arne.lie@bht.example",
        "kundeansvarlig og administrator hos bedriftshelsetjenesten",
    ),
]

# user name, the unit at the top of the branch, the rights in it
GRANTS = [
    ("Tester", "Demokunde_Test", {ORDERS, EMPLOYEES, INVOICES, REPORTS}),
    ("TESTWEB", "Testbedriften AS", {ORDERS, EMPLOYEES, INVOICES, REPORTS}),
    ("hms.fjord", "Fjordbygg Entreprenør AS", {ORDERS, EMPLOYEES, REPORTS}),
    ("okonomi.fjord", "Fjordbygg Entreprenør AS", {INVOICES}),
    ("leder.brann", "Brann og redning", {ORDERS, EMPLOYEES, REPORTS}),
    ("anna.ka", "Havbris Sjømat AS", {ORDERS, EMPLOYEES}),
    ("anna.ka", "Nordlys Data AS", {ORDERS, EMPLOYEES}),
    ("hr.solvik", "Solvik kommune", {ORDERS, EMPLOYEES, INVOICES, REPORTS, ADMINISTRATOR}),
]

STAFF = {"kam.lie": "Per-Arne Lie"}
"""User name, and which of the provider's account managers that is: an administrator as well."""

SIGN_INS: list[tuple[str, str, str]] = [
    (username, f"demo-{username.lower()}", f"{full_name} – {who}") for username, full_name, _, who in USERS
]
"""User name, password, and who that is, for the sign-in page of the demo and the command line."""


def add_users(db: Session, units: dict[str, Unit]) -> dict[str, User]:
    """Add the users with their grants; they come back by their user names."""
    # Importing it hashes a password, and the sign-in page only wants to know SIGN_INS.
    from models.users.passwords import hash_password  # noqa: PLC0415

    passwords = {username: password for username, password, _ in SIGN_INS}
    managers = {manager.name: manager.id for manager in db.scalars(select(AccountManager))}
    users = {
        username: User(
            username=username,
            username_folded=username.casefold(),
            full_name=full_name,
            email=email,
            password_hash=hash_password(passwords[username]),
            account_manager_id=managers.get(STAFF.get(username, "")),
            role=Role.ADMINISTRATOR.value if username in STAFF else None,
        )
        for username, full_name, email, _ in USERS
    }
    db.add_all(users.values())
    db.flush()
    db.add_all(
        Grant(
            customer_id=units[top].customer_id,
            user_id=users[username].id,
            unit_id=units[top].id,
            **{right.value: right in rights for right in Right},
        )
        for username, top, rights in GRANTS
    )
    db.flush()
    return users
