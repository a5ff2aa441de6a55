"""The provider's desk: who is staff, and when they saw the portal as a customer."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Name the staff, keep their drafts, and note what they look at."""
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.add_column(sa.Column("account_manager_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key("fk_users_account_manager_id", "account_managers", ["account_manager_id"], ["id"])
    with op.batch_alter_table("drafts", schema=None) as batch_op:
        batch_op.alter_column("customer_id", existing_type=sa.Integer(), nullable=True)
    op.create_index("ix_orders_ordered_on_number", "orders", ["ordered_on", "number"])
    op.create_index("ix_orders_status_ordered_on_number", "orders", ["status", "ordered_on", "number"])
    op.create_table(
        "viewings",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("as_user_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_viewings"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_viewings_user_id"),
        sa.ForeignKeyConstraint(["as_user_id"], ["users.id"], name="fk_viewings_as_user_id"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_viewings_customer_id"),
    )
    op.create_index("ix_viewings_session_id", "viewings", ["session_id"])


def downgrade() -> None:
    """Drafts of staff belong to no customer, and so go with the desk."""
    op.drop_table("viewings")
    op.drop_index("ix_orders_status_ordered_on_number", "orders")
    op.drop_index("ix_orders_ordered_on_number", "orders")
    op.execute("DELETE FROM drafts WHERE customer_id IS NULL")
    with op.batch_alter_table("drafts", schema=None) as batch_op:
        batch_op.alter_column("customer_id", existing_type=sa.Integer(), nullable=False)
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_constraint("fk_users_account_manager_id", type_="foreignkey")
        batch_op.drop_column("account_manager_id")
