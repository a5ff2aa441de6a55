"""An index of what was settled by its day: what was paid of late, however much was paid before."""

from alembic import op

revision = "0058"
down_revision = "0055"
branch_labels = None
depends_on = None

_INDEX = "ix_settlements_customer_id_settled_on"


def upgrade() -> None:
    """It is asked at each view of the first page of finance."""
    op.create_index(_INDEX, "settlements", ["customer_id", "settled_on"])


def downgrade() -> None:
    """Asking takes longer."""
    op.drop_index(_INDEX, "settlements")
