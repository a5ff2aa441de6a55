"""Recurring checks (kontroller): who has to come to which of them how often, and who is due (H8).

Nothing here tells of a result. Rounds of times are in `models.bookings`, who works where, in `models.employees`.
"""
