"""THE MAP: one line per URL: path, handler, name, and who may enter. A line without `who` is an error.

Those below `/desk` are in `routes.map_of_desk`, and part of the map.
"""

from models.core.scope import Right
from models.users.throttle import Bucket
from routes import alerts, crm, guide, health, units
from routes.bookings import addresses, appointments, calendars, distributions, invitations, months, sign_ups
from routes.bookings import search as bookings
from routes.contract import page as contract
from routes.employees import deactivations, due
from routes.employees import edit as edit_employee
from routes.employees import new as new_employee
from routes.employees import page as employee_page
from routes.employees import search as employees
from routes.imports import answers as import_answers
from routes.imports import applications as import_applications
from routes.imports import lists as imports
from routes.imports import reversals as import_reversals
from routes.imports import rows as import_rows
from routes.info import page as info
from routes.info import worklist
from routes.invoices import exports as invoice_exports
from routes.invoices import files as invoice_files
from routes.invoices import page as invoice_page
from routes.invoices import search as invoices
from routes.invoices import statements
from routes.log import disclosures
from routes.log import pages as log
from routes.map_of_desk import DESK
from routes.orders import cancellations as order_cancellations
from routes.orders import exports as order_exports
from routes.orders import files as order_files
from routes.orders import messages as order_messages
from routes.orders import new as new_order
from routes.orders import page as order_page
from routes.orders import search as orders
from routes.reports import annual_report, figures, hms_year
from routes.reports import search as reports
from routes.search import page as search
from routes.session import codes, factors, passkeys, password_links, password_requests, passwords
from routes.session import sign_in as session
from routes.session.work import back as from_work
from routes.session.work import out as out_at_work
from routes.session.work import there as to_work
from routes.users import own as users
from routes.web.http.body import MEGABYTE
from routes.web.lines import CallLine, Line, anyone, auditing, get, may, of_a_customer, post, signed_in, with_password
from routes.web.texts.attaching import MAX_BODY

ORDERS, EMPLOYEES, INVOICES, REPORTS, ADMINISTRATOR = Right


# fmt: off
MAP: tuple[Line, ...] = (
    get ("/",                              info.root,               name="root",            who=signed_in),
    get ("/login",                         session.new,             name="sign_in",         who=anyone),
    post("/login",                         session.create,          name="create_session",  who=anyone),
    get ("/login/code",                    codes.new,               name="sign_in_code",    who=anyone),
    post("/login/code",                    codes.create,            name="give_code",       who=anyone),
    get ("/login/work",                    to_work.new,             name="work_sign_in",    who=anyone),
    post("/login/work",                    to_work.create,          name="find_work_sign_in", who=anyone),
    get ("/login/work/back",               from_work.land,          name="work_back",       who=anyone, lands=True),
    get ("/login/work/{key}",              to_work.leave,           name="leave_for_work",  who=anyone),
    post("/logout",                        session.destroy,         name="sign_out",        who=signed_in, while_viewing=True, before_factor=True),
    get ("/logout/work/{key}",             out_at_work.leave,       name="sign_out_at_work", who=anyone),
    get ("/logout/forget",                 session.forget,          name="forget",          who=anyone),
    get ("/password",                      passwords.edit,          name="password",        who=signed_in),
    post("/password",                      passwords.update,        name="change_password", who=with_password),
    post("/password/sessions/ending",      passwords.end_others,    name="end_sessions",    who=signed_in),
    get ("/users",                         users.index,             name="users",           who=may(ADMINISTRATOR)),
    get ("/users/new",                     users.new,               name="new_colleague",   who=may(ADMINISTRATOR)),
    post("/users",                         users.create,            name="invite_user_by_email", who=may(ADMINISTRATOR), form="new_colleague", counts=Bucket.INVITATIONS),
    get ("/users/{id:int}",                users.show,              name="user",            who=may(ADMINISTRATOR)),
    post("/users/{id:int}",                users.update,            name="change_user",     who=may(ADMINISTRATOR), form="user"),
    post("/users/{id:int}/removal",        users.remove,            name="remove_user",     who=may(ADMINISTRATOR), form="user"),
    post("/users/{id:int}/reactivation",   users.restore,           name="restore_user",    who=may(ADMINISTRATOR), form="user"),
    post("/users/{id:int}/invitation",     users.invite_once_more,  name="invite_again",    who=may(ADMINISTRATOR), form="user", counts=Bucket.INVITATIONS),
    post("/users/{id:int}/second-factor/removal", users.reset_factor, name="reset_colleague_factor", who=may(ADMINISTRATOR), form="user"),
    get ("/log",                           log.index,               name="log",             who=auditing),
    get ("/log.csv",                       log.csv,                 name="log_csv",         who=auditing),
    get ("/alerts",                        alerts.edit,             name="alerts",          who=may(ORDERS, EMPLOYEES, REPORTS, INVOICES)),
    post("/alerts",                        alerts.update,           name="change_alerts",   who=may(ORDERS, EMPLOYEES, REPORTS, INVOICES), form="alerts"),
    get ("/password/factors",              factors.show,            name="second_factor",   who=with_password),
    get ("/password/factors/new",          factors.new,             name="new_factor",      who=with_password, before_factor=True),
    post("/password/factors/new",          factors.prove,           name="prove_for_app",   who=with_password),
    post("/password/factors",              factors.create,          name="set_up_factor",   who=with_password, before_factor=True),
    post("/password/factors/codes",        factors.renew,           name="renew_codes",     who=with_password),
    post("/password/factors/removal",      factors.destroy,         name="remove_factor",   who=with_password),
    get ("/password/passkeys/new",         passkeys.new,            name="new_passkey",     who=with_password, before_factor=True),
    post("/password/passkeys/new",         passkeys.prove,          name="prove_for_passkey", who=with_password),
    post("/password/passkeys/creation",    passkeys.create,         name="create_passkey",  who=with_password, before_factor=True, form="new_passkey"),
    get ("/password/passkeys/{id:int}",    passkeys.show,           name="passkey",         who=with_password),
    post("/password/passkeys/{id:int}/removal", passkeys.destroy,   name="remove_passkey",  who=with_password),
    post("/password/devices/removal",      factors.forget,          name="forget_device",   who=with_password),
    get ("/password/forgotten",            password_requests.new,   name="forgotten_password", who=anyone),
    post("/password/forgotten",            password_requests.create, name="request_password", who=anyone),
    get ("/password/{token}",              password_links.show,     name="password_link",   who=anyone),
    post("/password/{token}",              password_links.update,   name="choose_password", who=anyone),
    post("/customer",                      session.switch,          name="switch_customer", who=of_a_customer),
    get ("/info",                          info.index,              name="info",            who=signed_in),
    get ("/worklist",                      worklist.index,          name="worklist",        who=of_a_customer),
    get ("/search",                        search.index,            name="search",          who=may(ORDERS, EMPLOYEES, INVOICES), from_replica=True),
    get ("/orders",                        orders.index,            name="orders",          who=may(ORDERS), from_replica=True),
    get ("/orders.csv",                    order_exports.csv,       name="orders_csv",      who=may(ORDERS), from_replica=True),
    get ("/orders.xlsx",                   order_exports.xlsx,      name="orders_xlsx",     who=may(ORDERS), from_replica=True),
    get ("/orders/new",                    new_order.new,           name="new_order",       who=may(ORDERS)),
    post("/orders",                        new_order.create,        name="create_order",    who=may(ORDERS), form="new_order", max_body=MAX_BODY, counts=Bucket.ORDERS),
    get ("/orders/{number:int}",           orders.show,             name="order",           who=may(ORDERS)),
    post("/orders/{number:int}/reference", orders.update_reference, name="order_reference", who=may(ORDERS), form="order"),
    post("/orders/{number:int}/messages",  order_messages.create,   name="create_order_message", who=may(ORDERS), form="order", max_body=MAX_BODY, counts=Bucket.MESSAGES),
    get ("/orders/{number:int}/files/{id:int}", order_files.download, name="order_file",    who=may(ORDERS)),
    get ("/orders/{number:int}/cancellation", order_cancellations.new, name="order_cancellation", who=may(ORDERS)),
    post("/orders/{number:int}/cancellation", order_cancellations.create, name="cancel_order", who=may(ORDERS), form="order_cancellation"),
    get ("/orders/{number:int}/receipt",   order_page.receipt,      name="order_receipt",   who=may(ORDERS)),
    get ("/bookings",                      bookings.index,          name="bookings",        who=may(ORDERS, EMPLOYEES), from_replica=True),
    get ("/bookings/calendar",             months.index,            name="bookings_month",  who=may(ORDERS, EMPLOYEES), from_replica=True),
    get ("/bookings/{id:int}",             sign_ups.show,           name="booking",         who=may(ORDERS, EMPLOYEES)),
    get ("/bookings/{id:int}/day-list",    bookings.day_list,       name="day_list",        who=may(ORDERS, EMPLOYEES), from_replica=True),
    post("/bookings/{id:int}/signups",     sign_ups.create,         name="sign_up",         who=may(EMPLOYEES), form="booking"),
    post("/signups/{id:int}/cancellation", sign_ups.destroy,        name="cancel_sign_up",  who=may(EMPLOYEES)),
    post("/signups/{id:int}/move",         sign_ups.move,           name="move_sign_up",    who=may(EMPLOYEES)),
    post("/signups/{id:int}/acceptance",   sign_ups.accept,         name="accept_sign_up",  who=may(EMPLOYEES)),
    get ("/bookings/{id:int}/distribution", distributions.new,      name="new_distribution", who=may(EMPLOYEES)),
    post("/bookings/{id:int}/distribution", distributions.propose_times, name="distribution", who=may(EMPLOYEES), form="new_distribution"),
    post("/bookings/{id:int}/distribution/confirmation", distributions.create, name="confirm_distribution", who=may(EMPLOYEES), form="new_distribution"),
    post("/bookings/{id:int}/addresses",   addresses.create,        name="booking_address", who=may(EMPLOYEES), form="booking"),
    post("/bookings/{id:int}/invitations", invitations.create,      name="invite",          who=may(EMPLOYEES), form="booking", counts=Bucket.INVITATIONS),
    get ("/bookings/{id:int}.ics",         calendars.show,          name="booking_calendar", who=may(ORDERS, EMPLOYEES)),
    get ("/calendar",                      calendars.edit,          name="calendar",        who=may(ORDERS, EMPLOYEES)),
    post("/calendar",                      calendars.create,        name="create_calendar", who=may(ORDERS, EMPLOYEES)),
    post("/calendar/revocation",           calendars.destroy,       name="revoke_calendar", who=may(ORDERS, EMPLOYEES)),
    get ("/calendar/{secret}.ics",         calendars.feed,          name="calendar_feed",   who=anyone),
    get ("/me/{token}",                    appointments.show,       name="appointment",     who=anyone),
    post("/me/{token}",                    appointments.update,     name="answer_appointment", who=anyone),
    get ("/employees",                     employees.index,         name="employees",       who=may(EMPLOYEES), from_replica=True),
    get ("/employees/new",                 new_employee.new,        name="new_employee",    who=may(EMPLOYEES)),
    post("/employees",                     new_employee.create,     name="create_employee", who=may(EMPLOYEES), form="new_employee"),
    get ("/employees/{id:int}",            employees.show,          name="employee",        who=may(EMPLOYEES)),
    get ("/employees/{id:int}/edit",       edit_employee.edit,      name="edit_employee",   who=may(EMPLOYEES)),
    post("/employees/{id:int}",            edit_employee.update,    name="update_employee", who=may(EMPLOYEES), form="edit_employee"),
    get ("/employees/{id:int}/deactivation", deactivations.new,     name="deactivation",    who=may(EMPLOYEES)),
    post("/employees/{id:int}/deactivation", deactivations.create,  name="deactivate",      who=may(EMPLOYEES), form="deactivation"),
    post("/employees/{id:int}/reactivation", deactivations.destroy, name="reactivation",    who=may(EMPLOYEES), form="employee"),
    post("/employees/{id:int}/email",      worklist.update_email,   name="employee_email",  who=may(EMPLOYEES), form="worklist"),
    post("/employees/{id:int}/national-id", worklist.update_national_id, name="employee_national_id", who=may(EMPLOYEES), form="worklist"),
    get ("/employees/{id:int}/receipt",    employee_page.receipt,   name="employee_receipt", who=may(EMPLOYEES)),
    get ("/employees/{id:int}/disclosure.pdf", disclosures.pdf,     name="employee_pdf",    who=may(EMPLOYEES), counts=Bucket.FILES),
    get ("/employees/{id:int}/disclosure.json", disclosures.as_json, name="employee_json",  who=may(EMPLOYEES), counts=Bucket.FILES),
    get ("/employees.csv",                 employees.csv,           name="employees_csv",   who=may(EMPLOYEES), from_replica=True),
    get ("/employees.xlsx",                employees.xlsx,          name="employees_xlsx",  who=may(EMPLOYEES), from_replica=True),
    get ("/employees/due",                 due.index,               name="due",             who=may(EMPLOYEES)),
    get ("/employees/due/choice",          due.choose,              name="choose_due",      who=may(EMPLOYEES)),
    get ("/employees/due.csv",             due.csv,                 name="due_csv",         who=may(EMPLOYEES)),
    get ("/employees/due.xlsx",            due.xlsx,                name="due_xlsx",        who=may(EMPLOYEES)),
    get ("/employees/imports",             imports.new,             name="new_import",      who=may(EMPLOYEES)),
    post("/employees/imports",             imports.create,          name="create_import",   who=may(EMPLOYEES), form="new_import", max_body=10 * MEGABYTE, counts=Bucket.IMPORTS),
    get ("/employees/imports/{id:int}",    imports.show,            name="import",          who=may(EMPLOYEES)),
    post("/employees/imports/{id:int}/columns", imports.update,     name="import_columns",  who=may(EMPLOYEES), form="import"),
    post("/employees/imports/{id:int}/answers", import_answers.create, name="import_answers", who=may(EMPLOYEES), form="import"),
    post("/employees/imports/{id:int}/rows/{number:int}", import_rows.update, name="import_row", who=may(EMPLOYEES), form="import"),
    post("/employees/imports/{id:int}/application", import_applications.create, name="import_application", who=may(EMPLOYEES), form="import"),
    post("/employees/imports/{id:int}/reversal", import_reversals.create, name="import_reversal", who=may(EMPLOYEES), form="import"),
    post("/employees/imports/{id:int}/deletion", imports.destroy,   name="import_deletion", who=may(EMPLOYEES), form="import"),
    get ("/units",                         units.index,             name="units",           who=may(ORDERS, EMPLOYEES)),
    get ("/reports",                       reports.index,           name="reports",         who=may(REPORTS), from_replica=True),
    get ("/reports/figures",               figures.figures,         name="figures",         who=may(REPORTS), from_replica=True),
    get ("/reports/figures.csv",           figures.figures_csv,     name="figures_csv",     who=may(REPORTS), from_replica=True),
    get ("/reports/hms-year",              hms_year.hms_year,       name="hms_year",        who=may(REPORTS), from_replica=True),
    get ("/reports/annual-report",         annual_report.annual_report, name="annual_report",   who=may(REPORTS), from_replica=True),
    get ("/reports/annual-report.pdf",     annual_report.annual_report_pdf, name="annual_report_pdf", who=may(REPORTS), counts=Bucket.FILES, from_replica=True),
    get ("/reports/{id:int}",              reports.show,            name="report",          who=may(REPORTS)),
    get ("/reports/{id:int}/file",         reports.download,        name="report_file",     who=may(REPORTS)),
    get ("/reports/{id:int}/preview",      reports.preview,         name="report_preview",  who=may(REPORTS)),
    get ("/invoices",                      invoices.index,          name="invoices",        who=may(INVOICES), from_replica=True),
    get ("/invoices.csv",                  invoice_exports.csv,     name="invoices_csv",    who=may(INVOICES), from_replica=True),
    get ("/invoices.xlsx",                 invoice_exports.xlsx,    name="invoices_xlsx",   who=may(INVOICES), from_replica=True),
    get ("/invoices.zip",                  invoice_exports.zip_file, name="invoices_zip",    who=may(INVOICES), counts=Bucket.FILES, from_replica=True),
    get ("/account-statement",             statements.statement,    name="statement",       who=may(INVOICES), from_replica=True),
    get ("/account-statement.csv",         statements.statement_csv, name="statement_csv",   who=may(INVOICES), from_replica=True),
    get ("/account-statement.pdf",         statements.statement_pdf, name="statement_pdf",   who=may(INVOICES), counts=Bucket.FILES, from_replica=True),
    get ("/invoices/{number:name}/attachments/{id:int}", invoice_page.attachment, name="invoice_attachment", who=may(INVOICES)),
    post("/invoices/{number:name}/messages", invoice_page.ask,      name="create_invoice_message", who=may(INVOICES), form="invoice", max_body=MAX_BODY, counts=Bucket.MESSAGES),
    get ("/invoices/{number:name}/files/{id:int}", invoice_files.download, name="invoice_message_file", who=may(INVOICES)),
    get ("/invoices/{number:name}.pdf",    invoice_page.pdf,        name="invoice_pdf",     who=may(INVOICES), counts=Bucket.FILES),
    get ("/invoices/{number:name}.xml",    invoice_page.original,   name="invoice_xml",     who=may(INVOICES)),
    get ("/invoices/{number:name}",        invoice_page.show,       name="invoice",         who=may(INVOICES)),
    *DESK,
    get ("/guide",                         guide.show,              name="guide",           who=anyone),
    get ("/guide/{file}",                  guide.pdf,               name="guide_pdf",       who=anyone),
    get ("/accessibility",                 guide.accessibility,     name="accessibility",   who=anyone),
    get ("/contract",                      contract.index,          name="contract",        who=anyone),
    get ("/contract.json",                 contract.as_program,     name="contract_json",   who=anyone),
    get ("/contract.schema.json",          contract.schema,         name="contract_schema", who=anyone),
    get ("/contract/{name}",               contract.show,           name="contract_line",   who=anyone),
    get ("/healthz",                       health.alive,            name="alive",           who=anyone, is_probe=True),
    get ("/readyz",                        health.ready,            name="ready",           who=anyone, is_probe=True),
)
# fmt: on


CALLS: tuple[CallLine, ...] = (
    CallLine("POST", "/crm/events", crm.create, "crm_events", max_body=50 * MEGABYTE),
    CallLine("GET", "/crm/outbox", crm.index, "crm_outbox"),
)
