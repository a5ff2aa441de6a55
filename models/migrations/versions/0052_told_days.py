"""Days that customers tell: when an employee last came to a check that was none of our bookings."""

import sqlalchemy as sa
from alembic import op

from models.core.servers.row_security import hold

revision = "0052"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing is known of such days until a list with them is brought in."""
    op.create_table(
        "told_days",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_told_days"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_told_days_customer_id"),
        sa.ForeignKeyConstraint(
            ["customer_id", "employee_id"],
            ["employees.customer_id", "employees.id"],
            name="fk_told_days_customer_id_employee_id",
        ),
        sa.UniqueConstraint("customer_id", "employee_id", "name", name="uq_told_days_customer_id_employee_id_name"),
    )
    if op.get_bind().dialect.name == "postgresql":
        for statement in hold("told_days"):
            op.execute(statement)


def downgrade() -> None:
    """What customers have told is lost; who came when stays on the bookings."""
    op.drop_table("told_days")
