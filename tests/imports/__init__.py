"""Stories of lists of employees that are brought in, and of the files that they come in.

Invoices that are brought in are tested in `tests.invoices`.
"""
