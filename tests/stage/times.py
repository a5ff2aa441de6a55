"""The days and moments that tests live in."""

from datetime import UTC, date, datetime, timedelta

from models.core.clock import Clock

TODAY = date(2026, 10, 1)
NOW = datetime(2026, 10, 1, 8, 0, tzinfo=UTC)
"""A Thursday morning, ten o'clock in Oslo."""


class TestClock(Clock):
    """A clock that goes only when a test says so."""

    __test__ = False

    def __init__(self, now: datetime = NOW) -> None:
        super().__init__()
        object.__setattr__(self, "_now", now)

    def now(self) -> datetime:
        """The moment that the test has set."""
        moment: datetime = getattr(self, "_now")  # noqa: B009  # the base class is frozen and knows no such field
        return moment

    def set(self, now: datetime) -> None:
        """Go to a moment."""
        object.__setattr__(self, "_now", now)

    def advance(self, by: timedelta) -> None:
        """Let time pass."""
        self.set(self.now() + by)
