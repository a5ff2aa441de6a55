"""The right of a customer's own administrators, who say who may do what there."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody is one until somebody says so."""
    op.add_column("grants", sa.Column("administrator", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Account managers alone look after users again."""
    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.drop_column("administrator")
