"""Stories of signing in and out, cookies, and passwords.

What a form's token protects from is tested in `tests.web`.
"""
