"""Brukere at the desk: who may sign in to a customer, what they may do there, and when it is over."""

from datetime import timedelta

from sqlalchemy import select

from models.core.audit import AuditEntry
from models.customers.customer import Customer
from models.customers.units import Unit
from models.outbox.message import Message
from models.users.user import Grant, User
from tests.stage.house import House
from tests.stage.page import Page
from tests.stage.sweeps import password_token_of

FJORDBYGG = "Fjordbygg Entreprenør AS"
ME = "Per-Arne Lie (kam.lie)"
KARI = {"full_name": "Kari Nord", "email": "kari.nord@fjordbygg.example", "username": "Kari.Nord"}


def at(kam: Page, customer: str = FJORDBYGG) -> Page:
    """The page of a customer at the desk."""
    return kam.open("/desk/customers?whose=all").follow(customer)


def unit(page: Page, name: str) -> str:
    """The value of a unit in the form's list."""
    return page.option("unit", next(option for option in page.options("unit") if option.strip() == name))


def ticked(page: Page) -> set[str]:
    """The rights that are ticked, with their units."""
    return {
        f"{box.find_parent('tr').th.get_text()}: {box.find_next('span').find(string=True)}"  # type: ignore[union-attr]
        for box in page.soup.select("input[name=granted][checked]")
    }


def log_of(house: House, username: str) -> list[tuple[str, str, object]]:
    with house.behind() as db:
        id = db.scalar(select(User.id).where(User.username == username))
        entries = db.scalars(select(AuditEntry).where(AuditEntry.about == f"user:{id}").order_by(AuditEntry.id))
        return [
            (entry.actor, entry.action, {name: value for name, value in entry.changed.items() if name == "after"})
            for entry in entries
        ]


def letters(house: House) -> list[tuple[str, str | None]]:
    with house.behind() as db:
        found = select(Message.kind, Message.to).where(Message.kind.like("password%")).order_by(Message.id)
        return [(kind, to) for kind, to in db.execute(found)]


def test_a_new_user_is_invited_given_rights_per_branch_and_shut_out_again(house: House) -> None:
    kam = at(house.sign_in("kam.lie")).follow("Ny bruker")
    kam.fill(**KARI, unit=unit(kam, "Bergen"), right=["orders", "reports"]).press("Legg til og inviter")
    assert (kam.h1, kam.flash) == (FJORDBYGG, "Kari Nord er lagt til, og får en e-post med invitasjonen.")
    assert kam.has("Kari Nord (Kari.Nord) kari.nord@fjordbygg.example Bergen: Bestilling, Rapporter Invitert")
    assert letters(house) == [("password_invitation", "kari.nord@fjordbygg.example")]

    kam.follow("Kari Nord")
    assert ticked(kam) == {"Bergen: Bestilling", "Bergen: Rapporter"}
    kam.press("Send invitasjonen på nytt")
    assert kam.flash == "En ny invitasjon er sendt til kari.nord@fjordbygg.example."
    with house.behind() as db:
        bergen, tromso = (db.scalars(select(Unit.id).where(Unit.name == name)).one() for name in ("Bergen", "Tromsø"))
    kam.fill(granted=[f"{bergen}-orders", f"{tromso}-employees"]).press("Lagre")
    assert kam.has("Tromsø: Ansatte Bergen: Bestilling")
    kam.follow("Kari Nord").press("Deaktiver")
    assert kam.flash == "Kari Nord er deaktivert, og er logget ut."
    assert kam.has("Tromsø: Ansatte Bergen: Bestilling Deaktivert")
    kam.follow("Kari Nord").press("Aktiver")
    assert kam.flash == "Kari Nord kan logge inn igjen."
    assert log_of(house, "Kari.Nord") == [
        (ME, "user added", {"after": {"rights": {"Bergen": ["orders", "reports"]}}}),
        (ME, "invited", {}),
        (ME, "invited", {}),
        (ME, "user changed", {"after": {"rights": {"Bergen": ["orders"], "Tromsø": ["employees"]}}}),
        (ME, "user deactivated", {}),
        (ME, "user reactivated", {}),
        (ME, "invited", {}),
    ]


def test_rights_hold_from_the_next_click_on_and_a_session_ends_at_once(quiet_house: House) -> None:
    kam, hms = quiet_house.sign_in("kam.lie"), quiet_house.sign_in("hms.fjord")
    hms.open("/employees")
    at(kam).follow("Hilde Moldskred")
    with quiet_house.behind() as db:
        top = db.scalars(select(Unit.id).where(Unit.name == FJORDBYGG)).one()
    kam.fill(granted=[f"{top}-invoices"]).press("Lagre")
    assert hms.open("/info").tabs == ["Info", "Fakturaer"]
    assert hms.open("/employees").status_code == 404
    at(kam).follow("Hilde Moldskred").press("Deaktiver")
    assert hms.open("/info").h1 == "Logg inn"
    at(kam).follow("Ny bruker")
    kam.fill(full_name="Hilde Moldskred", email="hilde.moldskred@fjordbygg.example", username="hms.fjord")
    kam.fill(right=["invoices"]).press("Legg til og inviter")
    assert kam.problems == ["Brukernavnet er allerede i bruk hos denne kunden."], "the way back is another"
    hms.fill(username="hms.fjord", password="demo-hms.fjord").press("Logg inn")
    assert hms.status_code == 422
    at(kam).follow("Hilde Moldskred").press("Aktiver")
    assert quiet_house.sign_in("hms.fjord").tabs == ["Info", "Fakturaer"]
    assert letters(quiet_house) == [], "whoever has a password needs no invitation"


def test_a_user_of_two_customers_keeps_what_is_granted_at_the_other(house: House) -> None:
    kam, anna = house.sign_in("kam.lie"), house.sign_in("anna.ka")
    at(kam, "Havbris Sjømat AS").follow("Anna Karlsrud")
    assert kam.has("Anna Karlsrud er også bruker hos Nordlys Data AS")
    kam.press("Ta bort tilgangen")
    assert kam.flash == "Anna Karlsrud har ikke lenger tilgang her, men er fortsatt bruker hos andre kunder."
    assert not kam.has("anna.ka")
    assert anna.open("/info").h1 == "Logg inn"
    anna = house.sign_in("anna.ka")
    assert anna.tabs == ["Info", "Bestilling", "Ansatte"]
    assert anna.has("Nordlys Data AS")
    assert not anna.has("Havbris")

    at(kam).follow("Ny bruker")
    typed = {"full_name": "Anna Karlsrud", "email": "Anna.Karlsrud@kontoret.example", "username": "ANNA.KA"}
    kam.fill(**typed, right=["invoices"]).press("Legg til og inviter")
    assert kam.problems == [
        "En bruker hos en annen kunde har både brukernavnet og e-postadressen. Kryss av hvis det er samme person."
    ]
    kam.fill(same="1").press("Legg til og inviter")
    assert kam.flash == "Anna Karlsrud er lagt til, og kan logge inn her også."
    assert "Fakturaer" not in anna.open("/info").tabs, "there she has what she had"
    with house.behind() as db:
        names = select(Customer.name).join(Grant, Grant.customer_id == Customer.id).join(User, User.id == Grant.user_id)
        assert set(db.scalars(names.where(User.username == "anna.ka"))) == {FJORDBYGG, "Nordlys Data AS"}


def test_what_cannot_be_is_refused_with_a_sentence(quiet_house: House) -> None:
    kam = at(quiet_house.sign_in("kam.lie")).follow("Ny bruker")
    kam.press("Legg til og inviter")
    assert kam.problems == [
        "Skriv navnet.",
        "Skriv e-postadressen. Dit går invitasjonen, og lenken til nytt passord.",
        "Kryss av for minst én rettighet.",
        "Skriv et brukernavn.",
    ]
    with quiet_house.behind() as db:
        foreign = db.scalars(select(Unit.id).where(Unit.name == "Skole")).one()
        staff = db.scalars(select(User.id).where(User.username == "kam.lie")).one()
        fjordbygg = db.scalars(select(Customer.id).where(Customer.name == FJORDBYGG)).one()
        before = db.scalars(select(User.id)).all()
    for changed, sentence in (
        ({"email": "kari"}, "Skriv e-postadressen slik: navn@firma.no."),
        ({"username": "kari nord"}, "Et brukernavn har ingen mellomrom."),
        ({"username": "HMS.Fjord"}, "Brukernavnet er allerede i bruk hos denne kunden."),
        ({"username": "testweb"}, "Brukernavnet er opptatt. Velg et annet."),
        ({"username": "kam.lie", "email": "per-arne.lie@bht.example"}, "Brukernavnet er opptatt. Velg et annet."),
    ):
        kam.fill(**{**KARI, **changed}, right=["orders"]).press("Legg til og inviter", same="1")
        assert (kam.status_code, kam.problems) == (422, [sentence])
    kam.fill(**KARI).press("Legg til og inviter", granted=f"{foreign}-orders")
    assert kam.problems == ["Velg blant kundens avdelinger."]
    kam.fill(**KARI, right=["orders"]).press("Legg til og inviter", unit=str(foreign))
    assert kam.problems == ["Velg en av kundens avdelinger.", "Velg blant kundens avdelinger."]
    at(kam).follow("Hilde Moldskred").fill(granted=[]).press("Lagre")
    assert kam.problems == ["Kryss av for minst én rettighet."]
    assert kam.open(f"/desk/customers/{fjordbygg}/users/{staff}").status_code == 404, "staff are nobody's users"
    with quiet_house.behind() as db:
        assert db.scalars(select(User.id)).all() == before
        assert db.get_one(User, staff).active
    assert letters(quiet_house) == []


def test_twice_is_once(quiet_house: House) -> None:
    kam = at(quiet_house.sign_in("kam.lie")).follow("Ny bruker")
    kam.fill(**KARI, right=["orders"])
    form = kam.soup.select_one("#user-form")
    assert form
    fields, url = kam.fields(form), str(form["action"])
    assert [kam.send("POST", url, fields).status_code for _ in range(2)] == [303, 303]
    assert len(letters(quiet_house)) == 1
    assert [action for _, action, _ in log_of(quiet_house, "Kari.Nord")] == ["user added", "invited"]


# Another address: nobody takes a user over unseen


def sign_in_and_ask(house: House) -> tuple[Page, str]:
    """Somebody who is signed in, and has asked for a link to another password."""
    hms = house.sign_in("hms.fjord").open("/info")
    return hms, f"/password/{password_token_of(house, 'hms.fjord')}"


def test_another_address_is_told_at_the_one_before_and_ends_what_was_open(quiet_house: House) -> None:
    hms, link = sign_in_and_ask(quiet_house)
    kam = at(quiet_house.sign_in("kam.lie")).follow("Hilde Moldskred")
    kam.fill(email="hilde@annet.example").press("Lagre")
    assert kam.flash == "Hilde Moldskred er lagret."
    with quiet_house.behind() as db:
        told = select(Message.to).where(Message.kind == "email_changed").order_by(Message.id)
        assert list(db.scalars(told)) == ["hilde.moldskred@fjordbygg.example", "hilde@annet.example"]
    assert hms.open("/info").h1 == "Logg inn"
    assert quiet_house.visitor().open(link).h1 == "Lenken virker ikke lenger"
    quiet_house.deliver()
    [letter, _] = sorted((quiet_house.settings.var / "mail").glob("*-email_changed-*"))
    assert "Den er =?" not in (text := letter.read_text())
    assert "hilde" in text


def test_whoever_changes_an_address_has_just_given_the_own_password(quiet_house: House) -> None:
    kam = at(quiet_house.sign_in("kam.lie")).follow("Hilde Moldskred")
    quiet_house.clock.advance(timedelta(minutes=11))
    kam.open(kam.url).fill(full_name="Hilde M. Moldskred").press("Lagre")
    assert kam.flash == "Hilde M. Moldskred er lagret.", "only the address asks for it"
    kam.follow("Hilde M. Moldskred")
    for typed, sentence in (
        ("", "Skriv ditt eget passord, så vi vet at det er du som endrer dette."),
        ("feil", "Det er ikke passordet ditt."),
    ):
        kam.fill(email="hilde@annet.example", own_password=typed).press("Lagre")
        assert (kam.status_code, kam.problems) == (422, [sentence])
        assert kam.value("email") == "hilde@annet.example"
        assert not kam.value("own_password")
    assert letters(quiet_house) == []
    kam.fill(email="hilde@annet.example", own_password="demo-kam.lie").press("Lagre")
    assert kam.flash == "Hilde M. Moldskred er lagret."


def test_the_own_password_is_not_guessed_there(quiet_house: House) -> None:
    kam = at(quiet_house.sign_in("kam.lie")).follow("Hilde Moldskred")
    quiet_house.clock.advance(timedelta(minutes=11))
    kam.open(kam.url)
    for _ in range(10):
        kam.fill(email="hilde@annet.example", own_password="feil").press("Lagre")
    kam.fill(email="hilde@annet.example", own_password="demo-kam.lie").press("Lagre")
    assert kam.problems == ["For mange forsøk. Vent 15 minutter og prøv igjen, eller kontakt kundeansvarlig."]


def test_a_user_of_other_customers_is_not_changed_for_all_of_them_by_one(quiet_house: House) -> None:
    anna = quiet_house.sign_in("anna.ka").open("/info")
    kam = at(quiet_house.sign_in("kam.lie"), "Havbris Sjømat AS").follow("Anna Karlsrud")
    for changed in ({"email": "anna@annet.example"}, {"full_name": "En Annen"}):
        kam.fill(**changed).press("Lagre")
        assert kam.status_code == 422
        assert kam.problems[0].startswith(
            "Brukeren er også bruker hos andre kunder, og navn og e-post endres derfor ikke"
        )
        at(kam, "Havbris Sjømat AS").follow("Anna Karlsrud")
    with quiet_house.behind() as db:
        top = db.scalars(select(Unit.id).where(Unit.name == "Havbris Sjømat AS")).one()
    kam.fill(granted=[f"{top}-reports"]).press("Lagre")
    assert kam.flash == "Anna Karlsrud er lagret.", "the rights here are this customer's own"
    assert anna.open("/info").h1 == "Info"
