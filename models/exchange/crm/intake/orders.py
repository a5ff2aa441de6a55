"""Orders from the CRM: their progress, those that were made there, and messages that were written there."""

from datetime import date
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType
from sqlalchemy import select

from models.catalogue.entry import LONGEST_GROUP, LONGEST_STATUS, Kind
from models.catalogue.words import Full, known_as
from models.conversations.message import LONGEST
from models.core.clock import today_in_oslo
from models.exchange.crm.intake.events import CRM, Arrival, Moment, Name, Refusal
from models.orders.messages import take_over_message
from models.orders.order import Order, Parts
from models.orders.progress import progress, take_over
from models.values.national_id import mask_in

_Text = Annotated[str, Meta(max_length=200)]
_Status = Annotated[str, Meta(max_length=LONGEST_STATUS)]
_Group = Annotated[str, Meta(max_length=LONGEST_GROUP)]


class OrderData(Struct):
    """What is left out stays as it is; the parts, `unit` and `ordered_on` only matter for an order made in the CRM."""

    status: _Status | UnsetType | None = UNSET
    product_group: _Group | UnsetType | None = UNSET
    unit: str | None = None
    ordered_on: date | None = None
    delivery: _Text = ""
    quantity: Annotated[str, Meta(max_length=100)] = ""
    contact: _Text = ""
    reference: Annotated[str, Meta(max_length=100)] = ""
    location: _Text = ""
    description: Annotated[str, Meta(max_length=4000)] = ""


def order(arrival: Arrival) -> int:
    """Let an order get on, or take over one that was made in the CRM; its key is its number."""
    data: OrderData = arrival.data
    status = _name(arrival, Kind.STATUS, data.status)
    group = _name(arrival, Kind.PRODUCT_GROUP, data.product_group)
    found = _found(arrival)
    progress(
        arrival.db,
        found,
        status=found.status if status is UNSET else status,
        product_group=found.product_group if group is UNSET else group,
        by=CRM,
        now=arrival.now,
    )
    return found.number


def _name(arrival: Arrival, kind: Kind, word: str | UnsetType | None) -> str | UnsetType | None:
    """What the catalogue calls it; a word that it has not is put into it, and an administrator sees it."""
    if not isinstance(word, str):
        return word
    word, _ = mask_in(" ".join(word.split()), today=today_in_oslo(arrival.now))
    try:
        return known_as(arrival.db, kind, word or None, by=CRM, now=arrival.now)
    except Full:
        raise Refusal("the catalogue is full: administrators look over its words at /desk/catalogue") from None


class MessageData(Struct):
    """A message of the provider's on an order; once told it stays as it is."""

    order_number: int
    author: Name
    text: Annotated[str, Meta(min_length=1, max_length=LONGEST)]
    at: Moment


def message(arrival: Arrival) -> int:
    """Show a message that was written in the CRM, and tell the users whom the order concerns."""
    data: MessageData = arrival.data
    if arrival.record.record_id is not None:
        return arrival.record.record_id
    found = arrival.db.scalar(
        select(Order).where(Order.number == data.order_number, Order.customer_id == arrival.owner)
    )
    if found is None:
        raise Refusal("the customer has no order with this number")
    text, _ = mask_in(data.text, today=today_in_oslo(arrival.now))
    at = min(data.at, arrival.now)
    return take_over_message(arrival.db, found, text, author=data.author, at=at, by=CRM, now=arrival.now).id


def _found(arrival: Arrival) -> Order:
    data, key = arrival.data, arrival.key
    if not (key.isascii() and key.isdigit() and len(key) <= 9):
        raise Refusal("the key of an order is its number")
    found = arrival.db.scalar(select(Order).where(Order.number == int(key)).with_for_update())
    if found is None:
        if data.unit is None or data.ordered_on is None:
            raise Refusal("there is no such order, and one is only made with unit and ordered_on")
        names = ("delivery", "quantity", "contact", "reference", "location", "description")
        parts, _ = Parts(**{name: getattr(data, name) for name in names}).masked(arrival.now.date())
        return take_over(
            arrival.db,
            int(key),
            arrival.unit(data.unit),
            ordered_on=data.ordered_on,
            parts=parts,
            by=CRM,
            now=arrival.now,
        )
    if found.customer_id != arrival.owner:
        raise Refusal("the record belongs to another customer")
    return found
