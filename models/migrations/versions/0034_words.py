"""What kind of report it is, an employee's gender and how an invoice was sent are values, and no longer words."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0036"
branch_labels = None
depends_on = None

VALUES = {
    ("reports", "kind"): {
        "Årsrapport": "annual_report",
        "Plan": "plan",
        "Kartlegging": "survey",
        "Helsekontroll": "health_check",
    },
    ("employees", "gender"): {"Kvinne": "female", "Mann": "male"},
    ("invoices", "sent_as"): {"EHF": "ehf", "PDF på e-post": "email"},
}
KINDS = VALUES["reports", "kind"]
OF_WORD = " ".join(f"WHEN '{word}' THEN '{value}'" for word, value in KINDS.items())
IS_WORD = ", ".join(f"'{word}'" for word in KINDS)
ON_SQLITE = f"""CREATE TRIGGER reports_kind AFTER INSERT ON reports WHEN NEW.kind IN ({IS_WORD}) BEGIN
    UPDATE reports SET kind = CASE NEW.kind {OF_WORD} END WHERE id = NEW.id; END"""
ON_POSTGRESQL = f"""
CREATE FUNCTION reports_kind() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.kind := CASE NEW.kind {OF_WORD} ELSE NEW.kind END;
    RETURN NEW;
END $$;
CREATE TRIGGER reports_kind BEFORE INSERT ON reports FOR EACH ROW EXECUTE FUNCTION reports_kind();
"""


def upgrade() -> None:
    """Rewrite them; the release before shows the values until it ends, and a report that it adds gets one as well."""
    for (table, column), values in VALUES.items():
        for word, value in values.items():
            _rewrite(table, column, word, value)
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    op.get_bind().exec_driver_sql(ON_POSTGRESQL if on_postgresql else ON_SQLITE)


def downgrade() -> None:
    """An older release knows the words alone."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER reports_kind ON reports")
        op.execute("DROP FUNCTION reports_kind()")
    else:
        op.execute("DROP TRIGGER reports_kind")
    for (table, column), values in VALUES.items():
        for word, value in values.items():
            _rewrite(table, column, value, word)


def _rewrite(table: str, column: str, before: str, after: str) -> None:
    rows = sa.table(table, sa.column(column))
    op.execute(rows.update().where(rows.c[column] == before).values({column: after}))
