"""The series of order numbers is there from the start, and knows whether the portal has given one out."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What is there was begun; where nothing is, the numbers of the CRM's orders count, if it has told of any."""
    op.add_column("numbers", sa.Column("begun", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.execute(
        "INSERT INTO numbers (series, last, begun)"
        " SELECT 'orders', (SELECT coalesce(max(number), 0) FROM orders), false"
        " WHERE NOT EXISTS (SELECT 1 FROM numbers WHERE series = 'orders')"
    )


def downgrade() -> None:
    """A series that nothing was taken of was not there before."""
    op.execute("DELETE FROM numbers WHERE NOT begun")
    op.drop_column("numbers", "begun")
