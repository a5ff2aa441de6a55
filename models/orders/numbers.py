"""Running numbers that people read aloud: unique, increasing, and without gaps after a failure.

A migration makes the row of a series; how far the numbers have come elsewhere is told by whoever hears of it.
"""

from sqlalchemy import Integer, String, case, false, true, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.base import Base


class Number(Base):
    """The last number of a series, whoever gave it out."""

    __tablename__ = "numbers"

    series: Mapped[str] = mapped_column(String(20), primary_key=True)
    last: Mapped[int] = mapped_column(Integer)
    begun: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whether the portal has given one out: where the series begins only matters before."""


def next_number(db: Session, series: str, *, begin: int) -> int:
    """Take the next number in the transaction of the thing that is numbered; two never get the same.

    The first that the portal gives out is `begin`, unless higher ones were given out elsewhere.
    """
    following = Number.last + 1
    taken = db.scalar(
        update(Number)
        .where(Number.series == series)
        .values(last=case((Number.begun.is_(false()) & (following < begin), begin), else_=following), begun=True)
        .returning(Number.last)
        .execution_options(synchronize_session=False)
    )
    if taken is None:
        raise LookupError(f"no migration has made the series {series}")
    return taken


def not_below(db: Session, series: str, number: int) -> None:
    """Let a series go on above a number that was given out elsewhere."""
    db.execute(
        update(Number)
        .where(Number.series == series, Number.last < number)
        .values(last=number)
        .execution_options(synchronize_session=False)
    )
