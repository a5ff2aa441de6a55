"""Whether the mail server and the CRM take anything now, for all processes; the outbox as the desk lists it."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "endpoints",
        sa.Column("channel", sa.String(10), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("resting_since", MOMENT),
        sa.Column("probe_at", MOMENT),
        sa.Column("last_error", sa.String(80)),
        sa.PrimaryKeyConstraint("channel", name="pk_endpoints"),
    )
    op.create_index("ix_outbox_customer_id_id", "outbox", ["customer_id", "id"])
    waits = sa.text("delivered_at IS NULL AND dead_at IS NULL")
    op.create_index(
        "ix_outbox_channel_due_at_id", "outbox", ["channel", "due_at", "id"], postgresql_where=waits, sqlite_where=waits
    )
    op.drop_index("ix_outbox_due_at_id", table_name="outbox")
    undelivered = sa.text("delivered_at IS NULL")
    op.create_index("ix_outbox_undelivered", "outbox", ["id"], postgresql_where=undelivered, sqlite_where=undelivered)


def downgrade() -> None:
    waits = sa.text("delivered_at IS NULL AND dead_at IS NULL")
    op.create_index("ix_outbox_due_at_id", "outbox", ["due_at", "id"], postgresql_where=waits, sqlite_where=waits)
    op.drop_index("ix_outbox_channel_due_at_id", table_name="outbox")
    op.drop_index("ix_outbox_undelivered", table_name="outbox")
    op.drop_index("ix_outbox_customer_id_id", table_name="outbox")
    op.drop_table("endpoints")
