"""Customers: the tenants. Their units are in `models.customers.units`, who serves them in `account_managers`.

What was agreed on with them is written in `agreements`.
"""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Identity, String, bindparam, false, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship, synonym

from models.core.audit import Change, record
from models.core.base import Base
from models.core.scope import CustomerOwned
from models.customers.account_managers import AccountManager


class Customer(CustomerOwned, Base):
    """A company that buys from the provider; the tenant that everything else belongs to."""

    __tablename__ = "customers"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    customer_id = synonym("id")  # so that the walls hold for the tenant itself
    name: Mapped[str] = mapped_column(String(200))
    organisation_number: Mapped[str] = mapped_column(String(9), unique=True)
    account_manager_id: Mapped[int | None] = mapped_column(ForeignKey("account_managers.id"))
    has_reports: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether Rapporter is switched on for this customer; without it no right opens it (U1)."""
    agreement: Mapped[str] = mapped_column(String(100), default="", server_default="")
    """What was agreed on, in a few words, such as `BHT` (I1)."""
    agreement_until: Mapped[date | None]
    contact_name: Mapped[str] = mapped_column(String(200), default="", server_default="")
    """Whom at the customer the provider asks about it."""
    contact_email: Mapped[str] = mapped_column(String(254), default="", server_default="")
    contact_phone: Mapped[str] = mapped_column(String(40), default="", server_default="")

    account_manager: Mapped[AccountManager | None] = relationship(lazy="raise")

    @property
    def manager(self) -> AccountManager | None:
        """Who serves it, unless that one has left."""
        return self.account_manager if self.account_manager and self.account_manager.serves else None


_WITH_MANAGER = select(Customer).where(Customer.id == bindparam("id")).options(joinedload(Customer.account_manager))


def customer_with_manager(db: Session, customer_id: int) -> Customer:
    """A customer with its account manager at hand; raises sqlalchemy's NoResultFound."""
    return db.scalars(_WITH_MANAGER, {"id": customer_id}).one()


def hold_customer(db: Session, customer_id: int, *, shared: bool = False) -> bool:
    """Hold a customer until the commit: against whoever holds it, or, `shared`, against whoever holds it alone.

    So that what is asked for all of its employees, and what becomes of one of them, follow each other. Returns whether
    there is such a customer.
    """
    held = select(Customer.id).where(Customer.id == customer_id)
    return db.execute(held.with_for_update(read=shared, key_share=not shared)).one_or_none() is not None


def switch_reports(db: Session, customer: Customer, *, on: bool, by: str, now: datetime) -> None:
    """Show Rapporter to a customer, or hide it (U1), and note who did where that changes something."""
    if customer.has_reports != on:
        customer.has_reports = on
        action = "reports shown" if on else "reports hidden"
        record(db, Change(customer_id=customer.id, actor=by, about=f"customer:{customer.id}", action=action, at=now))


def customer_by_number(db: Session, organisation_number: str) -> Customer | None:
    """The customer with this organisation number, which may be written with blanks."""
    return db.scalar(select(Customer).where(Customer.organisation_number == "".join(organisation_number.split())))
