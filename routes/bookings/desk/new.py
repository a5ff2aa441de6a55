"""Ny booking at the desk: a series of times is written, looked over, and published. Its form is in `form`."""

from starlette.responses import Response

from models.bookings.booking import Booking
from models.bookings.publication import KeyUsed, publish_once
from models.customers.customer import Customer, customer_with_manager
from routes.bookings.desk.form import BookingForm, booking_form
from routes.bookings.desk.series_form import WEEKDAYS, Schedule
from routes.web.answers import go, page
from routes.web.forms import masked_sentence
from routes.web.keys import idempotency_key, new_key
from routes.web.visit import Visit


def new(visit: Visit, id: int) -> Response:
    """The empty form, perhaps begun with an order, or what was typed before the session ended."""
    visit.serve(Customer, id)
    draft = visit.draft()
    return _new(visit, booking_form(visit, draft), dict(draft or {}).get("idempotency_key") or new_key())


def create(visit: Visit, id: int) -> Response:
    """Show what would be published, and, once it was looked over, publish it."""
    visit.serve(Customer, id)
    form, key = booking_form(visit, visit.form.multi_items()), idempotency_key(visit.form)
    if "edit" in visit.form:
        return _new(visit, form, key)
    schedule = form.schedule(visit.now)
    if schedule is None:
        return _new(visit, form, key, status=422)
    is_looked_over = "publish" in visit.form
    if not is_looked_over:
        return _new(visit, form, key, schedule=schedule)
    try:
        made = publish_once(
            visit.db, int(form.unit.data), schedule.series, form.facts, key=key, by=visit.user, now=visit.now
        )
    except KeyUsed as used:
        return _new(visit, form, new_key(), status=409, sent_as=used.booking)
    say = f"{made.title} er publisert med {len(schedule.times)} {'tid' if len(schedule.times) == 1 else 'tider'}."
    return go(visit, visit.url("desk_booking", id=made.id), say=say + masked_sentence(form.masked))


def _new(
    visit: Visit,
    form: BookingForm,
    key: str,
    *,
    status: int = 200,
    schedule: Schedule | None = None,
    sent_as: Booking | None = None,
) -> Response:
    return page(
        visit,
        "bookings/desk/new.html",
        part="booking-form",
        status=status,
        customer=customer_with_manager(visit.db, visit.customer_id),
        form=form,
        key=key,
        schedule=schedule,
        chosen=form.chosen if schedule else {},
        weekdays=WEEKDAYS,
        sent_as=sent_as,
        masked=masked_sentence(form.masked).strip(),
    )
