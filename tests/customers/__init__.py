"""Stories of customers, their units and users, and of seeing the portal as they do.

That customers do not see each other is tested in `tests.core`.
"""
