"""Calendar files (iCalendar) and the invitations in letters (iTIP), written by hand.

The secret addresses at which calendars fetch them are in `models.bookings.calendar_feeds`.
"""
