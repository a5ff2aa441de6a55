"""Lists of employees that somebody brings in: their columns and rows, what becomes of them, the export.

How a file is read is in `models.exchange.sheets`; the employees themselves, in `models.employees`.
"""
