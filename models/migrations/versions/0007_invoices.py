"""Invoices: who pays which, what is written on them, what reduces them; and the quarantine."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0004"
branch_labels = None
depends_on = None

AMOUNT = sa.Numeric(18, 2).with_variant(sa.BigInteger(), "sqlite")
EXACT = sa.Numeric().with_variant(sa.String(60), "sqlite")


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "quarantine",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine")),
        sa.UniqueConstraint("digest", name=op.f("uq_quarantine_digest")),
    )
    with op.batch_alter_table("quarantine", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quarantine_last_at"), ["last_at"], unique=False)

    op.create_table(
        "invoices",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column(
            "number_key",
            sa.String(length=700).with_variant(sa.String(length=700, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("number_compact", sa.String(length=200), nullable=False),
        sa.Column("seller_id", sa.String(length=60), nullable=False),
        sa.Column("is_credit_note", sa.Boolean(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_key", sa.Date(), nullable=False),
        sa.Column("total", AMOUNT, nullable=False),
        sa.Column("payable", AMOUNT, nullable=False),
        sa.Column("outstanding", AMOUNT, nullable=False),
        sa.Column("paid", AMOUNT, nullable=False),
        sa.Column("credited", AMOUNT, nullable=False),
        sa.Column("in_collection_since", sa.Date(), nullable=True),
        sa.Column("kid", sa.String(length=60), nullable=True),
        sa.Column("buyer_reference", sa.String(length=200), nullable=True),
        sa.Column("order_number", sa.Integer(), nullable=True),
        sa.Column("sent_as", sa.String(length=20), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id", "unit_id"], ["units.customer_id", "units.id"], name=op.f("fk_invoices_customer_id_unit_id")
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_invoices_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoices")),
        sa.UniqueConstraint("customer_id", "id", name=op.f("uq_invoices_customer_id_id")),
        sa.UniqueConstraint("customer_id", "number", name=op.f("uq_invoices_customer_id_number")),
        sa.UniqueConstraint("seller_id", "number", name=op.f("uq_invoices_seller_id_number")),
    )
    with op.batch_alter_table("invoices", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_invoices_customer_id_buyer_reference"), ["customer_id", "buyer_reference"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_invoices_customer_id_due_key_number_key"),
            ["customer_id", "due_key", "number_key"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_invoices_customer_id_issued_on_number_key"),
            ["customer_id", "issued_on", "number_key"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_invoices_customer_id_kid"), ["customer_id", "kid"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_invoices_customer_id_order_number"), ["customer_id", "order_number"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_invoices_customer_id_number_key_number_compact"),
            ["customer_id", "number_key", "number_compact"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_invoices_customer_id_outstanding_number_key"),
            ["customer_id", "outstanding", "number_key"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_invoices_customer_id_total_number_key"), ["customer_id", "total", "number_key"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_invoices_customer_id_unit_id_number_key"),
            ["customer_id", "unit_id", "number_key"],
            unique=False,
        )
        batch_op.create_index(
            "ix_invoices_open",
            ["customer_id", "due_key", "unit_id", "currency", "total", "outstanding"],
            unique=False,
            postgresql_where=sa.text("outstanding > 0"),
            sqlite_where=sa.text("outstanding > 0"),
        )
        batch_op.create_index(
            "ix_invoices_sums",
            ["customer_id", "currency", "unit_id", "total", "outstanding", "number_compact"],
            unique=False,
        )

    op.create_table(
        "invoice_allowances",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("is_charge", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reason_code", sa.String(length=10), nullable=False),
        sa.Column("amount", AMOUNT, nullable=False),
        sa.Column("base", AMOUNT, nullable=True),
        sa.Column("percentage", EXACT, nullable=True),
        sa.Column("tax_category", sa.String(length=2), nullable=True),
        sa.Column("tax_rate", EXACT, nullable=True),
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id", "invoice_id"],
            ["invoices.customer_id", "invoices.id"],
            name=op.f("fk_invoice_allowances_customer_id_invoice_id"),
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_invoice_allowances_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_allowances")),
    )
    with op.batch_alter_table("invoice_allowances", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_invoice_allowances_customer_id_invoice_id"), ["customer_id", "invoice_id"], unique=False
        )

    op.create_table(
        "invoice_attachments",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id", "invoice_id"],
            ["invoices.customer_id", "invoices.id"],
            name=op.f("fk_invoice_attachments_customer_id_invoice_id"),
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_invoice_attachments_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_attachments")),
    )
    with op.batch_alter_table("invoice_attachments", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_invoice_attachments_customer_id_invoice_id"), ["customer_id", "invoice_id"], unique=False
        )

    op.create_table(
        "invoice_details",
        sa.Column("invoice_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("type_code", sa.String(length=3), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("tax_point", sa.Date(), nullable=True),
        sa.Column("period_from", sa.Date(), nullable=True),
        sa.Column("period_to", sa.Date(), nullable=True),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.Column("order_reference", sa.String(length=200), nullable=False),
        sa.Column("sales_order", sa.String(length=200), nullable=False),
        sa.Column("contract", sa.String(length=200), nullable=False),
        sa.Column("project", sa.String(length=200), nullable=False),
        sa.Column("accounting_cost", sa.String(length=200), nullable=False),
        sa.Column("seller", sa.JSON(), nullable=False),
        sa.Column("buyer", sa.JSON(), nullable=False),
        sa.Column("payee", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("delivery", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("means_code", sa.String(length=3), nullable=False),
        sa.Column("account", sa.String(length=60), nullable=False),
        sa.Column("account_name", sa.String(length=200), nullable=False),
        sa.Column("bank", sa.String(length=20), nullable=False),
        sa.Column("line_total", AMOUNT, nullable=False),
        sa.Column("allowance_total", AMOUNT, nullable=False),
        sa.Column("charge_total", AMOUNT, nullable=False),
        sa.Column("tax_exclusive", AMOUNT, nullable=False),
        sa.Column("tax_total", AMOUNT, nullable=False),
        sa.Column("tax_inclusive", AMOUNT, nullable=False),
        sa.Column("prepaid", AMOUNT, nullable=False),
        sa.Column("rounding", AMOUNT, nullable=False),
        sa.Column("payable", AMOUNT, nullable=False),
        sa.Column("tax_currency", sa.String(length=3), nullable=True),
        sa.Column("tax_in_tax_currency", AMOUNT, nullable=True),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id", "invoice_id"],
            ["invoices.customer_id", "invoices.id"],
            name=op.f("fk_invoice_details_customer_id_invoice_id"),
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_invoice_details_customer_id")),
        sa.PrimaryKeyConstraint("invoice_id", name=op.f("pk_invoice_details")),
    )
    with op.batch_alter_table("invoice_details", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_invoice_details_customer_id_invoice_id"), ["customer_id", "invoice_id"], unique=False
        )

    op.create_table(
        "invoice_files",
        sa.Column("invoice_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("compressed", sa.LargeBinary(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id", "invoice_id"],
            ["invoices.customer_id", "invoices.id"],
            name=op.f("fk_invoice_files_customer_id_invoice_id"),
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_invoice_files_customer_id")),
        sa.PrimaryKeyConstraint("invoice_id", name=op.f("pk_invoice_files")),
        sa.UniqueConstraint("digest", name=op.f("uq_invoice_files_digest")),
    )
    with op.batch_alter_table("invoice_files", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_invoice_files_customer_id_invoice_id"), ["customer_id", "invoice_id"], unique=False
        )

    op.create_table(
        "invoice_lines",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.String(length=60), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("item_number", sa.String(length=200), nullable=False),
        sa.Column("order_line", sa.String(length=200), nullable=False),
        sa.Column("accounting_cost", sa.String(length=200), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=True),
        sa.Column("period_to", sa.Date(), nullable=True),
        sa.Column("quantity", EXACT, nullable=False),
        sa.Column("unit_code", sa.String(length=10), nullable=False),
        sa.Column("price", EXACT, nullable=False),
        sa.Column("base_quantity", EXACT, nullable=False),
        sa.Column("net", AMOUNT, nullable=False),
        sa.Column("tax_category", sa.String(length=2), nullable=False),
        sa.Column("tax_rate", EXACT, nullable=True),
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id", "invoice_id"],
            ["invoices.customer_id", "invoices.id"],
            name=op.f("fk_invoice_lines_customer_id_invoice_id"),
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_invoice_lines_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_lines")),
    )
    with op.batch_alter_table("invoice_lines", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_invoice_lines_customer_id_invoice_id"), ["customer_id", "invoice_id"], unique=False
        )

    op.create_table(
        "invoice_taxes",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("category", sa.String(length=2), nullable=False),
        sa.Column("rate", EXACT, nullable=True),
        sa.Column("taxable", AMOUNT, nullable=False),
        sa.Column("tax", AMOUNT, nullable=False),
        sa.Column("exemption", sa.Text(), nullable=False),
        sa.Column("exemption_code", sa.String(length=30), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id", "invoice_id"],
            ["invoices.customer_id", "invoices.id"],
            name=op.f("fk_invoice_taxes_customer_id_invoice_id"),
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_invoice_taxes_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_taxes")),
    )
    with op.batch_alter_table("invoice_taxes", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_invoice_taxes_customer_id_invoice_id"), ["customer_id", "invoice_id"], unique=False
        )

    op.create_table(
        "preceding_invoices",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id", "invoice_id"],
            ["invoices.customer_id", "invoices.id"],
            name=op.f("fk_preceding_invoices_customer_id_invoice_id"),
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_preceding_invoices_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preceding_invoices")),
    )
    with op.batch_alter_table("preceding_invoices", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_preceding_invoices_customer_id_invoice_id"), ["customer_id", "invoice_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_preceding_invoices_customer_id_number"), ["customer_id", "number"], unique=False
        )

    op.create_table(
        "settlements",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("credit_note_id", sa.Integer(), nullable=True),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("amount", AMOUNT, nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id", "credit_note_id"],
            ["invoices.customer_id", "invoices.id"],
            name=op.f("fk_settlements_customer_id_credit_note_id"),
        ),
        sa.ForeignKeyConstraint(
            ["customer_id", "invoice_id"],
            ["invoices.customer_id", "invoices.id"],
            name=op.f("fk_settlements_customer_id_invoice_id"),
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_settlements_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlements")),
        sa.UniqueConstraint(
            "customer_id", "invoice_id", "reference", name=op.f("uq_settlements_customer_id_invoice_id_reference")
        ),
    )
    with op.batch_alter_table("settlements", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_settlements_customer_id_credit_note_id"), ["customer_id", "credit_note_id"], unique=False
        )

    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_orders_customer_id_reference"), ["customer_id", "reference"], unique=False)


def downgrade() -> None:
    """Undo it."""
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_orders_customer_id_reference"))

    with op.batch_alter_table("settlements", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_settlements_customer_id_credit_note_id"))

    op.drop_table("settlements")
    with op.batch_alter_table("preceding_invoices", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_preceding_invoices_customer_id_number"))
        batch_op.drop_index(batch_op.f("ix_preceding_invoices_customer_id_invoice_id"))

    op.drop_table("preceding_invoices")
    with op.batch_alter_table("invoice_taxes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invoice_taxes_customer_id_invoice_id"))

    op.drop_table("invoice_taxes")
    with op.batch_alter_table("invoice_lines", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invoice_lines_customer_id_invoice_id"))

    op.drop_table("invoice_lines")
    with op.batch_alter_table("invoice_files", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invoice_files_customer_id_invoice_id"))

    op.drop_table("invoice_files")
    with op.batch_alter_table("invoice_details", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invoice_details_customer_id_invoice_id"))

    op.drop_table("invoice_details")
    with op.batch_alter_table("invoice_attachments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invoice_attachments_customer_id_invoice_id"))

    op.drop_table("invoice_attachments")
    with op.batch_alter_table("invoice_allowances", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invoice_allowances_customer_id_invoice_id"))

    op.drop_table("invoice_allowances")
    with op.batch_alter_table("invoices", schema=None) as batch_op:
        batch_op.drop_index("ix_invoices_sums")
        batch_op.drop_index(
            "ix_invoices_open", postgresql_where=sa.text("outstanding > 0"), sqlite_where=sa.text("outstanding > 0")
        )
        batch_op.drop_index(batch_op.f("ix_invoices_customer_id_unit_id_number_key"))
        batch_op.drop_index(batch_op.f("ix_invoices_customer_id_total_number_key"))
        batch_op.drop_index(batch_op.f("ix_invoices_customer_id_outstanding_number_key"))
        batch_op.drop_index(batch_op.f("ix_invoices_customer_id_number_key_number_compact"))
        batch_op.drop_index(batch_op.f("ix_invoices_customer_id_order_number"))
        batch_op.drop_index(batch_op.f("ix_invoices_customer_id_kid"))
        batch_op.drop_index(batch_op.f("ix_invoices_customer_id_issued_on_number_key"))
        batch_op.drop_index(batch_op.f("ix_invoices_customer_id_due_key_number_key"))
        batch_op.drop_index(batch_op.f("ix_invoices_customer_id_buyer_reference"))

    op.drop_table("invoices")
    with op.batch_alter_table("quarantine", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_quarantine_last_at"))

    op.drop_table("quarantine")
