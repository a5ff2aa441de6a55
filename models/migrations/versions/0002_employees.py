"""Employees can be found, sorted, added once and changed by several people.

On SQLite the pieces that people are found by are in a table of FTS5, kept by triggers of `employees`. A step after
this one that copies `employees` (a batch) loses the triggers, and has to call `keep_search` again.
"""

import sqlalchemy as sa
from alembic import op

from models.employees.employee import derived

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_MADE = ("sort_key", "search_text", "search_tokens")
_AT_ONCE = 1000


def upgrade() -> None:
    """Employees can be found, sorted, added once and changed by several people."""
    sort_key = sa.String(220).with_variant(sa.String(220, collation="C"), "postgresql")
    with op.batch_alter_table("employees") as batch_op:
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("added_by_id", sa.Integer()))
        batch_op.add_column(sa.Column("idempotency_key", sa.String(64)))
        batch_op.add_column(sa.Column("fingerprint", sa.String(64)))
        batch_op.add_column(sa.Column("sort_key", sort_key, nullable=False, server_default=""))
        batch_op.add_column(sa.Column("search_text", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("search_tokens", sa.Text(), nullable=False, server_default=""))
        batch_op.create_foreign_key(batch_op.f("fk_employees_added_by_id"), "users", ["added_by_id"], ["id"])
        batch_op.create_unique_constraint(
            batch_op.f("uq_employees_added_by_id_idempotency_key"), ["added_by_id", "idempotency_key"]
        )
        batch_op.drop_index(batch_op.f("ix_employees_customer_id_unit_id"))
    _make_columns()
    with op.batch_alter_table("employees") as batch_op:
        batch_op.alter_column("version", server_default=None)
        for name in _MADE:
            batch_op.alter_column(name, server_default=None)
    op.create_index(
        op.f("ix_employees_customer_id_unit_id_sort_key_id"), "employees", ["customer_id", "unit_id", "sort_key", "id"]
    )
    for name, condition in (("active", "deactivated_at IS NULL"), ("inactive", "deactivated_at IS NOT NULL")):
        op.create_index(
            f"ix_employees_{name}",
            "employees",
            ["customer_id", "sort_key", "id"],
            postgresql_where=sa.text(condition),
            sqlite_where=sa.text(condition),
        )
    keep_search()


def downgrade() -> None:
    """Undo it."""
    forget_search()
    for name in ("active", "inactive", "customer_id_unit_id_sort_key_id"):
        op.drop_index(f"ix_employees_{name}", "employees")
    with op.batch_alter_table("employees") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_employees_added_by_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_employees_added_by_id_idempotency_key"), type_="unique")
        for name in ("version", "added_by_id", "idempotency_key", "fingerprint", *_MADE):
            batch_op.drop_column(name)
        batch_op.create_index(batch_op.f("ix_employees_customer_id_unit_id"), ["customer_id", "unit_id"])


def _make_columns() -> None:
    """Make the columns that are made of the names, for everybody who is there already."""
    connection = op.get_bind()
    names = ("id", "customer_id", "given_name", "family_name", "email", "mobile")
    table = sa.table("employees", *map(sa.column, (*names, *_MADE)))
    at = 0
    while rows := connection.execute(
        sa.select(*(table.c[name] for name in names)).where(table.c.id > at).order_by(table.c.id).limit(_AT_ONCE)
    ).all():
        at = rows[-1].id
        connection.execute(
            sa.update(table).where(table.c.id == sa.bindparam("at")),
            [{"at": id, **derived(*values)} for id, *values in rows],
        )


def keep_search() -> None:
    """Keep an index of the pieces that people are found by."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute(
            "CREATE INDEX ix_employees_search_tokens ON employees USING gin (string_to_array(search_tokens, ' '))"
        )
        return
    op.execute(
        "CREATE VIRTUAL TABLE employee_search USING fts5"
        "(search_tokens, content='employees', content_rowid='id', tokenize='ascii', detail=none, columnsize=0)"
    )
    add = "INSERT INTO employee_search(rowid, search_tokens) VALUES (new.id, new.search_tokens);"
    remove = (
        "INSERT INTO employee_search(employee_search, rowid, search_tokens) "
        "VALUES ('delete', old.id, old.search_tokens);"
    )
    op.execute(f"CREATE TRIGGER employee_search_added AFTER INSERT ON employees BEGIN {add} END")
    op.execute(f"CREATE TRIGGER employee_search_removed AFTER DELETE ON employees BEGIN {remove} END")
    op.execute(
        "CREATE TRIGGER employee_search_changed AFTER UPDATE OF search_tokens ON employees "
        f"WHEN old.search_tokens <> new.search_tokens BEGIN {remove} {add} END"
    )
    op.execute("INSERT INTO employee_search(employee_search) VALUES ('rebuild')")


def forget_search() -> None:
    """Take the index away."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP INDEX ix_employees_search_tokens")
        return
    for name in ("added", "removed", "changed"):
        op.execute(f"DROP TRIGGER employee_search_{name}")
    op.execute("DROP TABLE employee_search")
