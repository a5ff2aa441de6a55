"""What an applied list has done to each employee, so that it can be undone."""

import sqlalchemy as sa
from alembic import op

from models.core.servers.row_security import hold

revision = "0038"
down_revision = "0033"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Lists that were applied before cannot be undone: nobody knows what was there.

    The release before goes on deleting lists and erasing employees, and knows nothing of this table: so it cascades.
    """
    op.add_column("imports", sa.Column("undone_at", _MOMENT))
    op.add_column("imports", sa.Column("undone_by", sa.String(310)))
    op.add_column("imports", sa.Column("undone", sa.JSON(), nullable=False, server_default=sa.text("'{}'")))
    op.create_table(
        "import_effects",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("fate", sa.String(20), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("left_at", _MOMENT),
        sa.Column("numbered", sa.Boolean(), nullable=False),
        sa.Column("sealed", sa.Text()),
        sa.Column("obstacle", sa.String(20)),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_import_effects"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_import_effects_customer_id"),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name="fk_import_effects_import_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["customer_id", "employee_id"],
            ["employees.customer_id", "employees.id"],
            name="fk_import_effects_customer_id_employee_id",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_import_effects_import_id_id", "import_effects", ["import_id", "id"])
    op.create_index("ix_import_effects_customer_id_employee_id", "import_effects", ["customer_id", "employee_id"])
    if op.get_bind().dialect.name == "postgresql":
        for statement in hold("import_effects"):
            op.execute(statement)


def downgrade() -> None:
    """What was applied stays so."""
    op.drop_table("import_effects")
    for name in ("undone", "undone_by", "undone_at"):
        op.drop_column("imports", name)
