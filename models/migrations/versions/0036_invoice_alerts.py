"""When an invoice was told of as overdue, so that it is told of once."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing was told of yet; what has been overdue for long is not told of by the postman either."""
    op.add_column("invoices", sa.Column("overdue_told_on", sa.Date()))
    untold = sa.text("outstanding > 0 AND overdue_told_on IS NULL")
    op.create_index("ix_invoices_untold", "invoices", ["due_on", "id"], postgresql_where=untold, sqlite_where=untold)


def downgrade() -> None:
    """Nobody of a customer is told of invoices any more."""
    op.drop_index("ix_invoices_untold", "invoices")
    op.drop_column("invoices", "overdue_told_on")
