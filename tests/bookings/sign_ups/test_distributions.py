"""Fordeling: many employees on the free times, as proposed or not at all (section 5, number 8)."""

from datetime import timedelta

import pytest
from bs4 import Tag
from sqlalchemy import func, select

from models.bookings.sign_ups.distribution import WAIT, NotAsSeen, distribute, propose
from models.bookings.sign_ups.seating import sign_up
from models.bookings.sign_ups.selection import Wanted, select_employees
from models.bookings.sign_ups.sign_up import SignUp
from models.bookings.sign_ups.waiting_list import join
from models.bookings.slots import Slot
from models.core.scope import Right, Scope
from models.customers.units import Unit
from models.employees.employee import Employee
from tests.bookings.test_bookings import Stage, press, tick
from tests.kit.portal_kit.view import text_of
from tests.stage.house import House
from tests.stage.material.rounds import DAY, HMS, a_round, all_is_well, miscounted, people, slots_of
from tests.stage.page import Page
from tests.stage.times import NOW
from tests.stage.walls import World


def test_as_many_as_possible_get_a_time_and_nobody_two_at_once(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        early, late = slots_of(db, booking := a_round(db))
        elsewhere = slots_of(db, a_round(db, unit="Stavanger"))
        first, busy, third = people(db, 3)
        sign_up(db, elsewhere[1], busy, by=HMS, now=NOW)  # has no time for the late one
        proposal = propose(db, booking, [first, busy, third], NOW)
        assert proposal.places == {first.id: late.id, busy.id: early.id, third.id: WAIT}
        made = distribute(db, booking, proposal.places, by=HMS, now=NOW)
        assert [one.state for one in made] == ["signed_up", "signed_up", "waiting"]
        assert (early.taken, late.taken) == (1, 1)
        assert propose(db, booking, [first, third], NOW).refused == {first.id: "signed_up"}
        assert miscounted(db) == []


def test_what_cannot_be_done_any_more_leaves_everything_as_it_was(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        booking = a_round(db, times=3)
        early, late, last = slots_of(db, booking)
        first, second, third, fast = people(db, 4)
        proposal = propose(db, booking, [first, second, third], NOW)
        sign_up(db, late, fast, by=HMS, now=NOW)
        with pytest.raises(NotAsSeen) as changed:
            distribute(db, booking, proposal.places, by=HMS, now=NOW)
        assert changed.value.employee_ids == {second.id}
        assert db.scalar(select(func.count()).where(SignUp.booking_id == booking.id)) == 1
        with pytest.raises(NotAsSeen) as doubled:
            distribute(db, booking, {first.id: early.id, second.id: early.id}, by=HMS, now=NOW)
        assert doubled.value.employee_ids == {first.id, second.id}
        kept = {first.id: last.id, third.id: early.id}
        assert propose(db, booking, [first, second, third], NOW, wanted=kept).places == {**kept, second.id: WAIT}
        waiting = join(db, booking, third, DAY + timedelta(days=9), by=HMS, now=NOW)
        distribute(db, booking, {third.id: early.id}, by=HMS, now=NOW)
        assert waiting.state == "signed_up"
        assert miscounted(db) == []


def test_three_hundred_find_a_time_on_three_hundred(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        unit_id = db.scalars(select(Unit.id).where(Unit.name == "Helse og omsorg")).one()
        booking = a_round(db, unit="Helse og omsorg", times=20, days=15)
        everybody = people(db, 300, "Helse og omsorg")
        ids, scope = [one.id for one in everybody], Scope.whole(booking.customer_id)
        assert (len(everybody), unit_id) == (300, booking.unit_id)
        db.commit()
        proposal = propose(db, booking, everybody, NOW)
        made = distribute(db, booking, proposal.places, by=HMS, now=NOW)
        db.commit()
        assert len({one.slot_id for one in made}) == 300 == len(ids)
        assert scope.units_with(Right.EMPLOYEES) is None


def test_a_whole_unit_a_list_and_who_was_not_there_lately(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        booking = a_round(db)
        fjord = Scope.whole(booking.customer_id)
        first, second, twin = people(db, 3)
        checked = db.scalars(
            select(SignUp.employee_id)
            .join(Slot, Slot.id == SignUp.slot_id)
            .where(SignUp.unit_id == booking.unit_id, SignUp.state == "signed_up")
            .order_by(SignUp.id)
        ).first()
        twin.given_name, twin.family_name = second.given_name, second.family_name
        db.commit()
        unit = frozenset({booking.unit_id})
    world = World(quiet_house)
    with world.session(fjord) as db:
        everybody = select_employees(db, booking, Wanted(unit_ids=unit)).employees
        assert {one.unit_id for one in everybody} == unit
        lately = select_employees(db, booking, Wanted(unit_ids=unit, not_since=DAY - timedelta(days=30))).employees
        assert checked in {one.id for one in everybody} - {one.id for one in lately}
        pasted = f"{first.family_name}, {first.given_name}\n{second.full_name}\nIngen Slik\n\nKari <{twin.email}>; x"
        selection = select_employees(db, booking, Wanted(pasted=pasted))
        assert {one.id for one in selection.employees} == {first.id, twin.id}
        assert (selection.unknown, selection.ambiguous) == (["Ingen Slik"], [second.full_name])
    world.database.close()


def proposed(page: Page) -> dict[str, str]:
    """Who would get what."""
    found = {}
    for row in page.soup.select("tbody tr"):
        chosen = row.select_one("option[selected]")
        assert isinstance(chosen, Tag)
        name = next(row.select("th")[0].stripped_strings)
        found[name] = text_of(chosen)
    return found


def test_tick_look_adjust_confirm(house: House, hms: Page) -> None:
    stage = Stage(house)
    page = tick(hms.open(stage.url), *stage.ids[:3])
    page = press(page, "#sign-up", "Fordel valgte på ledige tider")
    assert page.h1 == "Forslag til tider"
    before = proposed(page)
    assert sorted(before.values()) == ["Venteliste", "tir. 20.10 kl. 08:00", "tir. 20.10 kl. 08:30"]
    left_out = next(name for name, place in before.items() if place.endswith("08:30"))
    page.fill(**{f"place-{stage.ids[stage.names.index(left_out)]}": ""})
    page = page.press("Bekreft påmelding")
    assert page.h1 == "Synskontroll"
    assert page.flash == "1 ansatt er påmeldt. 1 står på venteliste."
    all_is_well(house)


def test_the_proposal_is_what_happens_or_a_409_that_shows_what_changed(house: House, hms: Page) -> None:
    stage = Stage(house, times=3)
    page = hms.open(stage.url).follow("Velg en hel avdeling eller lim inn en liste")
    page = page.fill(pasted="\n".join(stage.emails[:2])).press("Foreslå tider")
    before = proposed(page)
    first, second = sorted(before, key=lambda name: before[name])
    stage.sits(0, 3)
    page = page.press("Bekreft påmelding")
    assert page.status_code == 409
    changed = page.soup.select_one("#problems")
    assert changed is not None
    assert first in changed.get_text()
    assert second not in changed.get_text()
    assert proposed(page) == {first: "tir. 20.10 kl. 09:00", second: before[second]}
    form = page.soup.select_one("#proposal-form")
    assert isinstance(form, Tag)
    for _ in range(2):  # the second time, as after Back, it is done already
        page = page.submit(form)
        assert (page.status_code, page.h1, page.flash) == (200, "Synskontroll", "2 ansatte er påmeldt.")
    all_is_well(house)


def test_who_is_nobody_and_who_cannot_are_named(quiet_house: House) -> None:
    stage, hms = Stage(quiet_house), quiet_house.sign_in("hms.fjord")
    stage.sits(0, 0)
    page = hms.open(f"{stage.url}/distribution").press("Foreslå tider")
    assert (page.status_code, page.problems) == (422, ["Velg hvem som skal få en time."])
    page = page.fill(pasted=f"Ingen Slik\n{stage.emails[0]}\n{stage.emails[1]}").press("Foreslå tider")
    assert page.has("Ingen Slik")
    assert page.has(f"{stage.names[0]} er allerede påmeldt")
    assert list(proposed(page)) == [stage.names[1]]
    token = [("csrf_token", page.token())]
    with quiet_house.behind() as db:
        sales = select(Employee.id).join(Unit, Unit.id == Employee.unit_id).where(Unit.name == "Salg")
        foreign = db.scalars(sales.order_by(Employee.id)).first()
    for path, field in (("distribution", "employee"), ("distribution/confirmation", f"place-{foreign}")):
        sent = [*token, (field, str(foreign) if field == "employee" else str(stage.slots[1]))]
        assert hms.send("POST", f"{stage.url}/{path}", sent).status_code == 404
