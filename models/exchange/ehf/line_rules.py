"""The rules about lines and their prices, and about allowances and charges wherever they stand."""

from decimal import Decimal
from typing import Any

from models.exchange.ehf.document import Allowance, Document, Line, Price
from models.exchange.ehf.sums import SLACK, ZERO, Faults, backwards, side_of, value_of


def allowances(document: Document) -> Faults:
    """Those of the document (BR-31 to BR-38, R040 to R042)."""
    for allowance in document.allowances:
        kind, number, tax, reason = (
            ("charge", "BR-36", "BR-37", "BR-38") if allowance.is_charge else ("allowance", "BR-31", "BR-32", "BR-33")
        )
        if allowance.amount is None:
            yield f"{number}: a {kind} has no amount"
        if allowance.category is None:
            yield f"{tax}: a {kind} has no VAT category"
        if not (allowance.reason or allowance.reason_code):
            yield f"{reason}: a {kind} has no reason"
        yield from _percentage(allowance, f"a {kind}")


def _percentage(allowance: Allowance, name: str) -> Faults:
    if allowance.percentage is not None and allowance.base is None:
        yield f"PEPPOL-EN16931-R041: {name} has a percentage without a base"
    elif allowance.percentage is None and allowance.base is not None:
        yield f"PEPPOL-EN16931-R042: {name} has a base without a percentage"
    elif allowance.percentage is not None and allowance.base is not None:
        exact = allowance.base.value * allowance.percentage / 100
        if abs(value_of(allowance.amount) - exact) > SLACK:
            part = f"{allowance.percentage} % of {allowance.base.value}"
            yield f"PEPPOL-EN16931-R040: {name} of {value_of(allowance.amount)} is not {part}"


def lines(document: Document) -> Faults:
    """Each line, its price, its allowances and charges, and what they come to (BR-21 to BR-30, R120)."""
    for line in document.lines:
        name = f"line {line.id}"
        missing: dict[str, Any] = {
            "BR-21: a line has no identifier": line.id,
            f"BR-22: {name} has no quantity": line.quantity is not None,
            f"BR-23: {name} has no unit of measure": line.unit_code,
            f"BR-24: {name} has no net amount": line.net,
            f"BR-25: {name} has no name": line.name,
            f"BR-26: {name} has no price": line.price.amount,
            f"BR-CO-04: {name} has no VAT category": line.category,
        }
        yield from (fault for fault, there in missing.items() if not there)
        yield from backwards(line, "BR-30")
        yield from _price(line.price, line.unit_code, name)
        if line.price.amount and line.price.amount.currency != document.currency:
            yield f"PEPPOL-EN16931-R051: the price of {name} is not in the currency of the document"
        for allowance in line.allowances:
            kind, number, reason = (
                ("charge", "BR-43", "BR-44") if allowance.is_charge else ("allowance", "BR-41", "BR-42")
            )
            if allowance.amount is None:
                yield f"{number}: a {kind} of {name} has no amount"
            if not (allowance.reason or allowance.reason_code):
                yield f"{reason}: a {kind} of {name} has no reason"
            yield from _percentage(allowance, f"a {kind} of {name}")
        if line.quantity is not None and line.net and line.price.amount:
            exact = _gross(line) + side_of(line.allowances, charges=True) - side_of(line.allowances, charges=False)
            if abs(line.net.value - exact) > SLACK:
                yield f"PEPPOL-EN16931-R120: {name} is {line.net.value}, but its parts are {exact:f}"


def _gross(line: Line) -> Decimal:
    base = line.price.base_quantity or Decimal(1)
    return (line.quantity or ZERO) * value_of(line.price.amount) / base


def _price(price: Price, unit_code: str, name: str) -> Faults:
    if price.amount and price.amount.value < 0:
        yield f"BR-27: the price of {name} is negative"
    if price.gross and price.gross.value < 0:
        yield f"BR-28: the price before discount of {name} is negative"
    if price.base_quantity is not None and price.base_quantity <= 0:
        yield f"PEPPOL-EN16931-R121: the price of {name} is not for a quantity above zero"
    if price.base_unit and price.base_unit != unit_code:
        yield f"PEPPOL-EN16931-R130: the price of {name} is for another unit than is invoiced"
    if price.is_charge:
        yield f"PEPPOL-EN16931-R044: the price of {name} has a charge"
    elif price.gross and price.amount and price.amount.value != price.gross.value - value_of(price.discount):
        yield f"PEPPOL-EN16931-R046: the price of {name} is not the price before discount less the discount"
