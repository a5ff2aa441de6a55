"""Employees are found by their addresses, however these are written: by an index, and not by reading everybody."""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0058"
branch_labels = None
depends_on = None

_INDEX, _REST = "ix_employees_customer_id_email_folded", "ix_employees_unfolded"
_UNFOLDED = sa.func.lower(sa.column("email")).is_distinct_from(sa.column("email_folded"))
_AT_ONCE = 1000


def upgrade() -> None:
    """Make the column for everybody who is there. A step back and forth makes what was written meanwhile anew."""
    op.add_column("employees", sa.Column("email_folded", sa.String(254)))
    connection = op.get_bind()
    table = sa.table("employees", *map(sa.column, ("id", "email", "email_folded")))
    at = 0
    some = sa.select(table.c.id, table.c.email).where(table.c.email.is_not(None)).order_by(table.c.id).limit(_AT_ONCE)
    while rows := connection.execute(some.where(table.c.id > at)).all():
        at = rows[-1].id
        connection.execute(
            sa.update(table).where(table.c.id == sa.bindparam("at")).values(email_folded=sa.bindparam("folded")),
            [{"at": id, "folded": email.casefold()} for id, email in rows],
        )
    op.create_index(_INDEX, "employees", ["customer_id", "email_folded"])
    op.create_index(_REST, "employees", ["customer_id", "id"], postgresql_where=_UNFOLDED, sqlite_where=_UNFOLDED)


def downgrade() -> None:
    """Lists are compared with everybody again."""
    op.drop_index(_REST, "employees")
    op.drop_index(_INDEX, "employees")
    op.drop_column("employees", "email_folded")
