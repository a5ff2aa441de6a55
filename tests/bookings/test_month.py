"""Bookinger a month at a time (B5 of the working day): a table of weeks, with the filters of the list."""

from datetime import date

import pytest

from models.bookings.days.month import before, following, weeks_of
from tests.stage.house import House
from tests.stage.page import Page


@pytest.mark.parametrize(
    ("month", "first", "last", "weeks", "around"),
    [
        (date(2026, 10, 1), date(2026, 9, 28), date(2026, 11, 1), 5, ("2026-09-01", "2026-11-01")),
        (date(2027, 1, 1), date(2026, 12, 28), date(2027, 1, 31), 5, ("2026-12-01", "2027-02-01")),
        (date(2027, 2, 1), date(2027, 2, 1), date(2027, 2, 28), 4, ("2027-01-01", "2027-03-01")),
        (date(2024, 12, 1), date(2024, 11, 25), date(2025, 1, 5), 6, ("2024-11-01", "2025-01-01")),
    ],
)
def test_the_weeks_of_a_month(month: date, first: date, last: date, weeks: int, around: tuple[str, str]) -> None:
    found = weeks_of(month)
    assert (found[0][0], found[-1][-1], len(found)) == (first, last, weeks)
    assert (before(month).isoformat(), following(month).isoformat()) == around


def on(page: Page, day: str) -> str:
    """What stands on a day."""
    moment = page.soup.select_one(f"time[datetime='{day}']")
    assert moment is not None
    cell = moment.find_parent("td")
    assert cell is not None
    return " ".join(cell.get_text(" ").split())


def test_a_month_of_bookings_and_its_filters(house: House, hms: Page) -> None:
    page = hms.open("/bookings").follow("Måned")
    assert (page.h1, page.soup.select("#answer")[0].get_text()) == ("Bookinger", "oktober\xa02026")
    assert [cell.get_text() for cell in page.soup.select(".month tbody th")] == ["40", "41", "42", "43", "44"]
    assert "08:00 Helsekontroll Fjordbygg Bergen, 4 ledige" in on(page, "2026-10-13")
    assert "08:00 Helsekontroll Fjordbygg Bergen, full" in on(page, "2026-10-14")
    page.fill(free="1").press("Søk")
    assert "Helsekontroll Fjordbygg Bergen" in on(page, "2026-10-13")
    assert "Helsekontroll Fjordbygg Bergen" not in on(page, "2026-10-14")
    page.fill(unit=page.option("unit", "Tromsø")).press("Søk")
    assert "Helsekontroll Fjordbygg Bergen" not in on(page, "2026-10-13")
    page.follow("Neste måned").follow("Neste måned")
    assert page.soup.select("#answer")[0].get_text() == "desember\xa02026"
    assert "første juledag" in on(page, "2026-12-25")
    assert "month=2026-12" in page.url
    assert "free=1" in page.url
    page.fill(free="").press("Søk")
    assert page.soup.select("#answer")[0].get_text() == "desember\xa02026", "a filter leaves the month alone"
    assert hms.send("GET", "/bookings/calendar?month=2026-13").status_code == 404
    listed = hms.open("/bookings").fill(free="1").press("Søk")
    assert listed.soup.select(".agenda > li")
    assert not [line for line in listed.soup.select(".agenda .tag") if line.get_text() in {"Avlyst", "Fristen er ute"}]


def test_b5_the_desk_sees_a_month_of_all_customers_and_of_its_own(quiet_house: House) -> None:
    desk = quiet_house.sign_in("kam.lie").open("/desk/bookings").follow("Måned")
    assert (desk.h1, desk.soup.select("#answer")[0].get_text()) == ("Bookinger", "oktober\xa02026")
    assert "08:00 Helsekontroll Fjordbygg Bergen, Fjordbygg Entreprenør AS, 4 ledige" in on(desk, "2026-10-13")
    assert not desk.has("Solvik kommune")
    desk.fill(whose="all").press("Søk")
    assert desk.has("Solvik kommune")
    desk.fill(customer="solvik").press("Søk")
    assert "Fjordbygg" not in desk.soup.select("#results")[0].get_text()
    desk.fill(customer="", free="1").press("Søk")
    assert "Helsekontroll Fjordbygg Bergen" not in on(desk, "2026-10-14"), "full"
    assert desk.follow("08:00 Helsekontroll Fjordbygg Bergen, Fjordbygg Entreprenør AS, 4 ledige").h1.startswith("Hel")
    listed = desk.open("/desk/bookings").fill(free="1").press("Søk")
    assert listed.rows
    assert all("ledig" in row[-1] for row in listed.rows)
    assert quiet_house.sign_in("hms.fjord").send("GET", "/desk/bookings/calendar").status_code == 404
