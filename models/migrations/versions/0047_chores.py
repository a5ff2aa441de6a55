"""What takes longer than a visit is asked for, and done afterwards."""

import sqlalchemy as sa
from alembic import op

from models.core.servers.row_security import hold

revision = "0047"
down_revision = "0045"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Nothing is asked for yet; an import that was stopped before goes on when its sender says so."""
    op.create_table(
        "chores",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("about", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer()),
        sa.Column("after", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", MOMENT),
        sa.Column("claim", sa.String(32)),
        sa.Column("claimed_until", MOMENT),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_chores"),
        sa.UniqueConstraint("customer_id", "kind", "about", name="uq_chores_customer_id_kind_about"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_chores_user_id"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_chores_customer_id"),
    )
    if op.get_bind().dialect.name == "postgresql":
        for statement in hold("chores"):
            op.execute(statement)


def downgrade() -> None:
    """What was asked for is forgotten; an import goes on when its sender says so."""
    op.drop_table("chores")
