"""What users of a customer wish to be told of by e-mail, and what waits to be told."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Whoever says nothing is told as each kind's own default is."""
    op.create_table(
        "alert_wishes",
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("wish", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "kind", name="pk_alert_wishes"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_alert_wishes_user_id"),
    )
    op.create_table(
        "waiting_alerts",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("about", sa.String(80), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("told", sa.String(200), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_waiting_alerts"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_waiting_alerts_user_id"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_waiting_alerts_customer_id"),
        sa.ForeignKeyConstraint(
            ["customer_id", "unit_id"], ["units.customer_id", "units.id"], name="fk_waiting_alerts_customer_id_unit_id"
        ),
    )
    op.create_index("ix_waiting_alerts_user_id_id", "waiting_alerts", ["user_id", "id"])
    op.add_column("bookings", sa.Column("deadline_told", MOMENT))
    op.create_index("ix_bookings_deadline", "bookings", ["deadline"])


def downgrade() -> None:
    """Nobody of a customer is told of bookings any more."""
    op.drop_index("ix_bookings_deadline", "bookings")
    op.drop_column("bookings", "deadline_told")
    op.drop_table("waiting_alerts")
    op.drop_table("alert_wishes")
