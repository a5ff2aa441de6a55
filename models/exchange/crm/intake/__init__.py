"""What the CRM tells the portal: orders' progress, bookings, attendance, invoices, reports, units and users (C3).

An event is a CloudEvent about one record, with the version that the record has in the CRM. It is applied whole or not
at all, an older version after a newer one not, and the same event twice once. Who may send is decided where events
come in.
"""

from models.exchange.crm.intake.receiving import NotEvents, Outcome, receive

__all__ = ["NotEvents", "Outcome", "receive"]
