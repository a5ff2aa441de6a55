"""Invitations: asking employees who are ticked on a booking's page to choose a time (section 5, number 16).

What they then see is in `appointments`.
"""

from starlette.responses import Response

from routes.bookings.inviting import invite_chosen
from routes.bookings.page import booking_of
from routes.web.fields import Ids
from routes.web.forms import PortalForm
from routes.web.visit import Visit


class InvitationForm(PortalForm):
    """Who is asked."""

    employee = Ids("Ansatte")


def create(visit: Visit, id: int) -> Response:
    """Invite the ticked employees, and say how many were asked."""
    booking, form = booking_of(visit, id), InvitationForm.of(visit, visit.form.multi_items())
    return invite_chosen(visit, booking, form.employee.data)
