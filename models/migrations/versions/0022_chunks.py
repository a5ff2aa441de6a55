"""How far the applying of an imported list has come."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Lists that were applied before have come to their end: they are sealed no more."""
    for name in ("items", "done"):
        op.add_column("imports", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    op.add_column("imports", sa.Column("leavers", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))


def downgrade() -> None:
    for name in ("leavers", "done", "items"):
        op.drop_column("imports", name)
