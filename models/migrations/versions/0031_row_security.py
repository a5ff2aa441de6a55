"""PostgreSQL holds each table of a customer to the customer of the transaction."""

from alembic import op

from models.core.servers.row_security import hold, let_go

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

OF_A_CUSTOMER = (
    *("audit_entries", "bookings", "calendar_feeds", "employees", "grants", "imports", "invitations"),
    *("invoice_allowances", "invoice_attachments", "invoice_details", "invoice_files", "invoice_lines"),
    *("invoice_taxes", "invoices", "log_heads", "national_ids", "notices", "order_messages", "order_status_changes"),
    *("orders", "plan_items", "preceding_invoices", "report_files", "reports", "required_factors", "settlements"),
    *("sign_ups", "slots", "units", "viewings", "waiting_alerts", "waiting_news"),
)
OR_NOBODYS = ("crm_records", "drafts", "outbox")


def upgrade() -> None:
    """SQLite has nothing of the kind."""
    if op.get_bind().dialect.name != "postgresql":
        return
    held = [*(hold(table) for table in OF_A_CUSTOMER), *(hold(table, nullable=True) for table in OR_NOBODYS)]
    for statements in (hold("customers", column="id"), *held):
        for statement in statements:
            op.execute(statement)


def downgrade() -> None:
    """The other two walls stay."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in ("customers", *OF_A_CUSTOMER, *OR_NOBODYS):
        for statement in let_go(table):
            op.execute(statement)
