"""Customers where passwords are switched off: their users come in at work alone, and the last way in stays open."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from models.core.audit import AuditEntry
from models.customers.units import Unit
from models.users.issuers.issuer import Issuer
from models.users.user import Grant, User
from routes.customers.sign_on import NOT_PROVED
from routes.session.beginning import BESIDES, ONLY_AT_WORK
from tests.session.test_work import HR, customer_of, set_up, signs_in
from tests.session.ways_in import letters
from tests.stage.house import House
from tests.stage.outside.issuing import SECRET
from tests.stage.outside.servers import TheirIssuer
from tests.stage.page import Page
from tests.stage.times import NOW

SOLVIK, FJORDBYGG = "Solvik kommune", "Fjordbygg Entreprenør AS"
ONLY = {"secret": "", "is_only_way": "1"}


@pytest.fixture(scope="module")
def issuer() -> Iterator[TheirIssuer]:
    issuer = TheirIssuer(NOW)
    yield issuer
    issuer.end()


@pytest.fixture
def closed(quiet_house: House, issuer: TheirIssuer) -> House:
    """Passwords are off at Solvik, since somebody has come in at work."""
    issuer.lie("solvik", person=HR)
    set_up(quiet_house, issuer)
    assert signs_in(quiet_house, issuer).h1 == "Info"
    assert set_up(quiet_house, issuer, **ONLY).flash == "Innloggingen er lagret."
    return quiet_house


def with_password(house: House, username: str = "hr.solvik") -> Page:
    typed = {"username": username, "password": f"demo-{username}"}
    return house.visitor().open("/login").fill(**typed).press("Logg inn")


def let_in_elsewhere(house: House, username: str) -> None:
    """The user gets rights at Fjordbygg, too."""
    with house.behind() as db:
        user = db.scalars(select(User).where(User.username == username)).one()
        other = db.scalars(select(Unit).where(Unit.name == FJORDBYGG)).one()
        db.add(Grant(customer_id=other.customer_id, user_id=user.id, unit_id=other.id, orders=True))
        db.commit()


def test_the_last_way_in_cannot_be_closed(quiet_house: House, issuer: TheirIssuer) -> None:
    issuer.lie("solvik", person=HR)
    set_up(quiet_house, issuer)
    inside = quiet_house.sign_in("hr.solvik")
    assert set_up(quiet_house, issuer, **ONLY).error("is_only_way") == NOT_PROVED, "nobody has come in so"
    assert inside.open("/info").h1 == "Info"
    assert signs_in(quiet_house, issuer).h1 == "Info"
    for other in ({"secret": SECRET}, {"client_id": "another"}, {"address": issuer.of("fjord")}):
        assert set_up(quiet_house, issuer, **ONLY | other).error("is_only_way") == NOT_PROVED, other
    assert inside.open("/info").h1 == "Info", "nothing of it is kept"
    assert set_up(quiet_house, issuer, **ONLY).flash == "Innloggingen er lagret."
    assert inside.open("/info").h1 == "Logg inn"
    kam = quiet_house.sign_in("kam.lie").open(f"/desk/customers/{customer_of(quiet_house, SOLVIK)}/sign-on")
    refused = kam.fill(is_on=[]).press("Lagre").error("is_only_way")
    assert refused == "Innloggingen med jobbkonto må være slått på når passord er slått av."
    with quiet_house.behind() as db:
        said = select(AuditEntry.changed).where(AuditEntry.action == "sign-on changed").order_by(AuditEntry.id)
        assert db.scalars(said).all()[-1] == {"before": {"is_only_way": "nei"}, "after": {"is_only_way": "ja"}}
        db.scalars(select(Issuer)).one().is_on = False
        db.commit()
    assert with_password(quiet_house).h1 == "Info", "an issuer that is off closes nothing, however that came"


def test_a_password_opens_nothing_there_and_goes_on_elsewhere(closed: House, issuer: TheirIssuer) -> None:
    """X1: neither an open session nor a new one reaches the customer; at other customers, nothing changes."""
    page = with_password(closed)
    assert (page.h1, page.flash) == ("Logg inn med jobbkontoen", ONLY_AT_WORK.format(SOLVIK))
    assert page.open("/info").h1 == "Logg inn"
    let_in_elsewhere(closed, "hr.solvik")
    page = with_password(closed)
    assert (page.h1, page.flash) == ("Info", BESIDES.format(SOLVIK))
    assert (page.open("/info").has(FJORDBYGG), page.has(SOLVIK)) == (True, False)
    solvik = str(customer_of(closed, SOLVIK))
    assert page.send("POST", "/customer", [("customer", solvik), ("csrf_token", page.token())]).status_code == 404
    assert signs_in(closed, issuer).has(SOLVIK)
    kam = closed.sign_in("kam.lie").open(f"/desk/customers/{solvik}")
    assert kam.fill(reason="Spør om en time").press("Se som kunden").has(SOLVIK), "staff go on"


def test_its_administrator_reads_that_passwords_are_off(closed: House, issuer: TheirIssuer) -> None:
    told = "Passord er slått av: alle logger inn med jobbkontoen."
    hr = signs_in(closed, issuer).open("/users")
    assert hr.has(told)
    with closed.behind() as db:
        db.scalars(select(Issuer)).one().is_only_way = False
        db.commit()
    assert not hr.open("/users").has(told)


def test_who_is_invited_there_is_led_to_work(closed: House, issuer: TheirIssuer) -> None:
    kam = closed.sign_in("kam.lie").open(f"/desk/customers/{customer_of(closed, SOLVIK)}").follow("Ny bruker")
    kam.fill(full_name="Nils Vik", email="nils@solvik.example", username="nils.vik", right=["orders"])
    assert kam.press("Legg til og inviter").status_code == 200
    assert letters(closed, "nils.vik") == ["work_invitation"]
    closed.deliver()
    [sent] = [file.read_text() for file in (closed.settings.var / "mail").glob("*-work_invitation*")]
    assert "/login/work/" in sent
    assert "/password/" not in sent
    issuer.lie("solvik", person={"sub": "nils", "email": "nils@solvik.example"})
    assert signs_in(closed, issuer, "nils@solvik.example").h1 == "Info"
    kam.open(f"/desk/customers/{customer_of(closed, SOLVIK)}/sign-on").press("Ta bort")
    assert with_password(closed).h1 == "Info", "without an issuer, passwords open it again"
