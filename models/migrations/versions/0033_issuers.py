"""Issuers, at which the users of a customer sign in with what they have at work, and whom they have vouched for."""

import sqlalchemy as sa
from alembic import op

from models.core.servers.row_security import hold

revision = "0033"
down_revision = "0039"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Nobody has one yet: everybody goes on signing in with a password."""
    op.create_table(
        "issuers",
        sa.Column("customer_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(16), nullable=False),
        sa.Column("address", sa.String(300), nullable=False),
        sa.Column("client_id", sa.String(200), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("must_verify", sa.Boolean(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name="pk_issuers"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_issuers_customer_id"),
        sa.UniqueConstraint("key", name="uq_issuers_key"),
    )
    op.create_table(
        "issuer_domains",
        sa.Column("domain", sa.String(253), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("domain", name="pk_issuer_domains"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_issuer_domains_customer_id"),
        sa.ForeignKeyConstraint(["customer_id"], ["issuers.customer_id"], name="fk_issuer_domains_issuer"),
    )
    op.create_index("ix_issuer_domains_customer_id", "issuer_domains", ["customer_id"])
    op.create_table(
        "subjects",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("linked_at", MOMENT, nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_subjects"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_subjects_user_id"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_subjects_customer_id"),
        sa.ForeignKeyConstraint(["customer_id"], ["issuers.customer_id"], name="fk_subjects_issuer"),
    )
    op.create_index("ix_subjects_user_id", "subjects", ["user_id"])
    op.create_index("ix_subjects_customer_id_digest", "subjects", ["customer_id", "digest"], unique=True)
    op.create_index("ix_subjects_customer_id_user_id", "subjects", ["customer_id", "user_id"], unique=True)
    with op.batch_alter_table("user_sessions") as sessions:
        sessions.add_column(sa.Column("vouched_at_id", sa.Integer()))
        sessions.add_column(sa.Column("proven_at", MOMENT))
        sessions.create_foreign_key("fk_user_sessions_vouched_at_id", "customers", ["vouched_at_id"], ["id"])
    op.create_index("ix_user_sessions_vouched_at_id", "user_sessions", ["vouched_at_id"])
    if op.get_bind().dialect.name == "postgresql":
        for table in ("issuers", "issuer_domains", "subjects"):
            for statement in hold(table):
                op.execute(statement)


def downgrade() -> None:
    """Whoever came in without a password is out: the release before would let the session reach every customer."""
    op.execute("DELETE FROM user_sessions WHERE vouched_at_id IS NOT NULL")
    op.drop_index("ix_user_sessions_vouched_at_id", "user_sessions")
    with op.batch_alter_table("user_sessions") as sessions:
        sessions.drop_constraint("fk_user_sessions_vouched_at_id", type_="foreignkey")
        sessions.drop_column("proven_at")
        sessions.drop_column("vouched_at_id")
    op.drop_table("subjects")
    op.drop_table("issuer_domains")
    op.drop_table("issuers")
