"""Alt om en ansatt: all that the portal holds of one person is in the file, and that it was given is in the log."""

import json
from datetime import timedelta
from typing import Any

from sqlalchemy import inspect, select

from models.bookings.booking import Booking
from models.bookings.sign_ups.invitations import Invitation, invite
from models.bookings.sign_ups.sign_up import SignUp
from models.core.base import Base
from models.employees.employee import Employee
from models.employees.erasing import about_employees
from models.employees.national_ids import NationalId
from models.log.disclosure.held import HELD, NOT_SHOWN
from models.outbox.message import Channel, Message
from models.values.national_id import mask
from tests.employees.test_new_employee import FREE_NUMBER
from tests.invoices.test_pdf import text_of
from tests.stage.house import House
from tests.stage.material.rounds import HMS, a_round
from tests.stage.page import Page
from tests.stage.times import NOW

NAME, MAIL, MOBILE = "Xenofon", "xenofon@fjordbygg.example", "41234567"


def shown() -> set[str]:
    """By table and column, what stands in the file."""
    return {
        f"{table.__tablename__}.{inspect(table).attrs[name].columns[0].name}"
        for table, names in HELD.values()
        for name in names
    }


def test_every_column_of_every_table_is_in_the_file_or_has_a_reason() -> None:
    """A new table or column comes in here by a decision, and what is erased with a person is shown to that person."""
    every = {f"{table.name}.{column.name}" for table in Base.metadata.sorted_tables for column in table.columns}
    reasoned = {each for each in every if {each, each.partition(".")[0]} & NOT_SHOWN.keys()}
    assert every - shown() - reasoned == set(), "say in held.py whether it is shown, or why not"
    assert shown() & reasoned == set()
    assert {each.partition(".")[0] for each in NOT_SHOWN} <= {table.name for table in Base.metadata.sorted_tables}
    of_people = {table.__tablename__ for table, _, _ in about_employees()} | {"employees"}
    assert of_people <= {table.__tablename__ for table, _ in HELD.values()}
    assert of_people.isdisjoint(NOT_SHOWN), "no table about employees is left out as a whole"


def somebody(house: House, hms: Page) -> Employee:
    """An employee with distinct words, on a booking of which everybody knows, and on one with hidden names."""
    hms.open("/employees/new").fill(given_name=NAME, family_name="Quist", email=MAIL, mobile=MOBILE)
    hms.fill(unit=hms.option("unit", "Bergen"), national_id=FREE_NUMBER).press("Lagre")
    with house.behind() as db:
        found = db.scalars(select(Employee).where(Employee.given_name == NAME)).one()
        kam_id = 1
        seen: list[Booking] = []
        bookings = select(Booking).where(Booking.unit_id == found.unit_id, Booking.cancelled_at.is_(None))
        for booking in db.scalars(bookings.order_by(Booking.id).limit(2)):
            booking.names_hidden = bool(seen)
            db.add(
                SignUp(
                    customer_id=found.customer_id,
                    unit_id=booking.unit_id,
                    booking_id=booking.id,
                    employee_id=found.id,
                    state="waiting",
                    signed_up_at=NOW - timedelta(days=1),
                    signed_up_by_id=kam_id,
                )
            )
            seen.append(booking)
        db.commit()
    assert len(seen) == 2
    return found


def holding(house: House, word: str) -> set[str]:
    """By table and column, where a word is stored."""
    found = set()
    with house.behind() as db:
        for table in Base.metadata.sorted_tables:
            for row in db.connection().execute(table.select()):
                found |= {f"{table.name}.{name}" for name, value in row._mapping.items() if word in str(value)}
    return found


def test_no_personal_link_is_in_the_file(house: House) -> None:
    """Whoever gives a file out could else answer in the employee's stead."""
    hms = house.sign_in("hms.fjord")
    person = somebody(house, hms)
    with house.behind() as db:
        assert invite(db, a_round(db), [person.id], by=HMS, now=NOW)
        db.commit()
        link = db.scalars(select(Invitation.link).where(Invitation.employee_id == person.id)).one()
        letters = db.scalars(select(Message).where(Message.channel == Channel.MAIL, Message.to == MAIL)).all()
        assert link in {letter.payload.get("link") for letter in letters}
    hms.open(f"/employees/{person.id}").follow("Alt som JSON")
    told = json.loads(hms.response.text)
    assert "appointment_invitation" in {each["kind"] for each in told["messages"]}
    assert link not in hms.response.text
    assert link not in text_of(hms.send("GET", f"/employees/{person.id}/disclosure.pdf").content)


def test_what_is_held_of_a_person_is_in_the_file_and_that_it_was_given_is_in_the_log(house: House) -> None:
    hms, kam = house.sign_in("hms.fjord"), house.sign_in("kam.lie")
    person = somebody(house, hms)
    kam.open("/desk/customers?whose=all").follow("Fjordbygg Entreprenør AS").fill(reason="Spør om Quist")
    kam.press("Se som kunden").open(f"/employees/{person.id}").press("Avslutt innsyn")
    table = f"Fornavn\tEtternavn\tEpost\tMobil\n{NAME}\tQuist\t{MAIL}\t97654321"
    hms.open("/employees/imports").fill(pasted=table).press("Se over lista")

    hms.open(f"/employees/{person.id}").follow("Alt som JSON")
    with house.behind() as db:
        number = db.get_one(NationalId, person.id)
        assert number.sealed not in hms.response.text
    told: dict[str, Any] = json.loads(hms.response.text)
    assert told["customer"] == "Fjordbygg Entreprenør AS"
    assert (
        told["employee"][0] | {"given_name": NAME, "email": MAIL, "mobile": MOBILE, "unit": "Bergen"}
        == told["employee"][0]
    )
    assert [each["number"] for each in told["national_id"]] == [mask(FREE_NUMBER)]
    assert {each["kind"] for each in told["messages"]} >= {"employee.added", "employee.national_id_changed"}
    assert {each["action"] for each in told["log"]} >= {"added", "national_id_set", "disclosed", "viewed"}
    assert [each["reason"] for each in told["viewings"]] == ["Spør om Quist"]
    assert [each["rows"][0]["mobile"] for each in told["imports"]] == ["97654321"]
    assert len(told["sign_ups"]) == len(told["bookings"]) == 1
    assert "skjult for arbeidsgiver" in told["left_out"]
    assert set(HELD) <= set(told)
    for word in (NAME, MAIL):
        assert holding(house, word) - shown() - NOT_SHOWN.keys() == set(), (
            "it stands where the list knows nothing of it"
        )

    text = text_of(hms.send("GET", f"/employees/{person.id}/disclosure.pdf").content)
    for said in (
        f"Alt om {NAME} Quist",
        MAIL,
        mask(FREE_NUMBER),
        "Spør om Quist",
        "Alt om den ansatte hentet",
        "Venteliste",
    ):
        assert said in text

    kam.open("/desk/customers?whose=all").follow("Fjordbygg Entreprenør AS").follow("Alt om en ansatt")
    kam.fill(q="Quist").press("Søk").follow("JSON")
    everything = json.loads(kam.response.text)
    assert (len(everything["sign_ups"]), everything["left_out"]) == (2, ""), "the provider may tell of hidden times"
    assert {each["actor"].rpartition(" ")[2] for each in everything["log"] if each["action"] == "disclosed"} == {
        "(hms.fjord)",
        "(kam.lie)",
    }


def test_nobody_else_gets_a_file(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        id = db.scalars(select(Employee.id).where(Employee.family_name == "Solbakken")).one()
    for username in ("leder.brann", "okonomi.fjord", "anna.ka", "kam.lie"):
        somebody = quiet_house.sign_in(username)
        for file in ("pdf", "json"):
            assert somebody.send("GET", f"/employees/{id}/disclosure.{file}").status_code == 404
            at_desk = somebody.send("GET", f"/desk/customers/employees/{id}/disclosure.{file}")
            assert at_desk.status_code == (200 if username == "kam.lie" else 404)
