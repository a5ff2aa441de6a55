"""Avtale and kontaktperson: what was agreed on with a customer, until when, and whom there to ask about it.

The columns are the customer's, in `customer`; the form in which staff write it, is in `routes.customers`.
"""

from dataclasses import dataclass, fields
from datetime import date, datetime

from sqlalchemy.orm import Session

from models.core.audit import Actor, Change, record
from models.customers.customer import Customer


@dataclass(frozen=True, slots=True)
class Agreement:
    """Each value is called as its column of the customer; what is empty is not said on any page."""

    agreement: str = ""
    agreement_until: date | None = None
    """Its last day."""
    contact_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""


def agreement_of(customer: Customer) -> Agreement:
    """What is known of it."""
    return Agreement(*(getattr(customer, field.name) for field in fields(Agreement)))


def agree(db: Session, customer: Customer, agreement: Agreement, *, by: Actor, now: datetime) -> None:
    """Write down what was agreed on; the log says which values changed, and names nobody."""
    names = [field.name for field in fields(Agreement)]
    changed = [name for name in names if getattr(customer, name) != getattr(agreement, name)]
    for name in changed:
        setattr(customer, name, getattr(agreement, name))
    if changed:
        about, what = f"customer:{customer.id}", {"fields": changed}
        record(
            db,
            Change(customer_id=customer.id, actor=by.label, about=about, action="agreement", at=now, changed=what),
        )
