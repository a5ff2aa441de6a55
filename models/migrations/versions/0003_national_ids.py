"""The register of identity numbers, and what goes with it."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

LACKS_EMAIL = sa.text("deactivated_at IS NULL AND email IS NULL")


def upgrade() -> None:
    """The numbers; messages with a sealed part; sign-ups of people who are erased; what the worklist asks for."""
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
    op.create_index("ix_outbox_about_id", "outbox", ["about", "id"])
    op.create_index(
        "ix_employees_without_email",
        "employees",
        ["customer_id", "sort_key", "id"],
        postgresql_where=LACKS_EMAIL,
        sqlite_where=LACKS_EMAIL,
    )
    op.add_column("bookings", sa.Column("needs_national_id", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("bookings") as batch_op:
        batch_op.alter_column("needs_national_id", existing_type=sa.Boolean(), server_default=None)
    with op.batch_alter_table("sign_ups") as batch_op:
        batch_op.alter_column("employee_id", existing_type=sa.Integer(), nullable=True)


def downgrade() -> None:
    """Undo it; the numbers are gone, and sign-ups without a person with them."""
    sign_ups = sa.table("sign_ups", sa.column("employee_id"))
    op.execute(sign_ups.delete().where(sign_ups.c.employee_id.is_(None)))
    with op.batch_alter_table("sign_ups") as batch_op:
        batch_op.alter_column("employee_id", existing_type=sa.Integer(), nullable=False)
    op.drop_column("bookings", "needs_national_id")
    op.drop_index("ix_employees_without_email", table_name="employees")
    op.drop_index("ix_outbox_about_id", table_name="outbox")
    op.drop_column("outbox", "sealed")
    op.drop_table("national_ids")
