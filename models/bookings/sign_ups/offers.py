"""Offers (tilbud): a place that has got free is kept for the next on the waiting list for a while (T5).

How the waiting list is joined is in `waiting_list`; how an offer is taken, in `seating`.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.bookings.booking import Booking
from models.bookings.sign_ups.news import News, tell
from models.bookings.sign_ups.sign_up import (
    CANCELLED,
    OFFER_LASTS,
    OFFERED,
    WAITING,
    SignUp,
    appointment_at,
    hold_people,
)
from models.bookings.slots import Slot, SlotFull
from models.core.audit import THE_PORTAL
from models.core.clock import today_in_oslo


def offer_places(db: Session, booking: Booking, slots: Iterable[Slot], now: datetime) -> None:
    """Offer what is free on these slots to those who wait, in their order; nothing where sign-up is closed."""
    if not booking.is_open(now):
        return
    for slot in slots:
        while slot.starts_at > now and slot.taken < slot.capacity and _offer(db, booking, slot, now):
            pass


def end_offers(db: Session, booking: Booking, now: datetime, on: Slot | None = None) -> None:
    """Take back the offers of a booking, or of one slot, whose time is over, and offer the places to the next."""
    over = select(SignUp).where(SignUp.booking_id == booking.id, SignUp.state == OFFERED, SignUp.offered_until <= now)
    freed: list[Slot] = []
    for offer in db.scalars((over.where(SignUp.slot_id == on.id) if on else over).order_by(SignUp.slot_id)):
        if not hold_people(db, (offer.employee_id,), wait=False):
            continue
        db.refresh(offer)
        if offer.state != OFFERED:
            continue
        slot = db.get_one(Slot, offer.slot_id)
        offer.state, offer.offered_until = CANCELLED, None
        offer.revision += 1
        slot.give_back(db)
        tell(db, booking, News("expired", offer, slot, was=OFFERED), by=THE_PORTAL, now=now)
        freed.append(slot)
    offer_places(db, booking, freed, now)


def _offer(db: Session, booking: Booking, slot: Slot, now: datetime) -> bool:
    """Offer one place of a slot to the first in the line who can take it."""
    line = (
        select(SignUp)
        .where(
            SignUp.booking_id == booking.id,
            SignUp.state == WAITING,
            SignUp.day.is_(None) | (SignUp.day == today_in_oslo(slot.starts_at)),
        )
        .order_by(SignUp.signed_up_at, SignUp.id)
    )
    for waiting in db.scalars(line).all():
        people = hold_people(db, (waiting.employee_id,), wait=False)
        db.refresh(waiting)
        able = people and people[0].deactivated_at is None and people[0].email and waiting.state == WAITING
        if not able or appointment_at(db, waiting.employee_id, slot) is not None:
            continue
        try:
            slot.take(db)
        except SlotFull:
            return False
        waiting.slot_id, waiting.state = slot.id, OFFERED
        waiting.offered_until = min(now + OFFER_LASTS, booking.deadline)
        waiting.revision += 1
        tell(db, booking, News("offered", waiting, slot), by=THE_PORTAL, now=now)
        return True
    return False
