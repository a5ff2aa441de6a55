"""THE LIST of what the portal holds of an employee: by table the columns that stand in the file, and why others do not.

A test compares it with all tables, so that a new one comes in here by a decision. How it is read is in `reading`.
"""

from typing import Any

from models.bookings.booking import Booking
from models.bookings.sign_ups.invitations import Invitation
from models.bookings.sign_ups.sign_up import SignUp
from models.bookings.slots import Slot
from models.checks.due import DueCheck
from models.checks.told import ToldDay
from models.core.audit import AuditEntry
from models.employees.employee import Employee
from models.employees.national_ids import NationalId
from models.imports.effects import Effect
from models.imports.lists import Import
from models.outbox.message import Message
from models.users.viewings import Viewing

HELD: dict[str, tuple[type[Any], tuple[str, ...]]] = {
    "employee": (
        Employee,
        (
            *("id", "given_name", "family_name", "email", "mobile", "birth_date", "gender", "language", "unit_id"),
            *("employee_number", "job_title", "groups", "deactivated_at", "added_by_id"),
        ),
    ),
    "national_id": (NationalId, ("sealed", "registered_at")),
    "sign_ups": (
        SignUp,
        (
            *("id", "booking_id", "slot_id", "state", "signed_up_at", "signed_up_by_id", "day", "offered_until"),
            "unit_id",
        ),
    ),
    "checks": (DueCheck, ("id", "name", "last_on", "due_on", "booked_on", "unit_id")),
    "told_days": (ToldDay, ("id", "name", "last_on")),
    "invitations": (Invitation, ("id", "booking_id", "invited_at", "invited_by_id", "ended_at", "unit_id")),
    "bookings": (
        Booking,
        (
            *("id", "order_number", "title", "place", "preparation", "self_declaration_url", "deadline"),
            *("needs_national_id", "cancelled_at", "unit_id"),
        ),
    ),
    "slots": (Slot, ("id", "booking_id", "starts_at", "ends_at")),
    "messages": (Message, ("id", "kind", "channel", "about", "to", "payload", "created_at", "delivered_at", "dead_at")),
    "imports": (Import, ("id", "user_id", "made_at", "applied_at", "sealed", "leavers")),
    "import_effects": (Effect, ("id", "import_id", "fate", "at", "before", "left_at")),
    "log": (AuditEntry, ("id", "at", "actor", "about", "action", "changed")),
    "viewings": (Viewing, ("id", "user_id", "reason", "began_at", "until")),
}
"""By its name in the file, each table with its attributes. A sealed number is shown as its mask, a sealed list as the
row about the employee; what a message says, without the personal link."""

_NOT_SHOWN: dict[str, tuple[str, ...]] = {
    "it is made of what is shown, to find the employee by": (
        *("employees.sort_key", "employees.search_text", "employees.search_tokens", "employees.email_folded"),
    ),
    "it keeps two from overwriting each other, or the same from being done twice": (
        *("employees.version", "employees.idempotency_key", "employees.fingerprint"),
        *("bookings.idempotency_key", "bookings.fingerprint", "bookings.version"),
        *("sign_ups.revision", "sign_ups.reminded_slot_id", "sign_ups.state", "invitations.after_sign_up_id"),
        *("imports.version", "imports.key", "imports.items", "imports.done", "imports.outcome", "imports.undone"),
        *("imports.undone_at", "imports.undone_by", "imports.decided_at", "imports.rest_id"),
        *("import_effects.version", "import_effects.numbered"),
        "import_effects.obstacle",
        "bookings.deadline_told",
        *("outbox.public_id", "outbox.sequence", "outbox.due_at", "outbox.attempts", "outbox.claim"),
        *("outbox.claimed_until", "outbox.last_error", "viewings.session_id", "slots.capacity", "slots.taken"),
    ),
    "it is a secret that opens something, or proves something": (
        *("sign_ups.link", "invitations.link", "national_ids.blind_index", "outbox.sealed"),
        "import_effects.sealed",
        *("audit_entries.salt", "audit_entries.content", "audit_entries.digest", "audit_entries.number"),
    ),
    "the file says once whose it is": (
        *("employees.customer_id", "national_ids.customer_id", "national_ids.employee_id", "sign_ups.customer_id"),
        *("sign_ups.employee_id", "invitations.customer_id", "invitations.employee_id", "bookings.customer_id"),
        *("due_checks.customer_id", "due_checks.employee_id", "told_days.customer_id", "told_days.employee_id"),
        *("import_effects.customer_id", "import_effects.employee_id"),
        *("slots.customer_id", "slots.unit_id", "outbox.customer_id", "imports.customer_id"),
        *("audit_entries.customer_id", "viewings.customer_id"),
    ),
    "it says how a booking is shown, and with whose rights staff looked": (
        *("bookings.names_hidden", "bookings.check_name", "viewings.as_user_id"),
    ),
    "it is about a user of the portal or one of the provider's staff, as such": (
        *("users", "user_sessions", "grants", "password_links", "password_requests", "recovery_codes"),
        *("remembered_devices", "required_factors", "second_factors", "failed_sign_ins", "calendar_feeds"),
        *("account_managers", "staff_changes", "stand_ins", "waiting_news", "alert_wishes", "waiting_alerts"),
        "subjects",
    ),
    "it is sealed for who typed it, for a week, and nobody else opens it": ("drafts",),
    "it is about what a customer buys and pays; who is named in its free text cannot be told from it": (
        *("orders", "order_words", "order_messages", "order_files", "order_status_changes", "invoices"),
        *("invoice_details", "invoice_lines", "invoice_messages", "invoice_message_files"),
        *("invoice_allowances", "invoice_attachments", "invoice_files", "invoice_taxes", "preceding_invoices"),
        *("settlements", "quarantine"),
    ),
    "it is written for a whole unit": ("reports", "report_files", "plan_items", "notices"),
    "it is a word of the provider's, the same for all": ("catalogue", "catalogue_changes"),
    "it is about a company": (
        *("customers", "units", "checks", "crm_records", "received_events", "issuers", "issuer_domains"),
    ),
    "it keeps the portal running": ("endpoints", "marks", "numbers", "log_heads", "chores"),
}
NOT_SHOWN: dict[str, str] = {what: why for why, several in _NOT_SHOWN.items() for what in several}
"""By table, or by table and column, why it does not stand in the file."""
