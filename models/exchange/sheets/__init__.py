"""Tables as files: CSV and TSV, and XLSX read within limits and written while it is sent.

What a row means is said where it is used, as in `models.imports`.
"""
