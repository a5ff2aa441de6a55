"""The intake of invoices: whole or not at all, once however often it comes, to the right payer; and the command."""

import io
import os
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import app
from models.core.base import Base
from models.core.scope import Right, Scope, bind
from models.customers.units import Unit
from models.demo.papers import Item, Paper, Reduction, Side
from models.exchange.ehf import files
from models.exchange.ehf.files import documents_in
from models.exchange.ehf.intake import Result, receive, take_in
from models.invoices.contents import (
    InvoiceDetails,
    InvoiceFile,
    InvoiceLine,
    InvoiceTax,
    attachment_of,
    contents_of,
    original_of,
)
from models.invoices.invoice import Invoice, Status, invoice_by_number, invoices_of_order, orders_of, payer_of
from models.invoices.quarantine import quarantined
from models.invoices.settlements import Settlement
from tests.stage.house import House
from tests.stage.material.papers import BERGEN, DAY, HELSE, KURS, credit, found, paper, without, write
from tests.stage.stores.databases import SECRET_KEY
from tests.stage.times import NOW

D = Decimal
ROOT = Path(__file__).parents[2]


def sent(house: House, document: Paper | bytes, name: str = "faktura.xml") -> Result:
    """What becomes of a file that the ERP sends."""
    with house.behind() as db:
        result = take_in(db, found(document if isinstance(document, bytes) else write(document), name), now=NOW)
        db.commit()
        return result


def invoice(db: Session, number: str) -> Invoice:
    kept = invoice_by_number(db, number)
    assert kept is not None, number
    return kept


def counted(house: House) -> dict[str, int]:
    """How many rows there are of everything that an invoice is made of."""
    tables: list[type[Base]] = [Invoice, InvoiceDetails, InvoiceLine, InvoiceTax, InvoiceFile, Settlement]
    with house.behind() as db:
        return {table.__name__: db.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def test_an_invoice_is_kept_whole_and_byte_for_byte(quiet_house: House) -> None:
    written = paper(
        "2026-1",
        Item("Kurs", D("1650.5"), D(6), reductions=(("Rabatt", D("99.99")), ("Gebyr", D(-12))), description="For nye"),
        HELSE,
        reductions=(Reduction("Mengderabatt", D("12.34")),),
        prepaid=D(1000),
        rounding=D("0.45"),
        kid="20260001183710",
        sales_order="307390",
        note="Takk",
        period=(date(2026, 7, 1), date(2026, 9, 30)),
        attachments=(("liste.csv", "text/csv", b"a;b\n"),),
        links=(("Avtale", "https://bht.example/avtale"),),
    )
    data = write(written)
    assert str(sent(quiet_house, data)) == f"ok 2026-1 {written.payable:.2f} NOK"
    with quiet_house.behind() as db:
        kept = invoice(db, "2026-1")
        bind(db, Scope.whole(kept.customer_id))
        assert original_of(db, kept) == data
        assert payer_of(db, kept) == "Testbedriften AS"
        assert (kept.total, kept.payable, kept.outstanding) == (written.total, written.payable, written.payable)
        assert (kept.paid, kept.kid, kept.buyer_reference) == (D(1000), "20260001183710", "PO-1")
        assert (kept.order_number, kept.due_on, kept.currency) == (307390, date(2026, 9, 21), "NOK")
        contents = contents_of(db, kept)
        details = contents.details
        assert (details.account, details.note, details.order_reference) == ("99991000018", "Takk", "NA")
        assert (details.line_total, details.tax_total, details.tax_inclusive) == (
            written.lines,
            written.tax,
            written.total,
        )
        assert (details.prepaid, details.rounding, details.payable) == (D(1000), D("0.45"), written.payable)
        assert details.seller["name"] == "Bedriftshelsetjenesten AS"
        first, second = contents.lines
        assert (first.name, first.description, first.quantity, first.price) == ("Kurs", "For nye", D(6), D("1650.5"))
        assert (first.net, first.tax_category, first.tax_rate) == (written.items[0].net, "S", D(25))
        assert (second.net, second.tax_category, second.tax_rate) == (D(3540), "E", D(0))
        on_line = [(each.is_charge, each.reason, each.amount) for each in contents.of_line(first)]
        assert on_line == [(False, "Rabatt", D("99.99")), (True, "Gebyr", D(12))]
        assert [(each.reason, each.amount) for each in contents.of_document] == [("Mengderabatt", D("12.34"))]
        assert {(each.category, each.rate): each.taxable for each in contents.taxes} == written.bases
        file, link = contents.attachments
        assert (file.filename, file.media_type, file.size, link.url) == (
            "liste.csv",
            "text/csv",
            4,
            written.links[0][1],
        )
        opened = attachment_of(db, kept, file.id)
        assert opened
        assert opened.content == b"a;b\n"


def test_the_nearest_unit_pays_and_an_unknown_one_is_kept_out(quiet_house: House) -> None:
    sent(quiet_house, paper("2026-1", buyer=BERGEN))
    unknown = sent(quiet_house, paper("2026-2", buyer=Side("Ukjent AS", "310000027")), "ukjent.xml")
    foreign = sent(quiet_house, write(paper("2026-3")).replace(b'schemeID="0192">311661310', b'schemeID="0088">311661'))
    assert unknown.refusal == "no unit has its buyer's organisation number 310000027"
    assert foreign.refusal == "its buyer has no Norwegian organisation number"
    both = write(paper("2026-4", buyer=BERGEN)).replace(
        b'<cbc:CompanyID schemeID="0192">318609136', b'<cbc:CompanyID schemeID="0192">311661310'
    )
    sent(quiet_house, both)
    with quiet_house.behind() as db:
        assert payer_of(db, invoice(db, "2026-1")) == "Bergen TEST"
        assert payer_of(db, invoice(db, "2026-4")) == "Bergen TEST"
        assert invoice_by_number(db, "2026-2") is None
        assert ("ukjent.xml", unknown.refusal, 1) in [(row.name, row.reason, row.times) for row in quarantined(db)]


BUYERS_NUMBER = "<cac:PartyLegalEntity><cbc:RegistrationName>Testbedriften AS</cbc:RegistrationName><cbc:CompanyID{}"


@pytest.mark.parametrize("written", ["311 661 310", "NO 311 661 310 MVA", "311661310MVA", "311.661.310"])
def test_a_legal_number_without_a_scheme_names_the_payer_however_it_is_written(
    quiet_house: House, written: str
) -> None:
    text = write(paper("2026-1")).decode()
    text = text.replace('<cbc:EndpointID schemeID="0192">311661310', '<cbc:EndpointID schemeID="0088">7300010000001')
    scheme = ' schemeID="0192">311661310'
    changed = text.replace(BUYERS_NUMBER.format(scheme), BUYERS_NUMBER.format(f">{written}"))
    assert changed != text
    assert not sent(quiet_house, changed.encode()).refusal
    with quiet_house.behind() as db:
        assert payer_of(db, invoice(db, "2026-1")) == "Testbedriften AS"


def test_pressing_twice_the_same_file_is_one_invoice_and_another_under_its_number_is_refused(
    quiet_house: House,
) -> None:
    first = sent(quiet_house, paper("2026-1"))
    before = counted(quiet_house)
    assert sent(quiet_house, paper("2026-1"), "again.xml") == Result("again.xml", "2026-1", first.payable, "NOK")
    other = sent(quiet_house, paper("2026-1", KURS))
    moved = sent(quiet_house, paper("2026-1", buyer=Side("Nordlys Data AS", "315597978")))
    elsewhere = sent(quiet_house, paper("2026-1", seller=Side("En annen selger AS", "310000035")))
    assert (
        other.refusal == moved.refusal == elsewhere.refusal == "there is another invoice 2026-1 in the portal already"
    )
    assert counted(quiet_house) == before
    other_customer = paper("2026-1", buyer=Side("Nordlys Data AS", "315597978"), seller=Side("B AS", "310000035"))
    assert not sent(quiet_house, other_customer).refusal, "two sellers may use the same number at two customers"


def test_nothing_of_what_is_refused_gets_in_but_its_name_and_why(quiet_house: House) -> None:
    before = counted(quiet_house)
    broken = without("cbc:IssueDate")
    for _ in range(2):
        assert sent(quiet_house, broken, "ødelagt.xml").refusal.startswith("BR-03")
    assert counted(quiet_house) == before
    with quiet_house.behind() as db:
        [row] = quarantined(db)
        assert (row.name, row.times) == ("ødelagt.xml", 2)
        assert row.reason.startswith("BR-03")
        held = [
            value for table in Base.metadata.tables.values() if table.name == "quarantine" for value in table.columns
        ]
        assert not any(column.type.python_type is bytes for column in held), "the content is not kept"


def test_a_file_leaves_the_quarantine_when_it_is_let_in_after_all(quiet_house: House) -> None:
    document = paper("2026-1", buyer=Side("Ny avdeling", "310000027"))
    assert sent(quiet_house, document).refusal
    with quiet_house.behind() as db:
        db.scalars(select(Unit).where(Unit.name == "Bergen TEST")).one().organisation_number = "310000027"
        db.commit()
    assert not sent(quiet_house, document).refusal
    with quiet_house.behind() as db:
        assert quarantined(db) == []


def test_nb7_an_invoice_knows_its_order_for_those_who_may_see_orders(quiet_house: House) -> None:
    """By the order's number or by the customer's own reference; whoever sees only invoices gets no link."""
    at_demo = Side("Demokunde_Test", "315908302")
    sent(quiet_house, paper("2026-1", buyer=at_demo, reference="PO-99", sales_order="307390"))
    sent(quiet_house, paper("2026-2", buyer=at_demo, reference="Merkes med 123"))
    sent(quiet_house, paper("2026-3", buyer=at_demo, reference="PO-99", order="4500000000000"))
    with quiet_house.behind() as db:
        customer_id = invoice(db, "2026-1").customer_id
        bind(db, Scope.whole(customer_id))
        assert orders_of(db, invoice(db, "2026-1")) == [307390]
        assert orders_of(db, invoice(db, "2026-2")) == [307390]
        assert orders_of(db, invoice(db, "2026-3")) == []
        assert "2026-1" in invoices_of_order(db, 307390)
        bind(db, Scope(customer_id, {Right.INVOICES: None}))
        assert orders_of(db, invoice(db, "2026-1")) == []
        bind(db, Scope(customer_id, {Right.ORDERS: None}))
        assert invoices_of_order(db, 307390) == []


def test_no_identity_number_gets_into_a_text_that_a_page_shows(quiet_house: House) -> None:
    number = "14838419861"
    written = paper("2026-1", Item(f"Samtale {number}", D(100), description=f"Født {number}"), note=number)
    sent(quiet_house, written)
    with quiet_house.behind() as db:
        kept = invoice(db, "2026-1")
        contents = contents_of(db, kept)
        assert contents.lines[0].name == "Samtale 148384*****"
        assert contents.lines[0].description == "Født 148384*****"
        assert contents.details.note == "148384*****"
        assert original_of(db, kept) == write(written), "the books are kept as they came"


# Credit notes


def standing(house: House, number: str) -> tuple[Decimal, Decimal, str]:
    """What is outstanding and credited, and the status on the day of the papers."""
    with house.behind() as db:
        kept = invoice(db, number)
        return kept.outstanding, kept.credited, kept.status(DAY)


TALK = Item("Samtale", D(100), category="E", rate=D(0))


def ten(number: str, **changed: object) -> Paper:
    """An invoice of a thousand kroner."""
    return paper(number, Item("Samtale", D(100), D(10), category="E", rate=D(0)), **changed)


def taking_back(number: str, hundreds: int, *named: str) -> Paper:
    return credit(number, *named, items=(Item("Samtale", D(100), D(hundreds), category="E", rate=D(0)),))


@pytest.mark.parametrize("first", ["the invoice", "the credit note"])
def test_a_credit_note_takes_off_what_it_names_whichever_comes_first(quiet_house: House, first: str) -> None:
    papers = [ten("2026-1"), taking_back("2026-2", 4, "2026-1")]
    for document in papers if first == "the invoice" else papers[::-1]:
        sent(quiet_house, document)
        sent(quiet_house, document)
    assert standing(quiet_house, "2026-1") == (D(600), D(400), "partly_paid")
    assert standing(quiet_house, "2026-2") == (D(0), D(0), "credited")
    sent(quiet_house, taking_back("2026-3", 6, "2026-1"))
    assert standing(quiet_house, "2026-1") == (D(0), D(1000), "credited")


def test_what_is_credited_beyond_the_invoice_stands_to_the_payers_good(quiet_house: House) -> None:
    sent(quiet_house, ten("2026-1"))
    sent(quiet_house, taking_back("2026-2", 14, "2026-1"))
    assert standing(quiet_house, "2026-1") == (D(0), D(1000), "credited")
    assert standing(quiet_house, "2026-2") == (D(-400), D(0), "credited")
    sent(quiet_house, taking_back("2026-3", 1, "2026-1"))
    assert standing(quiet_house, "2026-3") == (D(-100), D(0), "credited")
    with quiet_house.behind() as db:
        assert invoice(db, "2026-2").total == D(-1400)


def test_one_credit_note_for_two_and_a_negative_invoice_do_the_same(quiet_house: House) -> None:
    for number in ("2026-1", "2026-2"):
        sent(quiet_house, ten(number))
    sent(quiet_house, taking_back("2026-3", 15, "2026-1", "2026-2"))
    assert standing(quiet_house, "2026-1")[0] == D(0)
    assert standing(quiet_house, "2026-2") == (D(500), D(500), "partly_paid")
    negative = paper("2026-4", Item("Samtale", D(100), D(-2), category="E", rate=D(0)), credits=("2026-2",))
    sent(quiet_house, negative)
    assert standing(quiet_house, "2026-2")[0] == D(300)
    assert standing(quiet_house, "2026-4") == (D(0), D(0), "credited")


def test_a_credit_note_reaches_neither_another_payer_nor_another_currency(quiet_house: House) -> None:
    sent(quiet_house, ten("2026-1"))
    stranger = credit("2026-2", "2026-1", items=(TALK,), buyer=Side("Nordlys Data AS", "315597978"))
    in_euro = credit("2026-3", "2026-1", items=(TALK,), currency="EUR")
    for document in (stranger, in_euro, credit("2026-4", "2026-99", items=(TALK,))):
        sent(quiet_house, document)
        assert standing(quiet_house, document.number)[0] == D(-100)
    assert standing(quiet_house, "2026-1") == (D(1000), D(0), "unpaid")


def test_at_the_same_moment_each_document_gets_in_once_and_each_credit_takes_effect(quiet_house: House) -> None:
    """Invoices and the credit notes for them, each of them twice, and other content under the same numbers."""
    papers = [
        each
        for number in range(6)
        for each in (ten(f"I-{number}"), taking_back(f"K-{number}", 3, f"I-{number}"), ten(f"I-{number}", note="Ny"))
    ]
    broken = without("cbc:IssueDate")
    with ThreadPoolExecutor(8) as threads:
        results = list(threads.map(lambda data: sent(quiet_house, data), [*map(write, papers * 2), *[broken] * 6]))
    assert {result.number for result in results if not result.refusal} == {paper.number for paper in papers}
    for number in range(6):
        assert standing(quiet_house, f"I-{number}")[:2] == (D(700), D(300))
        assert standing(quiet_house, f"K-{number}")[0] == D(0)
    with quiet_house.behind() as db:
        assert next(row.times for row in quarantined(db) if row.reason.startswith("BR-03")) == 6


# Folders and zips


def zipped(*members: tuple[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compression) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return made.getvalue()


def said_of(data: bytes) -> list[str]:
    return [f"{each.name}: {each.refusal or 'read'}" for each in documents_in("a.zip", data)]


def test_a_zip_is_read_in_memory_whatever_its_names_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names = ("../../ut.xml", "/etc/passwd", "C:\\ut.xml", "mappe/æøå.xml", "mappe/.skjult", "__MACOSX/._x", "tom/")
    read = said_of(zipped(*((name, b"<a/>") for name in names)))
    assert read == [
        "a.zip/../../ut.xml: read",
        "a.zip//etc/passwd: read",
        "a.zip/C:\\ut.xml: read",
        "a.zip/mappe/æøå.xml: read",
    ]
    assert list(tmp_path.iterdir()) == []


def test_a_zip_that_is_sent_is_let_in_but_for_what_is_wrong(quiet_house: House) -> None:
    """In one transaction; what is refused does not take the others with it."""
    data = zipped(("1.xml", write(ten("2026-1"))), ("2.xml", without("cbc:IssueDate")), ("3.xml", write(ten("2026-1"))))
    again = zipped(("4.xml", write(ten("2026-1", note="Ny"))), ("5.xml", write(taking_back("2026-5", 10, "2026-1"))))
    with quiet_house.behind() as db:
        results = [*receive(db, "a.zip", data, now=NOW), *receive(db, "b.zip", again, now=NOW)]
        db.commit()
        assert [result.number for result in results] == ["2026-1", "", "2026-1", "", "2026-5"]
        assert {row.name for row in quarantined(db)} == {"a.zip/2.xml", "b.zip/4.xml"}
    assert standing(quiet_house, "2026-1") == (D(0), D(1000), "credited")


def test_a_zip_has_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    inner = zipped(("b.xml", b"<a/>"))
    assert said_of(zipped(("b.zip", inner), ("c.xml", b"<a/>"))) == [
        "a.zip/b.zip: it is a zip inside a zip",
        "a.zip/c.xml: read",
    ]
    assert said_of(zipped()) == ["a.zip: there is nothing in the zip"]
    assert said_of(inner[:40]) == ["a.zip: the zip is damaged"]
    assert said_of(inner.replace(b"<a/>", b"<b/>")) in (["a.zip/b.xml: it is damaged"], ["a.zip/b.xml: read"])
    assert said_of(zipped(("b.xml", b"<a/>"), compression=zipfile.ZIP_LZMA)) == [
        "a.zip/b.xml: it is packed in an uncommon way"
    ]
    assert said_of(zipped(("b.xml", bytes(26 * 2**20)))) == ["a.zip/b.xml: it is larger than 25 MB"]
    assert said_of(zipped(("b.xml", bytes(20 * 2**20)))) == ["a.zip/b.xml: it is packed suspiciously small"]
    encrypted = bytearray(zipped(("b.xml", b"<a/>")))
    encrypted[6] |= 1
    encrypted[encrypted.index(b"PK\x01\x02") + 8] |= 1
    assert said_of(bytes(encrypted)) == ["a.zip/b.xml: it is encrypted"]
    monkeypatch.setattr(files, "MOST_MEMBERS", 2)
    assert said_of(zipped(*((f"{n}.xml", b"<a/>") for n in range(3)))) == [
        "a.zip: there are more than 2 files in the zip"
    ]
    monkeypatch.setattr(files, "LARGEST_UNPACKED", 5)
    assert (
        said_of(zipped(("1.xml", b"<a/>"), ("2.xml", b"<a/>")))[1]
        == "a.zip: all that is in the zip is too large together"
    )


def test_a_member_that_lies_about_its_size_is_not_believed() -> None:
    data = zipped(("b.xml", b"<a>" + b" " * 5000 + b"</a>"))
    size = (5007).to_bytes(4, "little")
    assert data.count(size) == 2
    assert said_of(data.replace(size, (10).to_bytes(4, "little"))) == ["a.zip/b.xml: it is damaged"]


# The command


@pytest.fixture
def command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, list[str]]]:
    """Says `python app.py import-invoices …`; gives the exit code and the lines."""

    def say(*words: object, to: House | None = None) -> tuple[int, list[str]]:
        for name in ("DATABASE_URL", "SECRET_KEYS", "FIELD_KEYS"):
            monkeypatch.delenv(name, raising=False)
        if to:
            monkeypatch.setenv("DATABASE_URL", to.settings.database_url)
            monkeypatch.setenv("SECRET_KEYS", SECRET_KEY)
            monkeypatch.setenv("FIELD_KEYS", to.settings.field_keys[0])
        status = app.main(["import-invoices", *map(str, words)])
        return status, capsys.readouterr().out.splitlines()

    return say


def test_check_needs_no_database_and_says_one_line_for_each(
    tmp_path: Path, command: Callable[..., tuple[int, list[str]]]
) -> None:
    (tmp_path / "b.xml").write_bytes(write(paper("2026-2", buyer=Side("Ukjent AS", "310000027"))))
    (tmp_path / "mappe").mkdir()
    (tmp_path / "mappe" / "c.zip").write_bytes(zipped(("1.xml", write(credit("2026-3", "2026-2"))), ("2.txt", b"hei")))
    (tmp_path / ".DS_Store").write_bytes(b"x")
    assert command("--check", tmp_path / "b.xml") == (0, ["ok 2026-2 15915.00 NOK"])
    status, lines = command(tmp_path, "--check", tmp_path / "nowhere.xml")
    assert status == 1
    assert lines[:2] == ["ok 2026-2 15915.00 NOK", "ok 2026-3 15915.00 NOK"]
    assert lines[2].startswith(f"refused {tmp_path}/mappe/c.zip/2.txt it is not well-formed XML")
    assert lines[3] == f"refused {tmp_path}/nowhere.xml there is no such file or folder"
    assert len(lines) == 4


def test_what_is_not_an_ordinary_file_is_refused_and_so_are_a_hundred_megabytes(
    tmp_path: Path, command: Callable[..., tuple[int, list[str]]]
) -> None:
    os.mkfifo(tmp_path / "a.xml")
    (tmp_path / os.fsdecode(b"d\xff.xml")).write_bytes(b"hei")
    large = tmp_path / "b.xml"
    large.touch()
    os.truncate(large, 100 * 2**20)
    odd = tmp_path / "c\n\x1b[31mok 1 1 NOK"
    odd.write_bytes(b"hei")
    odd.chmod(stat.S_IRUSR)
    status, lines = command("--check", tmp_path)
    assert status == 1
    assert lines[0] == f"refused {tmp_path}/a.xml it is not a file"
    assert lines[1] == f"refused {tmp_path}/b.xml it is larger than 25 MB"
    assert lines[2].startswith(f"refused {tmp_path}/c [31mok 1 1 NOK it is not well-formed XML")
    assert lines[3].startswith(f"refused {tmp_path}/d\ufffd.xml it is not well-formed XML")
    assert len(lines) == 4
    assert command() == (2, [])


@pytest.mark.rest  # a process starts
def test_whoever_reads_only_the_first_lines_gets_no_traceback(tmp_path: Path) -> None:
    for number in range(2000):  # more lines than a pipe holds
        (tmp_path / f"{number:04}.xml").write_bytes(b"x")
    words = [sys.executable, "app.py", "import-invoices", "--check", str(tmp_path)]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as command:
        assert command.stdout
        assert command.stderr
        assert command.stdout.readline().startswith(b"refused ")
        command.stdout.close()
        assert command.stderr.read() == b""
    assert command.returncode == 141


def test_the_command_stores_what_is_right_and_keeps_out_the_rest(
    quiet_house: House, tmp_path: Path, command: Callable[..., tuple[int, list[str]]]
) -> None:
    (tmp_path / "1.xml").write_bytes(write(paper("2026-1")))
    (tmp_path / "2.xml").write_bytes(without("cbc:IssueDate"))
    (tmp_path / "3.xml").write_bytes(write(ten("2026-3")))
    for _ in range(2):
        status, lines = command(tmp_path, to=quiet_house)
        assert status == 1
        assert [line.split()[0] for line in lines] == ["ok", "refused", "ok"]
    with quiet_house.behind() as db:
        assert invoice(db, "2026-3").status(DAY) == Status.UNPAID
        [row] = quarantined(db)
        assert (row.name, row.times) == (f"{tmp_path}/2.xml", 2)
    status, lines = command("--check", tmp_path / "1.xml", tmp_path / "3.xml", to=quiet_house)
    assert (status, lines) == (0, ["ok 2026-1 15915.00 NOK", "ok 2026-3 1000.00 NOK"])
