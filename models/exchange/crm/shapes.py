"""What the portal tells the CRM: the shape of the data of each kind of event, as docs/crm.md promises it.

The models write the data; the tests check that it has these shapes. The shapes of what the CRM sends are in
`models.exchange.crm.intake`.
"""

from datetime import date, datetime
from typing import Literal

from msgspec import Struct

from models.bookings.sign_ups.sign_up import State


class File(Struct, forbid_unknown_fields=True):
    """A file that hangs on an order or a message; what is in it stays in the portal."""

    id: int
    name: str
    media_type: str
    size: int


class OrderPlaced(Struct, forbid_unknown_fields=True):
    """A customer has sent an order, or `written_by` at the provider wrote it for who asked (NB9, NB10, D2)."""

    number: int
    ordered_on: date
    customer: str
    unit: str
    delivery: str
    quantity: str
    contact: str
    reference: str
    location: str
    description: str
    sender_name: str
    sender_email: str
    written_by: str
    account_manager_name: str
    account_manager_email: str
    account_manager_phone: str
    files: list[File]


class OrderReferenceChanged(Struct, forbid_unknown_fields=True):
    """A customer has given an order another own reference (B16)."""

    number: int
    reference: str


class OrderMessageAdded(Struct, forbid_unknown_fields=True):
    """Somebody has written on an order, of the customer's or the provider's staff; `written_by` for the author."""

    number: int
    message: int
    side: Literal["customer", "provider"]
    author: str
    written_by: str
    text: str
    at: datetime
    files: list[File]


class OrderProgressed(Struct, forbid_unknown_fields=True):
    """The provider's desk has given an order a status or a product group; the CRM's own newer word still wins (C3)."""

    number: int
    status: str | None
    product_group: str | None


class OrderCancelled(Struct, forbid_unknown_fields=True):
    """A customer has taken an order back, before anything was planned (H6); `message` holds the reason, too."""

    number: int
    message: int
    reason: str
    author: str
    at: datetime


class Employee(Struct, forbid_unknown_fields=True):
    """An employee as he or she is now (AR12)."""

    id: int
    given_name: str
    family_name: str
    email: str | None
    mobile: str | None
    birth_date: date | None
    employee_number: str | None
    job_title: str | None
    groups: list[str]
    unit_id: int
    unit: str
    active: bool


class EmployeeChanged(Employee, forbid_unknown_fields=True):
    """The same, and which values are new."""

    fields: list[str]


class EmployeeDeactivated(Employee, forbid_unknown_fields=True):
    """The same, and what became of the times ahead: how many were freed, and how many colleagues took over."""

    freed: int
    handed_over: int


class NationalIdChanged(Struct, forbid_unknown_fields=True):
    """An identity number was registered, changed or removed; it comes as a JWE under the key that the CRM shares."""

    id: int
    registered: bool
    national_id: str | None = None


class EmployeeErased(Struct, forbid_unknown_fields=True):
    """A former employee was erased, or one whom an import had added that was undone: the CRM erases its copy, too."""

    id: int


class SignUp(Struct, forbid_unknown_fields=True):
    """A sign-up as it is now: somebody on a slot, on the waiting list, or taken off (T1)."""

    sign_up: int
    booking: int
    order_number: int | None
    employee: int
    slot: int | None
    state: Literal["Påmeldt", "Bekreftet", "Tilbudt", "Venteliste", "Avmeldt", "Møtt", "Ikke møtt"]
    """The word for `standing`, as it has been since the first events."""
    standing: State
    revision: int
    previous_slot: int | None = None


class BookingSlot(Struct, forbid_unknown_fields=True):
    """One time of a booking."""

    slot: int
    starts_at: datetime
    ends_at: datetime
    capacity: int


class Booking(Struct, forbid_unknown_fields=True):
    """A booking as it is now, with all its times, after it was published or changed in the portal."""

    booking: int
    unit_id: int
    order_number: int | None
    title: str
    place: str
    preparation: str
    self_declaration_url: str
    deadline: datetime
    names_hidden: bool
    needs_national_id: bool
    cancelled: bool
    slots: list[BookingSlot]


class Invitation(Struct, forbid_unknown_fields=True):
    """An employee was asked to choose a time, or need not any more."""

    invitation: int
    booking: int
    employee: int


class EmployeeRestated(Struct, forbid_unknown_fields=True):
    """An employee as he or she is now, sent again after a comparison of digests."""

    id: int
    given_name: str
    family_name: str
    email: str | None
    mobile: str | None
    birth_date: date | None
    employee_number: str | None
    job_title: str | None
    groups: list[str]
    unit_id: int
    active: bool


class OrderRestated(Struct, forbid_unknown_fields=True):
    """An order as it is now, sent again after a comparison of digests."""

    number: int
    delivery: str
    quantity: str
    contact: str
    reference: str
    location: str
    description: str


class SignUpRestated(Struct, forbid_unknown_fields=True):
    """A sign-up as it is now, sent again after a comparison of digests."""

    sign_up: int
    booking: int
    employee: int
    slot: int | None
    state: str
    standing: State


KINDS: dict[str, type[Struct]] = {
    "order.placed": OrderPlaced,
    "order.reference_changed": OrderReferenceChanged,
    "order.message_added": OrderMessageAdded,
    "order.progressed": OrderProgressed,
    "order.cancelled": OrderCancelled,
    "employee.added": Employee,
    "employee.changed": EmployeeChanged,
    "employee.deactivated": EmployeeDeactivated,
    "employee.reactivated": Employee,
    "employee.national_id_changed": NationalIdChanged,
    "employee.erased": EmployeeErased,
    **dict.fromkeys(
        (f"sign_up.{what}" for what in ("created", "moved", "cancelled", "waiting", "offered", "expired", "confirmed")),
        SignUp,
    ),
    "sign_up.attendance": SignUp,
    "booking.published": Booking,
    "booking.changed": Booking,
    "invitation.sent": Invitation,
    "invitation.declined": Invitation,
    "employee.restated": EmployeeRestated,
    "order.restated": OrderRestated,
    "sign_up.restated": SignUpRestated,
}
"""By the type of the event."""
