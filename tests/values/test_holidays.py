"""Public holidays: those of the calendar, as somebody else's program knows it."""

from datetime import date, timedelta

from holidays.countries.norway import Norway

from models.values.holidays import holiday

FIRST_YEAR, LAST_YEAR = 1947, 2100
"""From the year in which 1 and 17 May became holidays, as far as the other program goes."""


def test_the_holidays_are_those_of_the_calendar() -> None:
    assert [holiday(date(2026, 4, day)) for day in (1, 2, 3, 4, 5, 6)] == [
        *(None, "skjærtorsdag", "langfredag", None, "første påskedag", "andre påskedag")
    ]
    assert (holiday(date(2038, 4, 25)), holiday(date(2026, 5, 25))) == ("første påskedag", "andre pinsedag")
    assert (holiday(date(2030, 5, 17)), holiday(date(2030, 5, 18))) == ("17. mai", None)


def test_every_day_of_a_century_and_a_half_is_named_as_another_program_names_it() -> None:
    others = Norway(years=range(FIRST_YEAR, LAST_YEAR + 1), language="no")
    first, last = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)
    days = [first + timedelta(days=at) for at in range((last - first).days + 1)]
    ours = {day: name for day in days if (name := holiday(day))}
    assert ours.keys() == others.keys()
    names = {"1. mai": "arbeidernes dag", "17. mai": "grunnlovsdag"}
    for day, name in ours.items():  # two holidays may fall on one day; ours has one name for it
        assert names.get(name, name).lower() in others[day].lower().split("; "), day
