"""Bookings day by day: what each has on a day, as an agenda and as a month; of one booking it is in `timetable`."""
