"""Errands: what the walk does not come upon by links and forms alone, because something has to happen in between.

The walk is in `routes.contract.walk`; what happens beside the portal, in `models.demo.meanwhile`.
"""

from routes.contract.errands import (
    anywhere,
    at_desk,
    bookings,
    factors,
    files,
    letters,
    lists,
    people,
    sessions,
    things,
)

ERRANDS = (
    anywhere.refused,
    anywhere.away,
    sessions.too_often,
    sessions.begins_elsewhere,
    sessions.another_password,
    files.attached,
    files.published,
    files.made,
    files.calendar,
    things.looked_for,
    things.orders,
    things.employees,
    things.employees_at_desk,
    things.asked,
    letters.password,
    letters.appointment,
    at_desk.published,
    at_desk.times,
    at_desk.people,
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
    people.colleagues,
    people.customers,
    people.staff,
    people.seen_as,
    people.notices,
)
"""In this order."""
