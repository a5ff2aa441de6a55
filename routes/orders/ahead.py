"""What comes next with an order, in a sentence, and the way there (H3).

How far it has come is in `models.orders.steps`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from models.bookings.timetable import BookingView
from models.catalogue.entry import Meaning
from models.core.scope import Right
from models.orders.order import Order
from routes.web.visit import Visit
from routes.web.words import away, count, moment


@dataclass(frozen=True, slots=True)
class Ahead:
    """What comes next: in few words, with what there is to know of it, and the way there."""

    what: str
    more: str = ""
    way: str = ""
    label: str = ""


_SENT = Ahead("Bestillingen er sendt.", "Kundeansvarlig ser den, og svarer her.")
_AHEAD = {
    Meaning.RECEIVED: Ahead("Kundeansvarlig har mottatt bestillingen.", "Datoer står her når de er avtalt."),
    Meaning.OPEN: Ahead("Kundeansvarlig planlegger.", "Datoer står her når de er avtalt."),
    Meaning.WAITING: Ahead(
        "Vi venter på dere.", "Svar kundeansvarlig, så går bestillingen videre.", "#messages", "Til meldingene"
    ),
    Meaning.PLANNED: Ahead("Gjennomføringen er planlagt.", "Kundeansvarlig avtaler det som gjenstår med dere."),
    Meaning.RUNNING: Ahead("Arbeidet er i gang."),
    Meaning.DONE: Ahead("Arbeidet er utført.", "Fakturaen kommer."),
    Meaning.INVOICED: Ahead("Bestillingen er fakturert.", "Det er ikke mer å gjøre."),
    Meaning.CANCELLED: Ahead("Bestillingen er avbestilt.", "Det skjer ikke mer med den."),
    Meaning.REJECTED: Ahead("Bestillingen er avvist.", "Spør kundeansvarlig om hvorfor, eller bestill noe annet."),
}
_TIMES_MATTER = (Meaning.RECEIVED, Meaning.OPEN, Meaning.PLANNED, Meaning.RUNNING)


def what_comes(visit: Visit, order: Order, bookings: Sequence[BookingView], invoices: Sequence[str]) -> Ahead:
    """What the page says comes next; free places come first, where the visitor may fill them."""
    word, meaning = visit.catalogue.status(order.status), visit.catalogue.meaning(order.status)
    if meaning in _TIMES_MATTER and (times := _times(visit, bookings)):
        return times
    if not order.status:
        return _SENT
    if word is None or word.is_news:  # nobody has said what it means
        return Ahead(f"Bestillingen står som {order.status}.")
    if meaning is Meaning.INVOICED and invoices:
        return Ahead(_AHEAD[meaning].what, "", visit.url("invoice", number=invoices[0]), "Se fakturaen")
    return _AHEAD[meaning]


def may_fill(visit: Visit, booking: BookingView) -> bool:
    """Whether the visitor may put people on a booking now."""
    return visit.may(Right.EMPLOYEES) and not booking.cancelled and booking.deadline > visit.now


def _times(visit: Visit, bookings: Sequence[BookingView]) -> Ahead | None:
    """The places that are to be filled, or else the next time that there is."""
    to_fill = [booking for booking in bookings if may_fill(visit, booking) and booking.capacity > booking.taken]
    if to_fill:
        free = sum(booking.capacity - booking.taken for booking in to_fill)
        first = min(to_fill, key=lambda booking: booking.deadline)
        return Ahead(
            f"{count(free)} {'plass er ledig' if free == 1 else 'plasser er ledige'}.",
            f"Frist for påmelding og bytte: {moment(first.deadline)}, {away(first.deadline, visit.now)}.",
            visit.url("booking", id=first.id),
            "Meld på ansatte",
        )
    coming = [
        slot.starts_at
        for booking in bookings
        if not booking.cancelled
        for day in booking.days
        for slot in day.slots
        if slot.starts_at > visit.now
    ]
    return Ahead(f"Neste time er {moment(min(coming))}, {away(min(coming), visit.now)}.") if coming else None
