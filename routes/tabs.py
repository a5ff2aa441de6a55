"""The tabs of the frame, with the places that stand side by side under each, and the box that finds everything.

Which place answers on which URL is in the map, `routes`.
"""

from models.core.scope import Right
from routes.web.lines import administrating, may, of_a_customer, staff
from routes.web.portal import Tab

ORDERS, EMPLOYEES, INVOICES, REPORTS, ADMINISTRATOR = Right

# What lies under a tab reads best set in below it.
# fmt: off
TABS: tuple[Tab, ...] = (
    Tab("Info", "info", of_a_customer, holds=("worklist",)),
    Tab("Bestilling", "orders", may(ORDERS), holds=("bookings", "calendar"), places=(
        Tab("Bestillinger", "orders", may(ORDERS)),
        Tab("Bookinger", "bookings", may(ORDERS, EMPLOYEES), holds=("calendar",)),
    )),
    Tab("Ansatte", "employees", may(EMPLOYEES), holds=("users",), places=(
        Tab("Ansatte", "employees", may(EMPLOYEES)),
        Tab("Kontroller", "due", may(EMPLOYEES)),
        Tab("Importer", "new_import", may(EMPLOYEES)),
        Tab("Brukere", "users", may(ADMINISTRATOR)),
    )),
    Tab("Rapporter", "reports", may(REPORTS), places=(
        Tab("Dokumenter", "reports", may(REPORTS)),
        Tab("Tall", "figures", may(REPORTS)),
        Tab("HMS-året", "hms_year", may(REPORTS)),
        Tab("Årsrapport", "annual_report", may(REPORTS)),
    )),
    Tab("Fakturaer", "invoices", may(INVOICES), holds=("statement",), places=(
        Tab("Fakturaer", "invoices", may(INVOICES)),
        Tab("Kontoutdrag", "statement", may(INVOICES)),
    )),
    Tab("Oversikt", "desk", staff, holds=("desk_notices",), alone=True),
    Tab("Bestillinger", "desk_orders", staff),
    Tab("Bookinger", "desk_bookings", staff, holds=("/desk/slots", "/desk/signups")),
    Tab("Kunder", "desk_customers", staff, holds=("/desk/invoices",)),
    Tab("Medarbeidere", "desk_staff", administrating),
    Tab("Katalog", "desk_catalogue", administrating),
    Tab("Utsendinger", "desk_deliveries", staff, holds=("desk_received",)),
)
# fmt: on

SEARCHES = (Tab("Finn", "search", may(ORDERS, EMPLOYEES, INVOICES)), Tab("Finn", "desk_search", staff))
"""The boxes in the frame: the button, the route that it asks, and who has it."""
