"""The states of invoices, and how each is reached."""

from playwright.sync_api import expect

from tests.stage.browsers.chromium import Visitor
from tests.web.states.ways import State, Ways, opens


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


STATES: Ways = {
    "invoices": ("invoices", "okonomi.fjord", opens("/invoices")),
    "invoices sorted": ("invoices", "Tester", opens("/invoices?sort=-status")),
    "no invoices": ("invoices", "okonomi.fjord", opens("/invoices?number=finnes+ikke")),
    "invoices refused": ("invoices", "okonomi.fjord", invoices_refused),
    "invoice": ("invoice", "Tester", invoice_opened("20260001183710")),
    "invoice overdue": ("invoice", "TESTWEB", opens("/invoices/2017-118350")),
    "credit note": ("invoice", "Tester", first_credit_note),
    "statement": ("statement", "Tester", opens("/account-statement?from=01.01.2024")),
    "statement refused": ("statement", "Tester", opens("/account-statement?from=i+dag")),
}
