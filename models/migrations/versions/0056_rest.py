"""When it was settled what is done of a list of employees, and in which list the rows wait that were not brought in."""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both; of the lists that are there, neither is known."""
    op.add_column("imports", sa.Column("decided_at", sa.DateTime(timezone=True)))
    op.execute(
        "ALTER TABLE imports ADD COLUMN rest_id INTEGER "
        "CONSTRAINT fk_imports_rest_id REFERENCES imports (id) ON DELETE SET NULL"
    )


def downgrade() -> None:
    """Remove them."""
    with op.batch_alter_table("imports") as imports:
        if op.get_bind().dialect.name == "postgresql":
            imports.drop_constraint("fk_imports_rest_id", type_="foreignkey")
        imports.drop_column("rest_id")
        imports.drop_column("decided_at")
