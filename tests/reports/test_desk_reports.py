"""Rapporter at the desk: documents put up and taken away, who is told, the switch, and the plan of the year."""

import io
from collections import Counter
from zipfile import ZipFile

from sqlalchemy import select

from models.core.audit import AuditEntry
from models.crm.records import CrmRecord
from models.outbox.message import Message
from models.reports.plans import PlanItem
from models.reports.report import Report, ReportFile
from models.values.files.kinds import MAX_SIZE
from tests.stage.house import House
from tests.stage.page import Page
from tests.stage.times import NOW

FJORDBYGG = "Fjordbygg Entreprenør AS"
PDF = b"%PDF-1.7 what the provider has found"
ME = "Per-Arne Lie (kam.lie)"


def reports_of(kam: Page, customer: str = FJORDBYGG) -> Page:
    """The documents of a customer at the desk."""
    return kam.open("/desk/customers?whose=all").follow(customer).follow("Se og legg ut")


def filled(kam: Page, unit: str = "Bergen", **changed: str) -> Page:
    """The form of a document, filled in, with its file."""
    chosen = next(option for option in kam.options("unit") if option.strip() == unit)
    words = {"kind": "Kartlegging", "title": "Støy i verkstedet", "summary": "Under tiltaksverdien."}
    kam.fill(**{"unit": kam.option("unit", chosen), **words, **changed})
    return kam.attach("file", r"C:\Rapporter\støy.pdf", PDF)


def titles(page: Page) -> list[str]:
    return [row[0].split(" PDF,")[0] for row in page.rows]


def letters(house: House) -> list[Message]:
    with house.behind() as db:
        return list(db.scalars(select(Message).where(Message.kind == "report_published").order_by(Message.id)))


def log_of(house: House, about: str) -> list[tuple[str, str, object]]:
    with house.behind() as db:
        entries = db.scalars(select(AuditEntry).where(AuditEntry.about == about).order_by(AuditEntry.id))
        return [(entry.actor, entry.action, entry.changed) for entry in entries]


def test_r1_a_document_is_put_up_read_by_the_customer_and_taken_away(house: House) -> None:
    kam, hms = house.sign_in("kam.lie"), house.sign_in("hms.fjord")
    reports_of(kam).follow("Legg ut rapport")
    filled(kam).press("Legg ut")
    assert (kam.h1, kam.flash) == (
        f"Rapporter – {FJORDBYGG}",
        "Rapporten er lagt ut. 1 bruker får e-post om den.",
    )
    assert titles(kam)[:2] == ["Støy i verkstedet", "Plan for BHT-bistand 2026"]
    hms.open("/reports").follow("Støy i verkstedet")
    assert hms.has("Under tiltaksverdien. Type Kartlegging År 2026 Bedrift/avdeling Bergen Publisert 01.10.2026")
    file = hms.send("GET", hms.url + "/file")
    assert file.content == PDF
    assert 'filename="stoy.pdf"' in file.headers["content-disposition"]
    [link] = [link for link in kam.soup.select("#reports a") if link.get_text() == "Støy i verkstedet"]
    assert kam.send("GET", str(link["href"])).content == PDF

    kam.follow("Ta bort Støy i verkstedet")
    assert (kam.h1, kam.has("Vil du ta bort Støy i verkstedet?")) == ("Ta bort rapport", True)
    assert "Støy i verkstedet" in [row[0] for row in hms.open("/reports").rows], "it is only asked"
    kam.press("Ta bort")
    assert kam.flash == "Rapporten er tatt bort."
    assert "Støy i verkstedet" not in [row[0] for row in hms.open("/reports").rows]
    id = int(str(link["href"]).split("/")[4])
    assert [hms.send("GET", f"/reports/{id}{more}").status_code for more in ("", "/file")] == [404, 404]
    assert kam.send("GET", f"/desk/customers/reports/{id}/removal").status_code == 404
    assert log_of(house, f"report:{id}") == [
        (ME, "added", {}),
        (ME, "removed", {"kind": "survey", "year": 2026, "title": "Støy i verkstedet"}),
    ]
    with house.behind() as db:
        assert db.get(ReportFile, id) is None
    reports_of(kam).follow("Legg ut rapport")
    filled(kam, title="En annen").press("Legg ut")
    with house.behind() as db:
        assert db.scalar(select(Report.id).where(Report.title == "En annen")) == id + 1, "no number is used twice"


def test_those_are_told_who_may_read_it_there_unless_nobody_is_to_be(quiet_house: House) -> None:
    kam = quiet_house.sign_in("kam.lie")
    for unit, tell, said in (
        ("Brann og redning", True, "2 brukere får e-post om den."),
        ("Teknisk drift", True, "1 bruker får e-post om den."),
        ("Solvik kommune", True, "1 bruker får e-post om den."),
        ("Brann og redning", False, "Ingen er varslet."),
    ):
        reports_of(kam, "Solvik kommune").follow("Legg ut rapport")
        filled(kam, unit, **({} if tell else {"tell": []})).press("Legg ut")  # type: ignore[arg-type]
        assert kam.flash == f"Rapporten er lagt ut. {said}", unit
    sent = letters(quiet_house)
    assert {letter.payload["sender_email"] for letter in sent} == {"per-arne.lie@bht.example"}
    of_all, of_a_unit = "torbjorn.ekrenes@solvik.example", "lena.brattvag@solvik.example"
    assert Counter(letter.to for letter in sent) == {of_all: 3, of_a_unit: 1}
    letter = next(letter for letter in sent if letter.to == of_a_unit)
    quiet_house.deliver()
    [mail] = [file for file in (quiet_house.settings.var / "mail").iterdir() if letter.public_id in file.name]
    written = mail.read_bytes()
    assert b"Reply-To: Per-Arne Lie <per-arne.lie@bht.example>" in written
    assert f"/reports/{letter.payload['report']}".encode() in written.replace(b"=\r\n", b"")
    assert PDF not in written
    reports_of(kam, "Demokunde_Test")
    assert kam.has("Kunden har ikke fanen Rapporter")
    kam.follow("Legg ut rapport")
    assert kam.has("Kunden ser ikke Rapporter ennå.")
    filled(kam, "Demokunde_Test").press("Legg ut")
    assert kam.flash == "Rapporten er lagt ut. Ingen er varslet.", "who cannot see it is not told of it"


def test_u1_the_switch_opens_and_closes_the_tab_at_once(house: House) -> None:
    kam, hms = house.sign_in("kam.lie"), house.sign_in("hms.fjord")
    reports_of(kam).press("Skjul Rapporter")
    assert kam.flash == "Kunden ser ikke lenger Rapporter."
    assert "Rapporter" not in hms.open("/info").tabs
    kam.press("Vis Rapporter")
    assert kam.flash == "Kunden ser nå Rapporter."
    assert "Rapporter" in hms.open("/info").tabs
    with house.behind() as db:
        [about] = set(db.scalars(select(AuditEntry.about).where(AuditEntry.about.like("customer:%"))))
    assert log_of(house, about) == [(ME, "reports hidden", {}), (ME, "reports shown", {})]


def test_twice_is_once(quiet_house: House) -> None:
    kam = quiet_house.sign_in("kam.lie")
    filled(reports_of(kam).follow("Legg ut rapport"))
    form = kam.soup.select_one("#report-form")
    assert form
    fields, url = kam.fields(form), str(form["action"])
    for content, status in ((PDF, 303), (PDF, 303), (PDF + b"!", 409)):
        kam.attach("file", "støy.pdf", content)
        answer = kam.send("POST", url, fields)
        assert answer.status_code == status, answer.text
    answer = kam.attach("file", "støy.pdf", b"%PDF-").send("POST", url, fields)
    assert "Dette skjemaet er allerede sendt, med et annet dokument." in answer.text
    with quiet_house.behind() as db:
        assert len(db.scalars(select(Report).where(Report.title == "Støy i verkstedet")).all()) == 1
    assert len(letters(quiet_house)) == 1


def workbook_with_macros() -> bytes:
    file = io.BytesIO()
    with ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.xml", "")
        archive.writestr("xl/vbaProject.bin", "")
    return file.getvalue()


def test_what_cannot_be_kept_is_refused_with_a_sentence(quiet_house: House) -> None:
    kam = quiet_house.sign_in("kam.lie")
    ending = "Filen må være av typen .pdf, .png, .docx, .xlsx. Lagre den som PDF, og velg den på nytt."
    other = "Innholdet er noe annet enn navnet på filen sier, eller har makroer. Lagre den som PDF."
    reports_of(kam).follow("Legg ut rapport")
    for name, content, sentence in (
        ("side.html", b"<script>", ending),
        ("pdf", PDF, ending),
        ("tom.pdf", b"", "Filen må ha innhold, og være på høyst 20 MB."),
        ("stor.pdf", b"%PDF-" + bytes(MAX_SIZE), "Filen må ha innhold, og være på høyst 20 MB."),
        ("bilde.png", PDF, other),
        ("bok.xlsx", workbook_with_macros(), other),
    ):
        filled(kam).attach("file", name, content).press("Legg ut")
        assert (kam.status_code, kam.problems) == (422, [sentence]), name
        assert kam.value("title") == "Støy i verkstedet"
    kam.fill(title="", kind="").press("Legg ut")
    assert kam.problems == ["Velg hva slags dokument det er.", "Skriv en tittel.", "Velg en fil."]
    with quiet_house.behind() as db:
        foreign = db.scalar(select(Report.unit_id).where(Report.title.contains("Brann og redning")))
    filled(kam).press("Legg ut", unit=str(foreign))
    assert kam.problems == ["Velg en av kundens avdelinger."]
    assert letters(quiet_house) == []


def test_what_is_taken_away_does_not_come_back_as_the_crm_changes_something_else(quiet_house: House) -> None:
    """The CRM knows rows by their number: one that is gone is nobody's any more."""
    with quiet_house.behind() as db:
        id = db.scalars(select(Report.id).where(Report.title == "Vernerunde Tromsø")).one()
        db.add(CrmRecord(kind="report", key="R-1", record_id=id, version=1, updated_at=NOW))
        db.commit()
    kam = reports_of(quiet_house.sign_in("kam.lie")).follow("Ta bort Vernerunde Tromsø")
    kam.press("Ta bort")
    with quiet_house.behind() as db:
        assert db.get_one(CrmRecord, ("report", "R-1")).record_id is None


def plan(*lines: str) -> bytes:
    return "\r\n".join(["Aktivitet;Kvartal;Avdeling;Gjort", *lines]).encode("cp1252")


def test_a_plan_takes_the_place_of_the_one_before(house: House) -> None:
    kam, hms = house.sign_in("kam.lie"), house.sign_in("hms.fjord")
    reports_of(kam).follow("2026")
    assert (kam.h1, len(kam.soup.select("tbody tr")) > 3) == ("Plan for BHT-bistand 2026", True)
    kam.attach("file", "plan.csv", plan("Vernerunde i høst;4;Tromsø;", "Samarbeidsmøte;1;;15.01.2026"))
    kam.press("Legg inn plan")
    assert (kam.h1, kam.flash) == (
        "Plan for BHT-bistand 2026",
        "Planen for 2026 er lagt inn, med 2 aktiviteter.",
    )
    assert kam.has("Vernerunde i høst Tromsø 4 Dette kvartalet")
    assert hms.open("/reports/hms-year").has("Vernerunde i høst")
    with house.behind() as db:
        assert len(db.scalars(select(PlanItem).where(PlanItem.activity.like("%høst"))).all()) == 1
    assert log_of(house, "plan:2026") == [(ME, "plan replaced", {"activities": 2})]


def test_a_plan_that_cannot_be_read_changes_nothing(quiet_house: House) -> None:
    kam = quiet_house.sign_in("kam.lie")
    reports_of(kam).follow("2026")
    before = [row.get_text() for row in kam.soup.select("tbody tr")]
    for content, sentence in (
        (plan("Vernerunde;5;;"), "Linje 2: «5» kan ikke stå under Kvartal."),
        (plan("Vernerunde;4;;", "", ";4;;"), "Linje 4: mangler det som skal stå under Aktivitet."),
        (plan("Vernerunde;4;Skole;"), "Linje 2: «Skole» kan ikke stå under Avdeling."),
        (plan("Vernerunde;4;;i går"), "Linje 2: «i går» kan ikke stå under Gjort."),
        (plan("x" * 201 + ";4;;"), f"Linje 2: «{'x' * 201}» kan ikke stå under Aktivitet."),
        (b"Aktivitet;Bestilling;Kvartal\nX;999999999999999999999;1", None),
        (b"Aktivitet;Avdeling\nX;Bergen", "Filen mangler kolonnen Kvartal. Øverste linje må ha navnene på kolonnene."),
        (plan(), "Det står ingen aktiviteter i filen."),
        (PDF, None),
        (b"", None),
    ):
        kam.attach("file", "plan.csv", content).press("Legg inn plan")
        assert kam.status_code == 422
        assert kam.problems == [sentence] if sentence else len(kam.problems) == 1
    kam.press("Legg inn plan", year="1900")
    assert kam.problems == ["Velg et av årene i listen."]
    reports_of(kam).follow("2026")
    assert [row.get_text() for row in kam.soup.select("tbody tr")] == before
