"""Rapporter: the tab (N1, N2, U1, X3), the documents per unit and year (R1), and their files."""

import io
from pathlib import Path
from zipfile import ZipFile

import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader
from sqlalchemy import delete, select, update

import app
from models.core.audit import AuditEntry
from models.core.search import PAGE_SIZE
from models.customers.customer import Customer
from models.customers.units import Unit
from models.reports.report import Kind, Report, ReportFile, add_report
from models.users.user import Grant
from models.values.files.kinds import MAX_SIZE, MEDIA_TYPES, FileRefused, media_type_of
from routes.web.words.labels import label
from tests.stage.house import House
from tests.stage.page import Page
from tests.stage.stores.databases import SECRET_KEY
from tests.stage.times import NOW
from tests.web.budgets.test_budgets import PART, RESULTS, body, counted

FIVE_TABS = ["Info", "Bestilling", "Ansatte", "Rapporter", "Fakturaer"]
PNG = b"\x89PNG\r\n\x1a\n and so on"


def titles(page: Page) -> list[str]:
    return [row[0] for row in page.rows]


def documents(house: House) -> dict[str, int]:
    """The ids of all documents by their titles."""
    with house.behind() as db:
        return {title: id for id, title in db.execute(select(Report.id, Report.title))}


def addresses(house: House) -> list[str]:
    """Every address of Rapporter that leads to a document of somebody."""
    ids = documents(house).values()
    return ["/reports", *(f"/reports/{id}{more}" for id in ids for more in ("", "/file", "/file?show=1", "/preview"))]


# The tab


def test_n2_with_the_right_and_the_switch_there_is_a_tab_between_ansatte_and_fakturaer(quiet_house: House) -> None:
    for username in ("TESTWEB", "hms.fjord", "leder.brann"):
        tabs = quiet_house.sign_in(username).open("/info").tabs
        assert "Rapporter" in tabs
        assert tabs == [tab for tab in FIVE_TABS if tab in tabs]


def test_n1_u1_without_the_switch_no_right_opens_anything(quiet_house: House) -> None:
    tester = quiet_house.sign_in("Tester").open("/info")
    with quiet_house.behind() as db:
        assert db.scalar(
            select(Grant.reports).join(Unit, Unit.id == Grant.unit_id).where(Unit.name == "Demokunde_Test")
        )
    assert "Rapporter" not in tester.tabs
    for url in addresses(quiet_house):
        assert tester.open(url).h1 == "Siden finnes ikke", url


def test_u1_the_switch_holds_from_the_next_click_on(quiet_house: House) -> None:
    hms = quiet_house.sign_in("hms.fjord").open("/reports")
    assert hms.h1 == "Rapporter"
    switch(quiet_house, "Fjordbygg Entreprenør AS", on=False)
    assert hms.open("/reports").status_code == 404
    assert "Rapporter" not in hms.tabs
    switch(quiet_house, "Fjordbygg Entreprenør AS", on=True)
    assert "Rapporter" in hms.open("/reports").tabs


def switch(house: House, customer: str, *, on: bool) -> None:
    with house.behind() as db:
        db.execute(update(Customer).where(Customer.name == customer).values(has_reports=on))
        db.commit()


def test_x2_x3_without_the_right_there_is_nothing_although_it_is_switched_on(quiet_house: House) -> None:
    okonomi = quiet_house.sign_in("okonomi.fjord")
    for url in addresses(quiet_house):
        assert okonomi.open(url).status_code == 404, url
    assert "Rapporter" not in okonomi.tabs


# The list


def test_r1_the_documents_of_the_units_the_newest_year_first(quiet_house: House) -> None:
    hms = quiet_house.sign_in("hms.fjord")
    hms.open("/reports")
    assert titles(hms) == [
        "Plan for BHT-bistand 2026",
        "Årsrapport 2025 – Fjordbygg Entreprenør AS",
        "Rapport målrettet helsekontroll Bergen (anonymisert)",
        "Ergonomisk kartlegging Administrasjon",
        "Vernerunde Tromsø",
        "Støykartlegging produksjonshall",
    ]
    assert hms.rows[1][1:5] == ["Årsrapport", "2025", "Fjordbygg Entreprenør AS", "12.02.2026"]
    assert hms.has("6 dokumenter, nyeste år først")
    assert {row[1] for row in hms.rows} == {label(kind) for kind in Kind}
    assert [row[1] for row in hms.open("/reports?kind=Kartlegging").rows] == [
        row[1] for row in hms.open("/reports?kind=survey").rows
    ]


def test_r1_by_year_by_unit_and_by_kind(house: House, hms: Page) -> None:
    found = hms.open("/reports").fill(year="2024").press("Søk")
    assert titles(found) == ["Støykartlegging produksjonshall"]
    assert "year=2024" in found.url
    found = hms.open("/reports").fill(unit=hms.option("unit", "Bergen")).press("Søk")
    assert titles(found) == ["Rapport målrettet helsekontroll Bergen (anonymisert)"]
    assert found.has("1 dokument")
    found = hms.open("/reports").fill(unit=hms.option("unit", "Fjordbygg Entreprenør AS"), kind="survey")
    assert len(titles(found.press("Søk"))) == 3
    found = hms.open("/reports").fill(unit=hms.option("unit", "Tromsø"), year="2026").press("Søk")
    assert found.has("Ingen dokumenter funnet")
    assert hms.follow("se alle dokumenter").has("6 dokumenter")


def test_r1_what_is_no_choice_is_refused_with_a_sentence(quiet_house: House) -> None:
    hms = quiet_house.sign_in("hms.fjord")
    for query in ("year=2019", "year=x", "unit=1", "unit=x", "kind=Hemmelig"):
        page = hms.open(f"/reports?{query}")
        assert page.status_code == 422, query
        assert page.problems, query
        assert page.rows == []
    for query in ("after=x", "after=2025", "after=²-1", "after=2025-1", "after=1-" + "9" * 12):
        assert hms.open(f"/reports?{query}").status_code == 404, query


def test_r1_long_lists_have_pages(house: House, hms: Page) -> None:
    with house.behind() as db:
        unit = db.scalars(select(Unit).where(Unit.name == "Stavanger")).one()
        for number in range(50):
            add(db, unit, title=f"Kartlegging {number:02}", year=2020 + number % 3)
        db.commit()
    seen = titles(hms.open("/reports"))
    while hms.soup.select_one("#following"):
        seen += titles(hms.follow("Eldre dokumenter"))
    assert len(seen) == len(set(seen)) == 56
    assert hms.follow("Nyeste dokumenter").rows[0][0] == "Plan for BHT-bistand 2026"


def test_a_page_that_begins_below_a_document_that_was_taken_away_is_not_found(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        unit = db.scalars(select(Unit).where(Unit.name == "Stavanger")).one()
        for number in range(PAGE_SIZE):
            add(db, unit, title=f"Kartlegging {number}")
        db.commit()
    hms = quiet_house.sign_in("hms.fjord").open("/reports")
    following = str(hms.soup.select("#following")[0]["href"])
    assert hms.open(following).rows
    last = int(following.rpartition("=")[2])
    with quiet_house.behind() as db:
        db.execute(delete(ReportFile).where(ReportFile.report_id == last))
        db.execute(delete(Report).where(Report.id == last))
        db.commit()
    assert hms.open(following).status_code == 404
    assert hms.open("/reports").rows


def test_a_full_list_is_light_and_takes_few_statements(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        unit = db.scalars(select(Unit).where(Unit.name == "Stavanger")).one()
        for number in range(PAGE_SIZE):
            add(db, unit, title=f"Kartlegging av støy i elementfabrikken, del {number}")
        db.commit()
    hms = quiet_house.sign_in("hms.fjord")
    for url, most in (("/reports", 4), ("/reports?year=2020", 4), ("/reports/figures", 5), ("/reports/hms-year", 4)):
        for headers in ({}, RESULTS):
            with counted(quiet_house) as statements:
                assert hms.send("GET", url, headers=headers).status_code == 200
            assert len(statements) <= most, (url, statements)
    answer = hms.send("GET", "/reports?year=2020", headers=RESULTS | {"accept-encoding": "br"})
    assert body(answer) <= PART
    assert len(BeautifulSoup(answer.text, "html.parser").select("tbody tr")) == PAGE_SIZE


def add(db: object, unit: Unit, **changed: object) -> Report:
    facts = {"kind": "Kartlegging", "year": 2020, "title": "Kartlegging", "file_name": "Kartlegging.png"}
    return add_report(db, unit, **{**facts, "content": PNG, "by": "kam.lie", "now": NOW, **changed})  # type: ignore[arg-type]


def test_a_customer_without_documents_is_told_what_comes(quiet_house: House) -> None:
    hms = quiet_house.sign_in("hms.fjord")
    with quiet_house.behind() as db:
        db.execute(delete(ReportFile))
        db.execute(delete(Report))
        db.commit()
    assert hms.open("/reports").has("står her når bedriftshelsetjenesten har lagt dem inn")


def test_x1_a_leader_has_the_documents_of_the_own_unit_only(quiet_house: House) -> None:
    leder = quiet_house.sign_in("leder.brann")
    assert titles(leder.open("/reports")) == ["Plan for BHT-bistand 2026 – Brann og redning"]
    assert leder.options("unit") == ["Alle", "Brann og redning"]
    for title, id in documents(quiet_house).items():
        expected = 200 if "Brann" in title else 404
        for more in ("", "/file", "/preview"):
            assert leder.send("GET", f"/reports/{id}{more}").status_code == expected, (title, more)


# The page and the file


def test_r1_a_document_has_a_page_with_its_first_page_and_the_file(quiet_house: House) -> None:
    hms = quiet_house.sign_in("hms.fjord")
    hms.open("/reports").follow("Rapport målrettet helsekontroll Bergen (anonymisert)")
    assert hms.h1 == "Rapport målrettet helsekontroll Bergen (anonymisert)"
    assert hms.has("Ingen gruppe er mindre enn fem personer")
    picture = hms.soup.select_one("figure img[alt]")
    assert picture is not None
    shown = hms.send("GET", str(picture["src"]))
    assert (shown.headers["content-type"], shown.content[:8]) == ("image/png", PNG[:8])
    saved, opened = (hms.send("GET", str(link["href"])) for link in hms.soup.select(".head a.button")[::-1])
    assert saved.content == opened.content
    assert len(PdfReader(io.BytesIO(saved.content)).pages) == 1
    assert saved.headers["content-disposition"].endswith(
        "; filename*=UTF-8''Rapport%20m%C3%A5lrettet%20helsekontroll%20Bergen%20%28anonymisert%29.pdf"
    )
    assert saved.headers["content-disposition"].startswith("attachment;")
    assert opened.headers["content-disposition"].startswith("inline;")
    for answer in (saved, opened, shown):
        assert answer.headers["content-security-policy"].startswith("default-src 'none'; sandbox")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "private, no-cache"


def test_the_demos_documents_are_tagged_and_about_their_year(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        for title, content in db.execute(
            select(Report.title, ReportFile.content).join(Report, Report.id == ReportFile.report_id)
        ):
            pdf = PdfReader(io.BytesIO(content))
            root = pdf.root_object
            assert root["/MarkInfo"]["/Marked"].value  # type: ignore[index]
            assert pdf.metadata is not None
            assert pdf.metadata.title == title
            assert "{year}" not in pdf.pages[0].extract_text()


def office(inside: str, *more: str) -> bytes:
    made = io.BytesIO()
    with ZipFile(made, "w") as packed:
        for name in (inside, *more):
            packed.writestr(name, "")
    return made.getvalue()


def test_a_document_that_a_browser_cannot_show_safely_is_only_saved(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        unit = db.scalars(select(Unit).where(Unit.name == "Stavanger")).one()
        id = add(db, unit, title="Plan", file_name="Plan.docx", content=office("word/document.xml")).id
        picture = add(db, unit, title="Støykart", file_name="Støykart.png").id
        db.commit()
        assert db.scalars(select(AuditEntry.about).where(AuditEntry.about == f"report:{picture}")).one()
    hms = quiet_house.sign_in("hms.fjord").open(f"/reports/{id}")
    assert [link.get_text() for link in hms.soup.select(".head a.button")] == ["Last ned"]
    assert hms.has("DOCX, 1 kB")
    assert hms.send("GET", f"/reports/{id}/file?show=1").headers["content-disposition"].startswith("attachment;")
    assert hms.send("GET", f"/reports/{id}/preview").status_code == 404
    assert hms.open(f"/reports/{picture}").soup.select_one("figure img[alt='Støykart']")


@pytest.mark.parametrize(
    ("file_name", "content"),
    [
        ("side.html", b"<script>"),
        ("tegning.svg", b"<svg onload='x'>"),
        ("rapport.pdf", b"<html>%PDF-"),
        ("rapport.pdf.exe", b"%PDF-1.7"),
        ("rapport", b"%PDF-1.7"),
        ("bilde.png", b"GIF89a"),
        ("plan.docx", b"PK\x03\x04 no zip"),
        ("plan.docx", office("xl/workbook.xml")),
        ("plan.xlsx", office("xl/workbook.xml", "xl/vbaProject.bin")),
        ("tom.pdf", b""),
        ("stor.png", PNG + bytes(MAX_SIZE)),
    ],
)
def test_what_is_not_on_the_list_of_safe_types_is_refused(file_name: str, content: bytes) -> None:
    with pytest.raises(FileRefused):
        media_type_of(file_name, content)


def test_what_is_on_the_list_is_known_by_its_ending_and_its_content() -> None:
    for file_name, content in (
        ("a.PDF", b"%PDF-1.7"),
        ("a.png", PNG),
        ("a.docx", office("word/document.xml")),
        ("a.xlsx", office("xl/workbook.xml")),
    ):
        assert media_type_of(file_name, content) == MEDIA_TYPES[file_name.lower()[1:]]


# The provider's desk


@pytest.fixture
def desk(quiet_house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """The command line, at the database of the house."""
    monkeypatch.setenv("DATABASE_URL", quiet_house.settings.database_url)
    monkeypatch.setenv("SECRET_KEYS", SECRET_KEY)
    monkeypatch.setenv("FIELD_KEYS", quiet_house.settings.field_keys[0])
    return quiet_house


def test_u1_the_switch_is_a_command(desk: House, capsys: pytest.CaptureFixture[str]) -> None:
    tester = desk.sign_in("Tester").open("/info")
    assert app.main(["reports", "315 908 302", "on"]) == 0
    assert "Rapporter is on" in capsys.readouterr().out
    assert tester.open("/reports").has("Ingen dokumenter funnet")
    assert tester.tabs == FIVE_TABS
    assert app.main(["reports", "315908302", "off"]) == 0
    assert tester.open("/reports").status_code == 404
    for wrong in ([], ["315908302"], ["315908302", "ja"], ["315908303", "on"]):
        assert app.main(["reports", *wrong]) == 2, wrong
    capsys.readouterr()
    assert app.main(["reports", "999999999", "on"]) == 1
    assert capsys.readouterr().err == "No customer has the organisation number 999999999.\n"


def test_a_document_and_a_plan_come_by_command(desk: House, tmp_path: Path) -> None:
    file = tmp_path / "Radonmåling.pdf"
    file.write_bytes(b"%PDF-1.7 and so on")
    fjordbygg = ["319099603", "2026"]
    assert app.main(["add-report", *fjordbygg, "Kartlegging", str(file), "Tromsø"]) == 0
    for wrong, status in (
        (["Vits", str(file)], 2),
        (["Plan", str(tmp_path / "borte.pdf")], 1),
        (["Plan", str(file), "Mars"], 1),
        ([], 2),
    ):
        assert app.main(["add-report", *fjordbygg, *wrong]) == status, wrong
    plan = tmp_path / "plan.csv"
    heads = "Avdeling;Aktivitet;Begrunnelse;Produktgruppe;Kvartal;Bestilling;Gjort\n"
    good = "Tromsø;Radonmåling;;Yrkeshygiene;2;;13.05.2026\n;Helsekontroll;;;4;307513;\n"
    plan.write_text(heads + good, encoding="utf-8-sig")
    assert app.main(["add-plan", *fjordbygg, str(plan)]) == 0
    hms = desk.sign_in("hms.fjord").open("/reports")
    assert hms.rows[0][:4] == ["Radonmåling", "Kartlegging", "2026", "Tromsø"]
    assert [row[-1] for row in hms.open("/reports/hms-year").rows] == ["Gjort 13.05.2026", "Bestilt"]
    plan.write_bytes(f"Plan for 2026\n\n{heads}{good}".encode("mac_roman"))
    assert app.main(["add-plan", *fjordbygg, str(plan)]) == 0, "as another program writes it"
    broken = (
        "Mars;a;;;1;;",
        "Tromsø;;;;1;;",
        "Tromsø;a;;;5;;",
        "Tromsø;a;;Annet;1;;",
        ";a;;;1;307390;",
        ";a;;;1;;i går",
    )
    for line in broken:
        plan.write_text(heads + line, encoding="utf-8")
        assert app.main(["add-plan", *fjordbygg, str(plan)]) == 1, line
    assert len(hms.open("/reports/hms-year").rows) == 2, "a plan that is refused leaves the old one"
