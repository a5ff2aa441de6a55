"""Whether a unit wants its own reference on each order, and what it looks like."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No unit does, until somebody says so."""
    op.add_column("units", sa.Column("reference_pattern", sa.String(40)))
    op.add_column("units", sa.Column("reference_example", sa.String(40), server_default="", nullable=False))


def downgrade() -> None:
    """What was asked for is forgotten; the orders keep their references."""
    op.drop_column("units", "reference_example")
    op.drop_column("units", "reference_pattern")
