"""What an invoice says to people: its lines, its sums, and the facts of its PDF; the words are in `phrases`.

The page and the PDF are drawn from the same amounts with the same words. Nothing is asked of the database here.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from models.invoices.contents import Contents
from models.invoices.invoice import Invoice
from models.values import account_number, kid
from models.values.money import KRONER
from routes.invoices.phrases import lines_of, more_of, name_of, period, price, quantity, rate, reason, tax_rate
from routes.web.words import amount
from routes.web.words import date as day
from routes.web.words.labels import label as word


@dataclass(frozen=True, slots=True)
class Sum:
    """A line of the sums."""

    label: str
    amount: Decimal
    main: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line in words."""

    name: str
    more: list[str]
    """What stands below the name."""
    quantity: str
    price: str
    rate: str
    net: Decimal


@dataclass(frozen=True, slots=True)
class Tax:
    """What one rate of VAT comes to."""

    rate: str
    taxable: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True)
class Presentation:
    """An invoice with what is written on it."""

    invoice: Invoice
    contents: Contents

    @property
    def kind(self) -> str:
        """What it is."""
        return "Kreditnota" if self.invoice.is_credit_note else "Faktura"

    @property
    def title(self) -> str:
        """What it is called."""
        return self.invoice.title

    @property
    def lacks_reference(self) -> bool:
        """Whether the customer's own reference is missing (section 5, number 5)."""
        return not self.invoice.buyer_reference

    @property
    def order_reference(self) -> str:
        """The customer's number of the order; Peppol's `NA` says that there is none."""
        written = self.contents.details.order_reference
        return "" if written == "NA" else written

    @property
    def about(self) -> list[tuple[str, str]]:
        """The facts of the head, but for the due date and those that are links; without a value they are left out."""
        details = self.contents.details
        facts = [
            ("Fakturadato", day(self.invoice.issued_on)),
            ("Deres referanse", self.invoice.buyer_reference or ""),
            ("Deres ordrenummer", self.order_reference),
            ("Kontrakt", details.contract),
            ("Prosjekt", details.project),
            ("Kontering", details.accounting_cost),
            ("Levert", day(details.delivered_on)),
            ("Periode", period(details.period_from, details.period_to)),
            ("Avgiftsdato", day(details.tax_point)),
            ("Sendt som", word(self.invoice.sent_as) if self.invoice.sent_as else ""),
        ]
        return [(label, value) for label, value in facts if value]

    @property
    def _due(self) -> list[tuple[str, str]]:
        return [("Forfallsdato", day(self.invoice.due_on))] if self.invoice.due_on else []

    @property
    def account(self) -> str:
        """The account to pay to, as people read it."""
        return account_number.display(self.contents.details.account)

    @property
    def account_to_copy(self) -> str:
        """The same as a bank takes it."""
        return account_number.domestic(self.contents.details.account) or self.contents.details.account

    @property
    def account_is_right(self) -> bool | None:
        """Whether the control digit agrees; None for what is no Norwegian account."""
        if account_number.domestic(self.contents.details.account):
            return True
        compact = "".join(sign for sign in self.contents.details.account if sign.isalnum()).upper()
        return False if (compact.isdecimal() and len(compact) == 11) or compact.startswith("NO") else None

    @property
    def kid(self) -> str:
        """The KID in groups, or whatever the payment is to be marked with."""
        return kid.display(self.invoice.kid or "")

    @property
    def kid_label(self) -> str:
        """What it is called: a mark that is no number is not a KID."""
        return "KID" if self.kid_is_right is not None else "Merkes med"

    @property
    def kid_is_right(self) -> bool | None:
        """Whether the control sign agrees; None for a mark that is no KID."""
        text = self.invoice.kid or ""
        if not text or kid.is_valid(text):
            return bool(text) or None
        return False if text.rstrip("-").isdecimal() else None

    @property
    def lines(self) -> list[Line]:
        """The lines, in the order of the file."""
        return [
            Line(
                name=line.name,
                more=more_of(line, self.contents.of_line(line)),
                quantity=quantity(line),
                price=price(line),
                rate=rate(line.tax_category, line.tax_rate),
                net=line.net,
            )
            for line in self.contents.lines
        ]

    @property
    def taxes(self) -> list[Tax]:
        """The VAT summary."""
        return [Tax(tax_rate(each), each.taxable, each.tax) for each in self.contents.taxes]

    @property
    def seller(self) -> str:
        """Whose invoice it is."""
        return name_of(self.contents.details.seller)

    @property
    def to_pay(self) -> str:
        """What its last sum is called."""
        return "Til gode" if self.invoice.is_credit_note else "Å betale"

    @property
    def sums(self) -> list[Sum]:
        """From the lines to what is to be paid, as the file has it; what is nothing is left out."""
        details = self.contents.details
        between = [
            *(Sum(reason(each), each.amount if each.is_charge else -each.amount) for each in self.contents.of_document),
            Sum("Sum uten merverdiavgift", details.tax_exclusive),
            Sum("Merverdiavgift", details.tax_total),
            Sum("Sum med merverdiavgift", details.tax_inclusive),
            *([Sum("Forhåndsbetalt", -details.prepaid)] if details.prepaid else []),
            *([Sum("Avrunding", details.rounding)] if details.rounding else []),
        ]
        return [Sum("Sum av linjene", details.line_total), *between, Sum(self.to_pay, details.payable, main=True)]

    def facts(self) -> dict[str, Any]:
        """The texts of the PDF."""
        details = self.contents.details
        return {
            "title": self.title,
            "author": self.seller,
            "seller": {"name": self.seller, "lines": lines_of(details.seller)},
            "buyer": {"name": name_of(details.buyer), "lines": lines_of(details.buyer)},
            "about": [*self.about[:1], *self._due, *self.about[1:]],
            "pay_title": "Til gode" if self.invoice.is_credit_note else "Betaling",
            "pay": [
                (self.to_pay, self.money(details.payable)),
                ("Forfallsdato", day(self.invoice.due_on)),
                ("Kontonummer", self.account),
                (self.kid_label, self.kid),
            ],
            "notes": [text for text in (details.note, details.terms) if text],
            "line_heads": ["Beskrivelse", "Antall", "Pris", "Mva.", "Beløp"],
            "lines": [
                [{"name": line.name, "more": line.more}, line.quantity, line.price, line.rate, amount(line.net)]
                for line in self.lines
            ],
            "vat_heads": ["Sats", "Grunnlag", "Mva."],
            "vat": [[each.rate, amount(each.taxable), amount(each.tax)] for each in self.taxes],
            "sum_heads": ["Sum", self.invoice.currency],
            "sums": [[each.label, amount(each.amount), each.main] for each in self.sums],
            "attachments": [each.description or each.filename or each.reference for each in self.contents.attachments],
        }

    def money(self, value: Decimal) -> str:
        """`kr 1 500,00`, or with another currency's code."""
        return f"{'kr' if self.invoice.currency == KRONER else self.invoice.currency}\u00a0{amount(value)}"
