"""Everybody can use every place: axe-core finds nothing, and nothing has to be pushed sideways (WCAG 2.2 AA).

Each place is looked at in each of its states, wide and narrow, light and dark, in forced colours, with double text.
At more widths, and with more space in the text, no two texts lie on each other and none is cut off (`geometry`).
"""

from collections.abc import Callable, Iterator
from importlib.resources import files

import pytest
from _pytest.mark import ParameterSet
from playwright.sync_api import Browser, Page

from routes import MAP
from tests.stage.browsers import geometry
from tests.stage.browsers.chromium import DESK, PHONE, Visitor
from tests.stage.browsers.live import LivePortal
from tests.web.states import STATES

pytestmark = pytest.mark.browser
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
NOT_PAGES = {
    *("leave_for_work", "sign_out_at_work"),
    *("root", "forget", "guide_pdf", "alive", "ready", "booking_calendar", "calendar_feed"),
    *("report_file", "report_preview", "figures_csv", "annual_report_pdf", "order_file", "desk_order_file"),
    *("invoice_message_file", "desk_invoice_message_file"),
    *("invoices_csv", "invoices_xlsx", "invoices_zip", "statement_csv", "statement_pdf"),
    *("invoice_pdf", "invoice_xml", "invoice_attachment"),
    *("employees_csv", "employees_xlsx", "orders_csv", "orders_xlsx", "customers_template"),
    *("due_csv", "due_xlsx", "choose_due"),
    *("employee_pdf", "employee_json", "desk_employee_pdf", "desk_employee_json"),
    *("log_csv", "desk_log_csv", "contract_json", "contract_schema"),
    *("order_receipt", "employee_receipt", "desk_order_receipt", "desk_report_file"),
}


def test_every_place_is_looked_at() -> None:
    places = {line.name for line in MAP if line.method == "GET"} - NOT_PAGES
    assert places == {route for route, _, _ in STATES.values()} - {None}


def narrow(page: Page) -> None:
    page.set_viewport_size({"width": PHONE, "height": 640})


def dark(page: Page) -> None:
    wide(page)
    page.emulate_media(color_scheme="dark")


def wide(page: Page) -> None:
    page.set_viewport_size({"width": DESK, "height": 800})


def forced_colours(page: Page) -> None:
    wide(page)
    page.emulate_media(color_scheme="light", forced_colors="active")


def double_text(page: Page) -> None:
    """As somebody has it who asked the browser for letters of twice the size."""
    page.emulate_media(forced_colors="none")
    letters_of(page, 32)


def letters_of(page: Page, size: int) -> None:
    cdp = page.context.new_cdp_session(page)
    cdp.send("Page.setFontSizes", {"fontSizes": {"standard": size}})
    cdp.detach()
    page.wait_for_function(f"getComputedStyle(document.documentElement).fontSize === '{size}px'")


def as_it_comes(page: Page) -> None:
    page.emulate_media(color_scheme="light", forced_colors="none")
    letters_of(page, 16)


Rules = dict[str, object]
EVERYTHING: Rules = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
}
BUT_COLOURS: Rules = {**EVERYTHING, "rules": {"target-size": {"enabled": True}, "color-contrast": {"enabled": False}}}
"""Contrast takes three quarters of the time that axe-core needs: it is looked for among the rest, in each scheme."""
COLOURS: Rules = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
# What it is called, how one gets there from the one before, and what can be different then.
Looks = list[tuple[str, Callable[[Page], None], Rules | None]]
AS_IT_COMES: Looks = [("1280 px", wide, BUT_COLOURS), ("320 px", narrow, None)]
AS_ANYBODY_WANTS_IT: Looks = [
    ("1280 px", wide, EVERYTHING),
    ("320 px", narrow, EVERYTHING),
    ("1280 px, dark", dark, COLOURS),
    ("320 px, dark", narrow, COLOURS),
    ("1280 px, forced colours", forced_colours, COLOURS),
    ("1280 px, double text", double_text, EVERYTHING),
]
IN_LIGHT_AND_DARK: Looks = [("1280 px", wide, EVERYTHING), ("320 px", narrow, None), ("1280 px, dark", dark, COLOURS)]


SEEN_MOST: set[str | None] = {
    *("sign_in", "info", "orders", "new_order", "order", "employees", "edit_employee", "bookings", "booking"),
    *("invoices", "invoice", "appointment", "desk", "desk_order", "desk_booking"),
}
"""Routes of places that are looked at each time; all others before a change is taken in."""
LONG = {"contract"}
"""States with hundreds of rows that are alike, which axe-core looks at one by one: not in each size and scheme."""


def cases() -> Iterator[ParameterSet]:
    """The places that most people see, as they come; among the rest all places in all states, as anybody wants them."""
    left = {*SEEN_MOST}
    for name, (route, _, _) in STATES.items():
        if route in left:
            left.discard(route)
            yield pytest.param(name, AS_IT_COMES, id=f"{name}-as it comes")
        looks = IN_LIGHT_AND_DARK if name in LONG else AS_ANYBODY_WANTS_IT
        yield pytest.param(name, looks, id=f"{name}-as anybody wants it", marks=pytest.mark.rest)


@pytest.fixture(scope="module")
def window(chromium: Browser, live: LivePortal) -> Iterator[Visitor]:
    """One for all who look: what the browser read once, such as axe-core, it has at hand for the next."""
    window = Visitor(chromium, live, expects="status of 404|ERR_INTERNET_DISCONNECTED|Failed to fetch")
    window.context.add_init_script(AXE)
    yield window
    window.check()


@pytest.fixture
def person(window: Visitor) -> Iterator[Visitor]:
    """Somebody with a window that has nothing in it."""
    yield window
    window.make_way()
    as_it_comes(window.page)


@pytest.mark.parametrize(("name", "looks"), [*cases()])
def test_axe_finds_nothing(person: Visitor, name: str, looks: Looks) -> None:
    _, username, reach = STATES[name]
    if username:
        person.become(username)
    reach(person)
    found = []
    for seen, look, rules in looks:
        look(person.page)
        found += [f"{seen}: {violation}" for violation in violations(person.page, rules)]
        if pushed := person.page.evaluate("document.documentElement.scrollWidth - innerWidth"):
            found.append(f"{seen}: {pushed} px to the side")
    as_it_comes(person.page)
    found += geometry.faults(person.page, *(geometry.FEW if looks is AS_IT_COMES else geometry.ALL))
    assert not found, "\n".join(found)


def violations(page: Page, rules: Rules | None) -> list[str]:
    """What axe-core finds, with the elements that have it; without rules it is not asked."""
    return list(page.evaluate(_RUN, rules)) if rules else []


_RUN = """async rules => {
    const {violations} = await axe.run(document, {...rules, resultTypes: ['violations']});
    return violations.map(v => `${v.id}: ${v.help}: ${v.nodes.map(n => n.target.join(' ')).join(', ')}`);
}"""
