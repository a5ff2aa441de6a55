"""What the desk's rooms around one booking share: finding it, and everything that its page is drawn with."""

from dataclasses import dataclass
from functools import cached_property

from starlette.responses import Response

from models.bookings.attendance import can_be_noted
from models.bookings.booking import Booking, booking_by_id
from models.bookings.slots import Slot
from models.bookings.timetable import BookingView, SlotView, view_of
from models.core.audit import Change, record
from models.customers.customer import Customer, customer_with_manager
from models.customers.units import unit_name
from routes.web.answers import page
from routes.web.errors import not_found
from routes.web.forms import PortalForm
from routes.web.visit import Visit


@dataclass
class BookingSheet:
    """One booking as staff see it; each thing is looked up when it is drawn."""

    visit: Visit
    booking: Booking
    with_names: bool = False
    """Whether names are shown although customers do not see them (decision 0029)."""
    problem: str = ""
    """Why nothing was done."""

    @cached_property
    def view(self) -> BookingView:
        """Days, slots and who sits where."""
        return view_of(self.visit.db, self.booking, self.visit.user.user_id, unhidden=self.with_names)

    @cached_property
    def customer(self) -> Customer:
        """Whose booking it is."""
        return customer_with_manager(self.visit.db, self.booking.customer_id)

    @cached_property
    def unit(self) -> str:
        """For whom it is."""
        return unit_name(self.visit.db, self.booking.unit_id)

    @property
    def may_change(self) -> bool:
        """Whether there is anything left to change, and whoever looks is one who changes things."""
        return self.booking.cancelled_at is None and self.visit.is_serving

    @property
    def is_over(self) -> bool:
        """Whether the last time has begun: who is told now that it is called off, has been there."""
        begun = [slot.starts_at <= self.visit.now for day in self.view.days for slot in day.slots]
        return bool(begun) and all(begun)

    def can_be_noted(self, slot: SlotView) -> bool:
        """Whether one can know by now who came."""
        return self.may_change and can_be_noted(slot.starts_at, self.visit.now)

    def slot(self, id: int) -> SlotView:
        """The slot of this booking with an id."""
        return next(slot for day in self.view.days for slot in day.slots if slot.id == id)

    @property
    def url(self) -> str:
        """Where the page is."""
        names = "1" if self.with_names else None
        return self.visit.url("desk_booking", id=self.booking.id, names=names)


def sheet_of(visit: Visit, id: int) -> BookingSheet:
    """The booking, served from now on; a look at hidden names is put on record before it is given."""
    visit.serve(Booking, id)
    booking = booking_by_id(visit.db, id)
    if booking is None:
        raise not_found()
    asked = "names" in visit.query_params or "names" in visit.form
    sheet = BookingSheet(visit, booking, with_names=booking.names_hidden and asked)
    if sheet.with_names:
        shown = Change.of(booking, "names shown", by=visit.user, at=visit.now)
        visit.on_record(lambda db: record(db, shown))
    return sheet


def fresh(sheet: BookingSheet) -> BookingSheet:
    """The same as it is now, after a change, or after one that was undone."""
    booking = booking_by_id(sheet.visit.db, sheet.booking.id)
    assert booking is not None
    return BookingSheet(sheet.visit, booking, sheet.with_names)


def sheet_of_slot(visit: Visit, id: int) -> BookingSheet:
    """The booking that a slot is one of."""
    visit.serve(Slot, id)
    slot = visit.db.get(Slot, id)
    if slot is None:
        raise not_found()
    return sheet_of(visit, slot.booking_id)


def draw(
    visit: Visit,
    sheet: BookingSheet,
    *,
    status: int = 200,
    form: PortalForm | None = None,
    changing: int | None = None,
) -> Response:
    """The page of the booking; `form` changes its facts, or the slot `changing`."""
    return page(
        visit, "bookings/desk/show.html", part="slots", status=status, sheet=sheet, form=form, changing=changing
    )
