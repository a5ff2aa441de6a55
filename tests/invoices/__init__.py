"""Stories of invoices: from EHF to page, PDF, export, payment and statement.

How files are given in general is tested in `tests.web`.
"""
