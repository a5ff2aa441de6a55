"""A new order, from the form to the account manager's letter (NB1-NB13), never lost and never doubled."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select

from models.orders.order import Order
from models.outbox.message import Message
from models.users.user import find_user
from tests.stage.house import House
from tests.stage.page import Page
from tests.stage.times import TODAY

PARTS = {
    "delivery": "Førstehjelpskurs",
    "quantity": "ca. 20 ansatte",
    "contact": "Ola Olsen - tlf 1243254",
    "reference": "PO 4711",
    "location": "Bergen, møterom Ulriken",
    "description": "Gjerne før jul.\nTo grupper.",
}
LABELS = [
    "Bedrift/avdeling:",
    "Filtrer i bedrifts-/avdelingsliste",
    "Ønsket leveranse, f.eks førstehjelpskurs, støttesamtaler, ergonomigjennomgang, kurs, etc",
    "Antall/omfang:",
    "Navn og tlf nr til kontaktperson:",
    "Faktura merkes med/fakturareferanse:",
    "Sted/lokasjon for gjennomføring av leveranse:",
    "Bestillingsbeskrivelse:",
]
HINTS = [
    "Hvis flere avdelinger, velg avdeling som bestillingen skal knyttes til.",
    "Beskrivelse av leveranse.",
    "Sjekk at dette samsvarer med deres interne rutiner for merking av faktura.",
    "En kort beskrivelse av ønsket bestilling. Merk IKKE sensitive opplysninger.",
]


def write(page: Page, **changed: str) -> Page:
    """Fill in the whole form; `changed` replaces what stands in PARTS."""
    page.open("/orders/new")
    if len(page.options("unit")) > 1:
        page.fill(unit=page.option("unit", "Bergen"))
    return page.fill(**{**PARTS, **changed})


def orders(house: House) -> int:
    with house.behind() as db:
        return db.scalar(select(func.count()).select_from(Order)) or 0


def letters(house: House) -> list[tuple[str, str | None]]:
    with house.behind() as db:
        return [(row.kind, row.to) for row in db.scalars(select(Message).order_by(Message.id))]


def test_nb1_nb2_the_form_with_its_texts_in_order(tester: Page) -> None:
    page = tester.open("/orders").follow("Ny bestilling")
    assert page.h1 == "Ny bestilling"
    assert [label.get_text(strip=True) for label in page.soup.select("#order-form label")] == LABELS
    for hint in HINTS:
        assert page.has(hint)
    assert page.soup.find("button", string="Send bestilling")


def test_nb3_one_unit_is_chosen_already(tester: Page) -> None:
    tester.open("/orders/new")
    assert tester.options("unit") == ["Demokunde_Test"]
    page = tester.fill(**PARTS).press("Send bestilling")
    assert page.number.startswith("3")


def test_nb3_of_several_units_one_must_be_chosen(house: House, hms: Page) -> None:
    before = orders(house)
    hms.open("/orders/new")
    assert hms.options("unit") == [
        "Velg",
        "Fjordbygg Entreprenør AS",
        "Administrasjon",
        "Bergen",
        "Stavanger",
        "Tromsø",
    ]
    page = hms.fill(**PARTS).press("Send bestilling")
    assert (page.status_code, page.problems) == (422, ["Velg bedrift/avdeling."])
    assert orders(house) == before


def test_nb3_the_leader_of_one_unit_has_that_unit(leder: Page) -> None:
    assert leder.open("/orders/new").options("unit") == ["Brann og redning"]


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("tROM", ["Velg", "Tromsø"]),
        ("Ø", ["Velg", "Fjordbygg Entreprenør AS", "Administrasjon", "Bergen"]),
        ("xyz", ["Velg"]),
    ],
)
def test_nb4_the_filter_box_narrows_the_list_and_keeps_the_rest(hms: Page, typed: str, left: list[str]) -> None:
    hms.open("/orders/new").fill(unit_filter=typed, **PARTS)
    page = hms.press("Filtrer")
    assert page.status_code == 200
    options = page.options("unit")
    assert options[: len(left)] == left
    assert page.value("delivery") == PARTS["delivery"]
    assert page.value("description") == PARTS["description"]


def test_nb4_the_number_of_hits_is_said(hms: Page) -> None:
    page = hms.open("/orders/new").fill(unit_filter="tromsø").press("Filtrer")
    assert page.has("1 treff")


def test_nb4_the_filter_finds_organisation_numbers_too(hms: Page) -> None:
    page = hms.open("/orders/new").fill(unit_filter="313 082 466").press("Filtrer")
    assert page.options("unit") == ["Velg", "Bergen"]


def test_nb4_a_chosen_unit_stays_chosen_although_the_filter_does_not_fit(hms: Page) -> None:
    hms.open("/orders/new")
    bergen = hms.option("unit", "Bergen")
    page = hms.fill(unit=bergen, unit_filter="tromsø").press("Filtrer")
    assert page.value("unit") == bergen


def test_nb5_nb6_nb7_free_texts_come_back_as_they_were_typed(hms: Page) -> None:
    page = write(hms).press("Send bestilling")
    for text in ("ca. 20 ansatte", "Ola Olsen - tlf 1243254", "Bergen, møterom Ulriken", "Gjerne før jul."):
        assert page.has(text)
    assert page.value("reference") == "PO 4711"


def test_nb8_the_warning_is_tied_to_the_description(tester: Page) -> None:
    tester.open("/orders/new")
    area = tester.soup.select_one("textarea[name=description]")
    assert area is not None
    tied = [tester.soup.select_one(f"[id='{name}']") for name in str(area["aria-describedby"]).split()]
    assert "(Ikke skriv sensitive opplysninger her)" in [hint.get_text(strip=True) for hint in tied if hint]


def test_nb9_one_order_of_today_with_a_new_number(house: House, hms: Page) -> None:
    before = orders(house)
    with house.behind() as db:
        last = db.scalar(select(func.max(Order.number))) or 0
    page = write(hms).press("Send bestilling")
    number = int(page.number)
    with house.behind() as db:
        order = db.get_one(Order, number)
        assert order.ordered_on == TODAY
        assert (order.product_group, order.status) == (None, None)
        assert {name: getattr(order, name) for name in PARTS} == PARTS
    assert number > last
    assert orders(house) == before + 1


def test_nb9_the_day_is_norways_also_late_in_the_evening(house: House, tester: Page) -> None:
    house.clock.advance(timedelta(minutes=30))
    tester.open("/orders/new").fill(**PARTS)
    house.clock.set(house.clock.now().replace(hour=8, minute=40))
    page = tester.press("Send bestilling")
    assert page.has("01.10.2026")


def test_an_order_is_begun_with_who_is_signed_in_and_made_once_more_from_its_page(hms: Page) -> None:
    assert hms.open("/orders/new").value("contact") == "Hilde Moldskred"
    assert hms.open("/orders/new?contact=Ola").value("contact") == "Ola"
    page = hms.open("/orders/307519").follow("Bestill igjen")
    assert (page.h1, page.value("delivery"), page.value("quantity")) == ("Ny bestilling", "Støvmåling", "1 byggeplass")
    assert page.option("unit", "Bergen").isdecimal()
    assert page.value("unit") == page.option("unit", "Bergen")
    number = page.press("Send bestilling").number
    assert number.isdecimal()
    assert number != "307519"
    for made_up in ("307390", "1", "x", "9" * 30):  # another customer's, and none at all
        assert hms.open(f"/orders/new?again={made_up}").value("delivery") == "", made_up


def test_b12_the_description_is_composed_and_empty_parts_are_left_out(hms: Page) -> None:
    page = write(hms, quantity="", location="").press("Send bestilling")
    number = page.number
    [text] = hms.open(f"/orders?number={number}").soup.select("#results tbody td p")
    assert " ".join(text.get_text().split()) == (
        'Gjerne før jul. To grupper. Ønsket leveranse: "Førstehjelpskurs". Kundebestilling referanse: PO 4711. '
        "Navn og tlf nr til kontaktperson: Ola Olsen - tlf 1243254."
    )


def test_b12_what_was_typed_is_text_never_markup(hms: Page) -> None:
    page = write(hms, description="<b>\"æ'</b><script>alert(1)</script> {{ 7*7 }}").press("Send bestilling")
    assert page.has("<b>\"æ'</b><script>alert(1)</script> {{ 7*7 }}")


def test_nb10_nb11_manager_and_sender_are_told_once(house: House, hms: Page) -> None:
    before = letters(house)
    page = write(hms).press("Send bestilling")
    number = page.number
    assert letters(house)[len(before) :] == [
        ("order_placed", "per-arne.lie@bht.example"),
        ("order_confirmation", house_email(house, "hms.fjord")),
        ("order.placed", None),
    ]
    with house.behind() as db:
        sent = db.scalars(select(Message).where(Message.kind == "order_placed").order_by(Message.id.desc())).first()
        assert sent is not None
        assert sent.payload["number"] == int(number)
        assert sent.payload["unit"] == "Bergen"


def house_email(house: House, username: str) -> str:
    with house.behind() as db:
        user = find_user(db, username)
        assert user is not None
        return user.email


def test_nb11_after_sending_the_order_with_its_number_is_confirmed(house: House, hms: Page) -> None:
    write(hms)
    form = hms.soup.select_one("#order-form")
    assert form is not None
    answer = hms.send("POST", "/orders", hms.fields(form))
    assert answer.status_code == 303
    page = hms.open(answer.headers["location"])
    number = page.number
    assert page.flash.startswith(f"Bestilling {number} er sendt.")
    assert hms.open(answer.headers["location"]).flash == ""


def test_nb12_missing_fields_give_422_with_everything_kept(house: House, hms: Page) -> None:
    before = orders(house)
    page = write(hms, delivery="").press("Send bestilling")
    assert page.status_code == 422
    assert page.problems == ["Skriv hva som ønskes levert."]
    assert page.error("delivery") == "Skriv hva som ønskes levert."
    field = page.soup.select_one("#delivery")
    assert field is not None
    assert field["aria-invalid"] == "true"
    summary = page.soup.select_one("#order-form > *:not(input)")
    assert summary is not None
    assert summary.get("id") == "problems"
    for name, text in PARTS.items():
        if name != "delivery":
            assert page.value(name) == text
    page.fill(delivery="Kurs").press("Send bestilling")
    assert orders(house) == before + 1


def test_nb12_a_hundred_kilobytes_are_refused_kindly(house: House, tester: Page) -> None:
    before = orders(house)
    page = write(tester, description="å" * 100_000).press("Send bestilling")
    assert page.status_code == 422
    assert "4000" in page.error("description")
    assert len(page.value("description")) == 100_000
    assert orders(house) == before


def test_more_than_a_megabyte_is_413(tester: Page) -> None:
    tester.open("/orders/new")
    answer = tester.send("POST", "/orders", [("description", "x" * 1_100_000), ("csrf_token", tester.token())])
    assert answer.status_code == 413
    assert "for stort" in answer.text


def test_nb13_a_foreign_unit_creates_nothing(house: House, tester: Page, hms: Page) -> None:
    before = orders(house)
    bergen = hms.open("/orders/new").option("unit", "Bergen")
    page = write(tester).press("Send bestilling", unit=bergen)
    assert page.status_code == 422
    assert page.error("unit") == "Velg bedrift/avdeling."
    for unit in ("0", "-1", "1e3", "x" * 5000, "1\x00"):
        assert write(tester).press("Send bestilling", unit=unit).status_code == 422
    assert orders(house) == before
    assert not tester.has("Bergen")


def test_pressing_twice_makes_one_order_and_shows_the_same_page(house: House, hms: Page) -> None:
    before, told = orders(house), len(letters(house))
    write(hms)
    form = hms.soup.select_one("#order-form")
    assert form is not None
    fields = hms.fields(form)
    first, second = hms.send("POST", "/orders", fields), hms.send("POST", "/orders", fields)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["location"] == second.headers["location"]
    assert orders(house) == before + 1
    assert len(letters(house)) == told + 3


def test_the_same_form_with_another_text_is_not_swallowed(house: House, hms: Page) -> None:
    """Back, another text, send: the key is used, but this is another order, and the user is asked."""
    before = orders(house)
    write(hms)
    form = hms.soup.select_one("#order-form")
    assert form is not None
    first = hms.send("POST", "/orders", hms.fields(form))
    number = first.headers["location"].rpartition("/")[2]
    page = hms.fill(delivery="Ergonomi").press("Send bestilling")
    assert page.status_code == 409
    assert page.has(f"Dette skjemaet er allerede sendt som bestilling {number}.")
    assert page.value("delivery") == "Ergonomi"
    assert orders(house) == before + 1
    page.press("Send bestilling")
    assert orders(house) == before + 2


def test_another_users_key_is_just_a_key(house: House, hms: Page, tester: Page) -> None:
    before = orders(house)
    write(hms)
    key = str(hms.soup.select("input[name=idempotency_key]")[0]["value"])
    hms.press("Send bestilling")
    page = write(tester).press("Send bestilling", idempotency_key=key)
    assert page.status_code == 200
    assert orders(house) == before + 2


def test_an_identity_number_in_a_text_is_masked_before_anything_is_kept(house: House, hms: Page) -> None:
    page = write(hms, description="Gjelder 148384 19861, ring meg").press("Send bestilling")
    assert page.has("Gjelder 148384*****, ring meg")
    assert "Et fødselsnummer i teksten ble skjult." in page.flash
    with house.behind() as db:
        everything = [str(row.payload) for row in db.scalars(select(Message))]
        everything += [order.description for order in db.scalars(select(Order))]
    assert not [text for text in everything if "19861" in text]


def test_eleven_digits_that_are_no_identity_number_are_left_alone(hms: Page) -> None:
    page = write(hms, description="Kontonummer 99991000018 og 12345678901").press("Send bestilling")
    assert page.has("Kontonummer 99991000018 og 12345678901")


def test_sensitive_words_are_asked_about_and_can_be_sent_anyway(house: House, hms: Page) -> None:
    before = orders(house)
    page = write(hms, description="Hun er sykmeldt med en diagnose").press("Send bestilling")
    assert page.status_code == 422
    assert page.has("Teksten kan inneholde sensitive opplysninger")
    assert page.has("sykmeldt, diagnose")
    assert orders(house) == before
    page = page.press("Send likevel")
    assert page.has("Hun er sykmeldt med en diagnose")
    assert orders(house) == before + 1


def test_sensitive_words_can_be_taken_out_and_read_over(house: House, hms: Page) -> None:
    before = orders(house)
    page = write(hms, description="Hun er sykmeldt nå").press("Send bestilling").press("Fjern")
    assert (page.status_code, page.value("description")) == (200, "Hun er nå")
    assert page.value("delivery") == PARTS["delivery"]
    assert orders(house) == before
    assert page.press("Send bestilling").has("Hun er nå")


def test_ordinary_orders_are_not_asked_about(hms: Page) -> None:
    for text in ("Støttesamtaler etter ulykke", "Målrettet helsekontroll", "Oppfølging av sykefravær, AKAN, vaksine"):
        assert write(hms, description=text).press("Send bestilling").number.startswith("3")


def test_a_form_survives_the_end_of_the_session(house: House, hms: Page) -> None:
    before = orders(house)
    write(hms)
    house.clock.advance(timedelta(hours=2))
    page = hms.press("Send bestilling")
    assert page.h1 == "Logg inn"
    assert orders(house) == before
    page.fill(username="hms.fjord", password="demo-hms.fjord").press("Logg inn")
    assert page.h1 == "Ny bestilling"
    assert "står her fortsatt" in page.flash
    for name, text in PARTS.items():
        assert page.value(name) == text
    page.press("Send bestilling")
    assert orders(house) == before + 1


def test_a_form_survives_signing_out_in_another_window(house: House, hms: Page) -> None:
    write(hms)
    answer = hms.send("POST", "/logout", [("csrf_token", hms.token())])
    assert answer.status_code == 303
    page = hms.press("Send bestilling")
    assert page.h1 == "Logg inn"
    page.fill(username="hms.fjord", password="demo-hms.fjord").press("Logg inn")
    assert page.value("description") == PARTS["description"]


def test_nobody_else_gets_what_was_typed(house: House, hms: Page) -> None:
    write(hms)
    house.clock.advance(timedelta(hours=2))
    page = hms.press("Send bestilling")
    page.fill(username="Tester", password="demo-tester").press("Logg inn")
    assert page.h1 == "Ny bestilling"
    assert page.value("delivery") == ""
    assert "/orders/new?draft=" in page.url


@pytest.mark.parametrize("token", [None, "", "x", "eyJ4Ijox.abc"])
def test_without_its_token_a_form_is_refused(house: House, tester: Page, token: str | None) -> None:
    before = orders(house)
    fields = [*PARTS.items(), *([("csrf_token", token)] if token is not None else [])]
    answer = tester.send("POST", "/orders", fields)
    assert answer.status_code == 403
    assert "Skjemaet kunne ikke bekreftes" in answer.text
    assert orders(house) == before


def test_a_token_of_somebody_else_is_refused(house: House, tester: Page, hms: Page) -> None:
    token = hms.open("/orders/new").token()
    assert tester.send("POST", "/orders", [*PARTS.items(), ("csrf_token", token)]).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
    ],
)
def test_a_form_from_another_site_is_refused(house: House, tester: Page, headers: dict[str, str]) -> None:
    before = orders(house)
    write(tester)
    form = tester.soup.select_one("#order-form")
    assert form is not None
    assert tester.send("POST", "/orders", tester.fields(form), headers).status_code == 403
    assert orders(house) == before


def test_a_get_never_sends_an_order(house: House, tester: Page) -> None:
    before = orders(house)
    tester.open(f"/orders/new?{urlencode(PARTS)}")
    assert tester.value("delivery") == PARTS["delivery"]
    assert orders(house) == before


def test_who_is_asked_about_words_is_also_told_of_the_masked_number(hms: Page) -> None:
    page = write(hms, description="148384 19861 er sykmeldt").press("Send bestilling")
    assert page.has("Et fødselsnummer i teksten ble skjult.")
    assert page.value("description") == "148384***** er sykmeldt"
