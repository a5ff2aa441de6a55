"""Invoices of all customers are found by their number at the desk."""

from alembic import op

revision = "0039"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """An index of the numbers alone; the others begin with the customer."""
    op.create_index("ix_invoices_number_compact", "invoices", ["number_compact"])


def downgrade() -> None:
    """Nobody looks across customers any more."""
    op.drop_index("ix_invoices_number_compact", "invoices")
