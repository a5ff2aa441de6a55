"""Second factors, recovery codes, remembered browsers, and who must have a second factor."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "second_factors",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_second_factors"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_second_factors_user_id"),
    )
    op.create_index("ix_second_factors_user_id", "second_factors", ["user_id"])
    _only_one("ix_second_factors_app", "second_factors", "user_id", "kind = 'app'")
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(4), nullable=False),
        sa.Column("hashed", sa.String(200), nullable=False),
        sa.Column("used_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_recovery_codes"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_recovery_codes_user_id"),
    )
    op.create_index("ix_recovery_codes_user_id_name", "recovery_codes", ["user_id", "name"], unique=True)
    op.create_table(
        "remembered_devices",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("remembered_at", MOMENT, nullable=False),
        sa.Column("good_until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_remembered_devices"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_remembered_devices_user_id"),
    )
    op.create_index("ix_remembered_devices_user_id_digest", "remembered_devices", ["user_id", "digest"], unique=True)
    op.create_table(
        "required_factors",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name="pk_required_factors"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_required_factors_customer_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_required_factors_user_id"),
    )
    op.create_index(
        "ix_required_factors_customer_id_user_id", "required_factors", ["customer_id", "user_id"], unique=True
    )
    _only_one("ix_required_factors_all", "required_factors", "customer_id", "user_id IS NULL")


def _only_one(name: str, table: str, column: str, where: str) -> None:
    """At most one such row for each value of the column."""
    which = sa.text(where)
    op.create_index(name, table, [column], unique=True, postgresql_where=which, sqlite_where=which)


def downgrade() -> None:
    for table in ("required_factors", "remembered_devices", "recovery_codes", "second_factors"):
        op.drop_table(table)
