"""Innsyn: staff see the portal as a customer does. Each look is on record, and nothing can be changed."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models.core.audit import AuditEntry
from models.core.scope import Scope
from models.core.walls import Unscoped
from models.customers.customer import Customer
from models.users.user import Grant, User
from models.users.viewings import LENGTH, Viewing
from tests.stage.house import House
from tests.stage.page import Page
from tests.stage.sweeps import TABLES, digest, every_field, my_path, named_by, of_method, path_of, with_lists

FJORDBYGG = "Fjordbygg Entreprenør AS"


@pytest.fixture
def kam(house: House) -> Page:
    """The provider's account manager for Fjordbygg."""
    return house.sign_in("kam.lie")


def see_as(kam: Page, customer: str = FJORDBYGG, *, user: str = "", reason: str = "Spør om en time") -> Page:
    kam.open("/desk/customers?whose=all").follow(customer)
    return kam.fill(as_user=user, reason=reason).press("Se som kunden")


def log_of(house: House) -> list[tuple[str, str, object]]:
    """Who did what, and which page, of viewings."""
    with house.behind() as db:
        entries = db.scalars(select(AuditEntry).where(AuditEntry.about.like("viewing:%")).order_by(AuditEntry.id))
        return [(entry.actor, entry.action, entry.changed.get("page")) for entry in entries]


def test_staff_see_what_the_customer_sees_and_every_page_is_on_record(house: House, kam: Page) -> None:
    see_as(kam)
    assert (kam.h1, kam.url) == ("Info", "/info")
    assert kam.tabs == ["Info", "Bestilling", "Ansatte", "Rapporter", "Fakturaer"]
    assert kam.has("Du er logget inn som: Per-Arne Lie (kam.lie)")
    assert kam.has(f"Innsyn: Du ser portalen som {FJORDBYGG}, til kl. ")
    assert kam.open("/orders?number=307513").has("Helsekontroller")
    kam.open("/orders/307513")
    assert kam.send("GET", "/desk").status_code == 404
    kam.press("Avslutt innsyn")
    assert (kam.h1, kam.tabs[0]) == (FJORDBYGG, "Oversikt")
    assert kam.send("GET", "/orders/307513").status_code == 404
    me = "Per-Arne Lie (kam.lie)"
    assert [entry for entry in log_of(house) if entry[2] != "/info"] == [
        (me, "viewing begun", None),
        (me, "viewed", "/orders"),
        (me, "viewed", "/orders/307513"),
        (me, "viewing ended", None),
    ]
    kam.follow("Innsyn til nå")
    assert kam.h1 == f"Innsyn hos {FJORDBYGG}"
    assert kam.has("Per-Arne Lie Spør om en time Alle rettigheter")
    assert [look.get_text().split()[1] for look in kam.soup.select("details li")] == [
        "/info",
        "/orders",
        "/orders/307513",
    ]


def test_a_part_that_htmx_asks_for_is_on_record(quiet_house: House) -> None:
    """A part shows as much as its page."""
    see_as(kam := quiet_house.sign_in("kam.lie"))
    headers = {"hx-request": "true", "hx-request-type": "partial", "hx-target": "section#results"}
    for url in ("/orders?number=3", "/employees?q=a", "/bookings"):
        assert kam.send("GET", url, None, headers).status_code == 200
    pages = [page for _, action, page in log_of(quiet_house) if action == "viewed" and page != "/info"]
    assert pages == ["/orders", "/employees", "/bookings"]


def test_a_viewing_needs_a_reason_and_somebody_of_that_customer(house: House, kam: Page) -> None:
    see_as(kam, reason="")
    assert (kam.status_code, kam.problems) == (422, ["Skriv hvorfor du vil se portalen som kunden."])
    with house.behind() as db:
        foreign = db.scalar(select(User.id).where(User.username == "Tester"))
    kam.fill(reason="Spør").press("Se som kunden", as_user=str(foreign))
    assert (kam.status_code, kam.problems) == (422, ["Velg en av kundens brukere."])
    assert log_of(house) == []


def test_what_was_typed_at_the_desk_is_kept_over_a_new_sign_in(house: House, kam: Page) -> None:
    kam.open("/desk/customers").follow(FJORDBYGG).fill(reason="Spør om en time")
    house.clock.advance(timedelta(hours=2))
    kam.press("Se som kunden")
    assert kam.has("Det du hadde skrevet, er tatt vare på.")
    kam.fill(username="kam.lie", password="demo-kam.lie").press("Logg inn")
    assert (kam.h1, kam.value("reason")) == (FJORDBYGG, "Spør om en time")
    assert log_of(house) == []


def test_with_somebodys_rights_staff_see_no_more_than_that_user(quiet_house: House) -> None:
    kam, oddvar = quiet_house.sign_in("kam.lie"), quiet_house.sign_in("okonomi.fjord")
    with quiet_house.behind() as db:
        id = db.scalar(select(User.id).where(User.username == "okonomi.fjord"))
    see_as(kam, user=str(id))
    assert kam.has(f"Du ser portalen som {FJORDBYGG}, med rettighetene til Oddvar Steinsund, til ")
    assert kam.tabs == oddvar.open("/info").tabs == ["Info", "Fakturaer"]
    assert kam.send("GET", "/orders/307513").status_code == 404
    with quiet_house.behind() as db:
        for grant in db.scalars(select(Grant).where(Grant.user_id == id)):
            db.delete(grant)
        db.commit()
    assert kam.send("GET", "/invoices").status_code == 404, "the rights are gone, and so is the view"
    assert kam.open("/desk").h1 == "Oversikt"


def test_while_viewing_nothing_can_be_changed(quiet_house: House) -> None:
    kam = see_as(with_lists(quiet_house).sign_in("kam.lie")).open("/info")
    fields = [(name, "1") for name in every_field()] + [("csrf_token", kam.token())]
    before = digest(quiet_house)
    posts = [line for line in of_method("POST") if not line.while_viewing]
    assert len(posts) > 20
    for line in posts:
        answer = kam.send("POST", my_path(quiet_house, line, "hms.fjord"), fields)
        assert answer.status_code == 403, line.path
        assert "Her kan ingenting endres" in answer.text or "token" in line.path, line.path
    assert digest(quiet_house) == before


def test_the_session_of_somebody_who_is_viewing_cannot_write(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        customer_id = db.scalar(select(Customer.id).where(Customer.name == FJORDBYGG))
    assert customer_id is not None
    with quiet_house.portal.database.session(Scope.whole(customer_id), read_only=True) as db:
        db.add(Viewing(customer_id=customer_id))
        with pytest.raises(Unscoped):
            db.flush()


def test_x1_whoever_is_viewing_sees_nothing_of_another_customer(quiet_house: House) -> None:
    kam = see_as(quiet_house.sign_in("kam.lie"))
    with quiet_house.behind() as db:
        home = db.scalar(select(Customer.id).where(Customer.name == FJORDBYGG))
        foreign = {
            table: db.scalar(select(func.max(named_by(table))).where(table.customer_id != home))
            for table in set(TABLES.values())
        }
    for line in (line for line in of_method("GET") if line.name in TABLES):
        assert kam.send("GET", path_of(line, foreign[TABLES[line.name]])).status_code == 404, line.path


def test_a_viewing_is_over_by_itself(quiet_house: House) -> None:
    kam = see_as(quiet_house.sign_in("kam.lie"))
    quiet_house.clock.advance(LENGTH - timedelta(seconds=1))
    assert kam.open("/orders").h1 == "Bestilling"
    quiet_house.clock.advance(timedelta(seconds=2))
    gone = kam.open("/orders")
    assert (gone.status_code, gone.tabs[0]) == (404, "Oversikt")


def test_only_staff_may_view_and_nobody_ends_what_did_not_begin(quiet_house: House) -> None:
    tester = quiet_house.sign_in("Tester").open("/info")
    with quiet_house.behind() as db:
        id = db.scalar(select(Customer.id).where(Customer.name == "Demokunde_Test"))
    token = [("csrf_token", tester.token()), ("reason", "Nysgjerrig")]
    assert tester.send("POST", f"/desk/customers/{id}/viewing", token).status_code == 404
    assert tester.send("POST", "/desk/viewing/end", token).status_code == 404
    kam = quiet_house.sign_in("kam.lie").open("/desk/customers")
    assert kam.send("POST", "/desk/viewing/end", [("csrf_token", kam.token())]).status_code == 404
    assert log_of(quiet_house) == []


def test_grants_of_staff_count_for_nothing(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        grant = db.scalars(select(Grant).limit(1)).one()
        id = db.scalar(select(User.id).where(User.username == "kam.lie"))
        db.add(Grant(customer_id=grant.customer_id, user_id=id, unit_id=grant.unit_id, orders=True))
        db.commit()
    kam = quiet_house.sign_in("kam.lie")
    assert (kam.h1, kam.tabs[0]) == ("Oversikt", "Oversikt")
    assert kam.send("GET", "/orders").status_code == 404
