"""Other systems: the postman, letters and events on their way out, and the CRM in both directions.

EHF and PDF are tested in `tests.invoices`, calendar files in `tests.bookings`.
"""
