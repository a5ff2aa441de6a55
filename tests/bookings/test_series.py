"""Where slots come from: a series of times, published as bookings (T1)."""

from datetime import date, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

import app
from models.bookings.booking import Booking
from models.bookings.series import Series, SeriesRefused
from models.bookings.slots import Slot
from models.core.clock import OSLO
from models.core.database import Database
from models.core.scope import across_customers
from models.core.sealed import new_field_key
from tests.stage.stores.databases import SECRET_KEY, fill

HALF_HOUR = timedelta(minutes=30)
TUESDAY = date(2026, 10, 13)


def on_the_wall(series: Series) -> list[str]:
    return [f"{starts.astimezone(OSLO):%d %H:%M}-{ends.astimezone(OSLO):%H:%M}" for starts, ends in series.times()]


def test_times_follow_each_other_and_begin_anew_after_a_break() -> None:
    series = Series((TUESDAY,), ((time(8), time(10, 40)),), HALF_HOUR, 1, ((time(8, 45), time(9, 5)),))
    assert on_the_wall(series) == ["13 08:00-08:30", "13 09:05-09:35", "13 09:35-10:05", "13 10:05-10:35"]


def test_the_health_checks_of_the_demo_are_thirteen_a_day() -> None:
    days = tuple(TUESDAY + timedelta(days=ahead) for ahead in range(3))
    series = Series(days, ((time(8), time(15)),), HALF_HOUR, 1, ((time(11, 30), time(12)),))
    assert len(series.times()) == 39


def test_the_clocks_go_back_and_forth() -> None:
    nights = (date(2026, 10, 25), date(2027, 3, 28))
    series = Series(nights, ((time(1), time(4)),), timedelta(hours=1), 1)
    lengths = [(ends - starts) / timedelta(hours=1) for starts, ends in series.times()]
    assert lengths == [1, 2, 1, 1, 1]  # the hour that comes twice is one time; the one that is skipped is none


@pytest.mark.parametrize(
    ("hours", "length", "capacity"),
    [
        (((time(8), time(8, 20)),), HALF_HOUR, 1),
        (((time(10), time(8)),), HALF_HOUR, 1),
        (((time(8), time(10)),), timedelta(), 1),
        (((time(8), time(10)),), HALF_HOUR, 0),
    ],
)
def test_a_series_without_times_is_refused(
    hours: tuple[tuple[time, time], ...], length: timedelta, capacity: int
) -> None:
    with pytest.raises(SeriesRefused):
        Series((TUESDAY,), hours, length, capacity).times()


def test_the_command_publishes_a_booking_for_each_unit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{tmp_path / 'portal.db'}"
    fill(url)
    said = [
        *("--unit", "313082466", "--unit", "312819481", "--title", "Vaksine", "--place", "Kantina"),
        *("--day", "13.10.2026", "--day", "2026-10-14", "--hours", "08:00-09:00", "--minutes", "10"),
        *("--capacity", "3", "--closes", "7d", "--order", "307513"),
    ]
    keys = {"SECRET_KEYS": SECRET_KEY, "FIELD_KEYS": new_field_key()}
    for name, value in {"DATABASE_URL": url, "PORTAL_DEMO": "1", "PORTAL_TODAY": "2026-10-01", **keys}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(app, "configure_logs", lambda _format: None)  # the log is pytest's
    assert app.main(["publish-slots", *said]) == 0
    assert capsys.readouterr().err == ""
    database = Database(url)
    with database.session() as db, across_customers(db):
        made = db.scalars(select(Booking).where(Booking.title == "Vaksine")).all()
        assert [len(db.scalars(select(Slot).where(Slot.booking_id == one.id)).all()) for one in made] == [12, 12]
        assert [f"{one.deadline:%d.%m %H:%M}" for one in made] == ["06.10 06:00"] * 2
    database.close()
    for wrong in (["--unit", "999"], ["--hours", "9-8"], ["--closes", "soon"]):
        assert app.main(["publish-slots", *said, *wrong]) in {1, 2}
        assert "Traceback" not in capsys.readouterr().err
