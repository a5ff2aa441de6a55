"""What Alembic runs: on the connection that `migrate` gives it, in that connection's transaction."""

from alembic import context

from models.bookings import booking, calendar_feeds  # noqa: F401  # tables
from models.bookings.sign_ups import invitations, sign_up  # noqa: F401  # tables
from models.checks import keeping  # noqa: F401  # tables
from models.chores import chore  # noqa: F401  # tables
from models.core import audit  # noqa: F401  # tables
from models.core.base import Base
from models.crm import records  # noqa: F401  # tables
from models.customers import stand_ins  # noqa: F401  # tables
from models.employees import employee, national_ids  # noqa: F401  # tables
from models.info import worklist  # noqa: F401  # tables
from models.invoices import contents, invoice, quarantine, settlements  # noqa: F401  # tables
from models.invoices import messages as invoice_messages  # noqa: F401  # tables
from models.marks import mark  # noqa: F401  # tables
from models.migrations import is_of_the_models
from models.notices import notice  # noqa: F401  # tables
from models.orders import messages, news, numbers, order  # noqa: F401  # tables
from models.outbox import endpoints, message  # noqa: F401  # tables
from models.reports import plans, report  # noqa: F401  # tables
from models.staff import log  # noqa: F401  # tables
from models.users import drafts, sessions, throttle, user  # noqa: F401  # tables
from models.users.factors import devices, recovery_codes  # noqa: F401  # tables

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
