"""The worklist (section 5, number 4): what is missing, put right row by row, until the box is gone."""

from datetime import timedelta

import pytest
from bs4 import Tag
from sqlalchemy import func, select, update

from models.bookings.booking import Booking
from models.bookings.sign_ups.seating import sign_up
from models.bookings.sign_ups.sign_up import CANCELLED, COMING, OFFERED, SignUp
from models.bookings.slots import Slot
from models.core.audit import AuditEntry
from models.core.sealed import Keyring
from models.customers.units import Unit
from models.employees.employee import Employee
from models.employees.national_ids import NationalId
from models.orders.order import Order
from models.outbox.message import Message
from routes.info.boxes import SHOWN
from tests.stage.house import House
from tests.stage.material.rounds import HMS, a_round, people, slots_of
from tests.stage.page import Page
from tests.stage.stores.databases import FIELD_KEYS
from tests.stage.times import NOW

NUMBER = "05840399895"
INGRIDS = "14838419861"


def titles(page: Page) -> list[str]:
    return [title.get_text() for title in page.soup.select("#worklist h3")]


def fixes(page: Page) -> list[Tag]:
    return page.soup.select("#worklist form")


def type_into_first(page: Page, value: str) -> Page:
    """Fill the first row's field, and press its button."""
    form = fixes(page)[0]
    field = form.select("input[type=text]")[0]
    page._typed[str(form["id"]), str(field["name"])] = [value]
    return page.submit(form, form.select_one("button"))


def open_box(page: Page, what: str) -> Page:
    """Press `Legg inn` beside a title."""
    [title] = [title for title in page.soup.select("#worklist h3") if what in title.get_text()]
    link = page.soup.select_one(f"#worklist a[aria-describedby='{title['id']}']")
    assert link is not None
    assert link.get_text() == "Legg inn"
    return page.click(link)


def of_customer(house: House, name: str = "Solbakken") -> int:
    with house.behind() as db:
        return db.scalars(select(Employee.customer_id).where(Employee.family_name == name)).one()


def test_4_missing_addresses_are_put_in_row_by_row_in_place(house: House) -> None:
    hms = house.sign_in("hms.fjord").open("/info")
    with house.behind() as db:
        missing = (
            Employee.customer_id == of_customer(house),
            Employee.email.is_(None),
            Employee.deactivated_at.is_(None),
        )
        count = db.scalar(select(func.count(Employee.id)).where(*missing))
        first = db.scalars(select(Employee).where(*missing).order_by(Employee.sort_key)).first()
        assert count
        assert first
    assert f"{count} ansatte mangler e-post" in titles(hms)
    assert not fixes(hms), "the page is calm until one asks for it"
    open_box(hms, "mangler e-post")
    assert hms.h1 == ("Info" if house.mode == "htmx" else "Arbeidsliste")
    assert len(fixes(hms)) == SHOWN
    assert hms.has(f"Viser {SHOWN} av {count}.")
    assert hms.soup.select_one(f"label[for='email-{first.id}']")
    type_into_first(hms, "ikke en adresse")
    assert hms.status_code == 422
    assert hms.soup.select("#worklist [aria-invalid=true]")[0]["value"] == "ikke en adresse"
    assert hms.has("Skriv bare én e-postadresse, uten mellomrom.")
    type_into_first(hms, "ny@fjordbygg.example")
    assert hms.flash == f"E-postadressen til {first.full_name} er lagret."
    assert hms.soup.select_one("#receipt").get_text() == "Venter på å bli sendt"  # type: ignore[union-attr]
    assert f"{count - 1} ansatte mangler e-post" in titles(hms)
    assert len(fixes(hms)) == SHOWN, "the next one has come up"
    assert not hms.soup.select(f"#email-{first.id}")
    assert hms.url.partition("?")[0] == ("/info" if house.mode == "htmx" else "/worklist")
    with house.behind() as db:
        assert db.get_one(Employee, first.id).email == "ny@fjordbygg.example"
        told = db.scalars(select(Message).where(Message.about == f"employee:{first.id}")).one()
        assert (told.kind, told.payload["email"]) == ("employee.changed", "ny@fjordbygg.example")


def test_4_missing_numbers_are_put_in_and_the_last_fix_makes_the_box_go(house: House) -> None:
    """With the two things that are told and no reason to refuse: another birth date, and somebody with the same."""
    customer_id = of_customer(house)
    with house.behind() as db:
        db.execute(
            update(Employee).where(Employee.customer_id == customer_id, Employee.email.is_(None)).values(email="a@b.no")
        )
        db.execute(update(Order).where(Order.status == "Venter på kunde").values(status=None))
        booking = db.scalars(select(Booking).where(Booking.title == "Helsekontroll Fjordbygg Bergen")).one()
        others = db.scalars(select(Booking).where(Booking.customer_id == customer_id, Booking.id != booking.id))
        for other in others:
            other.needs_national_id = False
        numbers = set(db.scalars(select(NationalId.employee_id)))
        seated = db.scalars(
            select(SignUp)
            .join(Slot, Slot.id == SignUp.slot_id)
            .where(SignUp.booking_id == booking.id, SignUp.state.in_(COMING), SignUp.employee_id.not_in(numbers))
            .order_by(Slot.starts_at)
        ).all()
        for left_out in seated[2:]:
            left_out.state = CANCELLED
        first = db.get_one(Employee, seated[0].employee_id)
        day = db.get_one(Slot, seated[0].slot_id).starts_at
        db.commit()
    hms = house.sign_in("hms.fjord").open("/info")
    assert titles(hms) == [f"2 mangler fødselsnummer til helsekontroll Fjordbygg Bergen {day:%d.%m}"]
    open_box(hms, "mangler fødselsnummer")
    assert hms.headers["cache-control"] == "no-store"
    type_into_first(hms, "")
    assert hms.has("Skriv fødselsnummeret med 11 sifre.")
    type_into_first(hms, INGRIDS[:-1] + "2")
    assert hms.status_code == 422
    assert hms.has("Kontrollsifrene i fødselsnummeret stemmer ikke.")
    assert "1483841986" not in hms.response.text
    type_into_first(hms, INGRIDS)
    assert hms.flash == (
        f"Fødselsnummeret til {first.full_name} er lagret. Fødselsdatoen og fødselsnummeret stemmer ikke med "
        "hverandre. Se over begge. Det samme nummeret er registrert på Ingrid Solbakken (Bergen)."
    )
    assert [title[:9] for title in titles(hms)] == ["1 mangler"]
    type_into_first(hms, NUMBER)
    assert titles(hms) == []
    if house.mode == "htmx":
        assert hms.soup.select("#worklist[hidden]")
    else:
        assert hms.has("Alt er gjort.")
    assert not titles(hms.open("/info"))
    with house.behind() as db:
        row = db.get_one(NationalId, first.id)
        assert Keyring(FIELD_KEYS).open(row.sealed, place=row.place) == INGRIDS
        entries = db.scalars(select(AuditEntry.action).where(AuditEntry.about == f"employee:{first.id}")).all()
        assert entries == ["national_id_set"]


def test_4_x1_only_of_ones_own_units_and_only_with_the_right(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        unit = db.scalars(select(Unit).where(Unit.name == "Brann og redning")).one()
        mine = Employee.unit_id == unit.id, Employee.deactivated_at.is_(None)
        lars = db.scalars(select(Employee).where(*mine, Employee.family_name == "Øvrebø")).one()
        lars.email = None
        db.flush()
        ids = set(db.scalars(select(Employee.id).where(*mine, Employee.email.is_(None))))
        db.commit()
    leder = quiet_house.sign_in("leder.brann").open("/info")
    what = f"{len(ids)} ansatt{'e' if len(ids) > 1 else ''} mangler e-post"
    assert what in titles(leder)
    open_box(leder, "mangler e-post")
    shown = {int(str(field["id"]).removeprefix("email-")) for field in leder.soup.select("#worklist input[name=email]")}
    assert lars.id in shown <= ids
    okonomi = quiet_house.sign_in("okonomi.fjord").open("/info")
    assert not any("ansatt" in title or "fødselsnummer" in title for title in titles(okonomi))
    assert not okonomi.open("/worklist").soup.select("input[name=email], input[name=national_id]")


@pytest.mark.parametrize(
    "changed",
    [
        {"cancelled_at": "now"},
        {"names_hidden": True},
        {"needs_national_id": False},
    ],
    ids=["cancelled", "with hidden names", "without need"],
)
def test_4_a_booking_asks_only_where_it_must(quiet_house: House, changed: dict[str, object]) -> None:
    """Where names are hidden, a list of those who lack something would tell who comes."""
    with quiet_house.behind() as db:
        for booking in db.scalars(select(Booking)):
            for name, value in changed.items():
                setattr(booking, name, quiet_house.clock.now() if value == "now" else value)
        db.commit()
    assert not [title for title in titles(quiet_house.sign_in("hms.fjord").open("/info")) if "fødselsnummer" in title]


def test_4_what_is_over_asks_for_nothing(quiet_house: House) -> None:
    quiet_house.clock.advance(timedelta(days=365))
    assert [title[-7:] for title in titles(quiet_house.sign_in("hms.fjord").open("/info"))] == ["på dere", " e-post"]


def test_4_whoever_is_second_is_told_and_overwrites_nothing(quiet_house: House) -> None:
    hms = open_box(quiet_house.sign_in("hms.fjord").open("/info"), "mangler e-post")
    id = int(str(fixes(hms)[0]["action"]).split("/")[2])
    with quiet_house.behind() as db:
        db.execute(update(Employee).where(Employee.id == id).values(email="first@fjordbygg.example"))
        db.commit()
    type_into_first(hms, "second@fjordbygg.example")
    assert hms.flash.endswith("har fått en annen e-postadresse av noen andre i mellomtiden. Den er ikke endret.")
    with quiet_house.behind() as db:
        assert db.get_one(Employee, id).email == "first@fjordbygg.example"
    with quiet_house.behind() as db:
        ingrid = db.scalars(select(Employee.id).where(Employee.family_name == "Solbakken")).one()
    fields = [("csrf_token", hms.token()), ("national_id", NUMBER), ("todo", "1")]
    answer = hms.send("POST", f"/employees/{ingrid}/national-id", fields)
    assert answer.status_code == 303
    assert hms.open("/info").flash.endswith("har fått et fødselsnummer av noen andre i mellomtiden.")
    with quiet_house.behind() as db:
        row = db.get_one(NationalId, ingrid)
        assert Keyring(FIELD_KEYS).open(row.sealed, place=row.place) == INGRIDS


def test_4_an_address_survives_the_end_of_the_session_and_a_number_is_not_kept(quiet_house: House) -> None:
    hms = open_box(quiet_house.sign_in("hms.fjord").open("/info"), "mangler e-post")
    form = fixes(hms)[0]
    quiet_house.clock.advance(timedelta(hours=2))
    type_into_first(hms, "nesten@ferdig.example")
    assert hms.h1 == "Logg inn"
    hms.fill(username="hms.fjord", password="demo-hms.fjord").press("Logg inn")
    assert hms.h1 == "Arbeidsliste"
    assert hms.soup.select_one(f"[id='{form['id']}'] input[name=email]")["value"] == "nesten@ferdig.example"  # type: ignore[index]


def test_h3_it_names_orders_that_wait_and_what_ends_this_week(quiet_house: House) -> None:
    now = NOW + timedelta(days=13)
    with quiet_house.behind() as db:
        early, late = (a_round(db, names_hidden=hides) for hides in (False, True))
        for booking, person in zip((early, late), people(db, 2), strict=True):
            offered = sign_up(db, slots_of(db, booking)[0], person, by=HMS, now=NOW)
            offered.state, offered.offered_until = OFFERED, now + timedelta(hours=20)
        url = f"/bookings/{early.id}"
        db.commit()
    quiet_house.clock.set(now)
    hms = quiet_house.sign_in("hms.fjord").open("/info")
    said = titles(hms)
    assert "1 bestilling venter på dere" in said
    assert [title for title in said if "Synskontroll" in title] == [
        "1 har fått tilbud om en plass: Synskontroll",
        "1 ledig plass: Synskontroll",
        "1 ledig plass: Synskontroll",
    ], "of offers where names are hidden nobody is told"
    assert hms.has("Svar innen 15. oktober 2026 kl. 06:00, i morgen.")
    assert hms.has("Frist 19. oktober 2026 kl. 08:00, om 5 dager.")
    assert {link["href"] for link in hms.soup.select("#worklist a")} >= {url, "/orders?status=waiting"}
