"""Importing employees: a list by paste or file, looked over row by row, and applied at one stroke.

One employee at a time is added in `routes.employees`.
"""
