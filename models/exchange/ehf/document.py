"""An EHF document as data: every element group of Peppol BIS Billing 3.0 that a payer can use, as it stands there.

How it is read is in `reading`, whether it is right in `rules`.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number and the register that gave it: `0192` is Enhetsregisteret."""

    value: str
    scheme: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address."""

    street: str
    additional: str
    line: str
    zone: str
    city: str
    region: str
    country: str


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to ask."""

    name: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class Party:
    """Seller, buyer or payee."""

    name: str
    """The name in the register (BT-27, BT-44)."""
    trading_name: str
    endpoint: Identifier | None
    identifiers: tuple[Identifier, ...]
    legal_id: Identifier | None
    legal_form: str
    vat_id: str
    tax_ids: tuple[str, ...]
    """Other registrations, such as `Foretaksregisteret`."""
    address: Address | None
    contact: Contact | None


@dataclass(frozen=True, slots=True)
class Period:
    """From a day to a day; either can be missing."""

    start: date | None
    end: date | None


@dataclass(frozen=True, slots=True)
class Money:
    """An amount and the currency that stands on it."""

    value: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Category:
    """A VAT category with its rate: S 25, E, Z, AE, K, G, O and others."""

    code: str
    rate: Decimal | None


@dataclass(frozen=True, slots=True)
class Allowance:
    """An allowance, or a charge, of the document or of a line."""

    is_charge: bool
    amount: Money | None
    reason: str
    reason_code: str
    base: Money | None
    percentage: Decimal | None
    category: Category | None


@dataclass(frozen=True, slots=True)
class Price:
    """What one costs, or what so many cost together, after the discount."""

    amount: Money | None
    base_quantity: Decimal | None
    base_unit: str
    discount: Money | None
    gross: Money | None
    is_charge: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One line."""

    id: str
    note: str
    quantity: Decimal | None
    unit_code: str
    net: Money | None
    accounting_cost: str
    period: Period | None
    order_line: str
    name: str
    description: str
    item_number: str
    category: Category | None
    price: Price
    allowances: tuple[Allowance, ...]


@dataclass(frozen=True, slots=True)
class Subtotal:
    """What one category and rate of VAT comes to."""

    category: Category | None
    taxable: Money | None
    tax: Money | None
    exemption: str
    exemption_code: str


@dataclass(frozen=True, slots=True)
class TaxTotal:
    """VAT in one currency; only the one in the document's own currency has subtotals."""

    tax: Money | None
    subtotals: tuple[Subtotal, ...]


@dataclass(frozen=True, slots=True)
class Totals:
    """The foot of the document."""

    lines: Money | None
    allowances: Money | None
    charges: Money | None
    tax_exclusive: Money | None
    tax_inclusive: Money | None
    prepaid: Money | None
    rounding: Money | None
    payable: Money | None


@dataclass(frozen=True, slots=True)
class Payment:
    """How it is to be paid."""

    means_code: str
    kid: str
    account: str
    account_name: str
    bank: str
    mandate: str


@dataclass(frozen=True, slots=True)
class Preceding:
    """An invoice that this one credits or corrects."""

    number: str
    issued_on: date | None


@dataclass(frozen=True, slots=True)
class References:
    """What the document refers to, as each side calls it."""

    accounting_cost: str
    buyer: str
    order: str
    sales_order: str
    contract: str
    project: str
    preceding: tuple[Preceding, ...]


@dataclass(frozen=True, slots=True)
class Delivery:
    """When and where it was delivered, and to whom."""

    on: date | None
    name: str
    address: Address | None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A supporting document, inside the file or somewhere on the net."""

    reference: str
    description: str
    filename: str
    media_type: str
    url: str
    content: bytes | None


@dataclass(frozen=True, slots=True)
class Document:
    """An invoice or a credit note."""

    is_credit_note: bool
    specification: str
    process: str
    number: str
    issued_on: date | None
    due_on: date | None
    type_code: str
    note: str
    tax_point: date | None
    tax_point_code: str
    currency: str
    tax_currency: str
    references: References
    period: Period | None
    seller: Party | None
    buyer: Party | None
    payee: Party | None
    representative_vat: str
    delivery: Delivery
    payments: tuple[Payment, ...]
    terms: str
    attachments: tuple[Attachment, ...]
    allowances: tuple[Allowance, ...]
    tax_totals: tuple[TaxTotal, ...]
    totals: Totals
    lines: tuple[Line, ...]
