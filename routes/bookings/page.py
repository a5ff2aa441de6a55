"""What rooms that show a booking share: finding it, and everything that its page is drawn with."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from models.bookings.booking import Booking, booking_by_id
from models.bookings.sign_ups.candidates import Candidate, Candidates, candidates, candidates_by_id
from models.bookings.sign_ups.invitations import invited_to
from models.bookings.sign_ups.sign_up import SignUp
from models.bookings.slots import is_ahead
from models.bookings.timetable import BookingView, Seated, SlotView, view_of
from models.core.scope import Right
from models.customers.account_managers import AccountManager
from models.customers.units import account_manager_of
from routes.web.errors import not_found
from routes.web.fields import Text, at_most, required
from routes.web.forms import PortalForm
from routes.web.visit import Visit

AT_DESK = {
    "booking": "desk_sign_ups",
    "sign_up": "desk_sign_up",
    "cancel_sign_up": "desk_cancel_sign_up",
    "move_sign_up": "desk_move_sign_up",
    "accept_sign_up": "desk_accept_sign_up",
    "booking_address": "desk_sign_up",
}
"""By what a customer's user does, the route by which staff do it in the customer's stead (D1)."""


_ID = 999_999_999
"""An id that no address holds beside it."""


class ReasonForm(PortalForm):
    """Why staff change who sits where."""

    reason = Text(
        "Grunn",
        [required("Skriv hvorfor: hvem som ringte, og hva som er grunnen."), at_most(200)],
        description="Hvem som ringte, og hvorfor. Står i kundens logg. Ikke skriv helseopplysninger.",
    )
    with_names = False
    """Whether they see names that customers do not see (decision 0029), which is on record by then."""


@dataclass
class BookingPage:
    """One booking as one visitor sees it; each thing is looked up when it is drawn."""

    visit: Visit
    booking: Booking
    text: str = ""
    """What people are searched by."""
    chosen: Collection[int] = ()
    """The employees who are ticked."""
    moving: SignUp | None = None
    """Who is to get another time."""
    problem: str = ""
    """Why nothing was done."""
    just: Collection[int] = ()
    """The employees who were put on a slot by what was just pressed (H4)."""
    at: int | None = None
    """The slot where something was just taken away."""
    anew: bool = False
    """Whether others are ticked than the page knows, so that the times are drawn along with the people."""
    typed: Mapping[int, str] = field(default_factory=dict)
    """By employee, an address that was typed and is not saved,"""
    wrong: Mapping[int, str] = field(default_factory=dict)
    """and why it is refused."""
    only_free: bool = False
    """Whether full times are hidden."""
    in_hand: bool = False
    """Whether of the people only those who are ticked are drawn, and nobody is looked for: they want another time.
    Who sits where is drawn without what can be done about that."""
    why: ReasonForm | None = None
    """The reason that staff give at the desk; None for a customer's user, who needs none."""

    @property
    def reason(self) -> str | None:
        """What the models are told of it."""
        return self.why.reason.data or "" if self.why else None

    @cached_property
    def may_change(self) -> bool:
        """Whether the visitor may put people on the booking, and take them off, now (T5); at the desk, later too."""
        if self.why:
            return self.booking.cancelled_at is None and self.visit.may_act
        return self.visit.may(Right.EMPLOYEES) and self.booking.is_open(self.visit.now)

    def is_changeable(self, slot: SlotView) -> bool:
        """Whether who sits there may change."""
        return self.may_change and is_ahead(slot.starts_at, self.visit.now, late=self.why is not None)

    @property
    def is_late(self) -> bool:
        """Whether only the provider can change anything by now."""
        return not self.booking.is_open(self.visit.now)

    @property
    def unhidden(self) -> bool:
        """Whether staff have asked for names that customers do not see."""
        return self.why is not None and self.why.with_names

    @cached_property
    def view(self) -> BookingView:
        """Days, slots and who sits where."""
        return view_of(self.visit.db, self.booking, self.visit.user.user_id, unhidden=self.unhidden)

    @cached_property
    def people(self) -> Candidates:
        """Whom one may choose."""
        if self.in_hand:
            asked = [replace(one, chosen=True) for one in self._asked]
            return Candidates(asked, len(asked), len(asked))
        return candidates(
            self.visit.db,
            self.booking,
            text=self.text,
            chosen=self.chosen,
            viewer_id=self.visit.user.user_id,
            unhidden=self.unhidden,
        )

    @cached_property
    def ticked(self) -> list[Candidate]:
        """Those who are ticked and can be chosen, for whoever presses a time (H4)."""
        return [one for one in self._asked if one.can_be_chosen]

    @cached_property
    def _asked(self) -> list[Candidate]:
        """Those who are ticked, whether they can be chosen or not."""
        return self.people_by_id(self.chosen) if self.chosen else []

    @property
    def whom(self) -> str:
        """Whom the next press of a time is for, as its button says it (H4)."""
        names = [one.name for one in self.ticked]
        return f" {names[0]}" if len(names) == 1 else f" {len(names)} valgte" if names else ""

    def others(self, employee_id: int) -> list[int]:
        """Who is still ticked when one of the ticks is taken away."""
        return [id for id in self.chosen if id != employee_id]

    @cached_property
    def invited(self) -> set[int]:
        """Who is asked to choose a time."""
        return invited_to(self.visit.db, self.booking, self.visit.user.user_id)

    @cached_property
    def account_manager(self) -> AccountManager | None:
        """Whom to call when it is too late."""
        return account_manager_of(self.visit.db, self.booking.unit_id)

    @property
    def may_see_order(self) -> bool:
        """Whether the order's page is open to the visitor, too."""
        scope = self.visit.user.scope
        units = scope.units_with(Right.ORDERS) if scope else frozenset()
        return units is None or self.booking.unit_id in units

    def people_by_id(self, ids: Collection[int]) -> list[Candidate]:
        """Some of them, with what they have now."""
        viewer_id = self.visit.user.user_id
        return candidates_by_id(self.visit.db, self.booking, ids, viewer_id, unhidden=self.unhidden)

    @property
    def slots(self) -> list[SlotView]:
        """All of them."""
        return [slot for day in self.view.days for slot in day.slots]

    def named(self, what: str) -> str:
        """The route by which something is done, by the customer's name for it; at the desk it is another."""
        return what if self.why is None else AT_DESK[what]

    @property
    def names(self) -> str | None:
        """What an address at the desk says where names are seen."""
        return "1" if self.unhidden else None

    def to(self, what: str, **params: object) -> str:
        """Where something is done, by the customer's name for it."""
        return self.visit.url(self.named(what), names=self.names, **params)

    def around(self, what: str, by: str = "id", **params: object) -> tuple[str, str]:
        """What stands before and after an id in the address where something is done: made once for many people."""
        before, _, after = self.to(what, **params, **{by: _ID}).partition(str(_ID))
        return before, after

    @property
    def url(self) -> str:
        """Where the page is."""
        return self.to("booking", id=self.booking.id)

    @property
    def everybody(self) -> str:
        """Where all are shown again, with those ticked who are."""
        return self.to("booking", id=self.booking.id, employee=self.chosen)

    @property
    def fresh(self) -> str:
        """Where an open page asks whether its slots are still so."""
        moving = self.moving.id if self.moving else None
        return self.to("booking", id=self.booking.id, move=moving, seen=self.mark)

    @property
    def mark(self) -> str:
        """The state of the slots, and whom for, in a few signs: another one means that something happened."""
        moving = self.moving.id if self.moving else 0
        state = repr([self.view, self.may_change, moving, sorted(self.chosen), self.in_hand])
        return hashlib.blake2b(state.encode(), digest_size=6).hexdigest()

    def slot(self, id: int | None) -> SlotView | None:
        """The slot of this booking with an id."""
        return next((slot for slot in self.slots if slot.id == id), None)

    def seated(self, sign_up_id: int) -> Seated | None:
        """The person of a sign-up, where the visitor may see who it is."""
        return next((one for slot in self.slots for one in slot.people if one.sign_up == sign_up_id), None)


def booking_of(visit: Visit, id: int) -> Booking:
    """The booking; raises the refusal for what one may not see."""
    booking = booking_by_id(visit.db, id)
    if booking is None:
        raise not_found()
    return booking
