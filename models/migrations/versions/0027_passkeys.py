"""Passkeys beside the codes of programs: what they are called, what they are found by, and when they last signed."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has one yet."""
    op.add_column("second_factors", sa.Column("name", sa.String(100)))
    op.add_column("second_factors", sa.Column("credential", sa.String(64)))
    op.add_column("second_factors", sa.Column("used_at", sa.DateTime(timezone=True)))
    op.create_index("ix_second_factors_credential", "second_factors", ["credential"], unique=True)


def downgrade() -> None:
    """Whoever has passkeys alone is asked for nothing any more: the release before knows none."""
    op.execute("DELETE FROM second_factors WHERE kind = 'passkey'")
    op.drop_index("ix_second_factors_credential", "second_factors")
    for name in ("used_at", "credential", "name"):
        op.drop_column("second_factors", name)
