"""The states of orders, and how each is reached."""

from playwright.sync_api import expect

from tests.stage.browsers.chromium import Visitor
from tests.web.states.ways import Ways, opens


def search_narrowed(person: Visitor) -> None:
    person.open("/orders").field("Bestillingsnummer:").fill("307513")
    expect(person.rows).to_have_count(1)


def search_refused(person: Visitor) -> None:
    person.open("/orders").field("Fra dato:").fill("31.02.2026")
    person.press("Enter")
    expect(person.part("from-error")).not_to_be_empty()


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


def message_refused(person: Visitor, url: str = "/orders/307512") -> None:
    person.open(url).button("Send melding").click()
    expect(person.part("problems")).to_be_visible()


def message_guarded(person: Visitor, url: str = "/orders/307512") -> None:
    person.open(url).field("Skriv en melding").fill("Hun er sykmeldt")
    person.button("Send melding").click()
    expect(person.button("Fjern")).to_be_visible()


def message_sent(person: Visitor, url: str = "/orders/307512") -> None:
    person.open(url).field("Skriv en melding").fill("Takk for det")
    person.button("Send melding").click()
    expect(person.part("flash")).to_contain_text("Meldingen er sendt")


def without_connection(person: Visitor) -> None:
    person.open("/orders/new").context.set_offline(offline=True)
    person.button("Send bestilling").click()
    expect(person.part("lost")).to_be_visible()
    person.context.set_offline(offline=False)


def cancellation_refused(person: Visitor) -> None:
    person.open("/orders/307514/cancellation").button("Avbestill").click()
    expect(person.part("problems")).to_be_visible()


STATES: Ways = {
    "desk orders": ("desk_orders", "kam.lie", opens("/desk/orders")),
    "no desk orders": ("desk_orders", "kam.lie", opens("/desk/orders?number=999999")),
    "desk order": ("desk_order", "kam.lie", opens("/desk/orders/307513")),
    "message refused at the desk": (
        "desk_order",
        "kam.lie",
        lambda person: message_refused(person, "/desk/orders/307512"),
    ),
    "message sent at the desk": ("desk_order", "kam.lie", lambda person: message_sent(person, "/desk/orders/307512")),
    "order with messages": ("order", "hms.fjord", opens("/orders/307512")),
    "message refused": ("order", "hms.fjord", message_refused),
    "message guarded": ("order", "hms.fjord", message_guarded),
    "message sent": ("order", "hms.fjord", message_sent),
    "order cancelled": ("order_cancellation", "hms.fjord", cancellation_refused),
    "order planned": ("order_cancellation", "hms.fjord", opens("/orders/307513/cancellation")),
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
    "not found": (None, "hms.fjord", opens("/orders/1")),
}
