"""What an applied list has done to each employee, and how that one was before: kept so that it can be undone.

For as long as a list can be undone, and not longer than the employee: whoever is erased takes it along. How it is
undone is in `reversal`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Identity, Index, Text
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.base import Base, Moment, Value, one_of
from models.core.scope import CustomerOwned
from models.core.sealed import Sealed
from models.core.walls import insert_rows
from models.employees.details import Details
from models.employees.national_ids import place_of_number
from models.imports.rows import Fate


class Obstacle(Value):
    """Why an employee is left as the list has made one, when it is undone."""

    CHANGED = "changed"
    """Somebody has changed the employee since, or erased,"""
    BOOKED = "booked"
    """signed up or invited the employee to a booking,"""
    NUMBER = "number"
    """given the employee number to somebody else,"""
    OUTSIDE = "outside"
    """or whoever undoes it has no right in the unit where the employee was."""


class Effect(CustomerOwned, Sealed, Base):
    """What a list has done to one employee."""

    __tablename__ = "import_effects"
    __table_args__ = (
        ForeignKeyConstraint(
            ["customer_id", "employee_id"], ["employees.customer_id", "employees.id"], ondelete="CASCADE"
        ),
        Index(None, "import_id", "id"),
        Index(None, "customer_id", "employee_id"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"))
    employee_id: Mapped[int]
    fate: Mapped[Fate] = mapped_column(one_of(Fate, 20))
    at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int]
    """Of the employee afterwards: another one is somebody's change since."""
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Of the values that are another, what they were."""
    left_at: Mapped[datetime | None] = mapped_column(Moment)
    """When somebody had left who came back by the list."""
    numbered: Mapped[bool]
    """Whether the list has given the identity number,"""
    sealed: Mapped[str | None] = mapped_column(Text)
    """and the one before, as it was sealed; None where there was none."""
    obstacle: Mapped[Obstacle | None] = mapped_column(one_of(Obstacle, 20))
    """Why it was not undone when that was asked for."""

    @property
    def place(self) -> str:
        """Where the number was sealed: in its own place, so that it is the number's and no other's."""
        return place_of_number(self.customer_id, self.employee_id)


TOLD = "told"
"""Under what `before` has the days of checks that the list has told, by their names; None where there was none."""
_NOTHING: dict[str, Any] = {"before": {}, "left_at": None, "numbered": False, "sealed": None}


def keep_effects(
    db: Session, owner: tuple[int, int], fate: Fate, at: datetime, effects: Iterable[Mapping[str, Any]]
) -> None:
    """Note what a list, by its customer and its id, has done: each with employee, version, and what was before."""
    customer_id, import_id = owner
    common = {"customer_id": customer_id, "import_id": import_id, "fate": fate, "at": at}
    insert_rows(db, Effect, [{**common, **_NOTHING, **one} for one in effects])


def told_before(before: Mapping[str, Any]) -> dict[str, date | None]:
    """The days of checks that were told before."""
    return {name: date.fromisoformat(day) if day else None for name, day in before.get(TOLD, {}).items()}


def as_before(details: Details, before: Mapping[str, Any]) -> Details:
    """The details with the values that they had before, as the log writes values."""
    values = {name: value for name, value in before.items() if name != TOLD}
    if values.get("birth_date"):
        values["birth_date"] = date.fromisoformat(values["birth_date"])
    if "groups" in values:
        values["groups"] = tuple(values["groups"])
    return replace(details, **values)
