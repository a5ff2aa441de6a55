"""Questions about an invoice (FI4): what the customer and its account manager write to each other about it.

What all messages share is in `models.conversations.message`; the letter's words are the templates `invoice_message`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKeyConstraint,
    Index,
    Integer,
    UniqueConstraint,
    bindparam,
    select,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session

from models.alerts.kinds import Kind
from models.alerts.waiting import at_once
from models.conversations import message as conversations
from models.conversations.files import NOTHING, Chosen, FileRow
from models.conversations.message import (
    AlreadySent,
    MessageRow,
    Side,
    Written,
    add,
    answer,
    asked_for,
    facts_of,
    have_read,
    listing,
    sent_by,
    signed,
    unread_answers,
    who_may_see,
)
from models.conversations.news import News, tell_of, who_is_told
from models.core.audit import Change, record
from models.core.base import Base
from models.core.scope import Right
from models.core.walls import select_rows
from models.invoices.files import ON_INVOICES
from models.invoices.invoice import Invoice
from models.outbox.message import Outgoing, post
from models.users.of_customer import Asker
from models.users.sessions import SignedIn
from models.users.user import User

INVOICE_MESSAGE = "invoice_message"
"""The kind of news, and of the letter that tells one alone."""


class InvoiceMessage(Written, Base):
    """One message on an invoice."""

    __tablename__ = "invoice_messages"
    __table_args__ = (
        ForeignKeyConstraint(["customer_id", "invoice_id"], ["invoices.customer_id", "invoices.id"]),
        UniqueConstraint("user_id", "idempotency_key"),
        Index(None, "written_by_id", "idempotency_key", unique=True),
        CheckConstraint("side IN ('customer', 'provider')", name="side"),
        Index(None, "customer_id", "invoice_id", "id", unique=True),  # what files refer to
        Index(None, "at"),
    )

    invoice_id: Mapped[int]

    @property
    def beside(self) -> ColumnElement[bool]:
        """Those on the same invoice."""
        return InvoiceMessage.invoice_id == self.invoice_id


# Small, however long the history of what was answered and read is.
_unanswered, _unread = InvoiceMessage.unanswered.is_(True), InvoiceMessage.unread.is_(True)
Index("ix_invoice_messages_unanswered", InvoiceMessage.id, postgresql_where=_unanswered, sqlite_where=_unanswered)
Index("ix_invoice_messages_unread", InvoiceMessage.customer_id, postgresql_where=_unread, sqlite_where=_unread)


def ask_or_answer(
    db: Session,
    invoice: Invoice,
    text: str,
    *,
    by: SignedIn,
    key: str,
    fallback: str | None,
    now: datetime,
    chosen: Chosen = NOTHING,
    asker: Asker | None = None,
) -> None:
    """Add a message of a user to an invoice, with its files, and tell the other side.

    It is the provider's where the user is staff, unless an `asker` of the customer's had it written. The same form (the
    same `key`, text and files) sent again is the same message. Whoever is told where the customer has no account
    manager is `fallback`, or every administrator. Raises AlreadySent where the key was used for other content.
    """
    form: dict[str, Any] = {"text": text, "chosen": chosen, "asker": asker}
    if _is_sent(db, invoice, by.user_id, key, **form):
        return
    written = signed(text, by=by, key=key, now=now, asker=asker)
    message = InvoiceMessage(customer_id=invoice.customer_id, invoice_id=invoice.id, **written)
    try:
        with db.begin_nested():
            add(db, message)
    except IntegrityError:  # the same form came twice at the same moment, and the other one was first
        if _is_sent(db, invoice, by.user_id, key, **form):
            return
        raise
    record(db, Change.of(invoice, "message", by=by, at=now, changed={"asked_by": asker.name} if asker else {}))
    files = ON_INVOICES.attach(db, invoice, invoice.id, chosen, message_id=message.id, by=by, key=key, now=now)
    _tell_others(db, invoice, message, files, by=by, fallback=fallback, now=now)


def _is_sent(
    db: Session, invoice: Invoice, user_id: int, key: str, *, text: str, chosen: Chosen, asker: Asker | None
) -> bool:
    sent = db.scalar(select(InvoiceMessage).where(sent_by(InvoiceMessage, user_id, key)))
    if sent is None:
        return False
    files = ON_INVOICES.digests(db, sent.invoice_id, sent.id)
    what = (invoice.id, text, chosen.digests, asker.name if asker else "")
    if (sent.invoice_id, sent.text, files, asked_for(sent)) != what:
        raise AlreadySent("the form was sent before with another text, or other files")
    return True


def _tell_others(
    db: Session,
    invoice: Invoice,
    message: InvoiceMessage,
    files: Sequence[FileRow],
    *,
    by: SignedIn,
    fallback: str | None,
    now: datetime,
) -> None:
    facts = _facts(db, invoice, message, files) | {"author_email": by.email}
    if message.side == Side.CUSTOMER:
        told = who_is_told(db, invoice.unit_id, fallback=fallback, now=now)
        told = told.besides(by) if message.written_by_id else told
        news = News(INVOICE_MESSAGE, invoice, {"invoice_id": invoice.id}, author=message.author)
        tell_of(db, told, news, facts=facts, now=now)
        if not message.written_by_id:
            return
    wrote = select(InvoiceMessage.user_id).where(message.beside, InvoiceMessage.user_id.is_not(None))
    asked = User.id == message.user_id if message.written_by_id else User.id.in_(wrote)
    users = who_may_see(db, invoice.unit_id, Right.INVOICES, asked)
    for user in at_once(db, Kind.INVOICE_ANSWER, invoice, invoice.unit_id, users, title=invoice.title, now=now):
        letter = facts | {"to_name": user.full_name, "stands_in_for": "", "side": Side.PROVIDER.value}
        post(db, Outgoing.letter(invoice, INVOICE_MESSAGE, letter, now, to=user.email))


def _facts(db: Session, invoice: Invoice, message: InvoiceMessage, files: Sequence[FileRow]) -> dict[str, Any]:
    """What letters say of a message."""
    return {
        "id": invoice.id,
        "number": invoice.number,
        "title": invoice.title,
        **facts_of(db, message, invoice.unit_id, [file.file_name for file in files]),
    }


def needs_no_answer(db: Session, invoice: Invoice, *, by: SignedIn, now: datetime) -> None:
    """What the customer wrote last, such as thanks, asks for no answer: it is off the desk's overview."""
    if answer(db, InvoiceMessage, InvoiceMessage.invoice_id == invoice.id):
        record(db, Change.of(invoice, "no answer", by=by, at=now))


_MESSAGES = listing(InvoiceMessage, InvoiceMessage.invoice_id == bindparam("invoice_id", type_=Integer))


def messages_on(db: Session, invoice: Invoice) -> list[MessageRow]:
    """The messages on an invoice, oldest first."""
    return [MessageRow(*row) for row in select_rows(db, _MESSAGES, {"invoice_id": invoice.id})]


@dataclass(frozen=True, slots=True)
class Answered:
    """An invoice on which the provider has written what nobody of the customer has read yet."""

    number: str
    id: int
    is_credit_note: bool
    author: str
    at: datetime


_UNREAD = unread_answers(
    InvoiceMessage,
    Invoice,
    Invoice.id == InvoiceMessage.invoice_id,
    *(Invoice.number, Invoice.id, Invoice.is_credit_note),
)


def answered_invoices(db: Session, at_most: int) -> list[Answered]:
    """The invoices of the scope with an answer that nobody has read, the oldest answer first (H3)."""
    return [Answered(*row) for row in select_rows(db, _UNREAD, {"at_most": at_most})]


def read_about(db: Session, invoice_id: int) -> None:
    """Note that a user of the customer has seen what stands on an invoice."""
    have_read(db, InvoiceMessage, InvoiceMessage.invoice_id == invoice_id)


def forget_old(db: Session, now: datetime, *, at_most: int) -> int:
    """Delete some of the messages that are past their time; returns how many."""
    return len(conversations.forget_old(db, InvoiceMessage, InvoiceMessage.invoice_id, now, at_most=at_most))
