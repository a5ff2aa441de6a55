"""Users with several customers, and users with none: what they see, and the switch between them."""

import json

from sqlalchemy import delete, select

from models.customers.customer import Customer
from models.customers.units import Unit
from models.orders.order import Order
from models.users.user import Grant, User
from tests.stage.house import House
from tests.stage.page import Page

HAVBRIS, NORDLYS = "Havbris Sjømat AS", "Nordlys Data AS"


def anna_of(house: House) -> Page:
    return house.sign_in("anna.ka").open("/info")


def switch_to(page: Page, customer: str) -> Page:
    option = page.soup.find("option", string=customer)
    assert option is not None
    form = page.soup.select_one("form[action='/customer']")
    assert form is not None
    return page.submit(form, None, customer=str(option["value"]))


def chosen(page: Page) -> str:
    option = page.soup.select_one("#customer option[selected]")
    return option.get_text() if option else ""


def orders_of(house: House, customer: str) -> set[str]:
    with house.behind() as db:
        return {
            str(number)
            for number in db.scalars(
                select(Order.number).join(Customer, Customer.id == Order.customer_id).where(Customer.name == customer)
            )
        }


def listed(page: Page) -> set[str]:
    return {row[0] for row in page.open("/orders").rows}


def test_the_switch_changes_what_is_seen_everywhere(house: House) -> None:
    anna = anna_of(house)
    assert chosen(anna) == HAVBRIS
    assert anna.has("Per-Arne Lie")
    assert listed(anna) == orders_of(house, HAVBRIS)
    switch_to(anna, NORDLYS)
    assert (anna.h1, anna.flash, chosen(anna)) == ("Info", f"Du ser nå {NORDLYS}.", NORDLYS)
    assert anna.has("Aisha Rahman")
    assert listed(anna) == orders_of(house, NORDLYS) != set()
    foreign = orders_of(house, HAVBRIS)
    assert anna.send("GET", f"/orders/{min(foreign)}").status_code == 404


def test_nobody_switches_to_a_customer_without_a_grant(quiet_house: House) -> None:
    anna = anna_of(quiet_house)
    with quiet_house.behind() as db:
        foreign = db.scalars(select(Customer.id).where(Customer.name.not_in([HAVBRIS, NORDLYS]))).all()
    for customer in [*foreign, "", "0", "-1", "x", "1 OR 1=1"]:
        answer = anna.send("POST", "/customer", [("customer", str(customer)), ("csrf_token", anna.token())])
        assert (answer.status_code, "set-cookie" in answer.headers) == (404, False), customer
    assert chosen(anna.open("/info")) == HAVBRIS


def test_a_form_drawn_at_one_customer_is_kept_for_it_after_the_switch(quiet_house: House) -> None:
    anna = anna_of(quiet_house)
    before = orders_of(quiet_house, HAVBRIS) | orders_of(quiet_house, NORDLYS)
    old = anna.open("/orders/new").soup
    switch_to(anna.open("/info"), NORDLYS)
    anna.soup = old
    anna.fill(delivery="Kurs", unit=anna.option("unit", "Salg")).press("Send bestilling")
    assert (anna.status_code, anna.h1) == (409, "Du har byttet kunde")
    assert anna.has(f"Siden du brukte, gjelder {HAVBRIS}")
    assert anna.has(f"har du byttet til {NORDLYS}")
    assert orders_of(quiet_house, HAVBRIS) | orders_of(quiet_house, NORDLYS) == before
    anna.press(f"Tilbake til {HAVBRIS}")
    assert (anna.h1, chosen(anna), anna.value("delivery")) == ("Ny bestilling", HAVBRIS, "Kurs")
    anna.press("Send bestilling")
    assert len(orders_of(quiet_house, HAVBRIS) - before) == 1


def test_a_part_of_the_other_customers_page_is_not_put_into_this_one(quiet_house: House) -> None:
    anna = anna_of(quiet_house).open("/orders")
    page_of = json.loads(str(anna.soup.body["hx-headers:inherited"]))  # type: ignore[index]
    headers = {"hx-request": "true", "hx-request-type": "partial", "hx-target": "section#results", **page_of}
    headers["hx-current-url"] = "http://127.0.0.1:8000/orders?status=Utf%C3%B8rt"
    assert anna.send("GET", "/orders?number=3", None, headers).status_code == 200
    switch_to(anna.open("/info"), NORDLYS)
    answer = anna.send("GET", "/orders?number=3", None, headers)
    assert (answer.status_code, answer.headers["hx-retarget"]) == (409, "#main")
    assert HAVBRIS in answer.text
    assert NORDLYS in answer.text
    assert 'id="results"' not in answer.text
    assert "/orders?status=Utf" in answer.text


def test_the_old_page_still_signs_out_and_switches(quiet_house: House) -> None:
    anna = anna_of(quiet_house)
    old = [("csrf_token", anna.token())]
    switch_to(anna, NORDLYS)
    assert anna.send("POST", "/logout", old).headers["location"] == "/login"


def test_the_next_sign_in_begins_at_the_customer_that_was_last_seen(quiet_house: House) -> None:
    switch_to(anna_of(quiet_house), NORDLYS).press("Logg ut")
    assert chosen(anna_of(quiet_house)) == NORDLYS


def test_a_grant_that_is_taken_away_is_gone_at_the_next_page(quiet_house: House) -> None:
    anna = anna_of(quiet_house)
    foreign = min(orders_of(quiet_house, HAVBRIS))
    with quiet_house.behind() as db:
        of_havbris = select(Customer.id).where(Customer.name == HAVBRIS)
        db.execute(delete(Grant).where(Grant.customer_id.in_(of_havbris)))
        db.commit()
    assert anna.send("GET", f"/orders/{foreign}").status_code == 404
    assert anna.open("/info").has("Brukeren din er ikke knyttet til noen kunde ennå.")
    assert chosen(anna_of(quiet_house)) == ""
    assert listed(anna_of(quiet_house)) == orders_of(quiet_house, NORDLYS)


def test_a_user_without_a_customer_is_told_so_kindly(house: House) -> None:
    with house.behind() as db:
        db.execute(
            delete(Grant).where(Grant.user_id == select(User.id).where(User.username == "Tester").scalar_subquery())
        )
        db.commit()
    nobodys = house.sign_in("Tester")
    assert (nobodys.h1, nobodys.tabs) == ("Info", ["Info"])
    assert nobodys.has("Du er logget inn som: Test Bruker (Tester)")
    assert nobodys.has("Brukeren din er ikke knyttet til noen kunde ennå. Ta kontakt med kundeansvarlig")
    for url in ("/orders", "/orders/new", "/units", "/orders/307390"):
        assert nobodys.send("GET", url).status_code == 404
    assert nobodys.press("Logg ut").h1 == "Logg inn"


def test_x1_grants_in_two_branches_add_up_and_a_branch_has_all_below_it(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        user = db.scalars(select(User).where(User.username == "leder.brann")).one()
        first = db.scalars(select(Grant).where(Grant.user_id == user.id)).one()
        schools = db.scalars(select(Unit).where(Unit.name == "Skole")).one()
        db.add(Grant(customer_id=first.customer_id, user_id=user.id, unit_id=schools.id, orders=True))
        db.commit()
        seen = select(Unit.id).where(Unit.path.startswith(schools.path) | (Unit.id == first.unit_id))
        expected = set(map(str, db.scalars(select(Order.number).where(Order.unit_id.in_(seen)))))
    leder = quiet_house.sign_in("leder.brann")
    assert listed(leder) == expected
    offered = leder.open("/orders/new").options("unit")
    assert offered[:4] == ["Velg", "Brann og redning", "Skole", "Bjørkelia skole"]
    assert len(offered) == 15
