"""The CRM's own records, and which of its events arrived."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "crm_records",
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("key", sa.String(100), nullable=False),
        sa.Column("customer_id", sa.Integer()),
        sa.Column("record_id", sa.Integer()),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("kind", "key", name="pk_crm_records"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_crm_records_customer_id"),
    )
    op.create_index("ix_crm_records_kind_record_id", "crm_records", ["kind", "record_id"])
    op.create_table(
        "received_events",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("event_id", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(80), nullable=False),
        sa.Column("subject", sa.String(140), nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_received_events"),
        sa.UniqueConstraint("event_id", name="uq_received_events_event_id"),
    )
    op.create_index("ix_received_events_status_id", "received_events", ["status", "id"])


def downgrade() -> None:
    op.drop_table("received_events")
    op.drop_table("crm_records")
