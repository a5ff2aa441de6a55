"""Orders are found by the words on them, and in the messages on them.

On SQLite the pieces of the words are in a table of FTS5, kept by triggers of `order_words`. A step after this one that
copies that table (a batch) loses the triggers.
"""

import sqlalchemy as sa
from alembic import op

from models.core.servers.row_security import hold
from models.orders import words

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

_AT_ONCE = 1000


def upgrade() -> None:
    """Make the words of the orders that are there, and an index of their pieces."""
    op.create_table(
        "order_words",
        sa.Column("order_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("pieces", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("order_number", name="pk_order_words"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_order_words_customer_id"),
        sa.ForeignKeyConstraint(
            ["customer_id", "order_number"],
            ["orders.customer_id", "orders.number"],
            name="fk_order_words_customer_id_order_number",
        ),
    )
    _make_words()
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE INDEX ix_order_words_pieces ON order_words USING gin (string_to_array(pieces, ' '))")
        for statement in hold("order_words"):
            op.execute(statement)
        return
    op.execute(
        "CREATE VIRTUAL TABLE order_search USING fts5"
        "(pieces, content='order_words', content_rowid='order_number', tokenize='ascii', detail=none, columnsize=0)"
    )
    add = "INSERT INTO order_search(rowid, pieces) VALUES (new.order_number, new.pieces);"
    remove = "INSERT INTO order_search(order_search, rowid, pieces) VALUES ('delete', old.order_number, old.pieces);"
    op.execute(f"CREATE TRIGGER order_search_added AFTER INSERT ON order_words BEGIN {add} END")
    op.execute(f"CREATE TRIGGER order_search_removed AFTER DELETE ON order_words BEGIN {remove} END")
    op.execute(
        "CREATE TRIGGER order_search_changed AFTER UPDATE OF pieces ON order_words "
        f"WHEN old.pieces <> new.pieces BEGIN {remove} {add} END"
    )
    op.execute("INSERT INTO order_search(order_search) VALUES ('rebuild')")


def downgrade() -> None:
    """Orders are found by number and reference alone."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE order_search")
    op.drop_table("order_words")


def _make_words() -> None:
    connection = op.get_bind()
    orders = sa.table("orders", sa.column("number"))
    made = sa.table("order_words", *map(sa.column, ("order_number", "customer_id", "text", "pieces")))
    after = 0
    while numbers := connection.scalars(
        sa.select(orders.c.number).where(orders.c.number > after).order_by(orders.c.number).limit(_AT_ONCE)
    ).all():
        after = numbers[-1]
        connection.execute(made.insert(), words.read(connection, numbers))
