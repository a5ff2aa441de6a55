"""Spør om fakturaen: finance asks on the invoice's page, the account manager answers, and each is told once (FI4)."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from models.conversations.files import KEPT
from models.core.audit import AuditEntry
from models.core.database import Database
from models.customers.account_managers import AccountManager, MailWish
from models.customers.customer import Customer
from models.customers.units import Unit
from models.desk.morning_letters import post_morning_letters
from models.invoices.files import InvoiceMessageFile
from models.invoices.messages import InvoiceMessage
from models.operations.erasure import purge
from models.outbox.message import Message
from tests.bookings.test_desk_sign_ups import of_somebody_else
from tests.stage.house import House
from tests.stage.material.invoicing import BERGEN, let_in, paper
from tests.stage.page import Page
from tests.stage.times import NOW, TODAY

NUMBER = "2026/7 A"
PDF = b"%PDF-1.7 et notat"
KAM, FINANCE = "per-arne.lie@bht.example", "oddvar.steinsund@fjordbygg.example"


@pytest.fixture
def asked(house: House) -> House:
    """Finance of Fjordbygg has an invoice, and has asked about it."""
    with house.behind() as db:
        let_in(db, paper(NUMBER, BERGEN, TODAY))
    page = ask(house.sign_in("okonomi.fjord"), "Hva er dette for noe?")
    assert page.flash == "Meldingen er sendt."
    return house


def ask(page: Page, text: str) -> Page:
    return page.open("/invoices?number=2026%2F7").follow(NUMBER).fill(message=text).press("Send melding")


def shown(page: Page) -> list[str]:
    return [" ".join(item.get_text(" ").split()) for item in page.soup.select("#messages li[id^=message-]")]


def told(house: House) -> list[tuple[str, str | None]]:
    with house.behind() as db:
        found = select(Message.kind, Message.to).where(Message.kind == "invoice_message").order_by(Message.id)
        return [(kind, to) for kind, to in db.execute(found)]


def waiting(kam: Page) -> Page:
    """The invoice whose question waits on the overview."""
    [link] = kam.soup.select("#waits [id^=question] div a")
    assert f"Faktura {NUMBER}" in kam.part("waits").get_text()
    return kam.open(str(link["href"]))


def test_fi4_finance_asks_the_account_manager_answers_and_both_see_what_waits(asked: House) -> None:
    kam, finance = asked.sign_in("kam.lie").open("/desk"), asked.sign_in("okonomi.fjord")
    assert told(asked) == [("invoice_message", KAM)]
    waiting(kam)
    assert "Hva er dette for noe?" in shown(kam)[0]
    kam.fill(message="").press("Send melding")
    assert (kam.status_code, kam.error("message")) == (422, "Skriv meldingen før du sender den.")
    kam.fill(message="Helsekontrollen i mai.").press("Send melding")
    assert (kam.flash, kam.open("/desk").soup.select("#waits [id^=question]")) == ("Meldingen er sendt.", [])
    assert told(asked)[1:] == [("invoice_message", FINANCE)]
    page = finance.open("/worklist")
    assert page.has(f"Svar om faktura {NUMBER}")
    page.open("/invoices?number=2026%2F7").follow(NUMBER)
    assert shown(page)[1].endswith("Helsekontrollen i mai.")
    assert page.soup.select_one("#messages .lead").get_text().startswith("Per-Arne Lie leser")  # type: ignore[union-attr]
    assert not page.open("/worklist").has(f"Svar om faktura {NUMBER}"), "it is read"
    ask(finance, "Takk!")
    waiting(kam.open("/desk")).press("Trenger ikke svar")
    assert kam.open("/desk").soup.select("#waits [id^=question]") == []
    with asked.behind() as db:
        about = select(AuditEntry.action).where(AuditEntry.about == f"invoice:{NUMBER}").order_by(AuditEntry.id)
        assert list(db.scalars(about)) == ["message", "message", "message", "no answer"]


def test_d2_a_question_may_be_written_for_finance_who_phones_and_it_says_who_asked_and_who_wrote(asked: House) -> None:
    kam = waiting(asked.sign_in("kam.lie").open("/desk"))
    kam.fill(message="Trekk fra to timer", asked_by=kam.option("asked_by", "Oddvar Steinsund (okonomi.fjord)"))
    assert kam.fill(asked_name="Ola").press("Send melding").status_code == 422
    assert kam.value("message") == "Trekk fra to timer"
    kam.fill(asked_name="").press("Send melding")
    said = "Oddvar Steinsund , kunden, skrevet av Per-Arne Lie ·"
    assert said in shown(kam)[-1]
    finance = asked.sign_in("okonomi.fjord").open("/invoices?number=2026%2F7").follow(NUMBER)
    assert said in shown(finance)[-1]
    assert told(asked)[1:] == [("invoice_message", FINANCE)], "who is told what stands in one's name"
    assert kam.open("/desk").soup.select("#waits [id^=question]"), "the customer waits for an answer"
    with asked.behind() as db:
        about = select(AuditEntry).where(AuditEntry.about == f"invoice:{NUMBER}").order_by(AuditEntry.id.desc())
        entry = db.scalars(about).first()
        assert entry is not None
        assert (entry.actor.partition(" (")[0], entry.changed) == ("Per-Arne Lie", {"asked_by": "Oddvar Steinsund"})
    of_somebody_else(asked)
    refused = (
        asked.sign_in("kam.lie")
        .open("/desk/customers?whose=all")
        .follow("Fjordbygg Entreprenør AS")
        .follow("Alle ubetalte")
    )
    refused.fill(number=NUMBER, status="").press("Søk").follow(NUMBER)
    assert not refused.soup.select("[name=asked_by]"), "whose customer it is not, writes for nobody"


def test_fi4_the_letters_lead_to_the_page_of_their_reader(asked: House) -> None:
    waiting(asked.sign_in("kam.lie").open("/desk")).fill(message="Ja.").press("Send melding")
    asked.deliver()
    files = sorted((asked.settings.var / "mail").rglob("*invoice_message*.eml"))
    to_kam, to_finance = sorted((file.read_text() for file in files), key=lambda text: f"To: {KAM}" not in text)
    assert "/desk/invoices/" in to_kam
    assert f"<{FINANCE}>" in to_kam, "who gets the answer"
    assert "/desk/" not in to_finance
    assert "/alerts" in to_finance


def test_fi4_who_wishes_the_morning_gets_it_then_and_a_customer_of_nobodys_stands_on_every_desk(
    quiet_house: House,
) -> None:
    with quiet_house.behind() as db:
        let_in(db, paper(NUMBER, BERGEN, TODAY))
        db.execute(update(AccountManager).values(mail_wish=MailWish.MORNING.value))
        db.commit()
    ask(quiet_house.sign_in("okonomi.fjord"), "Når?")
    assert told(quiet_house) == []
    with quiet_house.behind() as db:
        db.execute(update(AccountManager).values(mail_wish=MailWish.EACH.value))
        post_morning_letters(db, NOW)
        db.commit()
        letter = db.scalars(select(Message).where(Message.kind == "morning_news")).one()
        assert [(each["title"], each["unit"]) for each in letter.payload["questions"]] == [
            (f"Faktura {NUMBER}", "Bergen")
        ]
    assert quiet_house.deliver() > 0
    with quiet_house.behind() as db:
        fjord = db.scalars(select(Customer).where(Customer.name.startswith("Fjordbygg"))).one()
        db.execute(update(Customer).where(Customer.id == fjord.id).values(account_manager_id=None))
        db.execute(update(Unit).where(Unit.customer_id == fjord.id).values(account_manager_id=None))
        db.commit()
    page = ask(quiet_house.sign_in("okonomi.fjord"), "Og hvem?")
    assert page.has("Bedriftshelsetjenesten leser det du skriver")
    assert told(quiet_house) == [("invoice_message", KAM)], "who is an administrator"
    assert quiet_house.sign_in("kam.lie").open("/desk").soup.select("#waits [id^=question]") != []


def test_fi4_what_may_be_somebodys_health_is_asked_about_and_sent_twice_is_once(asked: House) -> None:
    page = asked.sign_in("okonomi.fjord").open("/invoices?number=2026%2F7").follow(NUMBER)
    page.fill(message="Gjelder det en sykemelding?").press("Send melding")
    assert page.has("Teksten kan inneholde sensitive opplysninger")
    page.press("Send likevel")
    key = [("idempotency_key", "k" * 32), ("csrf_token", str(page.value("csrf_token"))), ("message", "Til slutt")]
    way = page.url.split("#")[0] + "/messages"
    assert [page.send("POST", way, key).status_code for _ in range(2)] == [303, 303]
    with asked.behind() as db:
        assert len(db.scalars(select(InvoiceMessage)).all()) == 3


def links(page: Page) -> dict[str, str]:
    """By its name, where each file leads."""
    return {link.get_text(): str(link["href"]) for link in page.soup.select("#messages ul.files a")}


def test_files_go_both_ways_with_what_is_asked_about_an_invoice(asked: House) -> None:
    """As those on orders do (H6): kept with a form that is refused, saved by either side, and by nobody else."""
    finance = asked.sign_in("okonomi.fjord").open("/invoices?number=2026%2F7").follow(NUMBER)
    finance.attach("files", "timeliste 29822099635.pdf", PDF).press("Send melding")
    assert finance.status_code == 422
    assert finance.has("Et fødselsnummer i teksten ble skjult.")
    assert len(finance.soup.select("#field-files .tick")) == 1
    finance.fill(message="Se timelista").press("Send melding")
    [name] = links(finance)
    assert "29822099635" not in name
    kam = waiting(asked.sign_in("kam.lie").open("/desk"))
    kam.fill(message="Se her").attach("files", "virus.exe", b"MZ").press("Send melding")
    assert (kam.status_code, kam.value("message")) == (422, "Se her")
    kam.attach("files", "grunnlag.pdf", PDF).press("Send melding")
    kam.fill(message="De ringte", asked_by=kam.option("asked_by", "Oddvar Steinsund (okonomi.fjord)")).attach(
        "files", "fra kunden.pdf", PDF
    ).press("Send melding")
    assert list(links(kam)) == [name, "grunnlag.pdf", "fra kunden.pdf"]
    finance.open("/invoices?number=2026%2F7").follow(NUMBER)
    assert list(links(finance)) == list(links(kam))
    for person, which in ((finance, "grunnlag.pdf"), (kam, name)):
        answer = person.send("GET", links(person)[which])
        assert answer.content == PDF
        assert answer.headers["content-disposition"].startswith("attachment; filename=")
    address = links(finance)[name]
    for stranger in ("Tester", "hms.fjord"):
        assert asked.sign_in(stranger).send("GET", address).status_code == 404
    assert finance.send("GET", address + "0").status_code == 404
    asked.deliver()
    letters = [
        file.read_text(encoding="utf-8") for file in (asked.settings.var / "mail").rglob("*invoice_message*.eml")
    ]
    assert sum("Vedlegg i portalen:" in letter for letter in letters) == 3
    database = Database(asked.settings.database_url)
    for later, left in ((timedelta(days=8), 3), (KEPT + timedelta(days=2), 0)):
        list(purge(database, asked.settings.var, former_kept=timedelta(days=3650), now=NOW + later))
        with asked.behind() as db:
            assert len(db.scalars(select(InvoiceMessageFile.id)).all()) == left
    database.close()
