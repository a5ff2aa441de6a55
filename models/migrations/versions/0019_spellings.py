"""Employees are found as others would spell them: `bjorn`, `bjoern` and `oneill` find Bjørn and O'Neill."""

import sqlalchemy as sa
from alembic import op

from models.employees.employee import derived

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_NAMES = ("id", "customer_id", "given_name", "family_name", "email", "mobile")
_FOUND_BY = ("search_text", "search_tokens")
_AT_ONCE = 1000


def upgrade() -> None:
    """Make the words that people are found by anew."""
    connection = op.get_bind()
    table = sa.table("employees", *map(sa.column, (*_NAMES, *_FOUND_BY)))
    at = 0
    while rows := connection.execute(
        sa.select(*(table.c[name] for name in _NAMES)).where(table.c.id > at).order_by(table.c.id).limit(_AT_ONCE)
    ).all():
        at = rows[-1].id
        made = [{**derived(*values), "at": id} for id, *values in rows]
        found_by: dict[str, sa.BindParameter[str]] = {name: sa.bindparam(name) for name in _FOUND_BY}
        connection.execute(sa.update(table).where(table.c.id == sa.bindparam("at")).values(found_by), made)


def downgrade() -> None:
    """More words than before harm nobody."""
