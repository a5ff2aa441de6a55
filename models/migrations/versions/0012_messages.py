"""Messages on orders, and news that waits for an account manager's morning letter."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make room for messages and news, and for finding orders of every customer."""
    op.create_table(
        "order_messages",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("order_number", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(10), nullable=False),
        sa.Column("author", sa.String(200), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("idempotency_key", sa.String(64), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("unanswered", sa.Boolean(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_order_messages"),
        sa.UniqueConstraint("user_id", "idempotency_key", name="uq_order_messages_user_id_idempotency_key"),
        sa.CheckConstraint("side IN ('customer', 'provider')", name="ck_order_messages_side"),
        sa.ForeignKeyConstraint(
            ["customer_id", "order_number"],
            ["orders.customer_id", "orders.number"],
            name="fk_order_messages_customer_id_order_number",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_order_messages_user_id"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_order_messages_customer_id"),
    )
    op.create_index(
        "ix_order_messages_customer_id_order_number_id", "order_messages", ["customer_id", "order_number", "id"]
    )
    op.create_index("ix_order_messages_at", "order_messages", ["at"])
    op.create_index(
        "ix_order_messages_unanswered",
        "order_messages",
        ["id"],
        postgresql_where=sa.text("unanswered IS true"),
        sqlite_where=sa.text("unanswered IS 1"),
    )
    op.create_table(
        "waiting_news",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("account_manager_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("order_number", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(200), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_waiting_news"),
        sa.ForeignKeyConstraint(
            ["account_manager_id"], ["account_managers.id"], name="fk_waiting_news_account_manager_id"
        ),
        sa.ForeignKeyConstraint(
            ["customer_id", "order_number"],
            ["orders.customer_id", "orders.number"],
            name="fk_waiting_news_customer_id_order_number",
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_waiting_news_customer_id"),
    )
    op.create_index("ix_waiting_news_account_manager_id_id", "waiting_news", ["account_manager_id", "id"])
    with op.batch_alter_table("account_managers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("mail_wish", sa.String(10), server_default="each", nullable=False))


def downgrade() -> None:
    """Forget them; who wanted one letter in the morning gets one for each again."""
    with op.batch_alter_table("account_managers", schema=None) as batch_op:
        batch_op.drop_column("mail_wish")
    op.drop_table("waiting_news")
    op.drop_table("order_messages")
