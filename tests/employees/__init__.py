"""Stories of employees: finding, adding, changing, deactivating and erasing them, and their numbers.

Bringing in lists is tested in `tests.imports`.
"""
