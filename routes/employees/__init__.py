"""Employees (ansatte): the list and its search, an employee's page, adding, changing, deactivating.

Bringing in a whole list is in `routes.imports`.
"""
