"""Employee number, job title, and the groups that an employee's checks are for."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_HAS_NUMBER = sa.text("deactivated_at IS NULL AND employee_number IS NOT NULL")


def upgrade() -> None:
    """Of those who are active, a number is one's alone. Without a batch: the table and its search stay as they are."""
    op.add_column("employees", sa.Column("employee_number", sa.String(20)))
    op.add_column("employees", sa.Column("job_title", sa.String(100)))
    op.add_column("employees", sa.Column("groups", sa.Text(), nullable=False, server_default=""))
    op.create_index(
        "ix_employees_employee_number",
        "employees",
        ["customer_id", "employee_number"],
        unique=True,
        postgresql_where=_HAS_NUMBER,
        sqlite_where=_HAS_NUMBER,
    )


def downgrade() -> None:
    """What they were is lost; words that nobody has any more harm nobody."""
    op.drop_index("ix_employees_employee_number", table_name="employees")
    for name in ("groups", "job_title", "employee_number"):
        op.drop_column("employees", name)
