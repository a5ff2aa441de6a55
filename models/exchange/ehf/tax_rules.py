"""The rules about VAT: its categories, their breakdown, and the sum of each (BR-S, BR-E and similar).

With the standard's tolerance: the VAT of a rate may be off by less than one, because some senders round each line.
"""

from decimal import ROUND_HALF_UP, Decimal

from models.exchange.ehf.document import Category, Document, Subtotal
from models.exchange.ehf.sums import ZERO, Faults, differs, sum_of, value_of
from models.values.money import HUNDREDTH

ONE = Decimal(1)

_RATED = {"S", "L", "M"}
"""Categories that are told apart by their rates; the others come to nothing (BR-S, BR-IG, BR-IP)."""
_EXPLAINED = {"E", "AE", "K", "G", "O"}
"""Categories whose breakdown says why there is no VAT (BR-E-10 and similar)."""
_FAMILIES = {"S": "S", "Z": "Z", "E": "E", "AE": "AE", "K": "IC", "G": "G", "O": "O", "L": "AF", "M": "AG"}
"""The name of a category's family of rules."""


def taxes(document: Document) -> Faults:
    """How VAT is summed up (BR-CO-14, BR-CO-17, BR-CO-18, R053 to R055)."""
    broken_down = [total for total in document.tax_totals if total.subtotals]
    if not broken_down:
        yield "BR-CO-18: it has no breakdown of VAT"
        return
    if len(broken_down) > 1:
        yield "PEPPOL-EN16931-R053: it has more than one breakdown of VAT"
    subtotals = broken_down[0].subtotals
    tax = value_of(broken_down[0].tax)
    yield from differs("BR-CO-14", "the VAT", tax, sum_of(subtotal.tax for subtotal in subtotals))
    for subtotal in subtotals:
        yield from _subtotal(subtotal)
    if document.tax_currency:
        in_other = [total.tax for total in document.tax_totals if total.tax and total.tax.currency != document.currency]
        if document.tax_currency == document.currency:
            yield "PEPPOL-EN16931-R005: VAT is accounted for in the same currency, which then is not said"
        elif not any(amount.currency == document.tax_currency for amount in in_other):
            yield "BR-53: it has no VAT in the currency in which VAT is accounted for"
        elif any(amount.value * tax < 0 for amount in in_other):
            yield "PEPPOL-EN16931-R055: VAT has another sign in the currency in which it is accounted for"


def _subtotal(subtotal: Subtotal) -> Faults:
    category = subtotal.category
    if category is None:
        yield "BR-47: a breakdown of VAT has no category"
        return
    if subtotal.taxable is None:
        yield "BR-45: a breakdown of VAT has no taxable amount"
    if subtotal.tax is None:
        yield "BR-46: a breakdown of VAT has no amount of VAT"
    if category.rate is None and category.code != "O":
        yield "BR-48: a breakdown of VAT has no rate"
    tax, family = value_of(subtotal.tax), _FAMILIES.get(category.code, category.code)
    if category.code in _RATED:
        exact = abs(value_of(subtotal.taxable) * (category.rate or ZERO) / 100).quantize(HUNDREDTH, ROUND_HALF_UP)
        if not abs(abs(tax) - exact) < ONE:
            yield f"BR-CO-17: {category.rate} % of {value_of(subtotal.taxable)} is not {tax}"
    elif tax != ZERO:
        yield f"BR-{family}-09: there is VAT of {tax} in category {category.code}, which has none"
    explained = bool(subtotal.exemption or subtotal.exemption_code)
    if category.code in _EXPLAINED and not explained:
        yield f"BR-{family}-10: it does not say why there is no VAT in category {category.code}"
    if category.code in {"S", "Z"} and explained:
        yield f"BR-{family}-10: it says why there is no VAT in category {category.code}, which has VAT"


def categories(document: Document) -> Faults:
    """Each category of the lines, allowances and charges is in the breakdown, with what they come to (BR-S-08 …)."""
    parts = [
        *((line.category, value_of(line.net)) for line in document.lines),
        *((each.category, value_of(each.amount) * (1 if each.is_charge else -1)) for each in document.allowances),
    ]
    sums: dict[_Key, Decimal] = {}
    for category, amount in parts:
        if category:  # without one, the rules of lines and allowances say so
            yield from _rate(category)
            sums[_key(category)] = sums.get(_key(category), ZERO) + amount
    for key, amount in sums.items():
        yield from _broken_down(document, key, amount)
    codes = {code for code, _ in sums}
    if "O" in codes and codes != {"O"}:
        yield "BR-O-12: something that is outside the scope of VAT stands beside something that is not"
    if codes & {"S", "Z", "E"} and not _has_vat_number(document):
        yield "BR-S-02: its seller has no VAT or tax number"


def _broken_down(document: Document, key: "_Key", amount: Decimal) -> Faults:
    code, rate = key
    family = _FAMILIES.get(code, code)
    name = f"category {code}" + (f" {rate:f} %" if rate is not None else "")
    subtotals = [subtotal for total in document.tax_totals for subtotal in total.subtotals]
    found = [subtotal for subtotal in subtotals if subtotal.category and _key(subtotal.category) == key]
    taxable = sum_of(subtotal.taxable for subtotal in found)
    if not found:
        yield f"BR-{family}-01: {name} is not in the breakdown of VAT"
    elif code not in _RATED and len(found) > 1:
        yield f"BR-{family}-01: {name} is in the breakdown of VAT more than once"
    elif abs(taxable - amount) >= ONE if code in _RATED else taxable != amount:
        yield f"BR-{family}-08: the taxable amount of {name} is {taxable}, but its parts come to {amount}"


_Key = tuple[str, Decimal | None]
"""What is summed up together."""


def _key(category: Category) -> _Key:
    return category.code, category.rate.normalize() if category.code in _RATED and category.rate is not None else None


def _rate(category: Category) -> Faults:
    family = _FAMILIES.get(category.code, category.code)
    if category.code == "O":
        if category.rate is not None:
            yield "BR-O-05: something that is outside the scope of VAT has a rate"
    elif category.rate is None:
        yield f"BR-{family}-05: category {category.code} has no rate"
    elif category.code == "S" and category.rate <= 0:
        yield "BR-S-05: the standard rate is not above zero"
    elif category.code not in _RATED and category.rate != 0:
        yield f"BR-{family}-05: the rate of category {category.code} is not zero"


def _has_vat_number(document: Document) -> bool:
    seller = document.seller
    return bool(document.representative_vat or (seller and (seller.vat_id or seller.tax_ids)))
