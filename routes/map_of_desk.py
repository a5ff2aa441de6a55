"""The lines of the map below `/desk`, where the provider's own work; all others are in the map itself."""

from models.users.throttle import Bucket
from routes.bookings.desk import attendances as desk_attendances
from routes.bookings.desk import changes as desk_booking_changes
from routes.bookings.desk import months as desk_months
from routes.bookings.desk import moves as desk_moves
from routes.bookings.desk import new as desk_new_booking
from routes.bookings.desk import search as desk_bookings
from routes.bookings.desk import sign_ups as desk_sign_ups
from routes.bookings.desk import slots as desk_slots
from routes.catalogue import entry as desk_catalogue_entry
from routes.catalogue import page as desk_catalogue
from routes.customers import checks as desk_checks
from routes.customers import lists as desk_customer_lists
from routes.customers import new as desk_new_customer
from routes.customers import search as desk_customers
from routes.customers import sign_on as desk_sign_on
from routes.customers import units as desk_units
from routes.customers import viewings as desk_viewings
from routes.deliveries import search as desk_deliveries
from routes.desk import mail as desk_mail
from routes.desk import overview as desk_overview
from routes.employees.desk import new as desk_new_employee
from routes.employees.desk import search as desk_employees
from routes.invoices import desk as desk_invoices
from routes.invoices import files as invoice_files
from routes.log import disclosures
from routes.log import pages as log
from routes.notices import desk as desk_notices
from routes.orders import files as order_files
from routes.orders.desk import messages as desk_order_messages
from routes.orders.desk import new as desk_new_order
from routes.orders.desk import page as desk_orders
from routes.orders.desk import reception as desk_reception
from routes.reports import desk as desk_reports
from routes.reports import desk_plans
from routes.search import desk as desk_search
from routes.staff import access as desk_access
from routes.staff import hand_over as desk_hand_over
from routes.staff import member as desk_member
from routes.staff import new as desk_new_member
from routes.staff import search as desk_staff
from routes.staff import stand_ins as desk_stand_ins
from routes.users import desk as desk_users
from routes.web.http.body import MEGABYTE
from routes.web.lines import Line, administrating, get, post, serving, staff, viewing
from routes.web.texts.attaching import MAX_BODY

# fmt: off
DESK: tuple[Line, ...] = (
    get ("/desk",                          desk_overview.index,     name="desk",            who=staff),
    get ("/desk/search",                   desk_search.index,       name="desk_search",     who=staff, from_replica=True),
    get ("/desk/orders",                   desk_orders.index,       name="desk_orders",     who=staff, from_replica=True),
    get ("/desk/orders/{number:int}",      desk_orders.show,        name="desk_order",      who=staff),
    post("/desk/orders/{number:int}",      desk_orders.update,      name="desk_order_progress", who=serving, form="desk_order"),
    post("/desk/orders/{number:int}/reception", desk_reception.create, name="desk_receive_order", who=serving, form="desk"),
    post("/desk/orders/{number:int}/messages", desk_order_messages.create, name="create_desk_message", who=serving, form="desk_order", max_body=MAX_BODY),
    get ("/desk/orders/{number:int}/files/{id:int}", order_files.desk_download, name="desk_order_file", who=staff),
    post("/desk/orders/{number:int}/messages/answered", desk_order_messages.update, name="desk_no_answer", who=serving, form="desk_order"),
    get ("/desk/orders/{number:int}/receipt", desk_orders.receipt,  name="desk_order_receipt", who=staff),
    get ("/desk/customers/{id:int}/orders/new", desk_new_order.new, name="desk_new_order",  who=serving),
    post("/desk/customers/{id:int}/orders", desk_new_order.create,  name="desk_create_order", who=serving, form="desk_new_order", max_body=MAX_BODY),
    post("/desk/mail",                     desk_mail.update,        name="desk_mail",       who=serving, form="desk"),
    get ("/desk/bookings",                 desk_bookings.index,     name="desk_bookings",   who=staff, from_replica=True),
    get ("/desk/bookings/calendar",        desk_months.index,       name="desk_bookings_month", who=staff, from_replica=True),
    get ("/desk/bookings/{id:int}",        desk_bookings.show,      name="desk_booking",    who=staff),
    get ("/desk/bookings/{id:int}/day-list", desk_bookings.day_list, name="desk_day_list",  who=staff),
    get ("/desk/bookings/{id:int}/edit",   desk_booking_changes.edit, name="desk_edit_booking", who=serving),
    post("/desk/bookings/{id:int}",        desk_booking_changes.update, name="desk_update_booking", who=serving, form="desk_edit_booking"),
    get ("/desk/bookings/{id:int}/cancellation", desk_booking_changes.new_cancellation, name="desk_cancellation", who=serving),
    post("/desk/bookings/{id:int}/cancellation", desk_booking_changes.create_cancellation, name="desk_call_off", who=serving, form="desk_cancellation"),
    get ("/desk/bookings/{id:int}/times",  desk_slots.new,          name="desk_new_times",  who=serving),
    post("/desk/bookings/{id:int}/times",  desk_slots.create,       name="desk_add_times",  who=serving, form="desk_new_times"),
    get ("/desk/bookings/{id:int}/moves",  desk_moves.new,          name="desk_new_moves",  who=serving),
    post("/desk/bookings/{id:int}/moves",  desk_moves.create,       name="desk_move_times", who=serving, form="desk_new_moves"),
    get ("/desk/bookings/{id:int}/signups", desk_sign_ups.show,     name="desk_sign_ups",   who=serving),
    post("/desk/bookings/{id:int}/signups", desk_sign_ups.create,   name="desk_sign_up",    who=serving, form="desk_sign_ups"),
    post("/desk/signups/{id:int}/cancellation", desk_sign_ups.destroy, name="desk_cancel_sign_up", who=serving),
    post("/desk/signups/{id:int}/move",    desk_sign_ups.move,      name="desk_move_sign_up", who=serving),
    post("/desk/signups/{id:int}/acceptance", desk_sign_ups.accept, name="desk_accept_sign_up", who=serving),
    get ("/desk/slots/{id:int}/edit",      desk_slots.edit,         name="desk_edit_slot",  who=serving),
    post("/desk/slots/{id:int}",           desk_slots.update,       name="desk_update_slot", who=serving, form="desk_edit_slot"),
    post("/desk/slots/{id:int}/deletion",  desk_slots.destroy,      name="desk_remove_slot", who=serving, form="desk_edit_slot"),
    post("/desk/slots/{id:int}/attendance", desk_attendances.create, name="desk_attendance", who=serving),
    get ("/desk/customers/{id:int}/bookings/new", desk_new_booking.new, name="desk_new_booking", who=serving),
    post("/desk/customers/{id:int}/bookings", desk_new_booking.create, name="desk_create_booking", who=serving, form="desk_new_booking"),
    get ("/desk/customers",                desk_customers.index,    name="desk_customers",  who=staff, from_replica=True),
    get ("/desk/customers/new",            desk_new_customer.new,   name="new_customer",    who=serving),
    post("/desk/customers",                desk_new_customer.create, name="create_customer", who=serving, form="new_customer"),
    get ("/desk/customers/import",         desk_customer_lists.new, name="new_customers",   who=administrating),
    post("/desk/customers/import",         desk_customer_lists.create, name="import_customers", who=administrating, form="new_customers", max_body=10 * MEGABYTE, counts=Bucket.IMPORTS),
    post("/desk/customers/import/application", desk_customer_lists.update, name="apply_customers", who=administrating, form="new_customers"),
    get ("/desk/customers/import/template.xlsx", desk_customer_lists.template, name="customers_template", who=administrating),
    get ("/desk/customers/{id:int}",       desk_customers.show,     name="desk_customer",   who=staff),
    get ("/desk/customers/{id:int}/employees", desk_employees.index, name="desk_employees", who=staff, from_replica=True),
    get ("/desk/customers/{id:int}/employees/new", desk_new_employee.new, name="desk_new_employee", who=serving),
    post("/desk/customers/{id:int}/employees", desk_new_employee.create, name="desk_create_employee", who=serving, form="desk_new_employee"),
    get ("/desk/customers/{id:int}/invoices", desk_invoices.index,  name="desk_invoices",   who=staff, from_replica=True),
    get ("/desk/invoices/{id:int}",        desk_invoices.show,      name="desk_invoice",    who=staff),
    post("/desk/invoices/{id:int}/messages", desk_invoices.answer_question, name="create_desk_invoice_message", who=serving, form="desk_invoice", max_body=MAX_BODY),
    get ("/desk/invoices/{id:int}/files/{file:int}", invoice_files.desk_download, name="desk_invoice_message_file", who=staff),
    post("/desk/invoices/{id:int}/messages/answered", desk_invoices.needs_none, name="desk_invoice_answered", who=serving, form="desk_invoice"),
    get ("/desk/customers/{id:int}/log",   log.desk_index,          name="desk_log",        who=staff),
    get ("/desk/customers/{id:int}/log.csv", log.desk_csv,          name="desk_log_csv",    who=staff),
    get ("/desk/customers/{id:int}/checks", desk_checks.index,      name="desk_checks",     who=staff),
    post("/desk/customers/{id:int}/checks", desk_checks.create,     name="create_check",    who=serving, form="desk_checks"),
    post("/desk/customers/checks/{id:int}/removal", desk_checks.destroy, name="remove_check", who=serving, form="desk_checks"),
    get ("/desk/customers/{id:int}/disclosure", disclosures.index,  name="desk_disclosure", who=serving),
    get ("/desk/customers/employees/{id:int}/disclosure.pdf", disclosures.desk_pdf, name="desk_employee_pdf", who=serving, counts=Bucket.FILES),
    get ("/desk/customers/employees/{id:int}/disclosure.json", disclosures.desk_json, name="desk_employee_json", who=serving, counts=Bucket.FILES),
    get ("/desk/customers/{id:int}/sign-on", desk_sign_on.edit,     name="desk_sign_on",    who=serving),
    post("/desk/customers/{id:int}/sign-on", desk_sign_on.update,   name="set_up_sign_on",  who=serving, form="desk_sign_on"),
    post("/desk/customers/{id:int}/sign-on/test", desk_sign_on.test, name="test_sign_on",   who=serving, form="desk_sign_on"),
    post("/desk/customers/{id:int}/sign-on/removal", desk_sign_on.destroy, name="remove_sign_on", who=serving, form="desk_sign_on"),
    get ("/desk/customers/{id:int}/viewings", desk_viewings.index,  name="desk_viewings",   who=staff),
    post("/desk/customers/{id:int}/viewing", desk_viewings.create,  name="begin_viewing",   who=serving, form="desk_customer"),
    get ("/desk/staff",                    desk_staff.index,        name="desk_staff",      who=administrating),
    get ("/desk/staff/new",                desk_new_member.new,     name="new_member",      who=administrating),
    post("/desk/staff",                    desk_new_member.create,  name="create_member",   who=administrating, form="new_member"),
    get ("/desk/staff/{id:int}",           desk_member.show,        name="desk_member",     who=administrating),
    post("/desk/staff/{id:int}",           desk_member.update,      name="update_member",   who=administrating, form="desk_member"),
    post("/desk/staff/{id:int}/invitation", desk_access.invite,     name="invite_member",   who=administrating, form="desk_member"),
    post("/desk/staff/{id:int}/second-factor/removal", desk_access.reset, name="reset_member_factor", who=administrating, form="desk_member"),
    post("/desk/staff/{id:int}/deactivation", desk_access.deactivate, name="deactivate_member", who=administrating, form="desk_member"),
    post("/desk/staff/{id:int}/reactivation", desk_access.reactivate, name="reactivate_member", who=administrating, form="desk_member"),
    post("/desk/staff/{id:int}/customers", desk_hand_over.create,   name="hand_over",       who=administrating, form="desk_member"),
    post("/desk/staff/{id:int}/stand-ins", desk_stand_ins.create,   name="create_stand_in", who=administrating, form="desk_member"),
    post("/desk/staff/{id:int}/stand-ins/{stand_in:int}/deletion", desk_stand_ins.destroy, name="remove_stand_in", who=administrating, form="desk_member"),
    get ("/desk/catalogue",                desk_catalogue.index,    name="desk_catalogue",  who=administrating),
    get ("/desk/catalogue/new",            desk_catalogue_entry.new, name="new_entry",      who=administrating),
    post("/desk/catalogue",                desk_catalogue_entry.create, name="create_entry", who=administrating, form="new_entry"),
    get ("/desk/catalogue/{id:int}/edit",  desk_catalogue_entry.edit, name="edit_entry",    who=administrating),
    post("/desk/catalogue/{id:int}",       desk_catalogue_entry.update, name="update_entry", who=administrating, form="edit_entry"),
    post("/desk/catalogue/{id:int}/deletion", desk_catalogue_entry.destroy, name="remove_entry", who=administrating, form="edit_entry"),
    get ("/desk/deliveries",               desk_deliveries.index,   name="desk_deliveries", who=staff),
    post("/desk/deliveries/{id:int}/resend", desk_deliveries.resend, name="desk_resend",    who=serving, form="desk_deliveries"),
    get ("/desk/received",                 desk_deliveries.received, name="desk_received",  who=staff),
    get ("/desk/customers/{id:int}/notices/new", desk_notices.new_for_customer, name="new_customer_notice", who=serving),
    post("/desk/customers/{id:int}/notices", desk_notices.create_for_customer, name="create_customer_notice", who=serving, form="new_customer_notice"),
    get ("/desk/customers/{id:int}/units/new", desk_units.new,      name="new_unit",        who=serving),
    post("/desk/customers/{id:int}/units", desk_units.create,       name="create_unit",     who=serving, form="new_unit"),
    get ("/desk/customers/units/{id:int}/edit", desk_units.edit,    name="edit_unit",       who=serving),
    post("/desk/customers/units/{id:int}", desk_units.update,       name="update_unit",     who=serving, form="edit_unit"),
    get ("/desk/customers/{id:int}/users/new", desk_users.new,      name="new_user",        who=serving),
    post("/desk/customers/{id:int}/users", desk_users.create,       name="create_user",     who=serving, form="new_user"),
    get ("/desk/customers/{id:int}/users/{user:int}", desk_users.edit, name="desk_user",    who=serving),
    post("/desk/customers/{id:int}/users/{user:int}", desk_users.update, name="update_user", who=serving, form="desk_user"),
    post("/desk/customers/{id:int}/users/{user:int}/deactivation", desk_users.deactivate, name="deactivate_user", who=serving, form="desk_user"),
    post("/desk/customers/{id:int}/users/{user:int}/reactivation", desk_users.reactivate, name="reactivate_user", who=serving, form="desk_user"),
    post("/desk/customers/{id:int}/users/{user:int}/invitation", desk_users.invite, name="invite_user", who=serving, form="desk_user"),
    post("/desk/customers/{id:int}/users/{user:int}/second-factor/removal", desk_users.reset_factor, name="reset_factor", who=serving, form="desk_user"),
    post("/desk/customers/{id:int}/users/{user:int}/work-account/removal", desk_users.unlink_work, name="unlink_work_account", who=serving, form="desk_user"),
    get ("/desk/customers/{id:int}/reports", desk_reports.index,    name="desk_reports",    who=staff),
    get ("/desk/customers/{id:int}/reports/new", desk_reports.new,  name="new_report",      who=serving),
    post("/desk/customers/{id:int}/reports", desk_reports.create,   name="create_report",   who=serving, form="new_report", max_body=21 * MEGABYTE),
    post("/desk/customers/{id:int}/reports/switch", desk_reports.switch, name="switch_reports", who=serving, form="desk_reports"),
    get ("/desk/customers/{id:int}/plan",  desk_plans.show,         name="desk_plan",       who=staff),
    post("/desk/customers/{id:int}/plan",  desk_plans.create,       name="create_plan",     who=serving, form="desk_plan"),
    get ("/desk/customers/reports/{id:int}/file", desk_reports.download, name="desk_report_file", who=staff),
    get ("/desk/customers/reports/{id:int}/removal", desk_reports.removal, name="report_removal", who=serving),
    post("/desk/customers/reports/{id:int}/removal", desk_reports.destroy, name="remove_report", who=serving, form="report_removal"),
    get ("/desk/notices",                  desk_notices.index,      name="desk_notices",    who=staff),
    get ("/desk/notices/new",              desk_notices.new,        name="new_notice",      who=serving),
    post("/desk/notices",                  desk_notices.create,     name="create_notice",   who=serving, form="new_notice"),
    get ("/desk/notices/{id:int}/edit",    desk_notices.edit,       name="edit_notice",     who=serving),
    post("/desk/notices/{id:int}",         desk_notices.update,     name="update_notice",   who=serving, form="edit_notice"),
    post("/desk/notices/{id:int}/withdrawal", desk_notices.destroy, name="withdraw_notice", who=serving, form="edit_notice"),
    post("/desk/viewing/end",              desk_viewings.destroy,   name="end_viewing",     who=viewing, while_viewing=True),
)
# fmt: on
