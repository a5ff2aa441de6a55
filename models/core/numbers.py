"""Running numbers that people read aloud: unique, increasing, and without gaps after a failure."""

from sqlalchemy import Integer, String, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.base import Base


class Number(Base):
    """The last number that was given out in a series."""

    __tablename__ = "numbers"

    series: Mapped[str] = mapped_column(String(20), primary_key=True)
    last: Mapped[int] = mapped_column(Integer)


def next_number(db: Session, series: str) -> int:
    """Take the next number in the transaction of the thing that is numbered; two never get the same."""
    taken = db.scalar(
        update(Number)
        .where(Number.series == series)
        .values(last=Number.last + 1)
        .returning(Number.last)
        .execution_options(synchronize_session=False)
    )
    if taken is None:
        raise LookupError(f"the series {series} was never begun")
    return taken


def not_below(db: Session, series: str, number: int) -> None:
    """Let a series go on above a number that was given out elsewhere."""
    db.execute(
        update(Number)
        .where(Number.series == series, Number.last < number)
        .values(last=number)
        .execution_options(synchronize_session=False)
    )
