"""Sign-ups (påmeldinger): employees on times, on waiting lists and with an offer of a place.

The times themselves, and how many places they have, are one folder up, in `models.bookings`.
"""
