"""Who asked for an order that the provider's staff wrote, and who of them did."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0042"
branch_labels = None
depends_on = None

_INDEX = "ix_orders_written_by_id_idempotency_key"


def upgrade() -> None:
    """So far customers have sent their orders themselves. Without a batch: the table stays as it is."""
    op.add_column("orders", sa.Column("asked_by", sa.String(200), nullable=False, server_default=""))
    refers = "CONSTRAINT fk_orders_written_by_id REFERENCES users (id)"
    op.execute(f"ALTER TABLE orders ADD COLUMN written_by_id INTEGER {refers}")
    op.create_index(_INDEX, "orders", ["written_by_id", "idempotency_key"], unique=True)


def downgrade() -> None:
    """Who asked on the telephone, and who wrote, is lost."""
    op.drop_index(_INDEX, "orders")
    for name in ("written_by_id", "asked_by"):
        op.drop_column("orders", name)
