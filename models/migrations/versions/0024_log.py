"""The log of changes becomes a chain for each customer: what is there is tied as it stands."""

import secrets
from datetime import UTC, datetime
from typing import NamedTuple

import sqlalchemy as sa
from alembic import op

from models.core.audit.chain import START, digest_of_content, digest_of_entry

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_AT_ONCE = 1000
_HEADS = sa.table("log_heads", *(sa.column(name) for name in ("customer_id", "number", "digest")))
_ENTRIES = sa.table(
    "audit_entries",
    sa.column("id", sa.Integer()),
    sa.column("customer_id", sa.Integer()),
    sa.column("at", sa.DateTime(timezone=True)),
    sa.column("actor", sa.String()),
    sa.column("about", sa.String()),
    sa.column("action", sa.String()),
    sa.column("changed", sa.JSON()),
    *(sa.column(name, sa.String()) for name in ("salt", "content", "digest")),
    sa.column("number", sa.Integer()),
)


class _Entry(NamedTuple):
    customer_id: int
    at: datetime
    actor: str
    about: str
    action: str
    content: str


def upgrade() -> None:
    """Tie each customer's entries in the order in which they were written."""
    op.create_table(
        "log_heads",
        sa.Column("customer_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name="pk_log_heads"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_log_heads_customer_id"),
    )
    op.add_column("audit_entries", sa.Column("salt", sa.String(32), nullable=True))
    op.add_column("audit_entries", sa.Column("content", sa.String(64), nullable=True))
    op.add_column("audit_entries", sa.Column("number", sa.Integer(), nullable=True))
    op.add_column("audit_entries", sa.Column("digest", sa.String(64), nullable=True))
    _tie_all()
    op.create_index("ix_audit_entries_customer_id_number", "audit_entries", ["customer_id", "number"], unique=True)


def _tie_all() -> None:
    connection = op.get_bind()
    heads: dict[int, tuple[int, str]] = {}
    at = 0
    while rows := connection.execute(
        sa.select(_ENTRIES).where(_ENTRIES.c.id > at).order_by(_ENTRIES.c.id).limit(_AT_ONCE)
    ).all():
        at = rows[-1].id
        tied = []
        for row in rows:
            number, before = heads.get(row.customer_id, (0, START))
            salt = secrets.token_hex(16)
            content = digest_of_content(row.changed, salt)
            when = row.at if row.at.tzinfo else row.at.replace(tzinfo=UTC)  # SQLite gives the zone away
            entry = _Entry(row.customer_id, when, row.actor, row.about, row.action, content)
            digest = digest_of_entry(before, number + 1, entry)
            heads[row.customer_id] = number + 1, digest
            tied.append({"at_id": row.id, "salt": salt, "content": content, "number": number + 1, "digest": digest})
        values: dict[str, sa.BindParameter[str]] = {
            name: sa.bindparam(name) for name in ("salt", "content", "number", "digest")
        }
        connection.execute(sa.update(_ENTRIES).where(_ENTRIES.c.id == sa.bindparam("at_id")).values(values), tied)
    if heads:
        found = [{"customer_id": id, "number": number, "digest": digest} for id, (number, digest) in heads.items()]
        connection.execute(sa.insert(_HEADS), found)


def downgrade() -> None:
    """The entries stay, and are tied anew on the way up."""
    op.drop_index("ix_audit_entries_customer_id_number", "audit_entries")
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        for name in ("salt", "content", "number", "digest"):
            batch_op.drop_column(name)
    op.drop_table("log_heads")
