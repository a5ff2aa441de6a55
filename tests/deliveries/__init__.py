"""Stories of what waits and what could not be delivered, and of the receipt line.

How it is delivered is tested in `tests.exchange`.
"""
