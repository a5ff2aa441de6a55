"""Payments: they come off what is outstanding, once however often they are told, and none is lost in a race."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal

import pytest

from models.core.audit import AuditEntry
from models.core.database import Database
from models.core.scope import across_customers
from models.invoices.invoice import Invoice, Status, invoice_by_number
from models.invoices.settlements import (
    ReferenceUsed,
    credited_by,
    register_payment,
    send_to_collection,
    settlements_of,
)
from tests.stage.house import House
from tests.stage.times import NOW, TODAY

D = Decimal
GUIDES = "2017-118352"
BEFORE = date(2018, 1, 5)


def paid(house: House, amount: Decimal | int, reference: str, number: str = GUIDES) -> bool:
    with house.behind() as db:
        invoice = invoice_by_number(db, number)
        assert invoice
        told = register_payment(db, invoice, D(amount), paid_on=TODAY, reference=reference, now=NOW)
        db.commit()
        return told


def kept(house: House, number: str = GUIDES) -> Invoice:
    with house.behind() as db:
        invoice = invoice_by_number(db, number)
        assert invoice
        return invoice


def test_payments_come_off_what_is_outstanding_and_the_status_follows(quiet_house: House) -> None:
    assert kept(quiet_house).status(BEFORE) == Status.UNPAID
    assert paid(quiet_house, 1000, "B-1")
    invoice = kept(quiet_house)
    assert (invoice.outstanding, invoice.paid, invoice.total) == (D(2000), D(1000), D(3000))
    assert invoice.status(BEFORE) == Status.PARTLY_PAID
    assert invoice.status(TODAY) == Status.OVERDUE
    assert invoice.days_overdue(date(2018, 1, 18)) == 10
    assert paid(quiet_house, 2000, "B-2")
    assert kept(quiet_house).status(TODAY) == Status.PAID
    assert paid(quiet_house, D("0.50"), "B-3")
    invoice = kept(quiet_house)
    assert (invoice.outstanding, invoice.status(TODAY)) == (D("-0.50"), Status.PAID)
    assert paid(quiet_house, D("-0.50"), "back")
    assert kept(quiet_house).outstanding == 0
    assert kept(quiet_house).days_overdue(TODAY) == 0


def test_pressing_twice_the_same_payment_told_twice_is_one(quiet_house: House) -> None:
    assert paid(quiet_house, 1000, "B-1")
    assert not paid(quiet_house, 1000, "B-1")
    assert kept(quiet_house).outstanding == D(2000)
    with pytest.raises(ReferenceUsed):
        paid(quiet_house, 999, "B-1")
    for amount, reference in ((0, "B-2"), (D("0.001"), "B-2"), (1, ""), (1, "B" * 71)):
        with pytest.raises(ValueError, match="a payment has an amount"):
            paid(quiet_house, amount, reference)
    assert kept(quiet_house).outstanding == D(2000)


def test_no_payment_is_lost_when_many_are_told_at_once(quiet_house: House) -> None:
    database = Database(quiet_house.settings.database_url)

    def tell(place: int) -> bool:
        with database.session() as db, across_customers(db):
            invoice = invoice_by_number(db, GUIDES)
            assert invoice
            told = register_payment(db, invoice, D(10), paid_on=TODAY, reference=f"B-{place % 20}", now=NOW)
            db.commit()
            return told

    with ThreadPoolExecutor(8) as threads:
        told = list(threads.map(tell, range(40)))
    database.close()
    assert sum(told) == 20
    assert kept(quiet_house).outstanding == D(2800)
    with quiet_house.behind() as db:
        invoice = invoice_by_number(db, GUIDES)
        assert invoice
        assert [row.amount for row in settlements_of(db, invoice)] == [D(10)] * 20


def test_what_is_with_a_debt_collector_says_so_until_it_is_paid(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        invoice = invoice_by_number(db, GUIDES)
        assert invoice
        for _ in range(2):
            send_to_collection(db, invoice, TODAY, now=NOW)
        db.commit()
        entries = [entry.action for entry in db.query(AuditEntry).filter_by(about=f"invoice:{GUIDES}")]
        assert entries == ["sent to collection"]
    assert kept(quiet_house).status(TODAY) == Status.IN_COLLECTION
    paid(quiet_house, 3000, "B-1")
    assert kept(quiet_house).status(TODAY) == Status.PAID


def test_the_demo_has_every_status_and_credit_notes_say_what_they_took_off(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        invoices = db.query(Invoice).all()
        assert {invoice.status(TODAY) for invoice in invoices} == set(Status)
        credit_notes = [invoice for invoice in invoices if invoice.is_credit_note and invoice.outstanding == 0]
        for credit_note in credit_notes:
            [taken] = credited_by(db, credit_note)
            assert taken.amount == -credit_note.total
            invoice = invoice_by_number(db, taken.credit_note or "")
            assert invoice
            assert (credit_note.number, taken.amount) in [
                (row.credit_note, row.amount) for row in settlements_of(db, invoice)
            ]
        assert credit_notes
        assert any(invoice.outstanding < 0 for invoice in invoices), "credited after it was paid"
        assert all(invoice.received_at <= NOW + timedelta(days=1) for invoice in invoices)
