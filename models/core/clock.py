"""The only clock: UTC inside, Europe/Oslo where a calendar day is meant. No other module asks for the time."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")


@dataclass(frozen=True, slots=True)
class Clock:
    """The time, real or with a fixed date.

    With `fixed` (PORTAL_TODAY) the calendar day stands still in Oslo and the time of day goes on.
    """

    fixed: date | None = None

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        real = datetime.now(UTC)
        if self.fixed is None:
            return real
        oslo = real.astimezone(OSLO)
        return oslo.replace(year=self.fixed.year, month=self.fixed.month, day=self.fixed.day, fold=0).astimezone(UTC)


def today_in_oslo(now: datetime) -> date:
    """The calendar day in Norway at the moment `now` (NB9)."""
    return now.astimezone(OSLO).date()


def in_oslo(day: date, at: time) -> datetime:
    """The moment, in UTC, when a clock on a Norwegian wall shows `at` on `day`.

    On the night when the clocks go back the first of the two is meant.
    """
    return datetime.combine(day, at, OSLO).astimezone(UTC)


_MORNING, _SATURDAY = time(7), 5


def last_morning(now: datetime) -> datetime:
    """The newest moment that is not after `now` at which morning letters are due: seven, from Monday to Friday."""
    day = now.astimezone(OSLO).date()
    while day.weekday() >= _SATURDAY or in_oslo(day, _MORNING) > now:
        day -= timedelta(days=1)
    return in_oslo(day, _MORNING)
