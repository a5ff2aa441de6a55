"""The account statement (kontoutdrag) of a payer, or of all: what was invoiced and paid in a period, with the balance.

A credit note stands as the amount that it takes off; from which invoice, is in `models.invoices.settlements`.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import accumulate
from typing import Any

from sqlalchemy import Date, Integer, bindparam, func, select
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
    """A payer's movements in one currency, from the balance on the first morning to that on the last evening."""

    payer: Payer
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


@dataclass(frozen=True, slots=True)
class Total:
    """What several accounts in one currency come to."""

    currency: str
    opening: Decimal
    invoiced: Decimal
    paid: Decimal
    closing: Decimal


def totals_of(accounts: Sequence[Account]) -> list[Total]:
    """The sums of accounts, currency by currency as they first stand."""
    found: dict[str, list[Account]] = {}
    for account in accounts:
        found.setdefault(account.currency, []).append(account)
    return [
        Total(currency, *(sum((getattr(one, name) for one in several), Decimal(0)) for name in _SUMMED))
        for currency, several in found.items()
    ]


_SUMMED = ("opening", "invoiced", "paid", "closing")


class TooLong(Exception):
    """The period has more entries than one statement takes."""


_PAYERS = select(Unit.id, Unit.name).join(Invoice, Invoice.unit_id == Unit.id).distinct()


def payers(db: Session) -> list[Payer]:
    """The units of the scope that have been invoiced, by name."""
    return sorted(
        (Payer(*row) for row in select_rows(db, _PAYERS)), key=lambda payer: (norwegian(payer.name), payer.id)
    )


_is_payment = Settlement.credit_note_id.is_(None)
_FIRST, _LAST = bindparam("first", type_=Date), bindparam("last", type_=Date)
_AT_MOST = bindparam("at_most", type_=Integer)

_account_of = (Invoice.unit_id, Invoice.currency)
_BEFORE = (
    select(*_account_of, func.sum(Invoice.payable)).where(Invoice.issued_on < _FIRST).group_by(*_account_of),
    select(*_account_of, func.sum(-Settlement.amount))
    .join(Invoice, Invoice.id == Settlement.invoice_id)
    .where(_is_payment, Settlement.settled_on < _FIRST)
    .group_by(*_account_of),
)
"""What comes to the balance on the first morning: what was invoiced, and what was paid."""
_movement = (Invoice.number, Invoice.is_credit_note, Invoice.due_on)
_INVOICED = (
    select(*_account_of, *_movement, Invoice.issued_on, Invoice.payable)
    .where(Invoice.issued_on.between(_FIRST, _LAST))
    .limit(_AT_MOST)
)
_PAID = (
    select(*_account_of, *_movement, Settlement.settled_on, -Settlement.amount)
    .join(Invoice, Invoice.id == Settlement.invoice_id)
    .where(_is_payment, Settlement.settled_on.between(_FIRST, _LAST))
    .limit(_AT_MOST)
)
_of_payer = Invoice.unit_id == bindparam("unit_id", type_=Integer)
_OF_ALL = (*_BEFORE, _INVOICED, _PAID)
_OF_ONE = tuple(each.where(_of_payer) for each in _OF_ALL)


def statement_of(db: Session, of: Sequence[Payer], first: date, last: date) -> list[Account]:
    """The accounts of one payer, or of all those of the scope, in their order, per currency, kroner first.

    Four statements however many they are. Of several, those without a balance or a movement are left out. Raises
    TooLong.
    """
    given: dict[str, Any] = {"first": first, "last": last, "at_most": MOST_ENTRIES + 1}
    statements, given = (_OF_ONE, given | {"unit_id": of[0].id}) if len(of) == 1 else (_OF_ALL, given)
    invoiced_before, paid_before, invoiced, paid = (select_rows(db, each, given) for each in statements)

    opening: defaultdict[tuple[int, str], Decimal] = defaultdict(Decimal)
    for unit_id, currency, amount in (*invoiced_before, *paid_before):
        opening[unit_id, currency] += amount
    entries: defaultdict[tuple[int, str], list[Entry]] = defaultdict(list)
    for is_payment, found in ((False, invoiced), (True, paid)):
        for unit_id, currency, number, is_credit_note, due_on, on, amount in found:
            due = None if is_payment or is_credit_note else due_on
            entries[unit_id, currency].append(Entry(on, number, is_payment, is_credit_note, due, amount))
    if sum(map(len, entries.values())) > MOST_ENTRIES:
        raise TooLong
    used = {*entries, *(account for account, amount in opening.items() if amount)}
    if len(of) == 1:
        used.add((of[0].id, KRONER))
    places = {payer.id: place for place, payer in enumerate(of)}
    return [
        _account(of[places[unit_id]], currency, opening[unit_id, currency], entries[unit_id, currency])
        for unit_id, currency in sorted(
            (each for each in used if each[0] in places),
            key=lambda each: (places[each[0]], each[1] != KRONER, each[1]),
        )
    ]


def _account(payer: Payer, currency: str, opening: Decimal, entries: Iterable[Entry]) -> Account:
    in_order = sorted(entries, key=lambda entry: (entry.on, entry.is_payment, entry.number))
    balances = accumulate((entry.amount for entry in in_order), initial=opening)
    next(balances)
    movements = [replace(each, balance=balance) for each, balance in zip(in_order, balances, strict=True)]
    return Account(payer, currency, opening, movements)
