"""Which check a booking is, where its title does not say so."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Until somebody says which, the title does."""
    op.add_column("bookings", sa.Column("check_name", sa.String(100)))


def downgrade() -> None:
    """The title says it again."""
    op.drop_column("bookings", "check_name")
