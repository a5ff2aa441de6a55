"""How amounts are kept: exactly, and so that they add up on every database.

Which amounts there are, and in which currency, is said by the tables that use the types.
"""

import re
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Numeric, String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

KRONER = "NOK"
HUNDREDTH = Decimal("0.01")
LARGEST = Decimal(10) ** 12
"""An amount is smaller than this, so that the sum of tens of thousands of them still fits into SQLite's numbers."""

_WRITTEN = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,2})?")


class Amount(TypeDecorator[Decimal]):
    """An amount with at most two decimals, as EN 16931 has them in every currency.

    NUMERIC on PostgreSQL; whole hundredths on SQLite, which has no exact decimals of its own. Both compare, sort and
    add as numbers.
    """

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Whole numbers where there are no decimals."""
        return dialect.type_descriptor(BigInteger() if dialect.name == "sqlite" else Numeric(18, 2))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """Refuse what would be rounded, or is too large."""
        if value is None:
            return None
        if abs(value) >= LARGEST * 1000 or value != (kept := Decimal(value).quantize(HUNDREDTH)):
            raise ValueError("an amount has at most fifteen digits and two decimals")
        return int(kept.scaleb(2)) if dialect.name == "sqlite" else kept

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Decimal | None:
        """Always with two decimals."""
        if value is None:
            return None
        return Decimal(value).scaleb(-2) if dialect.name == "sqlite" else Decimal(value).quantize(HUNDREDTH)


class Exact(TypeDecorator[Decimal]):
    """A number with the very digits that it was written with: a price, a quantity, a rate. Never added or sorted."""

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text where there are no decimals."""
        return dialect.type_descriptor(String(60) if dialect.name == "sqlite" else Numeric())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """Written without an exponent."""
        return f"{value:f}" if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Decimal | None:
        """The number that was kept."""
        return None if value is None else Decimal(value)


def written(amount: Decimal) -> str:
    """`1 500,00` with no-break spaces and two decimals; a credit has a real minus sign, U+2212 (F9)."""
    rounded = round(amount, 2)
    digits = f"{abs(rounded):,.2f}".replace(",", "\N{NO-BREAK SPACE}").replace(".", ",")
    return f"\N{MINUS SIGN}{digits}" if rounded < 0 else digits


def read_amount(text: str) -> Decimal:
    """An amount as programs write it, such as `-1500.00`; raises ValueError."""
    if not _WRITTEN.fullmatch(text):
        raise ValueError("not an amount")
    return Decimal(text)
