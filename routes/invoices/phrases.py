"""The codes of an EHF in Norwegian words: units, VAT, allowances, periods, addresses.

Which words stand where on an invoice is in `presentation`.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from models.invoices.contents import InvoiceAllowance, InvoiceLine, InvoiceTax
from routes.web.words import amount, exact, organisation_number
from routes.web.words import date as day

_CATEGORIES = {
    "S": "",
    "Z": "Nullsats",
    "E": "Unntatt fra merverdiavgift",
    "AE": "Omvendt avgiftsplikt",
    "K": "Handel innen EØS",
    "G": "Eksport",
    "O": "Utenfor merverdiavgiftsloven",
    "L": "Avgift på Kanariøyene",
    "M": "Avgift i Ceuta og Melilla",
    "B": "Avgift betales av kjøper",
}
"""The VAT categories of EN 16931 (UNCL5305); the standard rate is told by its rate."""
_UNITS = {
    "EA": "stk.",
    "C62": "stk.",
    "H87": "stk.",
    "XPP": "stk.",
    "NAR": "stk.",
    "PR": "par",
    "SET": "sett",
    "MIN": "min",
    "HUR": "timer",
    "DAY": "dager",
    "WEE": "uker",
    "MON": "mnd.",
    "ANN": "år",
    "MTR": "m",
    "KMT": "km",
    "MTK": "m²",
    "GRM": "g",
    "KGM": "kg",
    "LTR": "l",
    "KWH": "kWh",
    "LS": "rund sum",
    "IE": "personer",
}
"""The units of measure that people have a word for (UN/ECE recommendation 20); others stand as their code."""


def quantity(line: InvoiceLine) -> str:
    """`2,5 timer`."""
    return f"{exact(line.quantity)}\u00a0{_UNITS.get(line.unit_code, line.unit_code)}".strip()


def price(line: InvoiceLine) -> str:
    """The price of one, or of as many as it is for: `12,50 per 100`."""
    written = exact(line.price, 2)
    return written if line.base_quantity == 1 else f"{written} per {exact(line.base_quantity)}"


def rate(category: str, percent: Decimal | None) -> str:
    """`25 %`; where there is no rate, nothing."""
    return f"{exact(percent)}\u00a0%" if percent is not None else _CATEGORIES.get(category, category)


def tax_rate(tax: InvoiceTax) -> str:
    """`25 %`, or `0 % Unntatt fra merverdiavgift` in the seller's own words."""
    percent = f"{exact(tax.rate)}\u00a0%" if tax.rate is not None else ""
    return f"{percent} {tax.exemption or _CATEGORIES.get(tax.category, tax.category)}".strip()


def more_of(line: InvoiceLine, allowances: Iterable[InvoiceAllowance]) -> list[str]:
    """What stands below the name of a line."""
    said = [
        line.description if line.description != line.name else "",
        line.note,
        f"Varenummer {line.item_number}" if line.item_number else "",
        f"Ordrelinje {line.order_line}" if line.order_line else "",
        f"Kontering {line.accounting_cost}" if line.accounting_cost else "",
        period(line.period_from, line.period_to),
        *(f"{reason(each)} {amount(each.amount if each.is_charge else -each.amount)}" for each in allowances),
    ]
    return [text for text in said if text]


def reason(allowance: InvoiceAllowance) -> str:
    """Why something was taken off or added."""
    said = allowance.reason or ("Tillegg" if allowance.is_charge else "Rabatt")
    return f"{said} ({exact(allowance.percentage)}\u00a0%)" if allowance.percentage is not None else said


def period(first: date | None, last: date | None) -> str:
    """`01.10.2026–31.10.2026`, or the end that there is."""
    if first and last and first != last:
        return f"{day(first)}–{day(last)}"
    return day(first or last)


def name_of(party: dict[str, Any]) -> str:
    """What a party is called."""
    return str(party["name"] or party["trading_name"])


def lines_of(party: dict[str, Any]) -> list[str]:
    """The address of a party, and its number as the law wants it on an invoice: MVA, Foretaksregisteret."""
    address = party["address"] or {}
    named = [str(address.get(part) or "") for part in ("street", "additional", "line")]
    place = f"{address.get('zone') or ''} {address.get('city') or ''}".strip()
    country = str(address.get("country") or "")
    legal_id = (party["legal_id"] or {}).get("value") or ""
    is_taxed = str(party["vat_id"]).endswith("MVA")
    registered = ", ".join([f"{organisation_number(legal_id)}{' MVA' if is_taxed else ''}", *party["tax_ids"]])
    lines = [*named, place, "" if country == "NO" else country, f"Org.nr. {registered}" if legal_id else ""]
    return [line for line in lines if line]
