"""THE MAP: one line per URL: path, handler, name, and who may enter. `who` is required: no guard, no import."""

from dataclasses import dataclass

from models.tenancy import Right
from routes import (
    appointments,
    bookings,
    calendars,
    deactivations,
    distributions,
    edit_employee,
    employees,
    guide,
    health,
    info,
    invitations,
    new_employee,
    new_order,
    orders,
    session,
    sign_ups,
    units,
)
from routes.web.visit import Handler, Tab, Visit, Who

ORDERS, EMPLOYEES, INVOICES, REPORTS = Right


def anyone(_visit: Visit) -> bool:
    """Everybody, signed in or not."""
    return True


def signed_in(visit: Visit) -> bool:
    """Every user, whatever the rights."""
    return visit.signed_in is not None


def may(*rights: Right) -> Who:
    """Users with one of the rights in at least one unit (X2, X3)."""
    return lambda visit: visit.may(*rights)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the map."""

    method: str
    path: str
    handler: Handler
    name: str
    who: Who
    form: str | None = None
    """For a POST: the route of the page whose form it takes; there the user gets back to what was typed."""


def get(path: str, handler: Handler, *, name: str, who: Who) -> Line:
    """A page, or a part of one."""
    return Line("GET", path, handler, name, who)


def post(path: str, handler: Handler, *, name: str, who: Who, form: str | None = None) -> Line:
    """A change."""
    return Line("POST", path, handler, name, who, form)


# fmt: off
MAP: tuple[Line, ...] = (
    get ("/",                              info.root,               name="root",            who=signed_in),
    get ("/login",                         session.new,             name="sign_in",         who=anyone),
    post("/login",                         session.create,          name="create_session",  who=anyone),
    post("/logout",                        session.destroy,         name="sign_out",        who=signed_in),
    get ("/logout/forget",                 session.forget,          name="forget",          who=anyone),
    post("/customer",                      session.switch,          name="switch_customer", who=signed_in),
    get ("/info",                          info.index,              name="info",            who=signed_in),
    get ("/orders",                        orders.index,            name="orders",          who=may(ORDERS)),
    get ("/orders/new",                    new_order.new,           name="new_order",       who=may(ORDERS)),
    post("/orders",                        new_order.create,        name="create_order",    who=may(ORDERS), form="new_order"),
    get ("/orders/{number:int}",           orders.show,             name="order",           who=may(ORDERS)),
    post("/orders/{number:int}/reference", orders.update_reference, name="order_reference", who=may(ORDERS), form="order"),
    get ("/employees",                     employees.index,         name="employees",       who=may(EMPLOYEES)),
    get ("/employees/new",                 new_employee.new,        name="new_employee",    who=may(EMPLOYEES)),
    post("/employees",                     new_employee.create,     name="create_employee", who=may(EMPLOYEES), form="new_employee"),
    get ("/employees/{id:int}",            employees.show,          name="employee",        who=may(EMPLOYEES)),
    get ("/employees/{id:int}/edit",       edit_employee.edit,      name="edit_employee",   who=may(EMPLOYEES)),
    post("/employees/{id:int}",            edit_employee.update,    name="update_employee", who=may(EMPLOYEES), form="edit_employee"),
    get ("/employees/{id:int}/deactivation", deactivations.new,     name="deactivation",    who=may(EMPLOYEES)),
    post("/employees/{id:int}/deactivation", deactivations.create,  name="deactivate",      who=may(EMPLOYEES), form="deactivation"),
    post("/employees/{id:int}/reactivation", deactivations.destroy, name="reactivation",    who=may(EMPLOYEES), form="employee"),
    get ("/units",                         units.index,             name="units",           who=may(ORDERS, EMPLOYEES)),
    get ("/bookings",                      bookings.index,          name="bookings",        who=may(ORDERS, EMPLOYEES)),
    get ("/bookings/{id:int}",             sign_ups.show,           name="booking",         who=may(ORDERS, EMPLOYEES)),
    get ("/bookings/{id:int}/day-list",    bookings.day_list,       name="day_list",        who=may(ORDERS, EMPLOYEES)),
    post("/bookings/{id:int}/signups",     sign_ups.create,         name="sign_up",         who=may(EMPLOYEES), form="booking"),
    post("/signups/{id:int}/cancellation", sign_ups.destroy,        name="cancel_sign_up",  who=may(EMPLOYEES)),
    post("/signups/{id:int}/move",         sign_ups.move,           name="move_sign_up",    who=may(EMPLOYEES)),
    post("/signups/{id:int}/acceptance",   sign_ups.accept,         name="accept_sign_up",  who=may(EMPLOYEES)),
    get ("/bookings/{id:int}/distribution", distributions.new,      name="new_distribution", who=may(EMPLOYEES)),
    post("/bookings/{id:int}/distribution", distributions.propose_times, name="distribution", who=may(EMPLOYEES), form="new_distribution"),
    post("/bookings/{id:int}/distribution/confirmation", distributions.create, name="confirm_distribution", who=may(EMPLOYEES)),
    post("/bookings/{id:int}/invitations", invitations.create,      name="invite",          who=may(EMPLOYEES), form="booking"),
    get ("/bookings/{id:int}.ics",         calendars.show,          name="booking_calendar", who=may(ORDERS, EMPLOYEES)),
    get ("/calendar",                      calendars.edit,          name="calendar",        who=may(ORDERS, EMPLOYEES)),
    post("/calendar",                      calendars.create,        name="create_calendar", who=may(ORDERS, EMPLOYEES)),
    post("/calendar/revocation",           calendars.destroy,       name="revoke_calendar", who=may(ORDERS, EMPLOYEES)),
    get ("/calendar/{secret}.ics",         calendars.feed,          name="calendar_feed",   who=anyone),
    get ("/me/{token}",                    appointments.show,       name="appointment",     who=anyone),
    post("/me/{token}",                    appointments.update,     name="answer_appointment", who=anyone),
    get ("/guide",                         guide.show,              name="guide",           who=anyone),
    get ("/guide/{file}",                  guide.pdf,               name="guide_pdf",       who=anyone),
    get ("/accessibility",                 guide.accessibility,     name="accessibility",   who=anyone),
    get ("/healthz",                       health.alive,            name="alive",           who=anyone),
    get ("/readyz",                        health.ready,            name="ready",           who=anyone),
)
# fmt: on

TABS: tuple[Tab, ...] = (
    Tab("Info", "info", signed_in),
    Tab("Bestilling", "orders", may(ORDERS), holds=("bookings",)),
    Tab("Ansatte", "employees", may(EMPLOYEES)),
)
