"""Files on orders: with a new order and with each message, from both sides; kept safe, kept apart, kept no longer."""

import io
from datetime import timedelta
from zipfile import ZipFile

import msgspec
import pytest
from sqlalchemy import select

from models.conversations.files import AT_MOST, KEPT
from models.core.audit import AuditEntry
from models.core.database import Database
from models.exchange.crm import shapes
from models.operations.erasure import purge
from models.orders.files import OrderFile
from models.outbox.message import Message
from models.values.files.kinds import MAX_SIZE
from tests.stage.house import House
from tests.stage.page import Page
from tests.stage.times import NOW

NUMBER = 307512
"""An order of Fjordbygg's in Bergen."""
PDF = b"%PDF-1.7 et notat"
PNG = b"\x89PNG\r\n\x1a\n et bilde"


def kept(house: House) -> list[OrderFile]:
    """All files, oldest first."""
    with house.behind() as db:
        return list(db.scalars(select(OrderFile).order_by(OrderFile.id)))


def links(page: Page, where: str = "#messages") -> dict[str, str]:
    """By its name, where each file leads."""
    return {link.get_text(): str(link["href"]) for link in page.soup.select(f"{where} ul.files a")}


def test_h6_files_go_both_ways_with_messages_and_each_side_saves_them(house: House, hms: Page) -> None:
    hms.open(f"/orders/{NUMBER}").fill(message="Tegningen").attach("files", r"C:\Bygg\Plan 120523 45678.pdf", PDF)
    hms.press("Send melding")
    assert hms.flash == "Meldingen er sendt."
    assert list(links(hms)) == ["Plan 120523 45678.pdf"], "what is no identity number stays"
    kam = house.sign_in("kam.lie").open(f"/desk/orders/{NUMBER}")
    kam.fill(message="Se her").attach("files", "skisse.png", PNG).press("Send melding")
    assert list(links(kam)) == ["Plan 120523 45678.pdf", "skisse.png"]
    assert links(hms.open(f"/orders/{NUMBER}")).keys() == links(kam).keys()
    for person, name, content in ((hms, "skisse.png", PNG), (kam, "Plan 120523 45678.pdf", PDF)):
        answer = person.send("GET", links(person)[name])
        assert answer.content == content
        assert answer.headers["content-disposition"].startswith("attachment; filename=")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]
    with house.behind() as db:
        events = list(db.scalars(select(Message).where(Message.kind == "order.message_added").order_by(Message.id)))
        assert [[file["name"] for file in event.payload["files"]] for event in events[-2:]] == [
            ["Plan 120523 45678.pdf"],
            ["skisse.png"],
        ]
        for event in events[-2:]:
            msgspec.convert(event.payload, shapes.KINDS[event.kind])
        entries = db.scalars(select(AuditEntry).where(AuditEntry.action == "files").order_by(AuditEntry.id)).all()
        assert [(entry.about, entry.changed) for entry in entries] == [(f"order:{NUMBER}", {"files": 1})] * 2
    house.deliver()
    letters = [file.read_text(encoding="utf-8") for file in (house.settings.var / "mail").rglob("*order_message*.eml")]
    assert all("Vedlegg i portalen:" in letter for letter in letters)


def test_a_new_order_has_its_files_whatever_was_wrong_with_the_form_first(house: House, hms: Page) -> None:
    """What is refused loses no file: it waits with the form, and can be left out again."""
    hms.open("/orders/new").attach("files", "ønsker 29822099635.pdf", PDF).press("Send bestilling")
    assert hms.status_code == 422
    waiting = [label.get_text(" ", strip=True) for label in hms.soup.select("#field-files .tick")]
    assert len(waiting) == 1
    assert "29822099635" not in waiting[0]
    assert hms.has("Et fødselsnummer i teksten ble skjult.")
    hms.fill(unit=hms.option("unit", "Bergen"), delivery="Kurs").attach("files", "bilde.png", PNG)
    hms.press("Send bestilling")
    names = list(links(hms, ".facts"))
    assert (len(names), names[1]) == (2, "bilde.png")
    rows = kept(house)
    assert [(row.order_number, row.message_id, row.size) for row in rows] == [
        (int(hms.number), None, len(PDF)),
        (int(hms.number), None, len(PNG)),
    ]
    with house.behind() as db:
        placed = db.scalars(select(Message).where(Message.kind == "order.placed").order_by(Message.id.desc())).first()
        assert placed is not None
        assert [file["name"] for file in placed.payload["files"]] == names
        msgspec.convert(placed.payload, shapes.KINDS["order.placed"])

    hms.open("/orders/new").attach("files", "feil.pdf", PDF).press("Send bestilling")
    hms.fill(unit=hms.option("unit", "Bergen"), delivery="Kurs", waiting=[]).press("Send bestilling")
    assert hms.flash.startswith("Bestilling")
    assert links(hms, ".facts") == {}, "what was unticked does not come along"


def test_the_same_form_twice_is_one_message_with_its_files_once(quiet_house: House) -> None:
    hms = quiet_house.sign_in("hms.fjord").open(f"/orders/{NUMBER}")
    form = [("csrf_token", hms.token()), ("idempotency_key", "k" * 20), ("message", "To ganger")]
    address = f"/orders/{NUMBER}/messages"
    for content, status in ((PDF, 303), (PDF, 303), (PNG, 409)):
        name = "a.pdf" if content is PDF else "a.png"
        answer = hms.ask("POST", address, form, None, {"files": (name, content)})
        assert answer.status_code == status
    attached = [row for row in kept(quiet_house) if row.message_id]
    assert [row.digest for row in attached] == [attached[0].digest]
    assert [row.file_name for row in kept(quiet_house) if row.order_number is None] == ["a.png"], "it waits to be sent"


def _office(*names: str) -> bytes:
    with ZipFile(file := io.BytesIO(), "w") as made:
        for name in names:
            made.writestr(name, "<a/>")
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("virus.exe", b"MZ", "Filen må være av typen"),
        ("side.pdf", b"<html>", "Innholdet er noe annet"),
        ("tegning.svg", b"<svg/>", "Filen må være av typen"),
        ("makro.docx", _office("word/document.xml", "word/vbaProject.bin"), "har makroer"),
        ("tom.pdf", b"", "Filen må ha innhold"),
        ("stor.pdf", b"%PDF-" + bytes(MAX_SIZE), "være på høyst 20 MB"),
    ],
)
def test_only_safe_files_are_taken_and_what_was_written_stays(
    quiet_house: House, name: str, content: bytes, said: str
) -> None:
    hms = quiet_house.sign_in("hms.fjord").open(f"/orders/{NUMBER}").fill(message="Se vedlegg")
    hms.attach("files", name, content).press("Send melding")
    assert hms.status_code == 422
    assert any(sentence.startswith(f"{name}: ") and said in sentence for sentence in hms.problems)
    assert hms.value("message") == "Se vedlegg"
    assert kept(quiet_house) == []


def test_how_many_how_large_and_how_much_in_an_hour(quiet_house: House) -> None:
    hms = quiet_house.sign_in("hms.fjord").open(f"/orders/{NUMBER}").fill(message="Mange")
    for number in range(AT_MOST + 1):
        hms.attach("files", f"{number}.pdf", PDF).press("Send melding", message="")
    assert hms.problems[-1] == f"Høyst {AT_MOST} filer kan legges ved. Ikke tatt med: {AT_MOST}.pdf."
    assert len(hms.soup.select("#field-files .tick")) == AT_MOST
    hms.fill(waiting=str(hms.soup.select("#field-files .tick input")[0]["value"]))
    hms.attach("files", "stor.pdf", PDF + bytes(MAX_SIZE - len(PDF))).press("Send melding", message="Ja")
    assert hms.problems == ["Filene kan til sammen være på høyst 20 MB. Ikke tatt med: stor.pdf."]
    hourly = {**quiet_house.settings.hourly, "megabytes": 1}
    with quiet_house.with_settings(hourly=hourly) as visitor:
        other = visitor().open("/login").fill(username="hms.fjord", password="demo-hms.fjord").press("Logg inn")
        other.open(f"/orders/{NUMBER}").fill(message="Stor").attach("files", "a.pdf", PDF + bytes(1024 * 1024))
        other.press("Send melding")
        assert "den siste timen" in other.problems[0]


def test_nobody_else_gets_them(quiet_house: House) -> None:
    """Neither another customer, nor a colleague of another unit, nor whoever has no orders; nor by another's number."""
    hms = quiet_house.sign_in("hms.fjord").open(f"/orders/{NUMBER}").fill(message="Til dere")
    hms.attach("files", "a.pdf", PDF).press("Send melding")
    address = links(hms)["a.pdf"]
    id = address.rpartition("/")[2]
    assert hms.send("GET", f"/orders/307513/files/{id}").status_code == 404, "by its own order only"
    assert quiet_house.sign_in("Tester").send("GET", address).status_code == 404
    assert quiet_house.sign_in("okonomi.fjord").send("GET", address).status_code == 404
    form = [("csrf_token", ""), ("waiting", id), ("message", "Min"), ("idempotency_key", "k" * 20)]
    tester = quiet_house.sign_in("Tester")
    form[0] = ("csrf_token", tester.open("/orders").token())
    own = tester.soup.select_one("#orders a")
    assert own is not None
    tester.send("POST", f"{own['href']}/messages", form)
    assert [row.order_number for row in kept(quiet_house)] == [NUMBER], "a form takes nobody else's file along"


def test_files_are_kept_as_long_as_what_was_written(quiet_house: House) -> None:
    hms = quiet_house.sign_in("hms.fjord").open(f"/orders/{NUMBER}").fill(message="Gammel")
    hms.attach("files", "a.pdf", PDF).press("Send melding")
    hms.attach("files", "b.pdf", PDF).press("Send melding")
    assert hms.status_code == 422
    database = Database(quiet_house.settings.database_url)
    days = timedelta(days=365)
    for later, left in ((timedelta(days=6), 2), (timedelta(days=8), 1), (KEPT + days, 0)):
        list(purge(database, quiet_house.settings.var, former_kept=10 * days, now=NOW + later))
        assert len(kept(quiet_house)) == left
    database.close()
