"""Workbooks (XLSX, ECMA-376): read within limits, and written while they are sent.

Why no library does this: decision 0011. Other tables are in `models.exchange.sheets.delimited`.
"""
