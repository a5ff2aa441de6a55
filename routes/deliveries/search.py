"""Utsendinger at the desk: what waits, what could not be delivered, and sending it again; events that were refused."""

from typing import Any

from starlette.responses import Response

from models.core.search import COUNTED_TO
from models.crm.records import refused_events
from models.customers.customer import Customer
from models.deliveries.search import (
    Criteria,
    Delivery,
    State,
    delivery_by_id,
    find_deliveries,
    resting_endpoints,
    send_now,
)
from models.outbox.message import Channel
from routes.web.answers import page, swap
from routes.web.errors import not_found
from routes.web.fields import Choice, Option, Text, at_most
from routes.web.forms import PortalForm
from routes.web.search import Listing, Whose, after_of, answer
from routes.web.visit import Visit
from routes.web.words.labels import ValueChoice
from routes.web.words.messages import CHANNELS, reason, title

_UNDELIVERED = Option("", "Ikke levert")
_EVERYWHERE = Option("", "Alle")
_REFUSED_SHOWN = 25


class DeliverySearch(PortalForm):
    """What messages are searched by."""

    state = ValueChoice("Tilstand:", State, none=_UNDELIVERED)
    channel = Choice("Til:", choices=[_EVERYWHERE, *(Option(*each) for each in CHANNELS.items())], default="")
    customer = Text("Kunde:", [at_most(200)])
    whose = Whose()

    def criteria(self, visit: Visit, after: int | None) -> Criteria:
        """What to search for, once the form is valid."""
        channel = Channel(self.channel.data) if self.channel.data else None
        return Criteria(
            State(self.state.data) if self.state.data else None,
            channel if visit.portal.settings.has_crm else Channel.MAIL,
            self.customer.data or "",
            self.whose.managers(visit),
            after,
        )


class Deliveries(Listing):
    """A page of messages."""

    route = "desk_deliveries"
    nothing = "Ingen utsendinger funnet"
    words = ("utsending", "utsendinger")
    counted_to = COUNTED_TO


def index(visit: Visit) -> Response:
    """Find a message, and see which endpoint takes nothing now."""
    search: DeliverySearch = DeliverySearch.of(visit)
    if not visit.portal.settings.has_crm:
        search.channel.choices = [_EVERYWHERE, Option(Channel.MAIL, CHANNELS[Channel.MAIL])]
    return answer(
        visit,
        Deliveries,
        "deliveries/index.html",
        search,
        lambda after: find_deliveries(visit.db, search.criteria(visit, after), visit.now),
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
    after = after_of(visit)
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
