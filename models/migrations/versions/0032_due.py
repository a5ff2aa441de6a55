"""Recurring checks of a customer's employees, and when each of them is due."""

import sqlalchemy as sa
from alembic import op

from models.core.servers.row_security import hold

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody is due until an account manager has said what is to be checked how often."""
    op.create_table(
        "checks",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("group_name", sa.String(40), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_checks"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_checks_customer_id"),
        sa.ForeignKeyConstraint(
            ["customer_id", "unit_id"], ["units.customer_id", "units.id"], name="fk_checks_customer_id_unit_id"
        ),
        sa.UniqueConstraint(
            *("customer_id", "unit_id", "group_name", "name"), name="uq_checks_customer_id_unit_id_group_name_name"
        ),
        sa.CheckConstraint("months BETWEEN 1 AND 120", name="ck_checks_months"),
    )
    op.create_table(
        "due_checks",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("last_on", sa.Date()),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("booked_on", sa.Date()),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_due_checks"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_due_checks_customer_id"),
        sa.ForeignKeyConstraint(
            ["customer_id", "unit_id"], ["units.customer_id", "units.id"], name="fk_due_checks_customer_id_unit_id"
        ),
        sa.ForeignKeyConstraint(
            ["customer_id", "employee_id"],
            ["employees.customer_id", "employees.id"],
            name="fk_due_checks_customer_id_employee_id",
        ),
        sa.UniqueConstraint("customer_id", "employee_id", "name", name="uq_due_checks_customer_id_employee_id_name"),
    )
    op.create_index("ix_due_checks_customer_id_due_on_id", "due_checks", ["customer_id", "due_on", "id"])
    if op.get_bind().dialect.name == "postgresql":
        for statement in (*hold("checks"), *hold("due_checks")):
            op.execute(statement)


def downgrade() -> None:
    """What was asked for is lost; who came when stays on the bookings."""
    op.drop_table("due_checks")
    op.drop_table("checks")
