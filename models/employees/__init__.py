"""Employees (ansatte): who they are, how they are found, and their identity numbers, sealed.

Lists of employees that are brought in are in `models.imports`; leaving and its times, in `models.bookings.sign_ups`.
"""
