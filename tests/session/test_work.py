"""Signing in at work, at a customer's own issuer: a real one, with two tenants, in a process of its own."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select, update

from models.core.audit import AuditEntry
from models.customers.customer import Customer
from models.customers.units import Unit
from models.users.issuers.issuer import Subject
from models.users.user import Grant, User
from routes.session.work.back import CANCELLED, NOT_PROVEN, STRANGER, TOO_LATE
from routes.session.work.there import UNKNOWN
from routes.session.work.ways import WRONG
from tests.session.ways_in import letters, log_of
from tests.stage.house import House
from tests.stage.outside.issuing import SECRET
from tests.stage.outside.servers import TheirIssuer
from tests.stage.page import Page
from tests.stage.times import NOW

HR = {"sub": "hr-1", "email": "torbjorn.ekrenes@solvik.example"}


@pytest.fixture(scope="module")
def issuer() -> Iterator[TheirIssuer]:
    issuer = TheirIssuer(NOW)
    yield issuer
    issuer.end()


def customer_of(house: House, name: str) -> int:
    with house.behind() as db:
        return db.scalars(select(Customer.id).where(Customer.name == name)).one()


def set_up(house: House, issuer: TheirIssuer, tenant: str = "solvik", **fields: str) -> Page:
    """Staff set up a customer's issuer at the desk."""
    name = {"solvik": "Solvik kommune", "fjord": "Fjordbygg Entreprenør AS"}[tenant]
    page = house.sign_in("kam.lie").open(f"/desk/customers/{customer_of(house, name)}")
    page.follow("Innlogging med jobbkonto")
    typed = {
        "address": issuer.of(tenant),
        "client_id": f"portal-{tenant}",
        "secret": SECRET,
        "domains": f"{tenant}.example",
        "is_on": "1",
    }
    return page.fill(**typed | fields).press("Lagre")


def goes(
    house: House, issuer: TheirIssuer, email: str, page: Page | None = None, back_to: str = "/info"
) -> tuple[Page, str]:
    """Somebody says where one works, signs in there and is sent back; the last address is not asked for yet."""
    page = (page or house.visitor()).open(f"/login?next={back_to}").follow("Logg inn med jobbkontoen")
    page.fill(email=email).press("Gå videre")
    assert page.h1 == "Du sendes til arbeidsgiveren", page.problems
    on = page.headers["refresh"].partition("url=")[2]
    assert on == page.soup.select_one("a.button.main")["href"]  # type: ignore[index]
    return page, there_and_back(issuer, page, on)


def there_and_back(issuer: TheirIssuer, page: Page, on: str) -> str:
    answer = page.send("GET", on)
    assert answer.status_code == 303, answer.text
    parts = urlsplit(issuer.visit(answer.headers["location"]))
    return f"{parts.path}?{parts.query}"


def signs_in(house: House, issuer: TheirIssuer, email: str = "torbjorn.ekrenes@solvik.example", **how: Any) -> Page:
    page, back = goes(house, issuer, email, **how)
    return page.open(back)


def said(page: Page) -> str:
    assert page.h1 == "Du er ikke logget inn", (page.h1, page.url)
    return page.soup.select_one("main .card b").get_text()  # type: ignore[union-attr]


def test_a_user_is_linked_once_by_the_address_and_then_known_by_the_subject(house: House, issuer: TheirIssuer) -> None:
    issuer.lie("solvik", person=HR)
    assert set_up(house, issuer).flash == "Innloggingen er lagret."
    page = signs_in(house, issuer, back_to="/orders?status=Utført")
    assert (page.h1, page.value("status")) == ("Bestilling", "Utført")
    assert letters(house, "hr.solvik")[-2:] == ["sign_on_changed", "work_account_linked"]
    assert log_of(house, "hr.solvik")[-1][1] == "work account linked"
    assert page.press("Logg ut").flash == "Du er logget ut."
    out = str(page.soup.find("a", string="Logg ut der også")["href"])  # type: ignore[index]
    there = page.send("GET", out).headers["location"]
    assert there.startswith(f"{issuer.of('solvik')}/logout?client_id=portal-solvik&post_logout_redirect_uri=")

    issuer.lie("solvik", person=HR | {"email": "another@solvik.example", "email_verified": False})
    again = page
    on = again.open("/login").soup.find("a", string="Logg inn med jobbkontoen")["href"]  # type: ignore[index]
    assert again.open(there_and_back(issuer, again, str(on))).h1 == "Info", "known by the subject"
    with house.behind() as db:
        stored = repr(db.execute(select(Subject.sealed, Subject.digest)).all())
    assert HR["sub"] not in stored

    issuer.lie("solvik", person=HR | {"sub": "hr-2"})
    assert said(signs_in(house, issuer)) == STRANGER, "somebody else has the address at work now"
    kam = house.sign_in("kam.lie").open(f"/desk/customers/{customer_of(house, 'Solvik kommune')}")
    kam.follow("Torbjørn Ekrenes").press("Løs jobbkontoen")
    assert kam.flash.startswith("Jobbkontoen er løst fra")
    assert again.open("/info").h1 == "Logg inn"
    assert signs_in(house, issuer).h1 == "Info"


@pytest.mark.rest  # all lies of an issuer once more, by the portal: test_oidc has each of them
def test_nobody_else_comes_in(quiet_house: House, issuer: TheirIssuer) -> None:
    set_up(quiet_house, issuer)
    set_up(quiet_house, issuer, "fjord")
    with quiet_house.behind() as db:
        kam = db.scalars(select(User).where(User.username == "kam.lie")).one()
        kam_id = kam.id
        kam.email = "kam@solvik.example"
        db.scalars(select(User).where(User.username == "leder.brann")).one().email = "lena@mail.example"
        db.commit()
    strangers: list[dict[str, Any]] = [
        {"sub": "x", "email": "nobody@solvik.example"},
        {"sub": "x", "email": "hms@fjord.example"},
        {"sub": "x", "email": "kam@solvik.example"},
        {"sub": "x", "email": "lena@mail.example"},
        {"sub": "x"},
        {"sub": "x", "email": "hr"},
        {"sub": "x", "email": ["torbjorn.ekrenes@solvik.example"]},
        {"sub": "x", "email": "torbjorn.ekrenes@solvik.example", "email_verified": False},
        {"sub": "x", "email": "torbjorn.ekrenes@solvik.example@evil.example"},
    ]
    for person in strangers:
        issuer.lie("solvik", person=person)
        page = signs_in(quiet_house, issuer)
        assert (said(page), page.status_code) == (STRANGER, 403), person
        assert page.open("/info").h1 == "Logg inn"
    issuer.lie("fjord", person=HR)
    assert said(signs_in(quiet_house, issuer, "kari@fjord.example")) == STRANGER, (
        "one tenant's word about the other's user"
    )
    with quiet_house.behind() as db:
        assert db.scalar(select(func.count(Subject.id))) == 0
    for lies, sentence, status in (
        ({"signed": "by another"}, WRONG, 502),
        ({"claims": {"nonce": "another"}}, WRONG, 502),
        ({"error": "access_denied"}, CANCELLED, 403),
    ):
        issuer.lie("solvik", person=HR, **lies)
        page = signs_in(quiet_house, issuer)
        assert (said(page), page.status_code) == (sentence, status), lies
    issuer.lie("solvik", person=HR)
    page, back = goes(quiet_house, issuer, "x@solvik.example")
    assert said(quiet_house.visitor().open(back)) == TOO_LATE, "in another browser"
    assert page.send("HEAD", back).status_code == 409, "nobody looks at it beforehand"
    assert page.open(back).h1 == "Info"
    assert said(page.open(back)) == TOO_LATE, "once"
    with quiet_house.behind() as db:
        db.execute(
            update(Grant)
            .where(Grant.user_id == select(User.id).where(User.username == "hr.solvik").scalar_subquery())
            .values(user_id=kam_id)
        )
        db.commit()
    assert said(signs_in(quiet_house, issuer)) == STRANGER, "who is linked, and has no rights any more"
    issuer.lie("solvik", person={"sub": "k", "email": "kam@solvik.example"})
    assert said(signs_in(quiet_house, issuer)) == STRANGER, "staff, whatever was granted to them"
    page, back = goes(quiet_house, issuer, "x@solvik.example")
    quiet_house.clock.advance(timedelta(minutes=16))
    assert said(page.open(back)) == TOO_LATE
    page = quiet_house.visitor().open("/login/work")
    assert page.fill(email="a@unknown.example").press("Gå videre").error("email") == UNKNOWN
    for _ in range(19):
        page.fill(email="a@unknown.example").press("Gå videre")
    assert (page.fill(email="a@solvik.example").press("Gå videre").status_code, page.headers["retry-after"]) == (
        429,
        "900",
    )


def test_a_session_from_work_reaches_that_customer_alone(quiet_house: House, issuer: TheirIssuer) -> None:
    """X1: a customer's issuer says who one is there, and nowhere else."""
    set_up(quiet_house, issuer)
    with quiet_house.behind() as db:
        hr = db.scalars(select(User).where(User.username == "hr.solvik")).one()
        other = db.scalars(select(Unit).where(Unit.name == "Fjordbygg Entreprenør AS")).one()
        db.add(Grant(customer_id=other.customer_id, user_id=hr.id, unit_id=other.id, orders=True))
        db.commit()
    issuer.lie("solvik", person=HR)
    page = signs_in(quiet_house, issuer)
    assert page.h1 == "Info"
    assert not page.soup.select("form[action='/customer'] option"), "there is nothing to switch to"
    assert page.send("POST", "/customer", [("customer", str(other.customer_id))]).status_code in {403, 404}
    page.open("/password")
    assert page.has("Passordet og totrinnsbekreftelsen din er hos arbeidsgiveren.")
    assert not page.soup.select("#password-form, #factors")
    for path in ("/password/factors", "/password/factors/new", "/password/passkeys/new"):
        assert page.send("GET", path).status_code == 404
    page.open("/users").follow("Torbjørn Ekrenes").fill(email="t@solvik.example").press("Lagre")
    assert page.error("own_password").startswith("Bekreft først at det er deg")
    on = str(page.open("/password").soup.find("a", string="Bekreft at det er deg")["href"])  # type: ignore[index]
    issuer.lie("solvik", person=HR, claims={"auth_time": None})
    assert said(page.open(there_and_back(issuer, page, on))) == NOT_PROVEN, "it was not asked for anything"
    issuer.lie("solvik", person=HR)
    assert page.open(there_and_back(issuer, page, on)).h1 == "Passord og innlogginger"
    page.open("/users").follow("Torbjørn Ekrenes")
    assert not page.soup.select("[name=own_password]"), "it was just asked for"
    with_password = quiet_house.sign_in("hr.solvik")
    assert with_password.open("/info").soup.select("form[action='/customer']")


def test_setting_it_up_is_for_who_may_confirmed_and_on_record(quiet_house: House, issuer: TheirIssuer) -> None:
    refused = set_up(quiet_house, issuer, address="http://issuer.example", secret="", domains="gmail.com x")
    assert refused.status_code == 422
    assert refused.error("address").startswith("Skriv adressen slik utstederen oppgir den")
    assert refused.error("secret") == "Skriv hemmeligheten som portalen har fått hos utstederen."
    assert refused.error("domains").startswith("I gmail.com kan alle få en adresse.")
    assert SECRET not in set_up(quiet_house, issuer, domains="@Solvik.example, solvik.example").response.text
    taken = set_up(quiet_house, issuer, "fjord", domains="fjord.example solvik.example")
    assert taken.error("domains") == "solvik.example er en annen kundes domene."
    kam = quiet_house.sign_in("kam.lie").open(refused.url)
    assert kam.press("Spør utstederen").has("Utstederen svarer slik den skal.")
    issuer.lie("solvik", says={"issuer": "https://another.example"})
    assert kam.press("Spør utstederen").has("it calls itself by another name")
    issuer.lie("solvik", person=HR)
    user = signs_in(quiet_house, issuer)
    quiet_house.clock.advance(timedelta(minutes=11))
    for button, form in (("Lagre", "sign-on-form"), ("Ta bort", "removal-form")):
        assert kam.open(refused.url).press(button).soup.select(f"#{form} .error:-soup-contains('ditt eget passord')")
    kam.submit(kam.soup.select("#removal-form")[0], own_password="demo-kam.lie")
    assert kam.flash.startswith("Innloggingen med jobbkonto er tatt bort.")
    assert user.open("/info").h1 == "Logg inn"
    assert not user.soup.find("a", string="Logg inn med jobbkontoen")
    with quiet_house.behind() as db:
        about = f"customer:{customer_of(quiet_house, 'Solvik kommune')}"
        said_of = select(AuditEntry.action, AuditEntry.changed).where(AuditEntry.about == about)
        entries = db.execute(said_of.order_by(AuditEntry.id)).all()
    assert [entry.action for entry in entries] == ["sign-on set up", "sign-on removed"]
    assert entries[0].changed["after"]["domains"] == ["solvik.example"]
    assert SECRET not in repr(entries)
    assert letters(quiet_house, "hr.solvik").count("sign_on_changed") == 2
