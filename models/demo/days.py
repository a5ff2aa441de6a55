"""The calendar of the demo data: everything lies around the day on which it is loaded, on working days.

What happens on those days does not live here.
"""

from datetime import date, timedelta

CLOCKS_GO_BACK = date(2026, 10, 25)
"""The Sunday with 25 hours; a booking stays on it whatever the day of loading (product 6.6)."""

_AUTUMN_ROUND = date(2026, 10, 13)
_NO_WORK = {(1, 1), (5, 1), (5, 17), *((12, day) for day in range(24, 32))}


def on_or_before(day: date) -> date:
    """The last weekday that is not after `day`."""
    return day - timedelta(days=max(0, day.weekday() - 4))


def weekdays_later(day: date, count: int) -> date:
    """The weekday that comes `count` weekdays after `day`."""
    for _ in range(count):
        day += timedelta(days=7 - day.weekday() if day.weekday() >= 4 else 1)
    return day


def working_day(day: date) -> date:
    """The first day from `day` on when people are at work."""
    while day.weekday() >= 5 or (day.month, day.day) in _NO_WORK:
        day += timedelta(days=1)
    return day


def health_round(today: date) -> tuple[date, date, date]:
    """The three days of the health checks: 13.-15.10.2026, or else a Tuesday to Thursday some three weeks ahead."""
    if date(2026, 9, 15) <= today < _AUTUMN_ROUND:
        tuesday = _AUTUMN_ROUND
    else:
        tuesday = today + timedelta(days=18)
        tuesday += timedelta(days=(1 - tuesday.weekday()) % 7)
    days = (tuesday, tuesday + timedelta(days=1), tuesday + timedelta(days=2))
    return days if all(working_day(day) == day for day in days) else health_round(today + timedelta(days=7))
