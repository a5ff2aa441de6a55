"""Files that come with messages on invoices, in a table of their own, as those on orders have one."""

import sqlalchemy as sa
from alembic import op

from models.core.servers.row_security import hold

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

_INDEX, _OF = "ix_invoice_messages_customer_id_invoice_id_id", ["customer_id", "invoice_id", "id"]


def upgrade() -> None:
    """Nothing hangs on a message yet; each one can be referred to together with its invoice."""
    op.drop_index(_INDEX, "invoice_messages")
    op.create_index(_INDEX, "invoice_messages", _OF, unique=True)
    op.create_table(
        "invoice_message_files",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("invoice_id", sa.Integer()),
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
        sa.PrimaryKeyConstraint("id", name="pk_invoice_message_files"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_invoice_message_files_user_id"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_invoice_message_files_customer_id"),
        sa.ForeignKeyConstraint(
            ["customer_id", "invoice_id", "message_id"],
            ["invoice_messages.customer_id", "invoice_messages.invoice_id", "invoice_messages.id"],
            name="fk_invoice_message_files_customer_id_invoice_id_message_id",
        ),
        sa.CheckConstraint(f"size > 0 AND size <= {20 * 1024 * 1024}", name="ck_invoice_message_files_size"),
        sa.CheckConstraint("(message_id IS NULL) = (invoice_id IS NULL)", name="ck_invoice_message_files_message"),
    )
    op.create_index(
        "ix_invoice_message_files_customer_id_invoice_id_message_id",
        "invoice_message_files",
        ["customer_id", "invoice_id", "message_id"],
    )
    op.create_index("ix_invoice_message_files_user_id_at", "invoice_message_files", ["user_id", "at"])
    op.create_index("ix_invoice_message_files_at", "invoice_message_files", ["at"])
    if op.get_bind().dialect.name == "postgresql":
        for statement in hold("invoice_message_files"):
            op.execute(statement)


def downgrade() -> None:
    """The files are lost; the messages stay."""
    op.drop_table("invoice_message_files")
    op.drop_index(_INDEX, "invoice_messages")
    op.create_index(_INDEX, "invoice_messages", _OF)
