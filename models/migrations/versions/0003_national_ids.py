"""The register of identity numbers, and messages with a sealed part."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The register of identity numbers, and messages with a sealed part."""
    op.create_table(
        "national_ids",
        sa.Column("employee_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("blind_index", sa.String(length=64), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id", "employee_id"],
            ["employees.customer_id", "employees.id"],
            name=op.f("fk_national_ids_customer_id_employee_id"),
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_national_ids_customer_id")),
        sa.PrimaryKeyConstraint("employee_id", name=op.f("pk_national_ids")),
    )
    op.create_index(op.f("ix_national_ids_customer_id_blind_index"), "national_ids", ["customer_id", "blind_index"])
    op.add_column("outbox", sa.Column("sealed", sa.Text(), nullable=True))


def downgrade() -> None:
    """Undo it; the numbers are gone."""
    op.drop_column("outbox", "sealed")
    op.drop_table("national_ids")
