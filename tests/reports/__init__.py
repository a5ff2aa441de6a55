"""Stories of reports, figures and the HMS year, and that no figure tells of a group under five.

PDFs as such are tested in `tests.invoices`.
"""
