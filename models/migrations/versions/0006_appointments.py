"""Appointments: personal links, reminders, invitations, and calendar feeds."""

import base64
import secrets

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

IS_OPEN = sa.text("ended_at IS NULL")

sign_ups = sa.table("sign_ups", sa.column("id"), sa.column("link"))


def upgrade() -> None:
    """Add what is new; each sign-up that there is gets a name for its link."""
    with op.batch_alter_table("sign_ups", schema=None) as batch_op:
        batch_op.add_column(sa.Column("link", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("reminded_slot_id", sa.Integer(), nullable=True))
    for (id,) in op.get_bind().execute(sa.select(sign_ups.c.id)).all():
        name = base64.b32encode(secrets.token_bytes(10)).decode().lower()
        op.execute(sign_ups.update().where(sign_ups.c.id == id).values(link=name))
    with op.batch_alter_table("sign_ups", schema=None) as batch_op:
        batch_op.alter_column("link", existing_type=sa.String(length=16), nullable=False)
        batch_op.create_unique_constraint(batch_op.f("uq_sign_ups_link"), ["link"])
    with op.batch_alter_table("slots", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_slots_starts_at"), ["starts_at"], unique=False)

    op.create_table(
        "calendar_feeds",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_calendar_feeds_customer_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_calendar_feeds_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("digest", name=op.f("uq_calendar_feeds_digest")),
    )
    with op.batch_alter_table("calendar_feeds", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_calendar_feeds_customer_id_user_id"), ["customer_id", "user_id"], unique=False
        )

    op.create_table(
        "invitations",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("link", sa.String(length=16), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("invited_by_id", sa.Integer(), nullable=True),
        sa.Column("after_sign_up_id", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id", "employee_id"],
            ["employees.customer_id", "employees.id"],
            name=op.f("fk_invitations_customer_id_employee_id"),
        ),
        sa.ForeignKeyConstraint(
            ["customer_id", "unit_id", "booking_id"],
            ["bookings.customer_id", "bookings.unit_id", "bookings.id"],
            name=op.f("fk_invitations_customer_id_unit_id_booking_id"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_invitations_customer_id")),
        sa.ForeignKeyConstraint(["invited_by_id"], ["users.id"], name=op.f("fk_invitations_invited_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("link", name=op.f("uq_invitations_link")),
    )
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_invitations_customer_id_employee_id"), ["customer_id", "employee_id"], unique=False
        )
        batch_op.create_index(
            "ix_invitations_open",
            ["customer_id", "booking_id", "employee_id"],
            unique=True,
            postgresql_where=IS_OPEN,
            sqlite_where=IS_OPEN,
        )


def downgrade() -> None:
    """Undo it: links that were sent open nothing any more."""
    op.drop_table("invitations")
    op.drop_table("calendar_feeds")
    with op.batch_alter_table("slots", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_slots_starts_at"))
    with op.batch_alter_table("sign_ups", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_sign_ups_link"), type_="unique")
        batch_op.drop_column("reminded_slot_id")
        batch_op.drop_column("link")
