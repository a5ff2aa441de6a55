"""One invoice: its page (F10), its PDF, its file and its attachments; the same amounts in all of them."""

import re
from decimal import Decimal
from io import BytesIO
from xml.etree import ElementTree as ET  # files of our own
from zipfile import ZipFile

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from models.demo.papers import Item, Reduction
from models.invoices.contents import InvoiceAttachment
from models.invoices.invoice import Invoice
from tests.invoices.test_invoices import THE_GUIDES_DAY
from tests.invoices.test_pdf import text_of
from tests.stage.house import House
from tests.stage.material.invoicing import BERGEN, TESTBEDRIFTEN, let_in, paper
from tests.stage.page import Page
from tests.stage.times import TODAY

_CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"


def plain(text: str) -> str:
    return " ".join(text.replace("\xa0", " ").split())


def fact(page: Page, label: str) -> str:
    """What stands beside a label."""
    found = [dt for dt in page.soup.select("dt") if dt.get_text() == label]
    assert found, f"no {label}"
    value = found[0].find_next("dd")
    assert value is not None
    return plain(value.get_text(" "))


def shown(page: Page, number: str) -> Page:
    return page.open(f"/invoices/{number}")


@pytest.fixture
def rich(quiet_house: House) -> tuple[Page, bytes]:
    """An invoice with everything on it, and the file that it came as."""
    items = (
        Item("Førstehjelpskurs <b>", Decimal(1650), Decimal("2.5"), unit="HUR", description="Bergen & omegn"),
        Item("Vernesko", Decimal("12.3456"), Decimal(1000), base_quantity=Decimal(100), category="S"),
        Item("Helsekontroll", Decimal(1180), category="E", rate=Decimal(0), reductions=(("Avtale", Decimal(80)),)),
    )
    attachments = (
        ("deltakere.pdf", "application/pdf", b"%PDF-1.7 test"),
        ("regneark.csv", "text/csv", b"a;b\n"),
    )
    with quiet_house.behind() as db:
        (file,) = let_in(
            db,
            paper(
                "T/1 æ",
                BERGEN,
                TODAY,
                items=items,
                kid="1234567897",
                sales_order="307513",
                note="Takk for oppdraget.\n*Hilsen* #oss",
                terms="Netto 20 dager",
                reductions=(Reduction("Mengderabatt", Decimal(100)), Reduction("Reise", Decimal(-40))),
                prepaid=Decimal("500.00"),
                rounding=Decimal("0.36"),
                attachments=attachments,
            ),
        )
    return quiet_house.sign_in("okonomi.fjord"), file


def test_f10_the_page_says_how_to_pay_and_what_for(rich: tuple[Page, bytes]) -> None:
    page = shown(rich[0], "T%2F1%20%C3%A6")
    assert page.h1 == "Faktura T/1 æ"
    assert fact(page, "Utestående") == "kr 5 835,94 av 6 335,58"
    assert fact(page, "Kontonummer").startswith("9999.10.00018 Kontrollsifferet stemmer.")
    assert fact(page, "KID").startswith("1234 5678 97 Kontrollsifferet stemmer.")
    assert [str(button["data-copy"]) for button in page.soup.select("[data-copy]")] == ["99991000018", "1234567897"]
    assert fact(page, "Deres referanse") == "PO 4711"
    assert fact(page, "Betaler") == "Bergen"
    lines = [
        [plain(cell.get_text(" ")) for cell in row.select("th, td")] for row in page.soup.select("#lines tbody tr")
    ]
    assert lines == [
        ["Førstehjelpskurs <b> Bergen & omegn", "2,5 timer", "1 650,00", "25 %", "4 125,00"],
        ["Vernesko", "1 000 stk.", "12,3456 per 100", "25 %", "123,46"],
        ["Helsekontroll Avtale \N{MINUS SIGN}80,00", "1 stk.", "1 180,00", "0 %", "1 100,00"],
    ]
    sums = [[plain(cell.get_text(" ")) for cell in row.select("th, td")] for row in page.soup.select("#lines tfoot tr")]
    assert [label for label, _ in sums] == [
        "Sum av linjene",
        "Mengderabatt",
        "Reise",
        "Sum uten merverdiavgift",
        "Merverdiavgift",
        "Sum med merverdiavgift",
        "Forhåndsbetalt",
        "Avrunding",
        "Å betale",
    ]
    assert [plain(head.get_text()) for head in page.soup.select("#taxes tbody th")] == [
        "25 %",
        "0 % Unntatt etter merverdiavgiftsloven § 3-2 (helsetjenester)",
    ]
    assert page.has("Takk for oppdraget. *Hilsen* #oss")


def test_f10_the_order_is_a_link_for_those_who_may_see_it(quiet_house: House, rich: tuple[Page, bytes]) -> None:
    page = shown(rich[0], "T%2F1%20%C3%A6")
    assert fact(page, "Bestilling") == "307513"
    assert page.soup.select("main a[href^='/orders']") == []
    tester = quiet_house.sign_in("Tester").open("/invoices?number=20260001183710")
    number = tester.rows[0][0]
    assert shown(tester, number).follow("307390").number == "307390"


def test_the_file_is_the_one_that_came_byte_for_byte(rich: tuple[Page, bytes]) -> None:
    person, file = rich
    answer = person.send("GET", "/invoices/T%2F1%20%C3%A6.xml")
    assert answer.content == file
    assert answer.headers["content-type"] == "application/xml"
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_same_amounts_stand_in_html_csv_xlsx_xml_and_pdf(rich: tuple[Page, bytes]) -> None:
    person, file = rich
    tree = ET.fromstring(file)  # noqa: S314
    written = {tag: tree.findtext(f".//{_CBC}{tag}") or "" for tag in ("PayableAmount", "TaxInclusiveAmount")}
    to_pay, total = Decimal(written["PayableAmount"]), Decimal(written["TaxInclusiveAmount"])
    lines = [Decimal(line.text or "") for line in tree.iter(f"{_CBC}LineExtensionAmount")]
    page = shown(person, "T%2F1%20%C3%A6")
    in_html = [Decimal(str(amount["value"])) for amount in page.soup.select("#lines data")]
    assert {*lines, to_pay, total} <= set(in_html)
    assert in_html[-1] == to_pay
    amounts = [plain(amount.get_text()) for amount in page.soup.select("#lines data, #taxes data")]
    pdf = plain(text_of(person.send("GET", "/invoices/T%2F1%20%C3%A6.pdf").content))
    assert [amount for amount in amounts if amount not in pdf] == []
    assert f"Å betale kr {amounts[len(in_html) - 1]}" in pdf
    row = next(row for row in person.open("/invoices?number=T%2F1").rows if row[0] == "T/1 æ")
    cells = person.send("GET", "/invoices.csv?number=T%2F1").text.splitlines()[1].split(";")
    assert [cells[5], cells[6]] == [f"{total:f}".replace(".", ","), f"{to_pay:f}".replace(".", ",")]
    assert [row[4].replace(" ", ""), row[5].replace(" ", "")] == [cells[5], cells[6]]
    book = ZipFile(BytesIO(person.send("GET", "/invoices.xlsx?number=T%2F1").content))
    numbers = re.findall(r"<c r=\"[FG]2\"[^>]*><v>([^<]+)</v>", book.read("xl/worksheets/sheet1.xml").decode())
    assert [Decimal(number) for number in numbers] == [total, to_pay]


def test_the_pdf_is_made_of_the_invoice_and_nothing_in_it_is_markup(rich: tuple[Page, bytes]) -> None:
    answer = rich[0].send("GET", "/invoices/T%2F1%20%C3%A6.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith('inline; filename="Faktura T_1 ae.pdf"')
    text = text_of(answer.content)
    for said in ("Faktura T/1 æ", "9999.10.00018", "1234\xa05678\xa097", "*Hilsen* #oss", "Førstehjelpskurs <b>"):
        assert said in text, said
    assert "Org.nr. 313\xa0082\xa0466" in text


def test_attachments_are_kept_as_what_they_are_and_never_shown(quiet_house: House, rich: tuple[Page, bytes]) -> None:
    page = shown(rich[0], "T%2F1%20%C3%A6")
    links = [str(link["href"]) for link in page.soup.select("#attachments a")]
    answers = [page.send("GET", link) for link in links]
    assert [answer.content for answer in answers] == [b"%PDF-1.7 test", b"a;b\n"]
    assert [answer.headers["content-type"].partition(";")[0] for answer in answers] == ["application/pdf", "text/csv"]
    for answer in answers:
        assert answer.headers["content-disposition"].startswith("attachment; filename=")
        assert "default-src 'none'" in answer.headers["content-security-policy"]
    with quiet_house.behind() as db:
        of_another = select(InvoiceAttachment.id).join(Invoice, Invoice.id == InvoiceAttachment.invoice_id)
        other = db.scalars(of_another.where(Invoice.kid == "20260001183710", InvoiceAttachment.size > 0)).one()
    assert page.send("GET", links[0].rsplit("/", 1)[0] + f"/{other}").status_code == 404, "of another invoice"


def number_of(house: House) -> str:
    """The demo's invoice that has an attachment."""
    with house.behind() as db:
        return db.scalars(select(Invoice.number).where(Invoice.kid == "20260001183710")).one()


def test_what_could_run_in_a_browser_is_only_bytes(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        full = select(InvoiceAttachment).where(InvoiceAttachment.size > 0)
        attachment = db.scalars(full.order_by(InvoiceAttachment.id)).first()
        assert attachment is not None
        attachment.media_type, attachment.filename, attachment.content = "text/html", "x.html", b"<script>"
        id = attachment.id
        db.commit()
    answer = quiet_house.sign_in("Tester").send("GET", f"/invoices/{number_of(quiet_house)}/attachments/{id}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/octet-stream")


ODD_NUMBERS = [
    *("9025", "9025.pdf", "9025.xml", "9025.pdf.pdf", "9025~", "9025.pdf~", "9025/attachments/1", "2026/7.pdf"),
    *("statement", "statement.pdf", "statement.csv", "..", "attachments", "100 %?#"),
]


@pytest.mark.rest  # many invoices
def test_whatever_numbers_there_are_each_invoice_has_its_page_its_pdf_and_its_file(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        for number in ODD_NUMBERS:
            let_in(db, paper(number, TESTBEDRIFTEN, TODAY))
    for number in ODD_NUMBERS:
        testweb = quiet_house.sign_in("TESTWEB").open("/invoices").follow(number)
        assert testweb.h1 == f"Faktura {number}"
        ways = {a.get_text(strip=True): str(a["href"]) for a in testweb.soup.select("main .head a")}
        pdf, xml = (testweb.send("GET", ways[way]) for way in ("PDF", "EHF (XML)"))
        assert f"<cbc:ID>{number}</cbc:ID>" in xml.text
        assert plain(text_of(pdf.content)).startswith(f"Faktura {number}")


def test_an_address_with_the_whole_number_leads_to_its_page(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        let_in(db, paper("9026.pdf", TESTBEDRIFTEN, TODAY))
    testweb = quiet_house.sign_in("TESTWEB").open("/invoices/9026.pdf")
    assert testweb.h1 == "Faktura 9026.pdf"
    assert testweb.send("GET", "/invoices/9026.xml").status_code == 404


def test_the_account_statement_is_found_where_it_was(quiet_house: House) -> None:
    testweb = quiet_house.sign_in("TESTWEB").open("/invoices/statement?from=01.01.2017")
    assert testweb.h1 == "Kontoutdrag"
    assert testweb.value("from") == "01.01.2017"
    for ending in ("csv", "pdf"):
        answer = testweb.send("GET", f"/invoices/statement.{ending}?from=01.01.2017")
        assert answer.headers["location"] == f"/account-statement.{ending}?from=01.01.2017"


@pytest.mark.parametrize(
    ("kind", "filename", "saved"),
    [
        ("application/pdf", "", "vedlegg-{}.pdf"),
        ("image/jpeg", "", "vedlegg-{}.jpg"),
        ("application/pdf", "Timeliste", "Timeliste.pdf"),
        ("text/csv", "timer.csv", "timer.csv"),
        ("text/html", "", "vedlegg-{}"),
    ],
)
def test_what_is_attached_gets_the_ending_of_its_kind(quiet_house: House, kind: str, filename: str, saved: str) -> None:
    with quiet_house.behind() as db:
        full = select(InvoiceAttachment).where(InvoiceAttachment.size > 0)
        attachment = db.scalars(full.order_by(InvoiceAttachment.id)).first()
        assert attachment is not None
        attachment.media_type, attachment.filename, id = kind, filename, attachment.id
        db.commit()
    answer = quiet_house.sign_in("Tester").send("GET", f"/invoices/{number_of(quiet_house)}/attachments/{id}")
    assert f'filename="{saved.format(id)}"' in answer.headers["content-disposition"]


def test_days_overdue_are_counted_and_wrong_control_digits_said(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        let_in(
            db, paper("T-1", TESTBEDRIFTEN, TODAY, kid="1234567890", account="99991000019", reference="", order="NA")
        )
    quiet_house.clock.set(THE_GUIDES_DAY)
    testweb = quiet_house.sign_in("TESTWEB")
    guide = shown(testweb, "2017-118350")
    assert fact(guide, "Forfallsdato") == "20.01.2018 54 dager over forfall"
    assert guide.soup.select("#no-reference") == []
    wrong = shown(testweb, "T-1")
    for label in ("Kontonummer", "KID"):
        assert "Kontrollsifferet stemmer ikke. Ring kundeansvarlig før dere betaler." in fact(wrong, label)
    assert wrong.has("Fakturaen mangler deres referanse")
    assert "NA" not in [dd.get_text() for dd in wrong.soup.select("dd")]


def test_a_credit_note_names_what_it_credits_and_other_currencies_are_named(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        let_in(
            db,
            paper("T-1", BERGEN, TODAY, "1000", currency="SEK"),
            paper("T-2", BERGEN, TODAY, "300", currency="SEK", is_credit_note=True, credits=("T-1",)),
        )
    okonomi = quiet_house.sign_in("okonomi.fjord")
    credit = shown(okonomi, "T-2")
    assert credit.h1 == "Kreditnota T-2"
    assert fact(credit, "Gjelder faktura") == "T-1"
    assert credit.soup.select("[data-copy]") == [], "nobody pays a credit note"
    invoice = credit.follow("Trukket fra faktura T-1")
    assert fact(invoice, "Utestående") == "SEK 700,00 av SEK 1 000,00"
    assert invoice.follow("Kreditnota T-2").h1 == "Kreditnota T-2"
    rows = okonomi.open("/invoices?number=T-").rows
    assert [row[4:6] for row in rows] == [["SEK 1 000,00", "SEK 700,00"], ["SEK \N{MINUS SIGN}300,00", "SEK 0,00"]]
    assert "Til gode SEK 300,00" in plain(text_of(okonomi.send("GET", "/invoices/T-2.pdf").content))


def test_a_page_without_script_reads_as_well(quiet_house: House) -> None:
    testweb = quiet_house.sign_in("TESTWEB")
    soup = BeautifulSoup(testweb.send("GET", "/invoices/2017-118350").text, "html.parser")
    assert all(button.has_attr("hidden") for button in soup.select("[data-copy]")), "what needs a script is not shown"
