"""What the CRM tells the portal: orders' progress, bookings, attendance, invoices, reports, units and users (C3).

An event is a CloudEvent about one record, with the version that the record has in the CRM. It is applied whole or not
at all; an older version after a newer one is not applied, and the same event is applied once. Who may send is decided
in `routes.crm`.
"""

from models.exchange.crm.intake.receiving import NotEvents, Outcome, receive

__all__ = ["NotEvents", "Outcome", "receive"]
