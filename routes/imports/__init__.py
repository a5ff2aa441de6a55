"""Importing employees: a list by paste or file, looked over row by row, and applied in one transaction.

One employee at a time is added in `routes.employees`.
"""
