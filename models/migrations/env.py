"""What Alembic runs: on the connection that `migrate` gives it, in that connection's transaction."""

from alembic import context

from models import (  # noqa: F401  # tables
    audit,
    bookings,
    calendar_feeds,
    crm_records,
    drafts,
    employees,
    endpoints,
    invitations,
    invoice_contents,
    invoices,
    national_ids,
    news,
    notices,
    numbers,
    order_messages,
    orders,
    outbox,
    plans,
    quarantine,
    reports,
    settlements,
    sign_ups,
    throttle,
    users,
    worklist,
)
from models.base import Base
from models.migrations import is_of_the_models

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite changes a table by copying it
    compare_type=True,
    include_name=is_of_the_models,
)
with context.begin_transaction():
    context.run_migrations()
