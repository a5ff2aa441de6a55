"""Brukere: a customer's own administrator says who may do what, in the own branch and by the own rights."""

from functools import partial

import pytest
from sqlalchemy import delete, select

from models.core.audit import AuditEntry
from models.core.database import Database
from models.core.scope import Right, Scope
from models.customers.units import Unit
from models.outbox.message import Message
from models.users.administration import LastAdministrator, NotAnAdministrator, Powers
from models.users.changes import Person, change_user
from models.users.sessions import SignedIn
from models.users.user import Grant, SecondFactor, User
from tests.session.ways_in import set_up
from tests.stage.house import House
from tests.stage.page import Page
from tests.stage.times import NOW
from tests.stage.together import Meet, together

ME = "Torbjørn Ekrenes (hr.solvik)"
ORDERS, EMPLOYEES, INVOICES, REPORTS, ADMINISTRATOR = Right
NURSE = {"full_name": "Nina Sykehjem", "email": "nina@solvik.example"}


def unit_id(house: House, name: str) -> int:
    with house.behind() as db:
        return db.scalars(select(Unit.id).where(Unit.name == name)).one()


def grant(house: House, username: str, unit: str, *rights: Right) -> None:
    """Behind the portal's back: exactly these rights, there alone."""
    with house.behind() as db:
        user = db.scalars(select(User).where(User.username == username)).one()
        place = db.scalars(select(Unit).where(Unit.name == unit)).one()
        db.execute(delete(Grant).where(Grant.user_id == user.id, Grant.customer_id == place.customer_id))
        has = {right.value: right in rights for right in Right}
        db.add(Grant(customer_id=place.customer_id, user_id=user.id, unit_id=place.id, **has))
        db.commit()


def rights_of(house: House, username: str) -> dict[str, set[str]]:
    with house.behind() as db:
        rows = db.execute(
            select(Grant, Unit.name)
            .join(Unit, Unit.id == Grant.unit_id)
            .join(User, User.id == Grant.user_id)
            .where(User.username == username)
        )
        return {name: {right.value for right in Right if getattr(grant, right.value)} for grant, name in rows}


def choose(page: Page, name: str) -> str:
    return page.option("unit", next(option for option in page.options("unit") if option.strip() == name))


def test_an_administrator_invites_changes_and_removes_and_it_holds_at_once(house: House) -> None:
    hr, leder = house.sign_in("hr.solvik").open("/info"), house.sign_in("leder.brann").open("/info")
    hr.follow("Brukere")
    assert hr.has("Torbjørn Ekrenes (hr.solvik)")
    assert hr.has("Lena Brattvåg (leder.brann)")
    assert hr.has("Sist inne")
    hr.follow("Ny bruker").fill(**NURSE, unit=choose(hr, "Helse og omsorg"), right=["employees"])
    hr.press("Legg til og inviter")
    assert (hr.h1, hr.flash) == ("Brukere", "Nina Sykehjem er invitert.")
    assert hr.has("Helse og omsorg: Ansatte Har ikke vært inne ennå Invitert")
    with house.behind() as db:
        [letter] = db.scalars(select(Message).where(Message.kind == "password_invitation"))
        assert letter.to == NURSE["email"]

    hr.follow("Lena Brattvåg")
    assert hr.has("Dette ser Lena Brattvåg")
    skole = unit_id(house, "Skole")
    hr.fill(granted=[f"{skole}-orders"]).press("Lagre")
    assert hr.flash == "Lena Brattvåg er lagret."
    assert leder.open("/orders").status_code == 200
    assert leder.open("/employees").status_code == 404
    hr.follow("Lena Brattvåg")
    assert hr.has("Bestilling Skole, ")
    hr.press("Deaktiver")
    assert hr.flash == "Lena Brattvåg er deaktivert, og er logget ut."
    assert leder.open("/info").h1 == "Logg inn"
    hr.follow("Lena Brattvåg").press("Aktiver")
    assert house.sign_in("leder.brann").tabs == ["Info", "Bestilling"]
    with house.behind() as db:
        entries = db.scalars(select(AuditEntry).where(AuditEntry.actor == ME).order_by(AuditEntry.id)).all()
        assert [entry.action for entry in entries] == [
            "user added",
            "invited",
            "user changed",
            "user deactivated",
            "user reactivated",
        ]
        brann = ["employees", "orders", "reports"]
        assert entries[2].changed["before"] == {"rights": {"Brann og redning": brann}}
        assert entries[2].changed["after"] == {"rights": {"Skole": ["orders"]}}


def test_who_is_no_administrator_has_no_such_place_and_staff_only_look(quiet_house: House) -> None:
    hms = quiet_house.sign_in("hms.fjord").open("/info")
    assert not hms.has("Brukere")
    assert hms.open("/users").status_code == 404
    kam = quiet_house.sign_in("kam.lie").open("/desk/customers?whose=all").follow("Solvik kommune")
    kam.fill(as_user=kam.option("as_user", "Torbjørn Ekrenes (hr.solvik)"), reason="Spør om tilganger")
    kam.press("Se som kunden")
    assert kam.open("/users").has("Lena Brattvåg (leder.brann)")
    kam.follow("Lena Brattvåg").fill(granted=[]).press("Lagre")
    assert kam.status_code == 403
    assert rights_of(quiet_house, "leder.brann") == {"Brann og redning": {"orders", "employees", "reports"}}


def test_nobody_gives_or_takes_more_than_the_own_branch_and_rights(quiet_house: House) -> None:
    """An administrator of one branch, without invoices there, and a colleague who has more."""
    brann, skole = unit_id(quiet_house, "Brann og redning"), unit_id(quiet_house, "Skole")
    grant(quiet_house, "leder.brann", "Brann og redning", ORDERS, EMPLOYEES, ADMINISTRATOR)
    hr, leder = quiet_house.sign_in("hr.solvik"), quiet_house.sign_in("leder.brann")
    hr.open("/users/new").fill(**NURSE, unit=choose(hr, "Brann og redning"), right=["orders", "invoices"])
    hr.press("Legg til og inviter").follow("Nina Sykehjem")
    nina = int(hr.url.rpartition("/")[2].partition("?")[0])
    hr.fill(granted=[f"{brann}-orders", f"{brann}-invoices", f"{skole}-orders"]).press("Lagre")

    leder.open("/users")
    assert leder.has("Nina Sykehjem")
    assert not leder.has("hr.solvik"), "whose rights are given above the own branch"
    leder.follow("Nina Sykehjem")
    assert not leder.has("Skole")
    leder.fill(granted=[f"{brann}-employees"]).press("Lagre")
    assert rights_of(quiet_house, NURSE["email"]) == {
        "Brann og redning": {"employees", "invoices"},
        "Skole": {"orders"},
    }
    url = f"/users/{nina}"
    for more in (f"{brann}-reports", f"{skole}-employees"):
        leder.open(url).press("Lagre", granted=more)
        assert leder.status_code == 422, more
        assert leder.problems[0] in {"Du kan bare gi rettigheter som du selv har.", "Velg blant kundens avdelinger."}
    leder.open(url).fill(email="stjaal@annet.example").press("Lagre")
    assert leder.problems[0].startswith("Brukeren har også rettigheter som ikke er dine å endre")
    leder.open(url).press("Ta bort tilgangen")
    assert rights_of(quiet_house, NURSE["email"]) == {"Brann og redning": {"invoices"}, "Skole": {"orders"}}
    assert leder.open(url).status_code == 200, "something of it is still in the own branch"
    with quiet_house.behind() as db:
        torbjorn = db.scalars(select(User.id).where(User.username == "hr.solvik")).one()
        anna = db.scalars(select(User.id).where(User.username == "anna.ka")).one()
    for id in (torbjorn, anna):
        assert leder.open(f"/users/{id}").status_code == 404


def test_an_address_that_is_known_elsewhere_gets_the_same_answer(quiet_house: House) -> None:
    """Also where its user signs in by the address, where it is a colleague's outside the branch, and the staff's."""
    with quiet_house.behind() as db:
        for username in ("anna.ka", "kam.lie", "TESTWEB"):
            user = db.scalars(select(User).where(User.username == username)).one()
            if username != "TESTWEB":
                user.username, user.username_folded = user.email, user.email.casefold()
        db.commit()
    hr = quiet_house.sign_in("hr.solvik")
    for email in ("anna.karlsrud@kontoret.example", "per-arne.lie@bht.example", "ny@solvik.example"):
        hr.open("/users/new").fill(full_name="Noen", email=email, unit=choose(hr, "Skole"), right=["orders"])
        hr.press("Legg til og inviter")
        assert (hr.h1, hr.flash) == ("Brukere", "Noen er invitert."), email
    with quiet_house.behind() as db:
        staff = db.scalars(select(User).where(User.account_manager_id.is_not(None))).all()
        assert not db.scalars(
            select(Grant).join(Unit, Unit.id == Grant.unit_id).where(Grant.user_id.in_([one.id for one in staff]))
        ).all()


def test_the_last_administrator_stays_one(quiet_house: House) -> None:
    hr = quiet_house.sign_in("hr.solvik").open("/users").follow("Torbjørn Ekrenes")
    top = unit_id(quiet_house, "Solvik kommune")
    hr.fill(granted=[f"{top}-orders"]).press("Lagre")
    sentence = "Du er den siste som er administrator for hele bedriften. Gjør en kollega til administrator først."
    assert hr.problems == [sentence]
    hr.open("/users").follow("Torbjørn Ekrenes").press("Deaktiver")
    assert hr.flash == sentence
    assert "administrator" in rights_of(quiet_house, "hr.solvik")["Solvik kommune"]


def test_of_two_administrators_who_let_go_at_once_one_stays(quiet_house: House) -> None:
    """Each in a transaction of its own, both begun before either has changed anything."""
    grant(quiet_house, "leder.brann", "Solvik kommune", ORDERS, ADMINISTRATOR)
    top = unit_id(quiet_house, "Solvik kommune")
    with quiet_house.behind() as db:
        users = db.scalars(select(User).where(User.username.in_(("hr.solvik", "leder.brann"))).order_by(User.id)).all()
        customer_id = db.scalars(select(Unit.customer_id).where(Unit.id == top)).one()
    database = Database(quiet_house.settings.database_url)

    def let_go(user: User, meet: Meet) -> str:
        by = SignedIn(
            1, NOW, NOW, user.id, user.username, user.full_name, user.email, None, (), None, Scope.whole(customer_id)
        )
        meet()
        with database.session(Scope.whole(customer_id)) as db:
            try:
                person = Person(user.full_name, user.email)
                change_user(db, customer_id, user.id, person, {top: frozenset({ORDERS})}, by=by, now=NOW)
            except (LastAdministrator, NotAnAdministrator) as refused:
                db.rollback()
                return type(refused).__name__
            db.commit()
            return "done"

    outcomes = together([partial(let_go, user) for user in users])
    database.close()
    assert sorted(outcomes) == ["LastAdministrator", "done"]


@pytest.mark.parametrize(
    ("before", "wanted", "after"),
    [
        ({}, {2: {ORDERS}}, {2: {ORDERS}}),
        ({1: {ORDERS}, 2: {EMPLOYEES}}, {}, {1: {ORDERS}}),
        ({2: {INVOICES, ORDERS}}, {2: {EMPLOYEES}}, {2: {INVOICES, EMPLOYEES}}),
        ({2: {INVOICES}}, {2: {INVOICES}}, {2: {INVOICES}}),
        ({}, {1: {ORDERS}}, None),
        ({}, {2: {INVOICES}}, None),
        ({}, {2: {ADMINISTRATOR}}, {2: {ADMINISTRATOR}}),
    ],
)
def test_what_is_merged_within_the_powers_over_unit_two(
    before: dict[int, set[Right]], wanted: dict[int, set[Right]], after: dict[int, set[Right]] | None
) -> None:
    powers = Powers(
        Scope(1, {right: frozenset({2}) for right in (ORDERS, EMPLOYEES, ADMINISTRATOR)} | {INVOICES: frozenset({1})})
    )
    given = [{id: frozenset(has) for id, has in rights.items()} for rights in (before, wanted)]
    if after is None:
        with pytest.raises(NotAnAdministrator):
            powers.merge(*given)
    else:
        assert powers.merge(*given) == after


def test_nobody_takes_the_own_second_factor_away_with_the_password_alone(quiet_house: House) -> None:
    """Whoever sits at an open browser may have the password: the own one goes with a code, under `/password`."""
    hr, leder = quiet_house.sign_in("hr.solvik"), quiet_house.sign_in("leder.brann")
    for page in (hr, leder):
        set_up(quiet_house, page)
    hr.open("/users").follow("Torbjørn Ekrenes")
    assert hr.soup.select_one("#reset-form") is None
    there, typed = f"{hr.url}/second-factor/removal", [("own_password", "demo-hr.solvik"), ("csrf_token", hr.token())]
    assert hr.send("POST", there, typed).status_code == 404
    assert hr.open("/users").follow("Lena Brattvåg").press("Nullstill").flash, (
        "a colleague's is an administrator's to take"
    )
    with quiet_house.behind() as db:
        having = select(User.username).join(SecondFactor, SecondFactor.user_id == User.id)
        assert db.scalars(having).all() == ["hr.solvik"]
