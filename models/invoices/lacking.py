"""Which invoices lack the customer's own reference: their unit needs one, nothing stands on them, and they are unpaid.

What one has to look like is in `models.customers.references`; what the page of an invoice says, in `routes.invoices`.
"""

from sqlalchemy import Index, and_, select
from sqlalchemy.orm import aliased

from models.core.base import Value
from models.customers.units import Unit
from models.invoices.invoice import OWES, Invoice


class Lack(Value):
    """What an invoice lacks, as a URL names it."""

    REFERENCE = "no_reference"


_payer, _asking = aliased(Unit), aliased(Unit)
_ASKED = select(_payer.id).join(
    _asking,
    and_(
        _asking.customer_id == _payer.customer_id,
        _asking.reference_pattern.is_not(None),
        _payer.path.like(_asking.path.concat("%")),
    ),
)
"""The units that need one: their own rule says so, or that of a unit above."""
_UNREFERENCED = and_(OWES, Invoice.buyer_reference.is_(None))
Index(
    "ix_invoices_unreferenced",
    Invoice.customer_id,
    Invoice.unit_id,
    postgresql_where=_UNREFERENCED,
    sqlite_where=_UNREFERENCED,
)
LACKS_REFERENCE = and_(_UNREFERENCED, Invoice.unit_id.in_(_ASKED))
