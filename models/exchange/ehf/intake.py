"""How a document gets into the portal: read, verified, its payer found, and kept whole; or else put into quarantine.

Who may send documents is decided where they come in: the command line today.
"""

import hashlib
import zlib
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.core.clock import today_in_oslo
from models.customers.customer import Customer
from models.customers.units import Unit
from models.exchange.ehf.contents import contents_of
from models.exchange.ehf.document import Document, Party
from models.exchange.ehf.files import Found, documents_in
from models.exchange.ehf.parties import ENHETSREGISTERET, identifiers_of
from models.exchange.ehf.reading import read
from models.exchange.ehf.rules import faults_in
from models.exchange.ehf.sums import value_of
from models.exchange.ehf.xml import Unreadable
from models.invoices.alerts import tell_of_new
from models.invoices.contents import InvoiceFile
from models.invoices.invoice import LONGEST_NUMBER, Invoice, keys_of
from models.invoices.quarantine import keep_out, let_out
from models.invoices.settlements import settle_credits
from models.orders.order import NUMBER_DIGITS
from models.values import organisation_number

_MOST_FAULTS = 3


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a document; without a `refusal` it is in the portal, or would be."""

    name: str
    number: str = ""
    payable: Decimal = Decimal(0)
    currency: str = ""
    refusal: str = ""

    def __str__(self) -> str:
        if self.refusal:
            return _one_line(f"refused {self.name} {self.refusal}")
        return _one_line(f"ok {self.number} {self.payable:f} {self.currency}")


class Refusal(Exception):
    """The document cannot be taken in; says why, in one sentence."""


def check(found: Found) -> Result:
    """Read and verify a document; nothing is stored, and no payer needs to be known."""
    try:
        document = _verified(found)
    except (Unreadable, Refusal) as refused:
        return Result(found.name, refusal=str(refused))
    return _result(found.name, document)


def take_in(db: Session, found: Found, *, now: datetime, is_news: bool = True) -> Result:
    """Let a document in whole, or note in the quarantine why not; the caller commits, each document for itself.

    A file that was taken in before is accepted and changes nothing. Users are told of it where it `is_news`. Whose it
    is, is not known beforehand, so it is asked across customers.
    """
    digest = hashlib.sha256(found.data if found.data is not None else found.name.encode()).hexdigest()
    try:
        document = _verified(found)
        if not _is_in(db, digest):
            invoice = _let_in(db, document, found.data or b"", digest, now=now)
            if invoice and is_news:
                tell_of_new(db, invoice, now)
    except (Unreadable, Refusal) as refused:
        keep_out(db, digest=digest, name=found.name, size=found.size, reason=str(refused), now=now)
        return Result(found.name, refusal=str(refused))
    let_out(db, digest)
    return _result(found.name, document)


def receive(db: Session, name: str, data: bytes, *, now: datetime) -> list[Result]:
    """Let in what somebody has sent, in one transaction: a document, or a zip of them. Each is in whole or kept out."""
    return [take_in(db, found, now=now) for found in documents_in(name, data)]


def _verified(found: Found) -> Document:
    if found.data is None:
        raise Unreadable(found.refusal)
    document = read(found.data)
    faults = faults_in(document)
    if faults:
        more = f"; and {len(faults) - _MOST_FAULTS} more" if len(faults) > _MOST_FAULTS else ""
        raise Refusal("; ".join(faults[:_MOST_FAULTS]) + more)
    if len(document.number) > LONGEST_NUMBER or not document.number.isprintable():
        raise Refusal(f"its number is longer than {LONGEST_NUMBER} signs, or has signs that nobody can type")
    return document


def _result(name: str, document: Document) -> Result:
    return Result(name, document.number, value_of(document.totals.payable), document.currency)


def _is_in(db: Session, digest: str) -> bool:
    return db.scalar(select(InvoiceFile.invoice_id).where(InvoiceFile.digest == digest)) is not None


def _let_in(db: Session, document: Document, data: bytes, digest: str, *, now: datetime) -> Invoice | None:
    """Add the invoice with everything on it, unless it came at the same moment once more; raises Refusal."""
    payer = _payer(db, document)
    # One at a time for each customer, so that of an invoice and its credit note the later one sees the earlier.
    db.execute(select(Customer.id).where(Customer.id == payer.customer_id).with_for_update(key_share=True))
    invoice = _invoice(document, payer, now=now)
    try:
        with db.begin_nested():
            db.add(invoice)
            db.flush()
            file = InvoiceFile(
                customer_id=payer.customer_id,
                invoice_id=invoice.id,
                digest=digest,
                size=len(data),
                compressed=zlib.compress(data, 9),
            )
            db.add_all([file, *contents_of(document, invoice, today=today_in_oslo(now))])
    except IntegrityError:
        if _is_in(db, digest):  # the same file came twice at the same moment, and the other one was first
            return None
        raise Refusal(f"there is another invoice {document.number} in the portal already") from None
    settle_credits(db, invoice, now=now)
    return invoice


def _invoice(document: Document, payer: Unit, *, now: datetime) -> Invoice:
    totals = document.totals
    sign = -1 if document.is_credit_note else 1
    payable = sign * value_of(totals.payable)
    assert document.issued_on  # verified
    kids = [payment.kid for payment in document.payments if payment.kid]
    return Invoice(
        customer_id=payer.customer_id,
        unit_id=payer.id,
        number=document.number,
        seller_id=_identity(document.seller),
        is_credit_note=document.is_credit_note,
        currency=document.currency,
        issued_on=document.issued_on,
        due_on=document.due_on,
        total=sign * value_of(totals.tax_inclusive),
        payable=payable,
        outstanding=payable,
        paid=sign * value_of(totals.prepaid),
        credited=Decimal(0),
        kid=kids[0][:60] if kids else None,
        buyer_reference=document.references.buyer[:200] or None,
        order_number=_order_number(document),
        received_at=now,
        **keys_of(document.number, document.due_on),
    )


def _order_number(document: Document) -> int | None:
    """The provider's order: its number is the seller's; the buyer's may be it, where it looks like one of ours."""
    for text, longest in ((document.references.sales_order, 9), (document.references.order, NUMBER_DIGITS)):
        if text.isascii() and text.isdigit() and min(NUMBER_DIGITS, longest) <= len(text) <= longest:
            return int(text)
    return None


def _payer(db: Session, document: Document) -> Unit:
    """The unit that pays: the nearest to the leaves among those whose number the buyer bears; raises Refusal."""
    numbers = _numbers_of(document.buyer)
    if not numbers:
        raise Refusal("its buyer has no Norwegian organisation number")
    units = db.scalars(select(Unit).where(Unit.organisation_number.in_(numbers))).all()
    if not units:
        raise Refusal(f"no unit has its buyer's organisation number {', '.join(numbers)}")
    if len({unit.customer_id for unit in units}) > 1:
        raise Refusal(f"units of several customers have its buyer's organisation number {', '.join(numbers)}")
    deepest = max(unit.path.count("/") for unit in units)
    nearest = [unit for unit in units if unit.path.count("/") == deepest]
    if len(nearest) > 1:
        raise Refusal(f"several units have its buyer's organisation number {', '.join(numbers)}")
    return nearest[0]


def _numbers_of(party: Party | None) -> list[str]:
    """The organisation numbers that a party bears, each once."""
    if party is None:
        return []
    # Without a scheme only the legal identifier is of a register: any other may be the seller's number of the customer.
    borne = [
        each.value
        for each in identifiers_of(party)
        if each.scheme == ENHETSREGISTERET or (each is party.legal_id and not each.scheme)
    ]
    numbers = [organisation_number.bare(text) for text in (*borne, party.vat_id)]
    return list(dict.fromkeys(number for number in numbers if organisation_number.is_valid(number)))


def _identity(party: Party | None) -> str:
    """Who a seller is, to tell sellers apart: the most official of its identifiers, or else its name."""
    assert party  # verified
    official = next((f"{each.scheme}:{each.value}" for each in identifiers_of(party)), None)
    return (official or party.vat_id or party.name)[:60]


def _one_line(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
