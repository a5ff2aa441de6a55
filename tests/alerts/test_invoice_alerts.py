"""Alerts of invoices: a new one, and once one that is overdue, to those who may see its payer (FI2)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.alerts.kinds import Kind
from models.alerts.wishes import wish_for
from models.customers.account_managers import MailWish
from models.exchange.letters import Letters
from models.invoices.alerts import NEWS, alert_overdue
from models.invoices.invoice import Invoice, invoice_by_number
from models.invoices.settlements import register_payment
from models.outbox.message import Message
from tests.alerts.test_alerts import letters, user
from tests.stage.house import House
from tests.stage.material.invoicing import BERGEN, STAVANGER, let_in, paper
from tests.stage.times import NOW, TODAY

FINANCE = "okonomi.fjord"
MORNING = datetime(2026, 10, 2, 5, 1, tzinfo=UTC)
OVERDUE = datetime(2026, 10, 21, 22, 1, tzinfo=UTC)
"""In Oslo the minute after the day on which what is sent today is due at the latest."""


@pytest.fixture
def db(quiet_house: House) -> Iterator[Session]:
    """A database in which nobody has anything to pay but what a story says."""
    with quiet_house.behind() as db:
        db.execute(update(Invoice).values(overdue_told_on=TODAY))
        yield db


def wanted_at_once(db: Session) -> None:
    wish_for(db, user(db, FINANCE).id, {Kind.NEW_INVOICE: MailWish.EACH, Kind.OVERDUE_INVOICE: MailWish.EACH})


def pay(db: Session, number: str, amount: int) -> None:
    invoice = invoice_by_number(db, number)
    assert invoice
    register_payment(db, invoice, Decimal(amount), paid_on=TODAY, reference=f"{number} {amount}", now=NOW)


def test_fi2_a_new_invoice_is_told_in_the_morning_or_at_once_and_what_is_history_never(db: Session) -> None:
    let_in(db, paper("N-1", BERGEN, TODAY), paper("N-2", STAVANGER, TODAY, "20", is_credit_note=True))
    let_in(db, paper("N-0", BERGEN, TODAY - NEWS - timedelta(days=1)))
    assert letters(db, NOW) == {}
    lines = [
        "Faktura N-1, Bergen: kr 1\xa0500,00, forfall 21.10.2026",
        "Kreditnota N-2, Stavanger: kr \N{MINUS SIGN}20,00",
    ]
    assert letters(db, MORNING) == {FINANCE: [("Nye fakturaer", lines)]}
    assert letters(db, MORNING) == {}, "once"
    wanted_at_once(db)
    let_in(db, paper("N-3", BERGEN, TODAY), paper("N-4", BERGEN, TODAY))
    pay(db, "N-4", 1500)
    told = letters(db, NOW)
    assert list(told) == [FINANCE], "HR and who has nothing to do with this customer's invoices are not told"
    assert told[FINANCE] == [("Nye fakturaer", ["Faktura N-3, Bergen: kr 1\xa0500,00, forfall 21.10.2026"])]


def test_fi2_an_overdue_invoice_is_told_once_however_often_a_postman_starts_and_a_paid_one_never(db: Session) -> None:
    let_in(db, *(paper(number, BERGEN, TODAY) for number in ("O-1", "O-2", "O-3")))
    letters(db, MORNING)
    pay(db, "O-2", 1500)
    pay(db, "O-3", 500)
    assert alert_overdue(db, OVERDUE - timedelta(minutes=2)) == 0, "the day on which it is due is not over"
    assert alert_overdue(db, OVERDUE) == 2
    assert alert_overdue(db, OVERDUE) == 0
    pay(db, "O-3", 1000)
    told = "Faktura O-1, Bergen: Forfalt 21.10.2026, utestående kr 1\xa0500,00"
    assert letters(db, OVERDUE + timedelta(hours=8)) == {FINANCE: [("Forfalte fakturaer", [told])]}, "O-3 is paid"
    db.execute(update(Invoice).values(overdue_told_on=None))
    assert alert_overdue(db, OVERDUE + NEWS + timedelta(days=1)) == 0, "what has been overdue for long is no news"


def test_fi2_the_letter_leads_to_the_invoice_and_to_where_it_is_changed(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        wanted_at_once(db)
        let_in(db, paper("2026/7 A", BERGEN, date(2026, 9, 30)))
        letters(db, NOW)
        db.flush()
        message = db.scalars(select(Message).where(Message.kind == "alerts").order_by(Message.id.desc())).first()
        assert message
        link = quiet_house.portal.links.absolute
        letter = Letters(quiet_house.settings, link).write(message)
    body = letter.get_body(("plain",))
    assert body
    assert letter["Subject"] == "Nye fakturaer: Faktura 2026/7 A, Bergen"
    assert link("invoice", number="2026/7 A") in body.get_content()
    assert link("alerts") in body.get_content()
