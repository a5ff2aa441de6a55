"""How far an invoice has come: sent, due, with a debt collector, paid; only what the portal has been told of.

What is written on the invoice is in `presentation`.
"""

from datetime import date

from models.invoices.invoice import Invoice, Status
from models.orders.steps import Mark, Step
from routes.web.words.labels import label


def steps_of(invoice: Invoice, today: date, paid_on: date | None) -> list[Step]:
    """The steps of an invoice; a credit note, and what was credited, asks for nothing and has none."""
    standing = invoice.status(today)
    if invoice.is_credit_note or standing is Status.CREDITED:
        return []
    sent = Step("Sendt", Mark.DONE, invoice.issued_on, label(invoice.sent_as) if invoice.sent_as else "")
    if standing is Status.PAID:
        return [sent, Step("Betalt", Mark.DONE, paid_on)]
    late = invoice.days_overdue(today) > 0
    due = [Step("Forfalt" if late else "Forfaller", Mark.STOPPED if late else Mark.NOW, invoice.due_on)]
    since = invoice.in_collection_since
    collected = [Step("Til inkasso", Mark.STOPPED, since)] if since else []
    return [sent, *(due if invoice.due_on else []), *collected, Step("Betalt", Mark.AHEAD)]
