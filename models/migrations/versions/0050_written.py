"""Which of the provider's answers on orders nobody has read, and which messages staff wrote in a customer's stead."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0047"
branch_labels = None
depends_on = None

_BOTH = ("order_messages", "invoice_messages")


def upgrade() -> None:
    """What was written so far counts as read, and as its author's. Without a batch: the tables stay as they are."""
    op.add_column("order_messages", sa.Column("unread", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index(
        "ix_order_messages_unread",
        "order_messages",
        ["customer_id", "order_number"],
        postgresql_where=sa.text("unread IS true"),
        sqlite_where=sa.text("unread IS 1"),
    )
    for name in _BOTH:
        op.add_column(name, sa.Column("written_by", sa.String(200), nullable=False, server_default=""))
        refers = f"CONSTRAINT fk_{name}_written_by_id REFERENCES users (id)"
        op.execute(f"ALTER TABLE {name} ADD COLUMN written_by_id INTEGER {refers}")
        op.create_index(_index(name), name, ["written_by_id", "idempotency_key"], unique=True)


def downgrade() -> None:
    """Which were unread is forgotten, and who wrote for whom."""
    for name in _BOTH:
        op.drop_index(_index(name), name)
        op.drop_column(name, "written_by_id")
        op.drop_column(name, "written_by")
    op.drop_index("ix_order_messages_unread", "order_messages")
    op.drop_column("order_messages", "unread")


def _index(name: str) -> str:
    return f"ix_{name}_written_by_id_idempotency_key"
