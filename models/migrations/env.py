"""What Alembic runs: on the connection that `migrate` gives it, in that connection's transaction."""

from alembic import context

from models import audit, calendar_feeds, drafts, invitations, numbers, orders, outbox, throttle, users  # noqa: F401  # tables
from models.base import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite changes a table by copying it
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
