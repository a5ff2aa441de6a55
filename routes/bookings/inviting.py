"""Inviting the employees who are ticked on a booking's page, and saying how many were asked."""

from starlette.responses import Response

from models.bookings.booking import Booking, BookingCancelled, TooLate
from models.bookings.sign_ups.candidates import employees_by_id
from models.bookings.sign_ups.invitations import invite
from routes.web.answers import go
from routes.web.errors import not_found
from routes.web.visit import NOT_MAILED, Visit


def invite_chosen(visit: Visit, booking: Booking, chosen: list[int]) -> Response:
    """Ask them to choose a time themselves (section 5, number 16)."""
    back = visit.url("booking", id=booking.id)
    if not chosen:
        return go(visit, back, say="Velg hvem som skal inviteres: kryss av minst én ansatt.", tone="wait")
    if len(employees_by_id(visit.db, chosen)) != len(chosen):
        raise not_found()
    try:
        asked = invite(visit.db, booking, chosen, by=visit.user, now=visit.now)
    except TooLate:
        return go(visit, back, say="Fristen er ute. Ingen er invitert.", tone="bad")
    except BookingCancelled:
        return go(visit, back, say="Bookingen er avlyst. Ingen er invitert.", tone="bad")
    if booking.names_hidden:  # who has a time already is nobody's business
        said = visit.mailed("De valgte får en invitasjon på e-post, hvis de ikke har en time fra før.", NOT_MAILED)
        return go(visit, back, say=said)
    said = _said(len(asked), len(chosen) - len(asked))
    return go(visit, back, say=visit.mailed(said, NOT_MAILED), tone="good" if asked else "wait")


def _said(asked: int, left_out: int) -> str:
    said = f"{asked or 'Ingen'} {'ansatt' if asked == 1 else 'ansatte'} er invitert til å velge tid selv."
    if left_out:
        said += f" {left_out} ble ikke invitert, fordi de har en time fra før, mangler e-post eller er deaktivert."
    return said
