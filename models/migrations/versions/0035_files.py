"""Files on orders and their messages."""

import sqlalchemy as sa
from alembic import op

from models.core.servers.row_security import hold

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_INDEX, _OF = "ix_order_messages_customer_id_order_number_id", ["customer_id", "order_number", "id"]


def upgrade() -> None:
    """Nothing hangs on an order yet; each message can be referred to together with its order."""
    op.drop_index(_INDEX, "order_messages")
    op.create_index(_INDEX, "order_messages", _OF, unique=True)
    op.create_table(
        "order_files",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("order_number", sa.Integer()),
        sa.Column("message_id", sa.Integer()),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("idempotency_key", sa.String(64), nullable=False),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_order_files"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_order_files_user_id"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_order_files_customer_id"),
        sa.ForeignKeyConstraint(
            ["customer_id", "order_number"],
            ["orders.customer_id", "orders.number"],
            name="fk_order_files_customer_id_order_number",
        ),
        sa.ForeignKeyConstraint(
            ["customer_id", "order_number", "message_id"],
            ["order_messages.customer_id", "order_messages.order_number", "order_messages.id"],
            name="fk_order_files_customer_id_order_number_message_id",
        ),
        sa.CheckConstraint(f"size > 0 AND size <= {20 * 1024 * 1024}", name="ck_order_files_size"),
        sa.CheckConstraint("message_id IS NULL OR order_number IS NOT NULL", name="ck_order_files_message"),
    )
    op.create_index(
        "ix_order_files_customer_id_order_number_message_id",
        "order_files",
        ["customer_id", "order_number", "message_id"],
    )
    op.create_index("ix_order_files_user_id_at", "order_files", ["user_id", "at"])
    op.create_index("ix_order_files_at", "order_files", ["at"])
    if op.get_bind().dialect.name == "postgresql":
        for statement in hold("order_files"):
            op.execute(statement)


def downgrade() -> None:
    """The files are lost; the messages stay."""
    op.drop_table("order_files")
    op.drop_index(_INDEX, "order_messages")
    op.create_index(_INDEX, "order_messages", _OF)
