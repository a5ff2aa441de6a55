"""Employees (ansatte) of a customer: who can be put on bookings."""

from datetime import date, datetime

from sqlalchemy import Identity, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Moment
from models.tenancy import Right, UnitOwned, of_unit


class Employee(UnitOwned, Base):
    """A person who works, or has worked, in a unit of a customer."""

    __tablename__ = "employees"
    __table_args__ = (
        of_unit(),
        UniqueConstraint("customer_id", "id"),
        Index(None, "customer_id", "unit_id"),
    )
    rights = (Right.EMPLOYEES,)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    given_name: Mapped[str] = mapped_column(String(100))
    family_name: Mapped[str] = mapped_column(String(100))
    email: Mapped[str | None] = mapped_column(String(254))
    mobile: Mapped[str | None] = mapped_column(String(40))
    birth_date: Mapped[date | None]
    gender: Mapped[str | None] = mapped_column(String(20))
    """As the CRM says it; never derived from the identity number (U16)."""
    language: Mapped[str] = mapped_column(String(10), default="nb")
    deactivated_at: Mapped[datetime | None] = mapped_column(Moment)
