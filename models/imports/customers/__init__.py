"""Lists of customers with their units, account managers and users: columns, rows, and how they are brought in.

One customer at a time is let in by `models.customers.unit_changes`, one user by `models.users.changes`.
"""
