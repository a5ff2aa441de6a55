"""The provider's catalogue: the statuses and product groups of orders as rows, with the log of who changed them.

It begins with the words that were in the code (product 6.3 and 6.4), and those that orders and plans have.
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

STATUSES = {
    "Mottatt": "received",
    "Under behandling": "open",
    "Planlagt": "planned",
    "Løpende": "running",
    "Utført": "done",
    "Fakturert": "invoiced",
    "Venter på kunde": "waiting",
    "Avbestilt": "cancelled",
    "Avvist": "rejected",
}
PRODUCT_GROUPS = (
    "Arbeidshelse / helsekontroll",
    "Sertifisering og helseattest",
    "Vaksinasjon",
    "Arbeidsmedisinsk poliklinikk (AMP)",
    "Ergonomi",
    "Yrkeshygiene",
    "Psykososialt og organisatorisk arbeidsmiljø",
    "Systematisk HMS",
    "Kurs",
    "Sykefravær",
    "Hjertestarter",
)
HOLDERS = {
    "status": (STATUSES, ("orders", "order_status_changes")),
    "product_group": (dict.fromkeys(PRODUCT_GROUPS, "open"), ("orders", "plan_items")),
}
CATALOGUE = sa.table(
    "catalogue",
    *map(sa.column, ("kind", "name", "meaning", "position", "is_active", "is_news", "version", "changed_by")),
    sa.column("former_names", sa.JSON()),
)


def upgrade() -> None:
    """Only adds: the release before does not ask for it, and goes on with the words in its code."""
    op.create_table(
        "catalogue",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("meaning", sa.String(20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("is_news", sa.Boolean(), nullable=False),
        sa.Column("former_names", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.String(310), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_catalogue"),
        sa.UniqueConstraint("kind", "name", name="uq_catalogue_kind_name"),
    )
    op.create_table(
        "catalogue_changes",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(310), nullable=False),
        sa.Column("action", sa.String(80), nullable=False),
        sa.Column("changed", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_catalogue_changes"),
    )
    for kind in HOLDERS:
        op.bulk_insert(CATALOGUE, _rows(kind))


def _rows(kind: str) -> list[dict[str, object]]:
    """What the portal knows of a kind, then what rows have besides; that somebody has to look over."""
    words, holders = HOLDERS[kind]
    found: set[str] = set()
    for holder in holders:
        found |= set(op.get_bind().scalars(sa.text(f"SELECT DISTINCT {kind} FROM {holder} WHERE {kind} IS NOT NULL")))
    return [
        {
            "kind": kind,
            "name": name,
            "meaning": words.get(name, "open"),
            "position": place,
            "is_active": True,
            "is_news": name not in words,
            "former_names": [],
            "version": 1,
            "changed_by": "",
        }
        for place, name in enumerate([*words, *sorted(found - words.keys())], 1)
    ]


def downgrade() -> None:
    """An older release has its words in its code."""
    op.drop_table("catalogue_changes")
    op.drop_table("catalogue")
