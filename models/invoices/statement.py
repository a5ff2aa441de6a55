"""The account statement (kontoutdrag) of one payer: what was invoiced and what was paid in a period, with the balance.

A credit note stands as the amount that it takes off; from which invoice, is in `models.invoices.settlements`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import accumulate
from typing import Any

from sqlalchemy import Date, Integer, Select, bindparam, func, select
from sqlalchemy.orm import Session

from models.core.walls import select_rows
from models.customers.units import Unit, norwegian
from models.invoices.invoice import Invoice
from models.invoices.settlements import Settlement
from models.values.money import KRONER

MOST_ENTRIES = 2000
"""A statement of more than this is asked for in shorter periods."""


@dataclass(frozen=True, slots=True)
class Payer:
    """A unit that has been invoiced."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One movement: positive makes the payer owe more, negative less; `balance` is what is owed after it."""

    on: date
    number: str
    """Of the invoice or credit note, also where it was paid."""
    is_payment: bool
    is_credit_note: bool
    due_on: date | None
    """Only of an invoice."""
    amount: Decimal
    balance: Decimal = Decimal(0)

    @property
    def text(self) -> str:
        """What it is."""
        if self.is_payment:
            return f"Betaling av {self.number}" if self.amount <= 0 else f"Tilbakebetaling av {self.number}"
        return f"{'Kreditnota' if self.is_credit_note else 'Faktura'} {self.number}"


@dataclass(frozen=True, slots=True)
class Account:
    """The movements in one currency, from the balance on the morning of the first day to that on the last evening."""

    currency: str
    opening: Decimal
    entries: list[Entry]

    @property
    def closing(self) -> Decimal:
        """What is owed in the end."""
        return self.entries[-1].balance if self.entries else self.opening

    @property
    def invoiced(self) -> Decimal:
        """What was invoiced in the period, less what was credited."""
        return sum((entry.amount for entry in self.entries if not entry.is_payment), Decimal(0))

    @property
    def paid(self) -> Decimal:
        """What was paid in the period."""
        return -sum((entry.amount for entry in self.entries if entry.is_payment), Decimal(0))


class TooLong(Exception):
    """The period has more entries than one statement takes."""


_PAYERS = select(Unit.id, Unit.name).join(Invoice, Invoice.unit_id == Unit.id).distinct()


def payers(db: Session) -> list[Payer]:
    """The units of the scope that have been invoiced, by name."""
    return sorted(
        (Payer(*row) for row in select_rows(db, _PAYERS)), key=lambda payer: (norwegian(payer.name), payer.id)
    )


_of_payer = Invoice.unit_id == bindparam("unit_id")
_is_payment = Settlement.credit_note_id.is_(None)
_FIRST, _LAST = bindparam("first", type_=Date), bindparam("last", type_=Date)
_AT_MOST = bindparam("at_most", type_=Integer)

_INVOICED_BEFORE = (
    select(Invoice.currency, func.sum(Invoice.payable))
    .where(_of_payer, Invoice.issued_on < _FIRST)
    .group_by(Invoice.currency)
)
_PAID_BEFORE = (
    select(Invoice.currency, func.sum(-Settlement.amount))
    .join(Invoice, Invoice.id == Settlement.invoice_id)
    .where(_of_payer, _is_payment, Settlement.settled_on < _FIRST)
    .group_by(Invoice.currency)
)
_INVOICED = (
    select(Invoice.currency, Invoice.issued_on, Invoice.number, Invoice.is_credit_note, Invoice.due_on, Invoice.payable)
    .where(_of_payer, Invoice.issued_on.between(_FIRST, _LAST))
    .limit(_AT_MOST)
)
_PAID = (
    select(
        Invoice.currency,
        Settlement.settled_on,
        Invoice.number,
        Invoice.is_credit_note,
        Invoice.due_on,
        -Settlement.amount,
    )
    .join(Invoice, Invoice.id == Settlement.invoice_id)
    .where(_of_payer, _is_payment, Settlement.settled_on.between(_FIRST, _LAST))
    .limit(_AT_MOST)
)


def statement_of(db: Session, unit_id: int, first: date, last: date) -> list[Account]:
    """A payer's account per currency, kroner first: four statements. Raises TooLong."""
    given = {"unit_id": unit_id, "first": first, "last": last, "at_most": MOST_ENTRIES + 1}

    def rows(statement: Select[*tuple[Any, ...]]) -> list[Any]:
        return select_rows(db, statement, given)

    opening: dict[str, Decimal] = {}
    for currency, amount in (*rows(_INVOICED_BEFORE), *rows(_PAID_BEFORE)):
        opening[currency] = opening.get(currency, Decimal(0)) + amount
    entries: dict[str, list[Entry]] = {}
    for is_payment, found in ((False, rows(_INVOICED)), (True, rows(_PAID))):
        for currency, on, number, is_credit_note, due_on, amount in found:
            due = None if is_payment or is_credit_note else due_on
            entry = Entry(on, number, is_payment, is_credit_note, due, amount)
            entries.setdefault(currency, []).append(entry)
    if sum(map(len, entries.values())) > MOST_ENTRIES:
        raise TooLong
    currencies = sorted({*entries, *(name for name, amount in opening.items() if amount), KRONER})
    return [
        _account(currency, opening.get(currency, Decimal(0)), entries.get(currency, []))
        for currency in sorted(currencies, key=lambda name: (name != KRONER, name))
    ]


def _account(currency: str, opening: Decimal, entries: Iterable[Entry]) -> Account:
    in_order = sorted(entries, key=lambda entry: (entry.on, entry.is_payment, entry.number))
    balances = accumulate((entry.amount for entry in in_order), initial=opening)
    next(balances)
    movements = [replace(each, balance=balance) for each, balance in zip(in_order, balances, strict=True)]
    return Account(currency, opening, movements)
