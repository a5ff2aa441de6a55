"""Every state of every place of the portal, by room, and how it is reached. What must hold there is in `test_reach`."""

from tests.web.states import (
    appointments,
    bookings,
    desk,
    employees,
    frame,
    invoices,
    orders,
    reports,
    session,
    users,
)
from tests.web.states.ways import Ways

STATES: Ways = (
    appointments.STATES
    | bookings.STATES
    | desk.STATES
    | employees.STATES
    | frame.STATES
    | invoices.STATES
    | orders.STATES
    | reports.STATES
    | session.STATES
    | users.STATES
)
