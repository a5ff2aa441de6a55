"""What is written about an invoice, and the news of it that wait for an account manager."""

import sqlalchemy as sa
from alembic import op

from models.core.servers.row_security import hold

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
ABOUT = "(order_number IS NULL) <> (invoice_id IS NULL)"


def upgrade() -> None:
    """Nobody has asked about an invoice yet."""
    op.create_table(
        "invoice_messages",
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("unread", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("side", sa.String(10), nullable=False),
        sa.Column("author", sa.String(200), nullable=False),
        sa.Column("user_id", sa.Integer()),
        sa.Column("idempotency_key", sa.String(64)),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("unanswered", sa.Boolean(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_invoice_messages"),
        sa.UniqueConstraint("user_id", "idempotency_key", name="uq_invoice_messages_user_id_idempotency_key"),
        sa.CheckConstraint("side IN ('customer', 'provider')", name="ck_invoice_messages_side"),
        sa.ForeignKeyConstraint(
            ["customer_id", "invoice_id"],
            ["invoices.customer_id", "invoices.id"],
            name="fk_invoice_messages_customer_id_invoice_id",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_invoice_messages_user_id"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_invoice_messages_customer_id"),
    )
    op.create_index(
        "ix_invoice_messages_customer_id_invoice_id_id", "invoice_messages", ["customer_id", "invoice_id", "id"]
    )
    op.create_index("ix_invoice_messages_at", "invoice_messages", ["at"])
    for name, column in (("unanswered", "id"), ("unread", "customer_id")):
        op.create_index(
            f"ix_invoice_messages_{name}",
            "invoice_messages",
            [column],
            postgresql_where=sa.text(f"{name} IS true"),
            sqlite_where=sa.text(f"{name} IS 1"),
        )
    with op.batch_alter_table("waiting_news") as batch_op:
        batch_op.alter_column("order_number", existing_type=sa.Integer(), nullable=True)
        batch_op.add_column(sa.Column("invoice_id", sa.Integer()))
        batch_op.create_foreign_key(
            batch_op.f("fk_waiting_news_customer_id_invoice_id"),
            "invoices",
            ["customer_id", "invoice_id"],
            ["customer_id", "id"],
        )
        batch_op.create_check_constraint(batch_op.f("ck_waiting_news_about"), ABOUT)
    if op.get_bind().dialect.name == "postgresql":
        for statement in hold("invoice_messages"):
            op.execute(statement)


def downgrade() -> None:
    """What was written about invoices is lost, and with it the news of it."""
    op.execute("DELETE FROM waiting_news WHERE invoice_id IS NOT NULL")
    with op.batch_alter_table("waiting_news") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_waiting_news_about"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_waiting_news_customer_id_invoice_id"), type_="foreignkey")
        batch_op.drop_column("invoice_id")
        batch_op.alter_column("order_number", existing_type=sa.Integer(), nullable=False)
    op.drop_table("invoice_messages")
