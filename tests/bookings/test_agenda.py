"""Bookinger as an agenda (B5): a line for each day of a booking, with the way to put somebody there."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models.bookings.booking import Booking
from models.bookings.days.agenda import Agenda, agenda
from models.bookings.search import Criteria
from tests.stage.house import House
from tests.stage.material.rounds import a_round
from tests.stage.page import Page
from tests.stage.times import NOW, TODAY


def lines(page: Page) -> list[str]:
    """What the lines say."""
    return [" ".join(line.get_text(" ").split()) for line in page.soup.select(".agenda > li")]


def test_b5_each_day_of_a_booking_has_a_line_that_leads_to_its_times(house: House, hms: Page) -> None:
    page = hms.open("/bookings")
    days = [line for line in lines(page) if "Helsekontroll Fjordbygg Bergen" in line]
    assert [line.split()[:3] for line in days] == [
        ["tir.", "13.", "okt."],
        ["ons.", "14.", "okt."],
        ["tor.", "15.", "okt."],
    ]
    assert "08:00–15:00 · Bedriftshelsesenteret Bergen · Bergen" in days[0]
    assert sorted("13 av 13 tatt" in line for line in days) == [False, False, True]
    assert [line.endswith("Full, 3 på venteliste") for line in days] == ["13 av 13" in line for line in days]
    weeks = [week.get_text() for week in page.soup.select("#results .week")]
    assert weeks[0].startswith("Uke ")
    assert len(weeks) == len(set(weeks))
    way = page.soup.select("a[href$='#day-2026-10-13'], a[href$='#day-2026-10-14']")[0]
    assert way["aria-label"] in {
        f"Meld på ansatte, Helsekontroll Fjordbygg Bergen {day}\xa0oktober" for day in ("tirsdag 13.", "onsdag 14.")
    }
    free, *_ = quick = [q.get_text() for q in page.soup.select(".quick a")]
    assert [q.partition(" (")[0] for q in quick] == ["Med ledige plasser", "Frist innen en uke"]
    found = page.follow(free)
    assert not [line for line in lines(found) if line.endswith(("Avlyst", "Fristen er ute"))]
    told = str(found.soup.select_one("#results header p"))
    assert free.endswith(f"({told.partition(' kommende')[0].split()[-1].rpartition('>')[2]})"), told
    assert all("(" not in q.get_text() for q in found.soup.select(".quick a")), "they are not all on this page"
    with house.behind() as db:
        made = a_round(db)
        made.title, made.deadline = "Frist i morgen", NOW + timedelta(days=1)
        db.commit()
    soon = page.open("/bookings").soup.select(".quick a")[1].get_text()
    assert soon == "Frist innen en uke (1)"
    assert all("Frist i morgen" in line for line in lines(page.follow(soon)))
    assert page.value("free") == "closing"


@pytest.mark.parametrize("at_most", [1, 2, 3])
def test_pages_of_the_agenda_hold_each_day_whole_and_once(quiet_house: House, at_most: int) -> None:
    with quiet_house.behind() as db:
        for _ in range(3):  # three that begin on one day
            a_round(db)
        db.flush()

        def found(first: date | None, size: int) -> Agenda:
            return agenda(db, NOW, Criteria(first), size)

        everything, seen, first = found(None, 100), [], None
        while True:
            part = found(first, at_most)
            assert part.days, "no page is empty"
            seen += part.days
            if part.following is None:
                break
            assert part.following > part.days[-1].date
            first = part.following
        assert seen == everything.days
        assert len({(day.date, day.booking.id) for day in seen}) == len(seen) > 10
        assert all(day.date >= TODAY for day in seen)
        assert {day.booking.id for day in seen} <= set(db.scalars(select(Booking.id)))
        alone = agenda(db, NOW, Criteria(seen[0].date, seen[0].date), at_most)
        assert ({day.date for day in alone.days}, alone.following) == ({seen[0].date}, None)
