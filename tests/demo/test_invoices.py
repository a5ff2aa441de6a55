"""The demo's invoices: every case that there is, each with the file that says the same."""

from decimal import Decimal
from itertools import pairwise

from models.core.clock import today_in_oslo
from models.demo.invoices import FIRST_NUMBER
from models.exchange.ehf.files import Found
from models.exchange.ehf.intake import check
from models.invoices.contents import InvoiceAttachment, InvoiceDetails, InvoiceTax, original_of
from models.invoices.invoice import Invoice, SentAs, Status
from models.invoices.settlements import Settlement
from models.orders.order import Order
from models.values.kid import is_valid as is_kid
from tests.demo.loaded import Demo

# Invoices


def test_each_invoice_has_a_file_that_says_the_same(demo: Demo) -> None:
    for invoice in demo.all(Invoice):
        data = original_of(demo.db, invoice)
        result = check(Found("demo.xml", len(data), data))
        sign = -1 if invoice.is_credit_note else 1
        assert (result.number, result.payable, result.currency) == (
            invoice.number,
            sign * invoice.payable,
            invoice.currency,
        )


def test_no_invoice_was_sent_or_paid_in_the_future_and_numbers_grow_with_the_dates(demo: Demo) -> None:
    today = today_in_oslo(demo.now)
    later = sorted((i for i in demo.all(Invoice) if int(i.number[5:]) >= FIRST_NUMBER), key=lambda i: i.number[5:])
    assert len(later) > 80
    assert all(a.issued_on <= b.issued_on for a, b in pairwise(later))
    assert all(invoice.issued_on <= today for invoice in demo.all(Invoice))
    assert all(invoice.number.startswith(f"{invoice.issued_on.year}-") for invoice in demo.all(Invoice))
    assert all(settlement.settled_on <= today for settlement in demo.all(Settlement))


def test_every_case_of_an_invoice_is_there_for_both_who_look_at_them(demo: Demo) -> None:
    """Product 6.7."""
    today = today_in_oslo(demo.now)
    every = demo.all(Invoice)
    for company in ("Demokunde_Test", "Fjordbygg Entreprenør AS"):
        own = [invoice for invoice in every if invoice.customer_id == demo.unit(company).customer_id]
        assert {invoice.status(today) for invoice in own} == set(Status)
        assert {invoice.sent_as for invoice in own} == set(SentAs)
        assert any(invoice.is_credit_note and invoice.total < 0 for invoice in own)
    assert {Decimal(0), Decimal("1234567.89")} <= {invoice.total for invoice in every}
    assert {"20260001183710", "118377-"} <= {invoice.kid for invoice in every}
    assert all(is_kid(invoice.kid) for invoice in every if invoice.kid)
    assert any(invoice.buyer_reference is None for invoice in every)
    assert {invoice.currency for invoice in every} == {"NOK", "SEK"}
    assert {details.account for details in demo.all(InvoiceDetails)} == {"99991000018"}
    taxes = {(tax.invoice_id, tax.category) for tax in demo.all(InvoiceTax)}
    assert any({(invoice.id, "S"), (invoice.id, "E")} <= taxes for invoice in every), "a course beside a health service"
    assert demo.all(InvoiceAttachment)
    assert sum(invoice.customer_id == demo.unit("Bergen").customer_id for invoice in every) > 50, "enough for pages"


def test_nb7_each_invoiced_order_has_its_invoice_with_its_reference(demo: Demo) -> None:
    guides = demo.unit("Bergen TEST").customer_id
    invoices = {invoice.order_number: invoice for invoice in demo.all(Invoice) if invoice.order_number}
    for order in demo.all(Order):
        if order.status == "Fakturert" and order.customer_id != guides:
            invoice = invoices[order.number]
            assert (invoice.buyer_reference, invoice.customer_id) == (order.reference, order.customer_id)
            assert invoice.issued_on >= order.ordered_on
