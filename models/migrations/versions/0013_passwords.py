"""Links with which users choose a password, who has asked for one, and who was invited."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("users", sa.Column("invited_at", MOMENT))
    op.create_table(
        "password_links",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("link", sa.String(16), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("good_until", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_password_links"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_password_links_user_id"),
        sa.UniqueConstraint("link", name="uq_password_links_link"),
    )
    is_open = sa.text("ended_at IS NULL")
    op.create_index(
        "ix_password_links_open",
        "password_links",
        ["user_id"],
        unique=True,
        postgresql_where=is_open,
        sqlite_where=is_open,
    )
    op.create_table(
        "password_requests",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("typed", sa.String(254), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_password_requests"),
    )


def downgrade() -> None:
    op.drop_table("password_requests")
    op.drop_table("password_links")
    op.drop_column("users", "invited_at")
