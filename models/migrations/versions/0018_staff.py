"""The provider's staff: their roles, who stands in for whom, and who changed what of them."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Whoever is staff already is an account manager; the first administrator is made by the command line."""
    op.add_column("account_managers", sa.Column("serves", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("users", sa.Column("role", sa.String(20), nullable=True))
    op.execute("UPDATE users SET role = 'account manager' WHERE account_manager_id IS NOT NULL")
    op.create_index("ix_users_role", "users", ["role"])
    op.create_table(
        "stand_ins",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("account_manager_id", sa.Integer(), nullable=False),
        sa.Column("stand_in_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_stand_ins"),
        sa.ForeignKeyConstraint(
            ["account_manager_id"], ["account_managers.id"], name="fk_stand_ins_account_manager_id"
        ),
        sa.ForeignKeyConstraint(["stand_in_id"], ["account_managers.id"], name="fk_stand_ins_stand_in_id"),
    )
    op.create_index("ix_stand_ins_account_manager_id", "stand_ins", ["account_manager_id"])
    op.create_index("ix_stand_ins_stand_in_id", "stand_ins", ["stand_in_id"])
    op.create_table(
        "staff_changes",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("account_manager_id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.String(310), nullable=False),
        sa.Column("action", sa.String(80), nullable=False),
        sa.Column("changed", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_staff_changes"),
        sa.ForeignKeyConstraint(
            ["account_manager_id"], ["account_managers.id"], name="fk_staff_changes_account_manager_id"
        ),
    )
    op.create_index("ix_staff_changes_account_manager_id_id", "staff_changes", ["account_manager_id", "id"])


def downgrade() -> None:
    """All of them are account managers again."""
    op.drop_table("staff_changes")
    op.drop_table("stand_ins")
    op.drop_index("ix_users_role", "users")
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_column("role")
    op.drop_column("account_managers", "serves")
