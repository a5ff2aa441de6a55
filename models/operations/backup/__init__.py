"""Backup, and the move from one database to another: everything that is stored, compared to the row.

What an operator types and reads is in `commands`; how rows are compared, in `rows`.
"""
