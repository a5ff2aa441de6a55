"""Papers: what a document of the demo says, in a few facts, with every sum worked out.

How one is written as EHF is in `models.demo.ehf`; which ones the demo has, in `models.demo.invoices`.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from models.values.money import HUNDREDTH

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Side:
    """A seller or a buyer."""

    name: str
    organisation_number: str
    street: str = "Storgata 1"
    zone: str = "5003"
    city: str = "Bergen"
    country: str = "NO"


PROVIDER = Side("Bedriftshelsetjenesten AS", "310000019", "Kanalveien 11", "5068", "Bergen")


@dataclass(frozen=True, slots=True)
class Item:
    """A line: so many at a price, in a VAT category; `reductions` are charges where they are negative."""

    name: str
    price: Decimal
    quantity: Decimal = Decimal(1)
    category: str = "S"
    rate: Decimal | None = Decimal(25)
    unit: str = "EA"
    base_quantity: Decimal | None = None
    reductions: tuple[tuple[str, Decimal], ...] = ()
    description: str = ""

    @property
    def net(self) -> Decimal:
        """What the line comes to without VAT."""
        gross = self.price * self.quantity / (self.base_quantity or 1)
        return cents(gross) - sum((amount for _, amount in self.reductions), ZERO)


@dataclass(frozen=True, slots=True)
class Reduction:
    """An allowance on the whole document; a charge where the amount is negative."""

    reason: str
    amount: Decimal
    category: str = "S"
    rate: Decimal | None = Decimal(25)


@dataclass(frozen=True, slots=True)
class Paper:
    """A document to be written."""

    number: str
    buyer: Side
    issued_on: date
    items: tuple[Item, ...]
    seller: Side = PROVIDER
    due_on: date | None = None
    currency: str = "NOK"
    is_credit_note: bool = False
    credits: tuple[str, ...] = ()
    reference: str = ""
    order: str = ""
    sales_order: str = ""
    kid: str = ""
    account: str = "99991000018"
    note: str = ""
    terms: str = ""
    reductions: tuple[Reduction, ...] = ()
    prepaid: Decimal | None = None
    rounding: Decimal | None = None
    tax_currency: str = ""
    tax_in_tax_currency: Decimal = ZERO
    period: tuple[date, date] | None = None
    delivered_on: date | None = None
    attachments: tuple[tuple[str, str, bytes], ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    overrides: dict[str, str] = field(default_factory=dict)
    """What stands at the foot instead of what it comes to: a broken document."""

    @property
    def bases(self) -> dict[tuple[str, Decimal | None], Decimal]:
        """What each VAT category and rate is worked out from."""
        found: dict[tuple[str, Decimal | None], Decimal] = {}
        for item in self.items:
            found[item.category, item.rate] = found.get((item.category, item.rate), ZERO) + item.net
        for each in self.reductions:
            found[each.category, each.rate] = found.get((each.category, each.rate), ZERO) - each.amount
        return found

    @property
    def tax(self) -> Decimal:
        """The VAT."""
        return sum((tax_on(base, rate) for (_, rate), base in self.bases.items()), ZERO)

    @property
    def lines(self) -> Decimal:
        """What the lines come to."""
        return sum((item.net for item in self.items), ZERO)

    @property
    def total(self) -> Decimal:
        """The whole with VAT."""
        return self.lines - sum((each.amount for each in self.reductions), ZERO) + self.tax

    @property
    def payable(self) -> Decimal:
        """What is due for payment."""
        return self.total - (self.prepaid or ZERO) + (self.rounding or ZERO)


def due(issued_on: date, days: int = 20) -> date:
    """The guide's terms are twenty days (product 6.7)."""
    return issued_on + timedelta(days=days)


def tax_on(base: Decimal, rate: Decimal | None) -> Decimal:
    """The VAT on an amount, at a rate in per cent."""
    return cents(base * (rate or ZERO) / 100)


def cents(amount: Decimal) -> Decimal:
    """Rounded as money is."""
    return amount.quantize(HUNDREDTH, ROUND_HALF_UP)
