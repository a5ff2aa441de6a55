"""Angre importen: who is as the list has made one becomes as one was, once; who was changed since is named and left."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models.bookings.sign_ups.sign_up import OPEN, SignUp
from models.core.audit import AuditEntry
from models.core.sealed import Keyring
from models.employees.employee import Employee
from models.employees.national_ids import NationalId
from models.imports import reversal
from models.imports.effects import Effect
from models.imports.lists import KEPT, UNDONE_WITHIN, Import, forget_expired
from models.log.verification import verify
from routes.imports import reversals
from tests.employees.test_deactivations import somebody_with_a_time
from tests.imports.test_imports import OTHER_NUMBER, events, send
from tests.stage.house import House
from tests.stage.material.golden import HEADINGS, delimited
from tests.stage.page import Page
from tests.stage.stores.databases import FIELD_KEYS

RING = Keyring(FIELD_KEYS)
FREE_NUMBER, THIRD_NUMBER = "17912099997", "07877840721"
_HEADINGS = "Portal-ID;Fornavn;Etternavn;E-post;Mobil;Fødselsnummer;Ansattnummer;Avdeling;Status"


def held(house: House) -> dict[str, list[Any]]:
    """What is known of all employees, and who sits where."""
    with house.behind() as db:
        people = db.scalars(select(Employee).order_by(Employee.id)).all()
        numbers = db.scalars(select(NationalId).order_by(NationalId.employee_id)).all()
        seats = select(SignUp.employee_id, SignUp.slot_id).where(SignUp.state.in_(OPEN)).order_by(SignUp.employee_id)
        return {
            "people": [(one.id, one.details, one.deactivated_at, one.search_text) for one in people],
            "numbers": [(one.employee_id, RING.open(one.sealed, place=one.place)) for one in numbers],
            "seats": [tuple(row) for row in db.execute(seats)],
        }


def chosen(house: House) -> dict[str, Employee]:
    """Somebody who has a number, one without, one with a time, and one who has left."""
    leaver, _, _ = somebody_with_a_time(house)
    with house.behind() as db:
        active = select(Employee).where(
            Employee.customer_id == leaver.customer_id,
            Employee.id != leaver.id,
            Employee.deactivated_at.is_(None),
            Employee.email.is_not(None),
        )
        has_number = Employee.id.in_(select(NationalId.employee_id))
        numbered = db.scalars(active.where(has_number).order_by(Employee.id)).first()
        without = db.scalars(active.where(~has_number).order_by(Employee.id)).all()
        back = db.scalars(select(Employee).where(Employee.family_name == "Ånonsen")).one()
        back.email = back.email or "siv.anonsen@fjordbygg.example"
        db.commit()
    assert numbered
    return {"numbered": numbered, "without": without[0], "other": without[1], "leaver": leaver, "back": back}


def line(one: Employee, *, mobile: str = "", number: str = "", own: str = "", unit: str = "", status: str = "") -> str:
    """A row of the list about somebody whom the portal knows."""
    return ";".join((str(one.id), one.given_name, one.family_name, one.email or "", mobile, number, own, unit, status))


def imported(page: Page, who: dict[str, Employee]) -> Page:
    """A list with all that a list can do."""
    rows = (
        _HEADINGS,
        line(who["numbered"], mobile="90000001", number=OTHER_NUMBER, unit="Stavanger"),
        line(who["without"], number=FREE_NUMBER, own="4711"),
        line(who["other"], mobile="90000003"),
        line(who["leaver"], status="Fratrådt"),
        line(who["back"], mobile="90000004", status="Aktiv"),
        f";Ny;En;ny.en@fjordbygg.example;;{THIRD_NUMBER};4712;Bergen;",
        ";Ny;To;ny.to@fjordbygg.example;;;;Bergen;",
    )
    send(page, "\r\n".join(rows))
    page.fill(leaver=str(who["leaver"].id))
    return page.press(next(button.get_text(strip=True) for button in page.soup.select("#application-form button")))


def test_what_a_list_has_done_is_undone_to_the_last_value(house: House, hms: Page) -> None:
    who = chosen(house)
    before = held(house)
    imported(hms, who)
    for said in ("2 lagt til", "4 endret", "1 deaktivert", "Importen kan angres til 8. oktober"):
        assert hms.has(said), hms.soup.select_one("main")
    at, told = hms.url, len(events(house))
    assert held(house) != before

    hms.press("Angre importen")
    assert (hms.h1, hms.flash) == ("Importen er angret", "Importen er angret.")
    for said in ("2 slettet igjen", "4 som før importen", "1 aktive igjen"):
        assert hms.has(said), hms.soup.select_one("main")
    assert not hms.has("Disse er ikke angret")
    assert held(house) == before
    assert Counter(kind for kind, _ in events(house)[told:]) == {
        "employee.erased": 2,
        "employee.changed": 4,
        "employee.deactivated": 1,
        "employee.reactivated": 1,
        "employee.national_id_changed": 2,
    }
    assert hms.open("/employees/imports").has("angret")
    assert not hms.open(at).has("Ble det feil?")
    with house.behind() as db:
        assert [fault for chain in verify(db) for fault in chain.faults] == []
        assert db.scalars(select(Effect)).all() == []
        gone = select(AuditEntry).where(AuditEntry.action == "erased").order_by(AuditEntry.id)
        assert [(entry.changed, entry.actor) for entry in db.scalars(gone)] == [
            ({"reason": "Importen er angret"}, "Hilde Moldskred (hms.fjord)")
        ] * 2
        undone = db.scalars(select(AuditEntry).where(AuditEntry.action == "undone")).one()
        assert undone.about == f"import:{at.rpartition('/')[2]}"


def test_who_was_changed_since_is_named_and_left(quiet_house: House) -> None:
    hms, who = quiet_house.sign_in("hms.fjord"), chosen(quiet_house)
    imported(hms, who)
    with quiet_house.behind() as db:
        new = {one.family_name: one for one in db.scalars(select(Employee).where(Employee.given_name == "Ny"))}
        new["En"].mobile = "90000009"
        db.get_one(Employee, who["without"].id).employee_number = None
        db.get_one(NationalId, who["numbered"].id).registered_at += timedelta(seconds=1)
        db.get_one(Employee, who["other"].id).deactivated_at = quiet_house.clock.now()
        seat = db.scalars(select(SignUp).where(SignUp.employee_id == who["leaver"].id).order_by(SignUp.id)).first()
        assert seat
        booked = SignUp(customer_id=seat.customer_id, unit_id=seat.unit_id, booking_id=seat.booking_id, state="waiting")
        booked.employee_id, booked.signed_up_at = new["To"].id, quiet_house.clock.now() + timedelta(seconds=1)
        db.add(booked)
        db.commit()
    hms.press("Angre importen")
    left = " ".join(hms.soup.get_text(" ").split())
    for name, why in (
        ("Ny En", "endret siden"),
        ("Ny To", "meldt på eller invitert siden"),
        (who["without"].full_name, "endret siden"),
        (who["numbered"].full_name, "endret siden"),
        (who["other"].full_name, "endret siden"),
    ):
        assert f"{name} {why}" in left
    for said in ("1 som før importen", "1 aktive igjen"):
        assert hms.has(said)
    with quiet_house.behind() as db:
        assert db.get_one(Employee, who["numbered"].id).mobile == "90000001"
        assert len(db.scalars(select(Effect)).all()) == 5


def test_it_is_undone_once_by_who_applied_it_or_administers_all(
    quiet_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between two chunks, it goes on where it was."""
    monkeypatch.setattr(reversal, "_AT_ONCE", 2)
    leder, stranger = quiet_house.sign_in("leder.brann"), quiet_house.sign_in("hms.fjord")
    people = [[f"A{at}", "Etternavn", f"a{at}@x.example", "", "", "Brann og redning"] for at in range(5)]
    send(leder, delimited(rows=[HEADINGS, *people])).press("Importer 5")
    at = leder.url
    assert stranger.open("/employees").send("GET", at).status_code == 404
    assert stranger.send("POST", f"{at}/reversal", [("csrf_token", stranger.token())]).status_code == 404
    hr = quiet_house.sign_in("hr.solvik").open("/employees/imports")
    assert hr.has("Lena Brattvåg: 5 lagt til")
    hr.open(at)
    calls: list[int] = []

    def killed(*words: Any) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise MemoryError
        reversal.undo(*words)

    with monkeypatch.context() as patched:
        patched.setattr(reversals, "undo", killed)
        assert hr.press("Angre importen").status_code == 503
    hr = quiet_house.sign_in("hr.solvik").open(at)
    assert (hr.h1, hr.has("3 av 5 gjenstår")) == ("Importen angres", True)
    quiet_house.clock.advance(timedelta(minutes=1))
    hr.open(at).press("Fortsett å angre")
    assert quiet_house.work() == 1
    hr.open(at)
    assert hr.has("5 slettet igjen")
    assert hr.send("POST", f"{at}/reversal", [("csrf_token", hr.token())]).status_code == 303
    assert leder.open(at).has("av Torbjørn Ekrenes (hr.solvik)")
    assert Counter(kind for kind, _ in events(quiet_house)) == {"employee.added": 5, "employee.erased": 5}


def test_it_can_be_undone_for_a_week_and_then_nothing_is_kept_for_it(quiet_house: House) -> None:
    hms = send(quiet_house.sign_in("hms.fjord"), delimited()).press("Importer 2")
    at = hms.url
    quiet_house.clock.advance(KEPT + timedelta(minutes=1))
    with quiet_house.behind() as db:
        assert forget_expired(db, quiet_house.clock.now()) == 0
    assert quiet_house.sign_in("hms.fjord").open(at).has("Ble det feil?")
    quiet_house.clock.advance(UNDONE_WITHIN)
    last = quiet_house.sign_in("hms.fjord").open("/employees")
    assert last.send("GET", at).status_code == 404
    assert last.send("POST", f"{at}/reversal", [("csrf_token", last.token())]).status_code == 404
    with quiet_house.behind() as db:
        assert forget_expired(db, quiet_house.clock.now()) == 1
        db.commit()
        assert (db.scalars(select(Import)).all(), db.scalars(select(Effect)).all()) == ([], [])
