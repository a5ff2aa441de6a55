"""The demo data: invented customers with users, employees, orders, bookings and invoices, around the day of loading.

The tables of what there is are in the modules of this package; nothing of it is used in production.
"""

from datetime import datetime, time
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.core.clock import in_oslo, today_in_oslo
from models.core.scope import across_customers
from models.core.sealed import Keyring
from models.customers.customer import Customer
from models.demo.bookings import add_bookings
from models.demo.checks import add_checks
from models.demo.companies import add_companies
from models.demo.identities import add_numbers
from models.demo.invoices import add_invoices
from models.demo.messages import add_messages
from models.demo.notices import add_notices
from models.demo.orders import add_orders
from models.demo.people import add_employees
from models.demo.plans import add_plans
from models.demo.reports import add_reports
from models.demo.users import SIGN_INS, add_users

__all__ = ["SIGN_INS", "is_empty", "load"]

_SEED = 307390


def is_empty(db: Session) -> bool:
    """Whether the database has no customer yet, so that the demo data may be loaded."""
    with across_customers(db):
        return db.scalar(select(Customer.id).limit(1)) is None


def load(db: Session, keyring: Keyring, *, now: datetime) -> None:
    """Fill an empty, migrated database with the demo data as of the day of `now`; the caller commits.

    The same day gives the same data on every machine, but for the salts of passwords and what `keyring` seals. So of
    `now` only the day counts: the data is as of its midnight, when nothing of the day has happened yet.
    """
    rng = Random(_SEED)  # noqa: S311  # data for a demonstration, no secrets
    today = today_in_oslo(now)
    midnight = in_oslo(today, time())
    with across_customers(db):
        units = add_companies(db, today=today)
        users = add_users(db, units)
        staff = add_employees(db, units, rng, now=midnight)
        add_numbers(db, keyring, staff, Random(_SEED), now=midnight)  # noqa: S311  # its own, so that the rest stays as it is
        orders = add_orders(db, units, users, rng, today=today)
        add_messages(db, orders, users, today=today)
        add_bookings(db, units, orders, staff, rng, now=midnight)
        add_invoices(db, units, orders, today=today)
        add_plans(db, units, orders, now=midnight)
        add_reports(db, units, now=midnight)
        add_notices(db, units, now=midnight)
        add_checks(db, units)
