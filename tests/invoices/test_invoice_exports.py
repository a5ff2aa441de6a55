"""The list of invoices as files: the filters of the list, every row, and the files in a ZIP."""

from decimal import Decimal
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from models.invoices.invoice import invoice_by_number
from models.invoices.search import InvoiceRow, Place, batch_of_invoices
from routes.invoices import exports
from tests.invoices.test_pdf import text_of
from tests.stage.house import House
from tests.stage.material.invoicing import BERGEN, STAVANGER, let_in, paper
from tests.stage.page import Page
from tests.stage.times import TODAY


def table(page: Page, url: str) -> list[list[str]]:
    """The rows of a CSV, the headings first."""
    answer = page.send("GET", url)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    return [line.split(";") for line in answer.text.removeprefix("\ufeff").splitlines()]


@pytest.fixture
def okonomi_with_some(quiet_house: House) -> Page:
    """Somebody who has three invoices that begin with T, one with a text that a spreadsheet would compute."""
    with quiet_house.behind() as db:
        let_in(
            db,
            paper("T-1", BERGEN, TODAY, "100.50", kid="1234567897", reference="=1+1"),
            paper("T-2", STAVANGER, TODAY, "1234567.89"),
            paper("T/3", BERGEN, TODAY, "7.00", currency="EUR"),
        )
    return quiet_house.sign_in("okonomi.fjord")


def test_the_files_have_the_rows_of_the_list_in_its_order(okonomi_with_some: Page) -> None:
    page = okonomi_with_some.open("/invoices?number=T&sort=-total")
    links = {link.get_text(): str(link["href"]) for link in page.soup.select("#results footer a")}
    assert links["CSV"] == "/invoices.csv?sort=-total&number=T"
    heads, *rows = table(page, links["CSV"])
    assert heads == exports.HEADINGS
    assert rows[0] == [
        "T-2",
        "01.10.2026",
        "21.10.2026",
        "Stavanger",
        "NOK",
        "1234567,89",
        "1234567,89",
        "Ubetalt",
        "",
        "PO 4711",
    ]
    assert rows[1][7:] == ["Ubetalt", "1234567897", "'=1+1"], "a formula stays a text"
    assert [row[0] for row in rows] == [row[0] for row in page.rows]
    sheet = ZipFile(BytesIO(page.send("GET", links["Excel"]).content)).read("xl/worksheets/sheet1.xml").decode()
    assert "<v>1234567.89</v>" in sheet
    assert sheet.count("<row ") == len(rows) + 1


def test_batches_make_one_file(okonomi_with_some: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = table(okonomi_with_some, "/invoices.csv?sort=outstanding")
    monkeypatch.setattr(exports, "BATCH", 7)
    assert table(okonomi_with_some, "/invoices.csv?sort=outstanding") == whole
    assert len(whole) > 50


def test_what_is_paid_while_the_file_is_read_takes_nothing_out_of_it(
    okonomi_with_some: Page, quiet_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last invoice of the first batch moves to the other end of the order before the second batch is read."""
    before = [row[0] for row in table(okonomi_with_some, "/invoices.csv?sort=-outstanding")]
    monkeypatch.setattr(exports, "BATCH", 7)
    paid: list[str] = []

    def and_then_it_is_paid(*args: Any) -> tuple[list[InvoiceRow], Place | None]:
        rows, place = batch_of_invoices(*args)
        if not paid:
            paid.append(rows[-1].number)
            with quiet_house.behind() as db:
                invoice = invoice_by_number(db, rows[-1].number)
                assert invoice is not None
                invoice.outstanding = Decimal(0)
                db.commit()
        return rows, place

    monkeypatch.setattr(exports, "batch_of_invoices", and_then_it_is_paid)
    after = [row[0] for row in table(okonomi_with_some, "/invoices.csv?sort=-outstanding")]
    assert paid == [before[7]]
    assert set(after) == set(before)


def test_the_zip_has_each_invoice_as_pdf_and_as_the_file_that_came(okonomi_with_some: Page) -> None:
    answer = okonomi_with_some.send("GET", "/invoices.zip?number=T")
    assert answer.headers["content-disposition"].startswith('attachment; filename="Fakturaer.zip"')
    archive = ZipFile(BytesIO(answer.content))
    assert archive.testzip() is None
    assert archive.namelist() == ["T-1.pdf", "T-1.xml", "T-2.pdf", "T-2.xml", "T%2F3.pdf", "T%2F3.xml"]
    assert archive.read("T-1.xml") == okonomi_with_some.send("GET", "/invoices/T-1.xml").content
    assert "kr\u00a01\u00a0234\u00a0567,89" in text_of(archive.read("T-2.pdf"))


def test_too_many_documents_are_refused_with_a_way_out(
    okonomi_with_some: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "MOST_INVOICES", 2)
    page = okonomi_with_some.open("/invoices.zip?number=T")
    assert (page.status_code, page.h1) == (413, "For mange fakturaer i én fil")
    assert page.has("Søket finner 3 fakturaer, og en ZIP-fil kan ha høyst 2. Velg en kortere periode")


def test_a_search_that_is_wrong_gives_no_file(okonomi_with_some: Page) -> None:
    for kind in ("csv", "xlsx", "zip"):
        assert okonomi_with_some.send("GET", f"/invoices.{kind}?from=31.02.2026").status_code == 400
        assert okonomi_with_some.send("GET", f"/invoices.{kind}?sort=x").status_code == 404
