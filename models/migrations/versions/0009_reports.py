"""Reports: the documents, the plan of the year, and the switch that shows them to a customer."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the documents, the plan of the year, and the switch, which is off."""
    with op.batch_alter_table("customers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("has_reports", sa.Boolean(), server_default=sa.false(), nullable=False))

    op.create_table(
        "reports",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("size > 0 AND size <= 20971520", name=op.f("ck_reports_size")),
        sa.ForeignKeyConstraint(
            ["customer_id", "unit_id"], ["units.customer_id", "units.id"], name=op.f("fk_reports_customer_id_unit_id")
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_reports_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("customer_id", "id", name=op.f("uq_reports_customer_id_id")),
    )
    with op.batch_alter_table("reports", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_reports_customer_id_unit_id_year"), ["customer_id", "unit_id", "year"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_reports_customer_id_year_id"), ["customer_id", "year", "id"], unique=False)

    op.create_table(
        "report_files",
        sa.Column("report_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("preview", sa.LargeBinary(), nullable=True),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id", "report_id"],
            ["reports.customer_id", "reports.id"],
            name=op.f("fk_report_files_customer_id_report_id"),
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_report_files_customer_id")),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_report_files")),
    )
    op.create_table(
        "plan_items",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("activity", sa.String(length=200), nullable=False),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.Column("product_group", sa.String(length=100), nullable=True),
        sa.Column("due_quarter", sa.Integer(), nullable=False),
        sa.Column("order_number", sa.Integer(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("due_quarter BETWEEN 1 AND 4", name=op.f("ck_plan_items_due_quarter")),
        sa.ForeignKeyConstraint(
            ["customer_id", "order_number"],
            ["orders.customer_id", "orders.number"],
            name=op.f("fk_plan_items_customer_id_order_number"),
        ),
        sa.ForeignKeyConstraint(
            ["customer_id", "unit_id"],
            ["units.customer_id", "units.id"],
            name=op.f("fk_plan_items_customer_id_unit_id"),
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_plan_items_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_items")),
    )
    with op.batch_alter_table("plan_items", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_plan_items_customer_id_order_number"), ["customer_id", "order_number"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_plan_items_customer_id_year_unit_id"), ["customer_id", "year", "unit_id"], unique=False
        )


def downgrade() -> None:
    """Undo it."""
    with op.batch_alter_table("plan_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_items_customer_id_year_unit_id"))
        batch_op.drop_index(batch_op.f("ix_plan_items_customer_id_order_number"))

    op.drop_table("plan_items")
    op.drop_table("report_files")
    with op.batch_alter_table("reports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reports_customer_id_year_id"))
        batch_op.drop_index(batch_op.f("ix_reports_customer_id_unit_id_year"))

    op.drop_table("reports")
    with op.batch_alter_table("customers", schema=None) as batch_op:
        batch_op.drop_column("has_reports")
