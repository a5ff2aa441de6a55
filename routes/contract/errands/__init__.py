"""Errands: what the walk does not come upon by links and forms alone, because something has to happen in between.

The walk is in `routes.contract.walk`; what happens beside the portal, in `models.demo.meanwhile`.
"""

from routes.contract.errands import anywhere, bookings, factors, letters, lists, things

ERRANDS = (
    anywhere.refused,
    anywhere.away,
    things.asked,
    letters.password,
    letters.appointment,
    bookings.times,
    bookings.attendance,
    bookings.offers,
    bookings.too_late,
    things.told,
    things.refused,
    lists.unclear,
    lists.applied,
    lists.thrown_away,
    lists.customers,
    things.words,
    factors.second_factor,
)
"""In this order."""
