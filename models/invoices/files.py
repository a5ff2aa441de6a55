"""Files that came with a message on an invoice. What all files share is in `models.conversations.files`.

What the invoice itself brought along, as its EHF file has it, is in `contents`.
"""

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped

from models.conversations.files import SIZE, Attached, Files
from models.core.base import Base
from models.invoices.invoice import Invoice


class InvoiceMessageFile(Attached, Base):
    """One file; until its form is sent, it belongs to no invoice yet."""

    __tablename__ = "invoice_message_files"
    __table_args__ = (
        ForeignKeyConstraint(
            ["customer_id", "invoice_id", "message_id"],
            ["invoice_messages.customer_id", "invoice_messages.invoice_id", "invoice_messages.id"],
        ),
        CheckConstraint(SIZE, name="size"),
        CheckConstraint("(message_id IS NULL) = (invoice_id IS NULL)", name="message"),
        Index(None, "customer_id", "invoice_id", "message_id"),
        Index(None, "user_id", "at"),
        Index(None, "at"),
    )

    invoice_id: Mapped[int | None]
    """None while its form is still being written."""


ON_INVOICES = Files(InvoiceMessageFile, InvoiceMessageFile.invoice_id, Invoice.id)
