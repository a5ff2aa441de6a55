"""What operators run from the command line: erasure, another key, and reconciliation with the CRM.

Migrations and demo data have folders of their own; the commands themselves are in `app.py`.
"""
