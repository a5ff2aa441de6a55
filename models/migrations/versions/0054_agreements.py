"""What a customer and the provider have agreed on, until when, and whom at the customer to ask about it."""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

_TEXTS = {"agreement": 100, "contact_name": 200, "contact_email": 254, "contact_phone": 40}


def upgrade() -> None:
    """Of nobody anything is known yet."""
    for name, length in _TEXTS.items():
        op.add_column("customers", sa.Column(name, sa.String(length), server_default="", nullable=False))
    op.add_column("customers", sa.Column("agreement_until", sa.Date()))


def downgrade() -> None:
    """It is forgotten."""
    for name in (*_TEXTS, "agreement_until"):
        op.drop_column("customers", name)
