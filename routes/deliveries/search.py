"""Utsendinger at the desk: what waits, what could not be delivered, and sending it again; events that were refused."""

from typing import Any

from starlette.responses import Response

from models.crm.records import refused_events
from models.customers.customer import Customer
from models.deliveries import (
    COUNTED_TO,
    Criteria,
    Delivery,
    Found,
    State,
    delivery_by_id,
    find_deliveries,
    resting_endpoints,
    send_now,
)
from models.outbox.message import Channel
from routes.deliveries.words import CHANNELS, reason, title
from routes.web import search as listing
from routes.web.answers import page, swap
from routes.web.errors import not_found
from routes.web.fields import Choice, Option, Text, at_most, is_id
from routes.web.forms import PortalForm
from routes.web.visit import Visit
from routes.web.whose import Whose

_STATES = (
    Option("", "Ikke levert"),
    Option(State.WAITING, "Venter"),
    Option(State.DEAD, "Kunne ikke leveres"),
    Option(State.DELIVERED, "Levert"),
)
_REFUSED_SHOWN = 25


class DeliverySearch(PortalForm):
    """What messages are searched by."""

    state = Choice("Tilstand:", choices=_STATES, default="")
    channel = Choice("Til:", choices=[Option("", "Alle"), *(Option(*each) for each in CHANNELS.items())], default="")
    customer = Text("Kunde:", [at_most(200)])
    whose = Whose()

    def criteria(self, account_manager_id: int | None, after: int | None) -> Criteria:
        """What to search for, once the form is valid."""
        return Criteria(
            State(self.state.data) if self.state.data else None,
            Channel(self.channel.data) if self.channel.data else None,
            self.customer.data or "",
            self.whose.manager(account_manager_id),
            after,
        )


class Listing(listing.Listing):
    """A page of messages."""

    route = "desk_deliveries"
    nothing = "Ingen utsendinger funnet"
    words = ("utsending", "utsendinger")
    counted_to = COUNTED_TO


def index(visit: Visit) -> Response:
    """Find a message, and see which endpoint takes nothing now."""
    search: DeliverySearch = DeliverySearch.of(visit)
    after = _after(visit)
    valid = search.validate()
    criteria = search.criteria(visit.user.account_manager_id, after) if valid else None
    found = find_deliveries(visit.db, criteria, visit.now) if criteria else Found([], 0, None)
    return page(
        visit,
        "deliveries/index.html",
        part="results",
        status=200 if valid else 422,
        at=visit.url("desk_deliveries", **search.filters, after=after),
        search=search,
        found=Listing(visit, search, found, later=after is not None),
        resting=resting_endpoints(visit.db),
        **_words(),
    )


def resend(visit: Visit, id: int) -> Response:
    """Send a dead message again, or have a waiting one tried now."""
    delivery = _delivery(visit, id)
    if delivery.customer_id is None:
        raise not_found()
    visit.serve(Customer, delivery.customer_id)
    search: DeliverySearch = DeliverySearch.of(visit)
    done = send_now(visit.db, delivery, by=visit.user, now=visit.now)
    visit.portal.wake_postman()
    return swap(
        visit,
        "deliveries/_delivery.html",
        or_go=visit.url("desk_deliveries", **search.filters),
        say="Sendes på nytt." if done else "Utsendingen er på vei allerede.",
        stay=True,
        d=_delivery(visit, id),
        filters=search.filters,
        **_words(),
    )


def received(visit: Visit) -> Response:
    """Events of the CRM that were refused, and why, newest first."""
    after = _after(visit)
    found = refused_events(visit.db, _REFUSED_SHOWN + 1, after)
    shown = found[:_REFUSED_SHOWN]
    older = visit.url("desk_received", after=shown[-1].id) if len(found) > len(shown) else None
    return page(visit, "deliveries/received.html", events=shown, older=older, later=after is not None)


def _words() -> dict[str, Any]:
    return {"title": title, "reason": reason, "channels": CHANNELS}


def _delivery(visit: Visit, id: int) -> Delivery:
    delivery = delivery_by_id(visit.db, id, visit.now)
    if delivery is None:
        raise not_found()
    return delivery


def _after(visit: Visit) -> int | None:
    text = visit.query_params.get("after")
    if text and not is_id(text):
        raise not_found()
    return int(text) if text else None
