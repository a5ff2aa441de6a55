"""HMS-året: plan, orders, what is due (product section 5, number 15), and the draft of the annual report."""

import io
from datetime import date

from pypdf import PdfReader
from sqlalchemy import delete, select, update

from models.core.scope import Right, Scope
from models.customers.units import Unit
from models.orders.order import Order
from models.reports.plans import Activity, PlanItem, plan_of
from models.users.user import Grant, User
from tests.reports.test_figures import figures, table
from tests.stage.house import House
from tests.stage.page import Page
from tests.stage.times import TODAY


def of_year(page: Page, year: int, unit: str = "Alle") -> Page:
    page.open("/reports/hms-year")
    return page.fill(year=str(year), unit=page.option("unit", unit)).press("Vis")


def states(page: Page) -> dict[str, str]:
    """Where each activity stands; of those with the same name, the last."""
    return {row[0]: row[-1] for row in page.rows}


def test_the_plan_says_what_is_done_what_is_ordered_and_what_is_due(house: House, hms: Page) -> None:
    page = hms.open("/reports/hms-year")
    assert page.value("year") == str(TODAY.year)
    assert states(page)["Vernerunde på byggeplassene"] == "Gjort 21.05.2026"
    assert states(page)["Målrettet helsekontroll"] == "Bestilt"
    assert states(page)["Støykartlegging etter tiltak ved kapping"] == "Forfalt"
    assert states(page)["Kartlegging av kvartsstøv"] == "Dette kvartalet"
    assert page.has("6 av 15 aktiviteter er gjort")
    counted = {dt.get_text(): dt.find_next("dd").get_text() for dt in page.soup.select("#results dt")}  # type: ignore[union-attr]
    assert counted == {"Gjort": "6", "Bestilt": "4", "Forfalt": "2", "Dette kvartalet": "3"}
    assert page.has("Plan for BHT-bistand 2026")
    assert page.follow("307513").number == "307513"


def test_b8_the_quarters_say_how_far_they_came_and_what_is_late_comes_first(house: House, hms: Page) -> None:
    page = hms.open("/reports/hms-year")
    quarters = [" ".join(each.get_text(" ", strip=True).split()) for each in page.soup.select(".quarters > li")]
    assert quarters == [
        "1. kvartal 2 av 2 gjort",
        "2. kvartal 3 av 3 gjort",
        "3. kvartal 1 av 4 gjort Forfalt 2 Bestilt 1",
        "4. kvartal 0 av 6 gjort Dette kvartalet 3 Bestilt 3",
    ]
    assert [each.get_text() for each in page.soup.select(".quarters [aria-current] h3")] == ["4.\xa0kvartal"]
    assert [row[-1] for row in page.rows[:3]] == ["Forfalt", "Forfalt", "Gjort 20.01.2026"]
    assert not of_year(page, 2027).soup.select(".quarters")


def test_a_year_and_a_unit_are_chosen(house: House, hms: Page) -> None:
    assert [row[0] for row in of_year(hms, 2025).rows] == [
        "Hørselskontroll i alle avdelinger",
        "Lederkurs i konflikthåndtering",
        "Førstehjelpskurs",
    ]
    assert hms.has("3 av 3 aktiviteter er gjort")
    assert {row[1] for row in of_year(hms, 2026, "Stavanger").rows} == {"Stavanger"}
    assert of_year(hms, 2027).has("Ingen plan er lagt inn for 2027")


def test_what_is_due_is_ordered_from_here(quiet_house: House) -> None:
    hms = quiet_house.sign_in("hms.fjord").open("/reports/hms-year")
    hms.follow("Bestill Kartlegging av kvartsstøv")
    assert hms.value("delivery") == "Kartlegging av kvartsstøv"
    assert hms.value("unit") == hms.option("unit", "Stavanger")


def test_x2_who_may_not_see_orders_sees_that_something_is_ordered_and_no_number(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        user = db.scalars(select(User).where(User.username == "hms.fjord")).one()
        db.execute(update(Grant).where(Grant.user_id == user.id).values(orders=False))
        db.commit()
    hms = quiet_house.sign_in("hms.fjord").open("/reports/hms-year")
    assert states(hms)["Målrettet helsekontroll"] == "Bestilt"
    assert not hms.has("307513")
    assert not hms.soup.select("#plan a")
    assert table(figures(hms), "Bestillinger")["Sum"] == ["6"], "the figures are of the right to reports"


def test_x1_a_leader_has_the_plan_of_the_own_unit_only(quiet_house: House) -> None:
    leder = quiet_house.sign_in("leder.brann").open("/reports/hms-year")
    assert {row[1] for row in leder.rows} == {"Brann og redning"}
    assert not leder.has("Plan for neste år")


def test_an_activity_stands_where_its_day_and_its_order_say(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        unit = db.scalars(select(Unit).where(Unit.name == "Bergen")).one()
        order = db.get_one(Order, 307513)
        db.execute(delete(PlanItem))
        own = {"customer_id": unit.customer_id, "unit_id": unit.id, "year": 2026, "activity": "Kurs", "due_quarter": 2}
        db.add_all([PlanItem(**own), PlanItem(**own, order_number=order.number)])
        db.flush()
        alone, ordered = (row[0] for row in db.execute(select(PlanItem.id).order_by(PlanItem.id)))
        scope = Scope.whole(unit.customer_id)

        def stands(id: int, today: date) -> str:
            [found] = [each for each in seen() if each.id == id]
            return found.state(today)

        def seen() -> list[Activity]:
            return plan_of(db, (2026, 2026), frozenset({unit.id}))

        days = [date(2026, 3, 31), date(2026, 4, 1), date(2026, 6, 30), date(2026, 7, 1), date(2027, 1, 1)]
        assert [stands(alone, day) for day in days] == ["ahead", *["due"] * 2, *["late"] * 2]
        assert {stands(ordered, day) for day in days} == {"ordered"}
        order.status = "Avbestilt"
        db.flush()
        assert stands(ordered, days[3]) == "late", "what was ordered was called off"
        db.execute(update(PlanItem).where(PlanItem.id == alone).values(done_on=days[0]))
        assert stands(alone, days[4]) == "done"
        assert scope.units_with(Right.REPORTS) is None


def test_the_draft_of_the_annual_report_says_what_the_pages_say(house: House, hms: Page) -> None:
    page = hms.open("/reports/hms-year").follow("utkast")
    assert page.h1 == "Årsrapport"
    page = page.fill(year="2025").press("Vis")
    assert page.has("Årsrapport 2025 – Fjordbygg Entreprenør AS (utkast)")
    assert page.has("§ 13-3")
    rows = [
        [cell.get_text(strip=True) for cell in row.select("th, td")] for row in page.soup.select("#results tbody tr")
    ]
    assert ["Lederkurs i konflikthåndtering", "Fjordbygg Entreprenør AS", "2. kvartal", "Gjort 19.05.2025"] in [
        [cell.replace("\xa0", " ") for cell in row] for row in rows
    ]
    assert ["Administrasjon", "skjult", "skjult"] in rows
    assert ["Rapport målrettet helsekontroll Bergen (anonymisert)", "Helsekontroll", "Bergen"] in rows
    assert page.has("Planlagt for 2026")
    shown = {row[0]: row[1:] for row in rows if len(row) == 3}
    for unit, numbers in table(figures(hms), "Helsekontroller").items():
        assert shown[unit] == numbers, "the draft shows what the figures show, and no more"


def test_the_draft_is_a_tagged_pdf_with_the_same_words(quiet_house: House) -> None:
    hms = quiet_house.sign_in("hms.fjord").open("/reports/annual-report")
    link = hms.soup.find("a", string="Last ned PDF")
    assert link is not None
    answer = hms.send("GET", str(link["href"]))
    pdf = PdfReader(io.BytesIO(answer.content))
    text = " ".join(" ".join(page.extract_text() for page in pdf.pages).split())
    assert answer.headers["content-type"] == "application/pdf"
    assert pdf.root_object["/MarkInfo"]["/Marked"].value  # type: ignore[index]
    assert pdf.metadata is not None
    assert pdf.metadata.title == "Årsrapport 2025 – Fjordbygg Entreprenør AS (utkast)"
    for row in hms.soup.select("#results tbody tr"):
        for cell in row.select("th, td"):
            assert " ".join(cell.get_text().split()) in text
    assert "Administrasjon skjult skjult" in text


def test_a_draft_of_a_year_that_is_not_over_waits_with_what_is_about_people(quiet_house: House) -> None:
    hms = quiet_house.sign_in("hms.fjord").open("/reports/annual-report?year=2026")
    assert hms.has("Tall om personer kommer i februar 2027, når året er omme.")
    assert not hms.has("Møtte")
    assert hms.has("Planlagt for 2027")
    assert hms.has("Ingen plan er lagt inn ennå.")


def test_what_is_no_choice_is_refused_with_a_sentence(quiet_house: House) -> None:
    hms = quiet_house.sign_in("hms.fjord")
    for query in ("year=1999", "year=x", "unit=1"):
        for place in ("hms-year", "annual-report"):
            assert hms.open(f"/reports/{place}?{query}").status_code == 422
            assert hms.problems
        assert hms.send("GET", f"/reports/annual-report.pdf?{query}").status_code == 404
