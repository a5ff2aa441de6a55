"""Calendars for those who sign people up: a booking as a file, and a secret address that their calendar fetches."""

from urllib.parse import urlsplit

from starlette.responses import Response

from models.bookings.booking import booking_by_id
from models.bookings.calendar_feeds import end_feed, feed_of, make_feed, open_feed
from models.exchange.calendars.bookings import entries_in_scope, entries_of_booking
from models.exchange.calendars.ics import CONTENT_TYPE, write_calendar
from routes.web.answers import page, swap
from routes.web.downloads import kept_file
from routes.web.errors import not_found
from routes.web.visit import Visit


def show(visit: Visit, id: int) -> Response:
    """A booking as a calendar file."""
    if booking_by_id(visit.db, id) is None:
        raise not_found()
    calendar = write_calendar(entries_of_booking(visit.db, id, _host(visit), visit.now))
    named = {"content-disposition": f'attachment; filename="booking-{id}.ics"'}
    return kept_file(visit, calendar, named, CONTENT_TYPE)


def feed(visit: Visit, secret: str) -> Response:
    """The owner's bookings, for a calendar program, which is not signed in: what the owner may see now."""
    if open_feed(visit.db, secret) is None:
        raise not_found()
    entries = entries_in_scope(visit.db, _host(visit), visit.now)
    return kept_file(visit, write_calendar(entries, name=visit.portal.settings.brand), {}, CONTENT_TYPE)


def edit(visit: Visit) -> Response:
    """Whether there is a feed; its address is not known to the portal any more."""
    feed = feed_of(visit.db, visit.user.user_id)
    return page(visit, "bookings/calendar/edit.html", part="feed", made_at=feed.made_at if feed else None, address=None)


def create(visit: Visit) -> Response:
    """Make a new address, and show it once."""
    assert visit.customer is not None
    secret = make_feed(visit.db, visit.customer.id, by=visit.user, now=visit.now)
    address = visit.portal.links.absolute("calendar_feed", secret=secret)
    return page(visit, "bookings/calendar/edit.html", part="feed", no_store=True, made_at=visit.now, address=address)


def destroy(visit: Visit) -> Response:
    """Let the address open nothing any more."""
    assert visit.customer is not None
    end_feed(visit.db, visit.customer.id, by=visit.user, now=visit.now)
    said = "Kalenderlenken er slått av."
    return swap(
        visit, "bookings/calendar/_feed.html", or_go=visit.url("calendar"), say=said, made_at=None, address=None
    )


def _host(visit: Visit) -> str:
    return urlsplit(visit.portal.settings.public_url).hostname or "portal"
