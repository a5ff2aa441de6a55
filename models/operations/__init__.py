"""What operators run from the command line: what each command does, and the long ones such as erasure and another key.

The tree of commands with their words is in `app.py`; migrations and demo data have folders of their own.
"""
