"""Adding up what stands in a document, and what to say where it does not add up.

Which sums there must be is in the rules.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from models.exchange.ehf.document import Allowance, Document, Line, Money

ZERO = Decimal(0)
SLACK = Decimal("0.02")
"""By how much what is worked out from a price or a percentage may differ (R040, R120)."""

Faults = Iterator[str]


def value_of(amount: Money | None) -> Decimal:
    """The amount, or zero where there is none."""
    return amount.value if amount else ZERO


def sum_of(amounts: Iterable[Money | None]) -> Decimal:
    """What they come to."""
    return sum((value_of(amount) for amount in amounts), ZERO)


def side_of(allowances: Iterable[Allowance], *, charges: bool) -> Decimal:
    """What either the charges or the allowances come to."""
    return sum_of(allowance.amount for allowance in allowances if allowance.is_charge == charges)


def differs(rule: str, name: str, stated: Decimal, exact: Decimal) -> Faults:
    """The fault, where a sum is not what its parts come to."""
    if stated != exact:
        yield f"{rule}: {name} is {stated}, but its parts come to {exact}"


def tax_of(document: Document) -> Decimal:
    """The VAT of a document in its own currency (BT-110); nothing where it has none."""
    own = [total for total in document.tax_totals if total.tax and total.tax.currency == document.currency]
    return value_of(own[0].tax) if own else ZERO


def backwards(of: Document | Line, rule: str) -> Faults:
    """The fault, where a period ends before it starts."""
    if of.period and of.period.start and of.period.end and of.period.end < of.period.start:
        yield f"{rule}: a period ends before it starts"
