"""What every table is made of: the declarative base, names of constraints, the types for a moment and for a state.

What pages call a state is in `routes/web/words/labels.py`.
"""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Self

from sqlalchemy import DateTime, Enum, MetaData
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

import models.core.walls  # noqa: F401  # they stand wherever there is a table


class Base(DeclarativeBase):
    """The base of all tables; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Moment(TypeDecorator[datetime]):
    """A moment in time: aware and in UTC in Python, on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a time without a zone: it could be any moment of 26 hours."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """SQLite gives the zone away; what is stored is UTC."""
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class Value(StrEnum):
    """A state of ours. Pages draw the word for it, never the value itself: that is refused."""

    def __html__(self) -> str:
        """What a template asks for that would draw it."""
        raise TypeError(f"{self!r} is a value: draw it with ui.tag, or with the filter label")


class Worded(Value):
    """An enum whose members are a value and the word that it was before: `WAITING = "waiting", "Venteliste"`.

    The word is understood, too: rows, drafts and messages of the release before have it, and programs of others.
    """

    _value_: str
    word: str

    def __new__(cls, value: str, word: str = "") -> Self:
        """The member is its value."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.word = word
        return member

    @classmethod
    def _missing_(cls, value: object) -> "Worded | None":
        return next((member for member in cls if member.word == value), None)


def one_of(states: type[StrEnum], length: int) -> Enum:
    """The type of a column that holds a value; another one, or a word, is refused before it is asked for or kept."""
    return Enum(
        states,
        native_enum=False,
        create_constraint=False,
        length=length,
        validate_strings=True,
        values_callable=lambda known: [each.value for each in known],
    )
