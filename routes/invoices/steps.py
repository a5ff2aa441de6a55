"""How far an invoice has come: sent, due or late, given to a debt collector, paid (FI5)."""

from datetime import date

from models.invoices.invoice import Invoice, Status
from models.orders.steps import Mark, Step

_SETTLED = (Status.PAID, Status.CREDITED)


def steps_of(invoice: Invoice, paid_on: date | None, today: date) -> list[Step]:
    """The steps of what is to be paid, with their days; none of a credit note."""
    if invoice.is_credit_note:
        return []
    standing = invoice.status(today)
    steps = [Step("Sendt", Mark.DONE, invoice.issued_on)]
    if standing in _SETTLED:
        return [*steps, Step("Betalt" if standing is Status.PAID else "Kreditert", Mark.DONE, paid_on)]
    if invoice.days_overdue(today):
        steps.append(Step("Forfalt", Mark.STOPPED, invoice.due_on))
    elif invoice.due_on:
        steps.append(Step("Forfaller", Mark.NOW, invoice.due_on))
    if invoice.in_collection_since:
        steps.append(Step("Til inkasso", Mark.STOPPED, invoice.in_collection_since))
    return [*steps, Step("Betalt", Mark.AHEAD, None)]
