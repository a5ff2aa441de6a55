"""Bookings that are published at the desk: once per form, and changed by one at a time."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

UNIQUE = "uq_bookings_customer_id_idempotency_key"


def upgrade() -> None:
    """What is there came without a key, and is the first version of itself."""
    op.add_column("bookings", sa.Column("idempotency_key", sa.String(64), nullable=True))
    op.add_column("bookings", sa.Column("fingerprint", sa.String(64), nullable=True))
    op.add_column("bookings", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("bookings", schema=None) as batch_op:
        batch_op.alter_column("version", existing_type=sa.Integer(), server_default=None)
        batch_op.create_unique_constraint(UNIQUE, ["customer_id", "idempotency_key"])


def downgrade() -> None:
    """Forget the forms; the bookings stay."""
    with op.batch_alter_table("bookings", schema=None) as batch_op:
        batch_op.drop_constraint(UNIQUE, type_="unique")
        batch_op.drop_column("version")
        batch_op.drop_column("fingerprint")
        batch_op.drop_column("idempotency_key")
