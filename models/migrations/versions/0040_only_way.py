"""Customers whose users come in through their issuer alone, and whether anybody has come in through it."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Passwords go on everywhere; who comes in through an issuer next shows that it works."""
    with op.batch_alter_table("issuers") as issuers:
        issuers.add_column(sa.Column("is_only_way", sa.Boolean(), nullable=False, server_default=sa.false()))
        issuers.add_column(sa.Column("proved_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    """Passwords open every customer again."""
    with op.batch_alter_table("issuers") as issuers:
        issuers.drop_column("proved_at")
        issuers.drop_column("is_only_way")
