"""How far an invoice has come: sent, due, with a debt collector, paid; only what the portal has been told of.

What is written on the invoice is in `presentation`.
"""

from dataclasses import dataclass
from datetime import date

from models.invoices.invoice import Invoice, Status
from routes.web.words.labels import label


@dataclass(frozen=True, slots=True)
class Step:
    """A step with its day; `mark` is `done`, `now`, `stop`, or nothing for what is ahead."""

    name: str
    on: date | None = None
    more: str = ""
    mark: str = ""


def steps_of(invoice: Invoice, today: date, paid_on: date | None) -> list[Step]:
    """The steps of an invoice; a credit note, and what was credited, asks for nothing and has none."""
    standing = invoice.status(today)
    if invoice.is_credit_note or standing is Status.CREDITED:
        return []
    sent = Step("Sendt", invoice.issued_on, label(invoice.sent_as) if invoice.sent_as else "", "done")
    if standing is Status.PAID:
        return [sent, Step("Betalt", paid_on, mark="done")]
    late = invoice.days_overdue(today) > 0
    due = [Step("Forfalt" if late else "Forfaller", invoice.due_on, mark="stop" if late else "now")]
    since = invoice.in_collection_since
    collected = [Step("Til inkasso", since, mark="stop")] if since else []
    return [sent, *(due if invoice.due_on else []), *collected, Step("Betalt")]
