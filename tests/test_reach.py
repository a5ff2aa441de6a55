"""Everybody can use every place: axe-core finds nothing, and nothing has to be pushed sideways (WCAG 2.2 AA).

Each place is looked at in each of its states, wide and narrow, light and dark, in forced colours, with double text.
"""

from collections.abc import Callable
from importlib.resources import files

import pytest
from playwright.sync_api import Page, expect

from routes import MAP
from tests.browsers import DESK, PHONE, Visitor, Visitors

pytestmark = pytest.mark.browser

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
NOT_PAGES = {
    *("root", "forget", "guide_pdf", "alive", "ready"),
    *("invoices_csv", "invoices_xlsx", "invoices_zip", "statement_csv", "statement_pdf"),
    *("invoice_pdf", "invoice_xml", "invoice_attachment"),
}

State = Callable[[Visitor], object]


def opens(path: str) -> State:
    """The place as it comes."""
    return lambda person: person.open(path)


def refused_sign_in(person: Visitor) -> None:
    person.open("/login").field("Brukernavn").fill("hms.fjord")
    person.button("Logg inn").click()
    expect(person.part("problems")).to_be_visible()


def search_narrowed(person: Visitor) -> None:
    person.open("/orders").field("Bestillingsnummer:").fill("307513")
    expect(person.rows).to_have_count(1)


def search_refused(person: Visitor) -> None:
    person.open("/orders").field("Fra dato:").fill("31.02.2026")
    person.press("Enter")
    expect(person.part("from-error")).not_to_be_empty()


def invoices_refused(person: Visitor) -> None:
    person.open("/invoices").field("Fra dato:").fill("31.02.2026")
    person.press("Enter")
    expect(person.part("from-error")).not_to_be_empty()


def invoice_opened(kid: str) -> State:
    """The invoice with this KID."""

    def reach(person: Visitor) -> None:
        person.open(f"/invoices?number={kid}").rows.first.get_by_role("link").click()
        expect(person.part("pay")).to_be_visible()

    return reach


def first_credit_note(person: Visitor) -> None:
    person.open("/invoices?status=Kreditert&sort=total").rows.first.get_by_role("link").click()
    expect(person.h1).to_contain_text("Kreditnota")


def units_filtered(person: Visitor) -> None:
    person.open("/orders/new").field("Filtrer i bedrifts-/avdelingsliste").fill("tromsø")
    expect(person.part("unit-note")).to_be_visible()


def order_refused(person: Visitor) -> None:
    person.open("/orders/new").button("Send bestilling").click()
    expect(person.part("problems")).to_be_visible()


def order_guarded(person: Visitor, answer: str = "") -> None:
    person.open("/orders/new").field("Bedrift/avdeling:").select_option(label="Bergen")
    person.page.locator("#delivery").fill("Kurs")
    person.field("Bestillingsbeskrivelse:").fill("Hun er sykmeldt nå")
    person.button("Send bestilling").click()
    expect(person.button("Fjern")).to_be_visible()
    if answer:
        person.button(answer).click()


def order_cleaned(person: Visitor) -> None:
    order_guarded(person, "Fjern")
    expect(person.part("guard")).to_contain_text("Dette er fjernet")


def order_sent(person: Visitor) -> None:
    order_guarded(person, "Send likevel")
    expect(person.part("flash")).to_contain_text("er sendt")


def employee(person: Visitor, name: str = "Ingrid Solbakken") -> None:
    person.open(f"/employees?q={name}{'&inactive=1' if name == 'Siv Ånonsen' else ''}").link(name).click()
    expect(person.h1).to_have_text(name)


def employee_edited(person: Visitor) -> None:
    employee(person)
    person.link("Rediger").click()
    expect(person.h1).to_have_text("Rediger ansatt")


def employee_refused(person: Visitor) -> None:
    employee_edited(person)
    person.field("Epost").fill("")
    person.field("Fødselsnummer (11 siffer)").fill("1")
    person.page.get_by_role("button", name="Lagre", exact=True).last.click()
    expect(person.part("problems")).to_be_visible()


def employee_asked_about(person: Visitor) -> None:
    employee_edited(person)
    person.field("Epost").fill("mohamed.aden@fjordbygg.example")
    person.page.get_by_role("button", name="Lagre", exact=True).last.click()
    expect(person.button("Lagre likevel")).to_be_visible()


def number_about_to_go(person: Visitor) -> None:
    employee_edited(person)
    person.button("Fjern fødselsnummeret").click()
    expect(person.button("Ja, fjern nummeret")).to_be_visible()


def new_employee_refused(person: Visitor) -> None:
    person.open("/employees/new").button("Lagre").click()
    expect(person.part("problems")).to_be_visible()


def leaving(person: Visitor) -> None:
    """Somebody with times ahead, of whom nothing is decided yet."""
    person.open("/orders/307513")
    employee(person, person.page.locator("#bookings .slot li").first.inner_text())
    person.link("Deaktiver").click()
    person.button("Deaktiver").click()
    expect(person.part("problems")).to_be_visible()


def without_connection(person: Visitor) -> None:
    person.open("/orders/new").context.set_offline(offline=True)
    person.button("Send bestilling").click()
    expect(person.part("lost")).to_be_visible()
    person.context.set_offline(offline=False)


def signed_out(person: Visitor) -> None:
    person.open("/info").button("Logg ut").click()
    expect(person.part("flash")).to_be_visible()


# route, user, state
STATES = {
    "sign-in": ("sign_in", None, opens("/login")),
    "sign-in refused": ("sign_in", None, refused_sign_in),
    "signed out": ("sign_in", "hms.fjord", signed_out),
    "info": ("info", "hms.fjord", opens("/info")),
    "info of many units": ("info", "leder.brann", opens("/info")),
    "info of two customers": ("info", "anna.ka", opens("/info")),
    "info without customer": ("info", "kam.lie", opens("/info")),
    "orders": ("orders", "hms.fjord", opens("/orders")),
    "orders narrowed": ("orders", "hms.fjord", search_narrowed),
    "no orders": ("orders", "hms.fjord", opens("/orders?number=999999")),
    "search refused": ("orders", "hms.fjord", search_refused),
    "new order": ("new_order", "hms.fjord", opens("/orders/new")),
    "units filtered": ("new_order", "hms.fjord", units_filtered),
    "order refused": ("new_order", "hms.fjord", order_refused),
    "order guarded": ("new_order", "hms.fjord", order_guarded),
    "order cleaned": ("new_order", "hms.fjord", order_cleaned),
    "without connection": ("new_order", "hms.fjord", without_connection),
    "order sent": ("order", "hms.fjord", order_sent),
    "order with bookings": ("order", "hms.fjord", opens("/orders/307513")),
    "order of the guide": ("order", "Tester", opens("/orders/307390")),
    "invoices": ("invoices", "okonomi.fjord", opens("/invoices")),
    "invoices sorted": ("invoices", "Tester", opens("/invoices?sort=-status")),
    "no invoices": ("invoices", "okonomi.fjord", opens("/invoices?number=finnes+ikke")),
    "invoices refused": ("invoices", "okonomi.fjord", invoices_refused),
    "invoice": ("invoice", "Tester", invoice_opened("20260001183710")),
    "invoice overdue": ("invoice", "TESTWEB", opens("/invoices/2017-118350")),
    "credit note": ("invoice", "Tester", first_credit_note),
    "statement": ("statement", "Tester", opens("/invoices/statement?from=01.01.2024")),
    "statement refused": ("statement", "Tester", opens("/invoices/statement?from=i+dag")),
    "search": ("search", "Tester", opens("/search")),
    "search found": ("search", "Tester", opens("/search?q=PO-4471")),
    "search of a number": ("search", "Tester", opens("/search?q=14838419861")),
    "employees": ("employees", "hms.fjord", opens("/employees")),
    "no employees": ("employees", "hms.fjord", opens("/employees?q=xyz")),
    "employee": ("employee", "hms.fjord", employee),
    "employee who left": ("employee", "hms.fjord", lambda person: employee(person, "Siv Ånonsen")),
    "employee edited": ("edit_employee", "hms.fjord", employee_edited),
    "employee refused": ("edit_employee", "hms.fjord", employee_refused),
    "employee asked about": ("edit_employee", "hms.fjord", employee_asked_about),
    "number about to go": ("edit_employee", "hms.fjord", number_about_to_go),
    "new employee": ("new_employee", "hms.fjord", opens("/employees/new")),
    "new employee refused": ("new_employee", "hms.fjord", new_employee_refused),
    "leaving": ("deactivation", "hms.fjord", leaving),
    "units": ("units", "leder.brann", opens("/units")),
    "guide": ("guide", "hms.fjord", opens("/guide")),
    "accessibility": ("accessibility", "hms.fjord", opens("/accessibility")),
    "not found": (None, "hms.fjord", opens("/orders/1")),
}


def test_every_place_is_looked_at() -> None:
    places = {line.name for line in MAP if line.method == "GET"} - NOT_PAGES
    assert places == {route for route, _, _ in STATES.values()} - {None}


def narrow(page: Page) -> None:
    page.set_viewport_size({"width": PHONE, "height": 640})


def dark(page: Page) -> None:
    page.emulate_media(color_scheme="dark")


def wide(page: Page) -> None:
    page.set_viewport_size({"width": DESK, "height": 800})


def forced_colours(page: Page) -> None:
    page.emulate_media(color_scheme="light", forced_colors="active")


def double_text(page: Page) -> None:
    """As somebody has it who asked the browser for letters of twice the size."""
    page.emulate_media(forced_colors="none")
    cdp = page.context.new_cdp_session(page)
    cdp.send("Page.setFontSizes", {"fontSizes": {"standard": 32}})
    page.wait_for_function("getComputedStyle(document.documentElement).fontSize === '32px'")


Rules = dict[str, object]
EVERYTHING: Rules = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
}
COLOURS: Rules = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}

# What it is called, how one gets there from the one before, and what can be different then.
LOOKS = [
    ("1280 px", wide, EVERYTHING),
    ("320 px", narrow, EVERYTHING),
    ("320 px, dark", dark, COLOURS),
    ("1280 px, dark", wide, COLOURS),
    ("1280 px, forced colours", forced_colours, COLOURS),
    ("1280 px, double text", double_text, EVERYTHING),
]


@pytest.mark.parametrize("name", STATES)
def test_axe_finds_nothing(visitor: Visitors, name: str) -> None:
    _, username, reach = STATES[name]
    person = visitor(expects="status of 404|ERR_INTERNET_DISCONNECTED|Failed to fetch")
    if username:
        person.sign_in(username, own=reach is signed_out)
    reach(person)
    person.page.evaluate(AXE)
    found = []
    for seen, look, rules in LOOKS:
        look(person.page)
        found += [f"{seen}: {violation}" for violation in violations(person.page, rules)]
        if pushed := person.page.evaluate("document.documentElement.scrollWidth - innerWidth"):
            found.append(f"{seen}: {pushed} px to the side")
    assert not found, "\n".join(found)


def violations(page: Page, rules: Rules) -> list[str]:
    """What axe-core finds, with the elements that have it."""
    return list(page.evaluate(_RUN, rules))


_RUN = """async rules => {
    const {violations} = await axe.run(document, {...rules, resultTypes: ['violations']});
    return violations.map(v => `${v.id}: ${v.help}: ${v.nodes.map(n => n.target.join(' ')).join(', ')}`);
}"""
