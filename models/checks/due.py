"""Who is due: one row for each employee and check, with when the last one was, and when the next one is to be.

They are written in `keeping`, in the transaction of whatever they follow from; found in `search`.
"""

from datetime import date

from sqlalchemy import ForeignKeyConstraint, Identity, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.core.base import Base
from models.core.scope import Right, UnitOwned, of_unit

LONGEST_NAME = 100
NEVER = date.max
"""When a check is due of which nobody knows when the last one was: such rows stand last in every order."""


class DueCheck(UnitOwned, Base):
    """A check of one employee; where several ask for it, the shortest interval counts. Never a result."""

    __tablename__ = "due_checks"
    __table_args__ = (
        of_unit(),
        ForeignKeyConstraint(["customer_id", "employee_id"], ["employees.customer_id", "employees.id"]),
        UniqueConstraint("customer_id", "employee_id", "name"),
        Index(None, "customer_id", "due_on", "id"),
    )
    rights = (Right.EMPLOYEES,)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    unit_id: Mapped[int]
    """The employee's own unit."""
    employee_id: Mapped[int]
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    last_on: Mapped[date | None]
    """When the employee last came to it, as far as is known."""
    due_on: Mapped[date]
    booked_on: Mapped[date | None]
    """The day of a time that the employee has for it; it may be over, and nobody has said who came."""
