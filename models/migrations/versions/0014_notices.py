"""Notices, what the provider says to customers on Info; and reports that are put up at the desk, once."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the table, and the key of the form that a report came with; no report ever gets another one's number."""
    with op.batch_alter_table("reports", schema=None, table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.add_column(sa.Column("publication", sa.String(64), nullable=True))
        batch_op.create_unique_constraint(
            batch_op.f("uq_reports_customer_id_publication"), ["customer_id", "publication"]
        )
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("publication", sa.String(64), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("link", sa.String(500), nullable=False),
        sa.Column("link_label", sa.String(100), nullable=False),
        sa.Column("is_important", sa.Boolean(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("published_by", sa.String(200), nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.ForeignKeyConstraint(
            ["customer_id", "unit_id"], ["units.customer_id", "units.id"], name=op.f("fk_notices_customer_id_unit_id")
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_notices_customer_id")),
        sa.UniqueConstraint("customer_id", "publication", name=op.f("uq_notices_customer_id_publication")),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_notices_days")),
    )
    op.create_index("ix_notices_customer_id_last_day", "notices", ["customer_id", "last_day"])
    op.create_index("ix_notices_publication", "notices", ["publication"])


def downgrade() -> None:
    """Nothing else refers to it."""
    op.drop_table("notices")
    with op.batch_alter_table("reports", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_reports_customer_id_publication"), type_="unique")
        batch_op.drop_column("publication")
