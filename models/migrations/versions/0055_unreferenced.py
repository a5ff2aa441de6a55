"""An index of the invoices that are to be paid and say no reference: few, however many were paid."""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Which of them lack one that their unit needs, is asked at each view of the list."""
    lacking = sa.text("outstanding > 0 AND buyer_reference IS NULL")
    op.create_index(
        "ix_invoices_unreferenced",
        "invoices",
        ["customer_id", "unit_id"],
        postgresql_where=lacking,
        sqlite_where=lacking,
    )


def downgrade() -> None:
    """Asking takes longer."""
    op.drop_index("ix_invoices_unreferenced", "invoices")
