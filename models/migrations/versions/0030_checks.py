"""The product group of the health checks is known by a mark, so that it may be called what the provider likes."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

NAME = "Arbeidshelse / helsekontroll"
"""Until now nobody could give it another."""


def upgrade() -> None:
    """Only adds: the release before goes by the name, which it does not let anybody change."""
    op.add_column("catalogue", sa.Column("is_checks", sa.Boolean(), server_default=sa.false(), nullable=False))
    catalogue = sa.table("catalogue", *map(sa.column, ("kind", "name", "is_checks")))
    is_it = (catalogue.c.kind == "product_group") & (catalogue.c.name == NAME)
    op.execute(catalogue.update().where(is_it).values(is_checks=sa.true()))
    op.create_index(
        "uq_catalogue_is_checks",
        "catalogue",
        ["is_checks"],
        unique=True,
        sqlite_where=sa.text("is_checks IS 1"),
        postgresql_where=sa.text("is_checks IS true"),
    )


def downgrade() -> None:
    """An older release goes by the name."""
    op.drop_index("uq_catalogue_is_checks", "catalogue")
    op.drop_column("catalogue", "is_checks")
