"""Medarbeidere at the desk: who is staff, with which role, who takes over, and who stands in."""

import re
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from models.core.audit import AuditEntry
from models.core.database import Database
from models.core.scope import bind
from models.customers.account_managers import AccountManager
from models.customers.customer import Customer
from models.outbox.message import Message
from models.staff.administration import LastAdministrator, NotAnAdministrator
from models.staff.changes import change_member
from models.staff.leaving import leave
from models.staff.member import member_by_id
from models.users.sessions import SignedIn
from models.users.user import Role, User, find_user
from routes import MAP
from routes.web.lines import administrating, serving
from tests.stage.house import House
from tests.stage.page import Page
from tests.stage.sweeps import digest, every_field, my_path
from tests.stage.times import NOW, TODAY
from tests.stage.together import Meet, together

ADMIN = "kam.lie"
ME = "Per-Arne Lie (kam.lie)"
NORA = {"full_name": "Nora Dahl", "email": "nora.dahl@bht.example", "phone": "12 34 50 10", "username": "nora"}
LAST = "Portalen må ha minst én administrator. Gjør en annen til administrator først."


def added(house: House, role: Role = Role.ACCOUNT_MANAGER, **changed: str) -> Page:
    """An administrator who has just added somebody of the staff."""
    kam = house.sign_in(ADMIN).open("/desk/staff").follow("Ny medarbeider")
    return kam.fill(**{**NORA, **changed}, role=role.value).press("Legg til og inviter")


def member(kam: Page, name: str) -> Page:
    """The page of somebody of the staff."""
    return kam.open("/desk/staff?left=1").follow(name)


def chosen(page: Page, field: str, name: str) -> dict[str, str]:
    """Somebody chosen from a list."""
    return {field: page.option(field, name)}


def letters(house: House, kind: str) -> list[str | None]:
    """Who got letters of a kind, oldest first."""
    with house.behind() as db:
        return list(db.scalars(select(Message.to).where(Message.kind == kind).order_by(Message.id)))


def served_by(house: House, name: str) -> set[str]:
    """The customers of an account manager."""
    with house.behind() as db:
        theirs = select(Customer.name).join(AccountManager, AccountManager.id == Customer.account_manager_id)
        return set(db.scalars(theirs.where(AccountManager.name == name)))


def order(house: House, username: str = "hms.fjord") -> Page:
    """A user has sent an order."""
    page = house.sign_in(username).open("/orders/new")
    return page.fill(unit=page.option("unit", "Bergen"), delivery="Kurs").press("Send bestilling")


def test_d6_a_member_is_added_invited_changed_and_leaves_again(house: House) -> None:
    kam = added(house)
    assert (kam.h1, kam.flash) == ("Nora Dahl", "Nora Dahl er lagt til, og får en e-post for å velge passord.")
    assert letters(house, "password_invitation") == ["nora.dahl@bht.example"]
    kam.press("Send invitasjonen på nytt")
    assert kam.flash == "En ny invitasjon er sendt til nora.dahl@bht.example."
    nora = house.sign_in("nora").open("/desk")
    assert nora.tabs == ["Oversikt", "Bestillinger", "Bookinger", "Kunder", "Utsendinger"]
    assert nora.open("/desk/staff").status_code == 404
    kam.fill(full_name="Nora Vik", role="administrator").press("Lagre")
    assert (kam.h1, kam.flash) == ("Medarbeidere", "Nora Vik er lagret.")
    assert "Medarbeidere" in nora.open("/desk").tabs, "from the next page on"
    kam.follow("Nora Vik").fill(email="nora.vik@bht.example").press("Lagre")
    assert letters(house, "password_invitation")[-1] == "nora.vik@bht.example", "the one before was in vain"
    assert nora.open("/desk").h1 == "Logg inn", "whoever came in with the address before is out"
    nora = house.sign_in("nora")
    assert nora.has("Nora Vik (nora)")
    member(kam, "Nora Vik").press("Deaktiver")
    assert kam.flash == "Nora Vik er deaktivert, og er logget ut."
    assert nora.open("/desk").h1 == "Logg inn"
    assert not kam.open("/desk/staff").has("Nora Vik")
    member(kam, "Nora Vik").press("Aktiver")
    assert kam.flash == "Nora Vik er medarbeider igjen."
    log = [" ".join(item.get_text(" ").split()) for item in kam.soup.select("#history li")]
    assert [entry.split(f" {ME}")[0] for entry in log] == [
        *("Aktivert igjen", "Deaktivert", "Invitert til å velge passord", "Endret e-post"),
        *("Endret navn", "Ny rolle: administrator", "Invitert til å velge passord", "Invitert til å velge passord"),
        "Lagt til som kundeansvarlig",
    ]


def test_what_cannot_be_is_refused_with_a_sentence_and_keeps_nothing(quiet_house: House) -> None:
    kam = quiet_house.sign_in(ADMIN).open("/desk/staff/new")
    before = digest(quiet_house)
    kam.press("Legg til og inviter")
    assert kam.problems == [
        *("Skriv navnet.", "Skriv e-postadressen. Dit går invitasjonen, og det kundene skriver."),
        "Skriv et brukernavn.",
    ]
    for changed, sentence in (
        ({"username": "nora dahl"}, "Et brukernavn har ingen mellomrom."),
        ({"username": "TESTER"}, "Brukernavnet er opptatt. Velg et annet."),
        ({"email": "Per-Arne.Lie@bht.example"}, "En annen medarbeider har denne e-postadressen."),
        ({"email": "nora"}, "Skriv e-postadressen slik: navn@firma.no."),
        ({"role": "king"}, "Velg en rolle."),
    ):
        kam.fill(**{**NORA, "role": "reader", **changed}).press("Legg til og inviter")
        assert (kam.status_code, kam.problems) == (422, [sentence])
    member(kam, "Per-Arne Lie").fill(role="reader").press("Lagre")
    assert kam.problems == [LAST]
    kam.fill(role="administrator", email="silje.haugen@bht.example").press("Lagre")
    assert kam.problems == ["En annen medarbeider har denne e-postadressen."]
    member(kam, "Per-Arne Lie").press("Deaktiver")
    assert kam.problems == ["Velg hvem som overtar."]
    kam.fill(**chosen(kam, "heir", "Silje Haugen")).press("Deaktiver")
    assert kam.problems == [LAST]
    assert digest(quiet_house) == before


def test_all_customers_go_to_another_at_one_stroke_or_stand_without(house: House) -> None:
    added(house)
    kam = member(house.sign_in(ADMIN), "Aisha Rahman")
    theirs = served_by(house, "Aisha Rahman")
    assert theirs == {"Solvik kommune", "Nordlys Data AS"}
    kam.press("Overfør alle kundene")
    assert kam.problems == ["Velg hvem som overtar."]
    kam.fill(**chosen(kam, "to", "Nora Dahl")).press("Overfør alle kundene")
    assert kam.flash == "2 kunder har fått ny kundeansvarlig."
    assert served_by(house, "Nora Dahl") == theirs
    with house.behind() as db:
        entries = db.scalars(select(AuditEntry).where(AuditEntry.action == "account manager")).all()
        assert {(entry.actor, entry.changed["to"]) for entry in entries} == {(ME, "Nora Dahl")}
        assert len(entries) == 2
    member(kam, "Nora Dahl").fill(role="reader").press("Lagre")
    assert kam.problems == ["En leser kan ikke være kundeansvarlig. Overfør kundene først."]
    member(kam, "Nora Dahl").fill(**chosen(kam, "heir", "Ingen, kundene står uten kundeansvarlig")).press("Deaktiver")
    assert served_by(house, "Nora Dahl") == set()
    assert "Nora Dahl" not in member(kam, "Aisha Rahman").options("stand_in"), "whoever has left serves nobody"
    assert house.sign_in("leder.brann").has("Kundeansvarlig") is False


def test_a_stand_in_gets_the_letters_and_has_the_customers_among_the_own(house: House) -> None:
    added(house)
    kam, nora = member(house.sign_in(ADMIN), "Per-Arne Lie"), house.sign_in("nora")
    assert nora.open("/desk/customers").has("Ingen kunder funnet")
    nora_here = chosen(kam, "stand_in", "Nora Dahl")
    kam.fill(**nora_here, first_day="12.10.2026", last_day="11.10.2026").press("Legg til stedfortreder")
    assert kam.problems == ["Den siste dagen er før den første. Bytt om eller rett en av dem."]
    kam.fill(**nora_here, first_day="02.10.2026", last_day="03.10.2026").press("Legg til stedfortreder")
    assert kam.flash == "Stedfortrederen er lagt til."
    kam.fill(**nora_here, first_day="03.10.2026", last_day="09.10.2026").press("Legg til stedfortreder")
    assert kam.problems[0].startswith("Det er allerede en stedfortreder")
    order(house)
    assert letters(house, "order_placed") == ["per-arne.lie@bht.example"], "not before the first day"

    house.clock.advance(timedelta(days=1))
    order(house)
    assert letters(house, "order_placed")[-1] == "nora.dahl@bht.example"
    with house.behind() as db:
        posted = select(Message.payload).order_by(Message.id.desc()).limit(1)
        told = db.scalars(posted.where(Message.kind == "order_placed")).one()
        assert (told["to_name"], told["stands_in_for"]) == ("Nora Dahl", "Per-Arne Lie")
        confirmed = db.scalars(posted.where(Message.kind == "order_confirmation")).one()
        assert (confirmed["account_manager_name"], confirmed["stand_in"]) == ("Per-Arne Lie", "Nora Dahl")
    nora = house.sign_in("nora")
    assert nora.open("/desk/customers").has("Fjordbygg Entreprenør AS")
    assert nora.open("/desk").has("Fjordbygg Entreprenør AS")
    house.clock.advance(timedelta(days=2))
    order(house)
    assert letters(house, "order_placed")[-1] == "per-arne.lie@bht.example", "not after the last"
    assert house.sign_in("nora").open("/desk/customers").has("Ingen kunder funnet")


def test_a_stand_in_reads_the_news_of_the_morning_as_they_are_wished_there(quiet_house: House) -> None:
    added(quiet_house)
    kam = quiet_house.sign_in(ADMIN).open("/desk")
    kam.fill(mail_wish="morning").press("Lagre")
    order(quiet_house)
    member(kam, "Per-Arne Lie")
    kam.fill(**chosen(kam, "stand_in", "Nora Dahl"), first_day="02.10.2026", last_day="02.10.2026")
    kam.press("Legg til stedfortreder")
    quiet_house.clock.set(NOW + timedelta(days=1))
    quiet_house.deliver()
    assert letters(quiet_house, "morning_news") == ["nora.dahl@bht.example"]
    order(quiet_house)
    assert letters(quiet_house, "order_placed") == ["nora.dahl@bht.example"], "who stands in has another wish"


# Roles


@pytest.fixture
def reader(house: House) -> Page:
    """Somebody who sees the desk and changes nothing there."""
    added(house, Role.READER)
    return house.sign_in("nora").open("/desk")


def test_a_reader_sees_every_room_of_the_desk_and_is_offered_nothing_that_is_not_for_readers(
    house: House, reader: Page
) -> None:
    assert reader.tabs == ["Oversikt", "Bestillinger", "Bookinger", "Kunder", "Utsendinger"]
    closed = [
        (line.method, re.compile(re.sub(r"{.*?}", r"[^/?#]+", line.path) + r"(?:[?#].*)?$"))
        for line in MAP
        if line.who in {serving, administrating}
    ]
    for line in MAP:
        if line.method == "GET" and line.path.startswith("/desk") and line.who not in {serving, administrating}:
            reader.open(my_path(house, line, ADMIN))
            assert reader.status_code == (
                404 if line.name in {"desk_order_file", "desk_invoice_message_file"} else 200
            ), line.path
            ways = [("GET", str(link["href"])) for link in reader.soup.select("main a[href]")]
            ways += [(str(f["method"]).upper(), str(f["action"])) for f in reader.soup.select("main form")]
            for method, way in ways:
                assert not any(
                    method == shut and path.match(way) for shut, path in closed if way != "/desk/customers/new"
                ), (
                    line.path,
                    way,
                )
    assert reader.open("/desk/customers").has("Demokunde_Test"), "all customers, for a reader has none"


def test_a_reader_changes_nothing_whatever_is_sent(house: House, reader: Page) -> None:
    before = digest(house)
    fields = [(name, "1") for name in every_field()] + [("csrf_token", reader.token())]
    shut = [line for line in MAP if line.path.startswith("/desk") and line.method == "POST"]
    assert len(shut) > 30
    for line in shut:
        answer = reader.send("POST", my_path(house, line, ADMIN), fields)
        assert answer.status_code == 404, line.path
    assert digest(house) == before


# The last administrator


def signed_in(house: House, username: str) -> SignedIn:
    """Who somebody is, as a visit knows it."""
    with house.behind() as db:
        user = find_user(db, username)
        assert user is not None
        known: dict[str, Any] = {"user_id": user.id, "username": username, "full_name": user.full_name}
        rest: dict[str, Any] = dict.fromkeys(("customer", "account_manager", "scope"))
        return SignedIn(
            session_id=0, began_at=NOW, last_used_at=NOW, email=user.email, customers=(), role=Role.ADMINISTRATOR,
            account_manager_id=user.account_manager_id, **known, **rest,
        )  # fmt: skip


@pytest.mark.parametrize("how", ["leave", "demote", "crossed"])
def test_of_two_administrators_who_remove_each_other_at_the_same_moment_one_stays(quiet_house: House, how: str) -> None:
    added(quiet_house, Role.ADMINISTRATOR)
    two = [signed_in(quiet_house, name) for name in (ADMIN, "nora")]
    database = Database(quiet_house.settings.database_url)

    def remove(by: SignedIn, other: SignedIn, leaves: bool, meet: Meet) -> str:
        assert other.account_manager_id is not None
        with database.session() as db:
            bind(db, None)
            found = member_by_id(db, other.account_manager_id, TODAY)
            assert found is not None
            db.commit()
            meet()
            try:
                if leaves:
                    leave(db, found.id, None, by=by, now=NOW)
                else:
                    details = type("Details", (), {"name": found.name, "email": found.email, "phone": found.phone})()
                    change_member(db, found.id, details, Role.ACCOUNT_MANAGER, by=by, now=NOW)
            except (NotAnAdministrator, LastAdministrator) as refused:
                db.rollback()
                return type(refused).__name__
            db.commit()
            return "done"

    leaves = {"leave": (True, True), "demote": (False, False), "crossed": (True, False)}[how]
    pairs = zip((two, two[::-1]), leaves, strict=True)
    done = together([partial(remove, by, other, each) for (by, other), each in pairs])
    database.close()
    assert sorted(done) == ["NotAnAdministrator", "done"]
    with quiet_house.behind() as db:
        left = db.scalars(select(User.username).where(User.role == Role.ADMINISTRATOR, User.active)).all()
        assert len(left) == 1


def test_who_is_no_administrator_by_now_changes_nothing(quiet_house: House) -> None:
    """The page was opened before, the form is sent afterwards."""
    kam = added(quiet_house, Role.ADMINISTRATOR)
    nora = member(quiet_house.sign_in("nora"), "Silje Haugen")
    member(kam, "Nora Dahl").fill(role="account manager").press("Lagre")
    before = digest(quiet_house)
    nora.fill(full_name="Silje H").press("Lagre")
    assert nora.status_code == 404
    assert digest(quiet_house) == before
