"""Tall: orders, amounts, and what is about people, of which no combination of pages reveals a group under five."""

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import combinations, product
from random import Random

import pytest
from bs4 import BeautifulSoup, Tag
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from models.bookings.booking import Booking
from models.bookings.sign_ups.sign_up import ABSENT, ATTENDED, SEATED, SignUp
from models.bookings.slots import Slot
from models.catalogue.entry import PRODUCT_GROUPS
from models.core.clock import in_oslo
from models.core.walls import insert_rows
from models.customers.customer import Customer
from models.customers.units import Unit
from models.employees.employee import Employee
from models.invoices.invoice import Invoice
from models.orders.order import Order
from models.reports.figures import is_closed, last_closed_year
from models.reports.suppression import SMALLEST
from models.users.user import Grant, User
from models.values.money import KRONER
from tests.reports.test_suppression import follows, solved
from tests.stage.house import House
from tests.stage.page import Page
from tests.stage.times import NOW


def table(page: Page, heading: str) -> dict[str, list[str]]:
    """The rows of the table below a heading, by what they are of; none where the page has no such heading."""
    found = page.soup.find("h2", string=heading)
    if not isinstance(found, Tag):
        return {}
    section = found.find_parent("section")
    assert isinstance(section, Tag)
    rows = [
        [cell.get_text(" ", strip=True) for cell in row.select("th, td")]
        for row in section.select("tbody tr, tfoot tr")
    ]
    return {row[0]: row[1:] for row in rows}


def facts(page: Page) -> dict[str, str]:
    return {
        dt.get_text(strip=True): dt.find_next("dd").get_text(strip=True)  # type: ignore[union-attr]
        for dt in page.soup.select("#results dt")
    }


def figures(page: Page, year: str = "2025", unit: str = "Alle") -> Page:
    page.open("/reports/figures")
    return page.fill(year=year, unit=page.option("unit", unit)).press("Vis")


# What is shown


def test_orders_by_product_group_of_a_year_and_a_unit(house: House, hms: Page) -> None:
    page = figures(hms)
    with house.behind() as db:
        counted = db.execute(
            select(Order.product_group, func.count())
            .join(Unit, Unit.id == Order.unit_id)
            .where(Order.ordered_on.between(date(2025, 1, 1), date(2025, 12, 31)), Unit.customer_id == customer(db))
            .group_by(Order.product_group)
        ).all()
    expected = {group: [str(number)] for group, number in counted}
    assert table(page, "Bestillinger") == {**expected, "Sum": [str(sum(number for _, number in counted))]}
    assert "year=2025" in page.url
    assert table(figures(hms, unit="Tromsø"), "Bestillinger") == {"Kurs": ["1"], "Sum": ["1"]}
    assert figures(hms, year="2022").has("Ingen bestillinger i 2022.")


def customer(db: Session, unit: str = "Bergen") -> int:
    return db.scalars(select(Unit.customer_id).where(Unit.name == unit)).one()


def test_health_checks_offered_and_held_with_the_small_unit_hidden(house: House, hms: Page) -> None:
    """6.8: Administrasjon had four people; Tromsø is hidden with it, or it could be worked out from the sum."""
    page = figures(hms)
    checks = table(page, "Helsekontroller")
    assert checks["Bergen"] == ["52", "40"]
    assert checks["Administrasjon"] == checks["Tromsø"] == ["skjult", "skjult"]
    assert all(number.isdecimal() for number in checks["Stavanger"] + checks["Sum"])
    assert page.has("Skjult : gruppen har færre enn 5 personer")
    assert set(facts(page)) == {"Påmeldte", "Møtte", "Møtte ikke"}
    assert table(figures(hms, unit="Administrasjon"), "Helsekontroller")["Administrasjon"] == ["skjult", "skjult"]
    assert table(figures(hms, unit="Bergen"), "Helsekontroller")["Bergen"] == ["52", "40"]
    assert facts(hms) == {}, "who did not come is counted for the whole customer only"


def test_what_is_about_people_is_shown_when_the_year_is_over(quiet_house: House) -> None:
    hms = quiet_house.sign_in("hms.fjord")
    page = figures(hms, year="2026")
    assert page.has("Helsekontroller og påmeldinger i 2026 vises fra 1. februar 2027")
    assert not page.soup.find("h2", string="Helsekontroller")
    assert table(page, "Bestillinger")["Sum"] != ["0"]
    assert figures(hms, year="2025").value("year") == "2025"
    assert hms.open("/reports/figures").value("year") == "2025", "the newest that is complete"
    assert [is_closed(2025, date(2026, *day)) for day in ((1, 31), (2, 1))] == [False, True]
    assert [last_closed_year(date(2026, *day)) for day in ((1, 31), (2, 1), (12, 31))] == [2024, 2025, 2025]


def test_x2_amounts_are_seen_with_the_right_to_invoices_only(quiet_house: House) -> None:
    assert not figures(quiet_house.sign_in("hms.fjord")).has("Fakturert")
    with quiet_house.behind() as db:
        db.execute(update(Customer).values(has_reports=True))
        sums = select(func.sum(Invoice.total)).join(Unit, Unit.id == Invoice.unit_id)
        of_2026 = Invoice.issued_on.between(date(2026, 1, 1), date(2026, 12, 31)), Unit.name == "Demokunde_Test"
        total = db.scalar(sums.where(*of_2026, Invoice.currency == KRONER))
        db.commit()
    tester = figures(quiet_house.sign_in("Tester"), year="2026")
    [shown] = [value["value"] for value in tester.soup.select("#results tbody th + td data")]
    assert total
    assert Decimal(str(shown)) == total
    assert table(tester, "Fakturert").keys() == {"Demokunde_Test"}
    assert tester.soup.select_one("[aria-labelledby^=invoiced-title]")


def test_every_chart_has_a_name_a_description_and_its_table(quiet_house: House) -> None:
    page = figures(quiet_house.sign_in("hms.fjord"))
    charts = page.soup.select("#results svg[role=img]")
    assert len(charts) == 3
    for chart in charts:
        named = [page.soup.select_one(f"[id='{id}']") for id in str(chart["aria-labelledby"]).split()]
        assert all(name and name.get_text(strip=True) for name in named)
        beside = chart.find_parent(class_="beside")
        assert isinstance(beside, Tag)
        rows = list(beside.select("tbody tr"))
        assert len(chart.select("text")) == 2 * len(rows) > 0
        for row, said in zip(rows, chart.select("text.end"), strict=True):
            numbers = [cell.get_text(strip=True) for cell in row.select("td")]
            assert said.get_text(strip=True) in {numbers[-1], f"{numbers[-1]} møtte", " av ".join(reversed(numbers))}


def test_b8_three_years_stand_beside_each_other(quiet_house: House) -> None:
    """How many came of those who were offered a check, in percent; people of a year that goes on are shown later."""
    hms = quiet_house.sign_in("hms.fjord")
    years = {year: table(figures(hms, year=year), "Bestillinger") for year in ("2024", "2025", "2026")}
    trend = table(hms, "2024–2026")
    assert trend["Bestillinger"] == [rows["Sum"][0] for rows in years.values()]
    assert trend["Helsekontroller"] == ["–", "72\xa0% møtte 86 av 120", "vises fra 1.\xa0februar 2027"]
    assert "Fakturert" not in trend, "X2"
    assert not figures(hms).has("av skjult")
    tromso = table(figures(hms, unit="Tromsø"), "2023–2025")
    assert tromso["Helsekontroller"] == ["–", "–", "skjult"]
    with quiet_house.behind() as db:
        db.execute(update(Customer).values(has_reports=True))
        db.commit()
    tester = figures(quiet_house.sign_in("Tester"), year="2026")
    own = [cells for row, cells in table(tester, "Fakturert").items() if row != "Sum"]
    assert table(tester, "2024–2026")["Fakturert"][-1].removeprefix("kr\xa0") == own[0][0].removeprefix("kr\xa0")


def headlines(page: Page) -> dict[str, str]:
    """What the three cards on top say, without their pictures."""
    return {card.h3.get_text(): " ".join(card.p.get_text(" ").split()) for card in page.soup.select(".trio .card")}  # type: ignore[union-attr]


def test_the_headlines_say_what_the_table_says_and_how_it_differs(quiet_house: House) -> None:
    hms = quiet_house.sign_in("hms.fjord")
    page = figures(hms, year="2026")
    assert page.h1 == "Tall 2024–2026"
    before, this = (int(number) for number in table(page, "2024–2026")["Bestillinger"][1:])
    assert this > before
    assert headlines(page) == {
        "Bestillinger": f"{this} {this - before} flere enn i 2025",
        "Møtt av tilbudte": "72 % 2025",
    }
    drawn = [text.get_text() for text in page.soup.select(".trio .card:last-child text")]
    assert drawn[1::2] == ["–", "72\xa0%", "fra 1.\xa0feb."]
    hidden = headlines(figures(hms, unit="Tromsø"))
    assert hidden["Møtt av tilbudte"].startswith("skjult"), "no sum gives a hidden figure away"
    assert not page.soup.select(".trio [role=img]"), "the table below holds the same"


def test_the_file_says_what_the_page_says(quiet_house: House) -> None:
    hms = figures(quiet_house.sign_in("hms.fjord"))
    answer = hms.send("GET", hms.url.replace("figures?", "figures.csv?"))
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))
    for row in table(hms, "Helsekontroller").keys() - {"Sum"}:
        said = [value for heading, name, _, value in rows if heading == "Helsekontroller" and name == row]
        assert said == table(hms, "Helsekontroller")[row]
    assert ["Oppmøte", "Fjordbygg Entreprenør AS", "Møtte ikke", facts(hms)["Møtte ikke"]] in rows


def test_what_is_no_choice_is_refused_with_a_sentence(quiet_house: House) -> None:
    hms = quiet_house.sign_in("hms.fjord")
    for query in ("year=1999", "year=x", "unit=1", "unit=x"):
        assert hms.open(f"/reports/figures?{query}").status_code == 422, query
        assert hms.problems
        assert hms.send("GET", f"/reports/figures.csv?{query}").status_code == 404


def test_x1_a_leader_has_the_own_unit_only(quiet_house: House) -> None:
    leder = quiet_house.sign_in("leder.brann").open("/reports/figures")
    assert leder.options("unit") == ["Alle", "Brann og redning"]
    assert not leder.has("Møtte ikke")


# Nobody can work out a group under five

Cell = tuple[str, int, str | None, str]
"""A year, a unit, a product group, and whether it is of those who came, who did not, or of free places."""
CAME, AWAY, FREE = "came", "away", "free"
YEARS = ("2024", "2025")
RESULTS = {"hx-request": "true", "hx-request-type": "partial", "hx-target": "div#results"}
READERS: dict[str, list[str]] = {
    "hms.fjord": [],
    "TESTWEB": [],
    "leder.brann": [],
    "okonomi.fjord": ["Tromsø"],
    "anna.ka": ["Solvik kommune"],
    "Tester": ["Skole", "Helse og omsorg"],
}
"""Everybody who may see reports, and where the test lets some in besides: a whole, its parts, parts side by side."""


def let_in(house: House) -> None:
    with house.behind() as db:
        users = {user.username: user for user in db.scalars(select(User))}
        db.execute(delete(Grant).where(Grant.user_id.in_([users["Tester"].id, users["anna.ka"].id])))
        for username, units in READERS.items():
            for unit in db.scalars(select(Unit).where(Unit.name.in_(units))):
                grant = Grant(user_id=users[username].id, customer_id=unit.customer_id, unit_id=unit.id, reports=True)
                db.add(grant)
        db.commit()


def crowd(house: House, rng: Random) -> None:
    """Two years of rounds in all units of Solvik, many of them with few people, and few of them absent."""
    with house.behind() as db:
        solvik = customer(db, "Brann og redning")
        staff = list(db.scalars(select(Employee.id).where(Employee.customer_id == solvik)))
        found = db.scalars(select(Order).where(Order.customer_id == solvik).order_by(Order.number))
        orders = list({order.product_group: order for order in found}.values())
        for unit in db.scalars(select(Unit).where(Unit.customer_id == solvik)).all():
            for year in YEARS:
                for order in rng.sample(orders, rng.randint(0, 3)):
                    people = rng.sample(staff, rng.choice([0, 1, 3, 4, 6, 12, 20]))
                    add_round(db, unit, order, in_oslo(date(int(year), 5, 4), time(9)), people=people, rng=rng)
        db.commit()


def add_round(db: Session, unit: Unit, order: Order, at: datetime, *, people: list[int], rng: Random) -> None:
    booking = Booking(
        customer_id=unit.customer_id, unit_id=unit.id, order_number=order.number, title="", place="", deadline=at
    )
    db.add(booking)
    db.flush()
    own = {"customer_id": unit.customer_id, "unit_id": unit.id, "booking_id": booking.id}
    capacity = max(1, len(people) + rng.choice([0, 0, 1, 5, 9]))
    slot = Slot(**own, starts_at=at, ends_at=at + timedelta(hours=1), capacity=capacity, taken=len(people))
    db.add(slot)
    db.flush()
    came = [{**own, "slot_id": slot.id, "employee_id": person, "signed_up_at": NOW} for person in people]
    states = [rng.choice([ATTENDED] * 6 + [ABSENT]) for _ in people]
    insert_rows(db, SignUp, [{**row, "state": state} for row, state in zip(came, states, strict=True)])


def truth(house: House) -> tuple[dict[Cell, int], dict[str, list[int]]]:
    """How many there really are in each cell, and the units below each unit, by its name."""
    cells: dict[Cell, int] = defaultdict(int)
    with house.behind() as db:
        units = list(db.scalars(select(Unit)))
        below = {unit.name: [other.id for other in units if other.path.startswith(unit.path)] for unit in units}
        came = func.count(SignUp.id).filter(SignUp.state == ATTENDED)
        seated = func.count(SignUp.id).filter(SignUp.state.in_(SEATED))
        for starts, capacity, unit, group, there, all_of_them in db.execute(
            select(Slot.starts_at, Slot.capacity, Booking.unit_id, Order.product_group, came, seated)
            .join(Booking, Booking.id == Slot.booking_id)
            .join(Order, Order.number == Booking.order_number)
            .outerjoin(SignUp, SignUp.slot_id == Slot.id)
            .where(Booking.cancelled_at.is_(None))
            .group_by(Slot.id, Slot.starts_at, Slot.capacity, Booking.unit_id, Order.product_group)
        ):
            parts = ((CAME, there), (AWAY, all_of_them - there), (FREE, capacity - all_of_them))
            for kind, number in parts:
                cells[str(starts.year), unit, group, kind] += number
    return cells, below


Adds = Callable[[str, str, set[str | None] | None, tuple[str, ...]], frozenset[Cell]]
"""The cells of a year, a unit and those below it, product groups (None: all), and kinds."""


def sums_on(page: Page, year: str, unit: str, of: Adds) -> Iterator[tuple[frozenset[Cell], str]]:
    """What is about people on a page: the cells that a number adds up, and the number, or what stands for it."""
    everything = (CAME, AWAY, FREE)
    for heading in ("Helsekontroller", "Alle timer og kurs"):
        by_unit = heading == "Helsekontroller"
        for row, (places, held) in table(page, heading).items():
            name = row if by_unit and row != "Sum" else unit
            group: set[str | None] | None = {PRODUCT_GROUPS[0]} if by_unit else None if row == "Sum" else {row}
            yield of(year, name, group, everything), places
            yield of(year, name, group, (CAME,)), held
    for label, kinds in (("Påmeldte", (CAME, AWAY)), ("Møtte", (CAME,)), ("Møtte ikke", (AWAY,))):
        if label in facts(page):
            yield of(year, unit, None, kinds), facts(page)[label]


def read_everything(house: House, of: Adds) -> dict[frozenset[Cell], int]:
    """All that all readers see on all of their pages."""
    published: dict[frozenset[Cell], int] = {}
    for username in READERS:
        reader = house.sign_in(username).open("/reports/figures")
        units = {option: reader.option("unit", option) for option in reader.options("unit")}
        for year, (unit, id) in product(YEARS, units.items()):
            part = reader.send("GET", f"/reports/figures?year={year}&unit={id}", headers=RESULTS)
            reader.soup = BeautifulSoup(part.text, "html.parser")
            name = list(units)[1] if unit == "Alle" else unit
            for cells, text in sums_on(reader, year, name, of):
                if text.isdecimal():
                    assert published.setdefault(cells, int(text)) == int(text), (username, year, unit)
    return published


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.rest  # many pages
def test_no_combination_of_pages_reveals_a_group_under_five(quiet_house: House) -> None:
    """Every page of every reader, put together: parents minus children, years, product groups, wholes and parts."""
    crowd(quiet_house, Random(1))  # noqa: S311  # people who do not exist
    let_in(quiet_house)
    cells, below = truth(quiet_house)

    def of(year: str, unit: str, groups: set[str | None] | None, kinds: tuple[str, ...]) -> frozenset[Cell]:
        units = below[unit]
        return frozenset(
            c for c in cells if c[0] == year and c[1] in units and c[3] in kinds and (groups is None or c[2] in groups)
        )

    published = read_everything(quiet_house, of)
    assert all(number == sum(cells[cell] for cell in added) for added, number in published.items())
    assert len(published) > 20
    small = 0
    for year in YEARS:
        system = solved(added for added in published if any(cell[0] == year for cell in added))
        groups = {cell[2] for cell in cells if cell[0] == year}
        some = [None, *({one} for one in groups), *(set(two) for two in combinations(groups, 2))]
        for unit, few, kinds in product(below, some, ((CAME,), (AWAY,), (CAME, AWAY))):
            group = of(year, unit, few, kinds)
            if group and sum(cells[cell] for cell in group) < SMALLEST:
                small += 1
                assert not follows(group, system), (year, unit, few, kinds)
    assert small > 100, "there was nothing to protect"
