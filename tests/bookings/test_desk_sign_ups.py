"""Who sits where, changed at the desk: after the deadline too, for a reason, by those who know the customer (D1)."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update

from models.bookings.sign_ups.sign_up import SignUp
from models.core.audit import AuditEntry
from models.customers.account_managers import AccountManager
from models.customers.customer import Customer
from models.customers.stand_ins import StandIn
from models.outbox.message import Message
from models.users.user import Role, User
from tests.bookings.test_bookings import Stage, press, slot, tick
from tests.stage.house import House
from tests.stage.material.rounds import all_is_well

THE_DAY = datetime(2026, 10, 20, 5, tzinfo=UTC)
"""Seven o'clock in the morning, an hour before the first time, and a day after the deadline."""
WHY = "Hilde ringte: Lars er syk"


def begun(house: House, **facts: object) -> Stage:
    """A booking whose deadline is over, on its day, with the first of two times taken."""
    house.clock.set(datetime(2026, 10, 1, 8, tzinfo=UTC))
    stage = Stage(house, 4, **facts)
    stage.sits(0, 0)
    house.clock.set(THE_DAY)
    return stage


def of_somebody_else(house: House, role: Role = Role.ACCOUNT_MANAGER) -> None:
    """Let the customer have another account manager than kam.lie, who is no administrator."""
    with house.behind() as db:
        other = AccountManager(name="Nora Dahl", email="nora@bht.example", phone="22334455")
        db.add(other)
        db.flush()
        ours = Customer.name == "Fjordbygg Entreprenør AS"
        db.execute(update(Customer).where(ours).values(account_manager_id=other.id))
        db.execute(update(User).where(User.username == "kam.lie").values(role=role.value))
        db.commit()


def logged(house: House, stage: Stage) -> list[tuple[str, str, str | None]]:
    """What the log says of the booking's sign-ups: what, by whom, why."""
    with house.behind() as db:
        ids = db.scalars(select(SignUp.id).where(SignUp.booking_id == stage.id)).all()
        entries = db.scalars(
            select(AuditEntry)
            .where(AuditEntry.about.in_([f"sign_up:{id}" for id in ids]), AuditEntry.at >= THE_DAY)
            .order_by(AuditEntry.id)
        )
        return [(entry.action, entry.actor, entry.changed.get("reason")) for entry in entries]


def told(house: House, stage: Stage, who: int) -> list[str]:
    """The letters that somebody got."""
    with house.behind() as db:
        of_one = select(Message.kind).where(Message.to == stage.emails[who])
        return list(db.scalars(of_one.order_by(Message.id)))


def test_d1_after_the_deadline_the_desk_puts_on_moves_swaps_and_takes_off_for_a_reason(house: House) -> None:
    stage = begun(house, capacity=2)
    early, late = stage.slots
    assert house.sign_in("hms.fjord").open(stage.url).has("Ring Per-Arne Lie")
    page = house.sign_in("kam.lie").open(f"/desk/bookings/{stage.id}").follow("Meld på, flytt eller meld av")
    assert page.has("Fristen er ute for kunden")
    without = press(tick(page, stage.ids[1]), f"#slot-{early}", "Meld på")
    assert (without.status_code, without.problems) == (422, ["Skriv hvorfor: hvem som ringte, og hva som er grunnen."])
    assert without.error("reason").startswith("Skriv hvorfor")
    assert stage.names[1] in without.soup.select("#chosen")[0].get_text(), "who was chosen stays chosen"
    page = press(tick(without.fill(reason=WHY), stage.ids[1]), f"#slot-{early}", f"Meld på {stage.names[1]}")
    assert page.flash == f"{stage.names[1]} er påmeldt tir. 20.10 kl. 08:00."
    page = press(tick(page.fill(reason=WHY), stage.ids[2]), f"#slot-{late}", "Meld på")
    page = page.open(f"/desk/bookings/{stage.id}/signups").follow("Flytt")
    page = press(page.fill(reason=WHY), f"#slot-{late}", "Bytt")
    assert "De to har byttet." in page.flash
    page = press(page.follow("Flytt").fill(reason=WHY), f"#slot-{late}", "Flytt hit")
    assert (page.status_code, page.flash.split(" er ")[1]) == (200, "flyttet til tir. 20.10 kl. 08:30.")
    page = press(page.fill(reason=WHY), f"#slot-{late}", "Meld av")
    assert page.flash.endswith("er meldt av.")
    me = "Per-Arne Lie (kam.lie)"
    assert [what for what, _, _ in logged(house, stage)] == [*["created"] * 2, *["moved"] * 3, "cancelled"]
    assert {(who, why) for _, who, why in logged(house, stage)} == {(me, WHY)}
    assert told(house, stage, 2)[:2] == ["appointment_created", "appointment_moved"]
    all_is_well(house)


def test_d1_who_is_not_the_customers_own_sees_only_and_a_stand_in_may(quiet_house: House) -> None:
    stage = begun(quiet_house)
    kam = quiet_house.sign_in("kam.lie").open(f"/desk/bookings/{stage.id}/signups")
    fields = [("csrf_token", kam.token()), ("employee", str(stage.ids[1])), ("slot", str(stage.slots[1]))]
    fields.append(("reason", WHY))
    of_somebody_else(quiet_house)
    assert kam.send("POST", f"/desk/bookings/{stage.id}/signups", fields).status_code == 403
    assert logged(quiet_house, stage) == []
    page = kam.open(f"/desk/bookings/{stage.id}/signups")
    assert page.has("Bare kundeansvarlig")
    assert page.soup.select("#slots button") == []
    assert not kam.open(f"/desk/bookings/{stage.id}").has("Meld på, flytt eller meld av")
    _stands_in(quiet_house)
    assert kam.send("POST", f"/desk/bookings/{stage.id}/signups", fields).status_code == 303
    assert [what for what, _, _ in logged(quiet_house, stage)] == ["created"]


def _stands_in(house: House) -> None:
    with house.behind() as db:
        away = db.scalars(select(AccountManager.id).where(AccountManager.name == "Nora Dahl")).one()
        me = db.scalars(select(User.account_manager_id).where(User.username == "kam.lie")).one()
        assert me is not None
        day = THE_DAY.date()
        db.add(StandIn(account_manager_id=away, stand_in_id=me, first_day=day, last_day=day))
        db.commit()


def test_d1_full_times_take_nobody_and_a_day_that_is_over_stays_as_it_is(quiet_house: House) -> None:
    stage = begun(quiet_house)
    kam = quiet_house.sign_in("kam.lie").open(f"/desk/bookings/{stage.id}/signups").fill(reason=WHY)
    [token] = [("csrf_token", kam.token())]
    to_full = [token, ("employee", str(stage.ids[1])), ("slot", str(stage.slots[0])), ("reason", WHY)]
    assert kam.send("POST", f"/desk/bookings/{stage.id}/signups", to_full).status_code == 409
    quiet_house.clock.set(THE_DAY + timedelta(hours=10))
    kam = quiet_house.sign_in("kam.lie").open(f"/desk/bookings/{stage.id}/signups").fill(reason=WHY)
    later_that_day = press(tick(kam, stage.ids[1]), f"#slot-{stage.slots[1]}", "Meld på")
    assert later_that_day.flash.endswith("er påmeldt tir. 20.10 kl. 08:30.")
    quiet_house.clock.set(THE_DAY + timedelta(days=1))
    page = quiet_house.sign_in("kam.lie").open(f"/desk/bookings/{stage.id}/signups")
    assert page.soup.select("#slots button") == []
    to_free = [("csrf_token", page.token()), ("slot", str(stage.slots[1])), ("reason", WHY)]
    with quiet_house.behind() as db:
        sits = db.scalars(select(SignUp.id).where(SignUp.slot_id == stage.slots[0])).one()
    refused = page.send("POST", f"/desk/signups/{sits}/move", to_free)
    assert refused.status_code == 409
    assert "Noter oppmøtet i stedet" in refused.text
    all_is_well(quiet_house)


def test_d1_hidden_names_are_changed_by_who_has_asked_to_see_them(quiet_house: House) -> None:
    stage = begun(quiet_house, names_hidden=True)
    page = quiet_house.sign_in("kam.lie").open(f"/desk/bookings/{stage.id}/signups")
    assert stage.names[0] not in slot(page, stage.slots[0])
    with quiet_house.behind() as db:
        sits = db.scalars(select(SignUp.id).where(SignUp.booking_id == stage.id)).one()
    blind = [("csrf_token", page.token()), ("reason", WHY)]
    assert page.send("POST", f"/desk/signups/{sits}/cancellation", blind).status_code == 404
    page = press(page.follow("Vis navnene").fill(reason=WHY), f"#slot-{stage.slots[0]}", "Meld av")
    assert page.flash == f"{stage.names[0]} er meldt av."
    with quiet_house.behind() as db:
        shown = select(AuditEntry.action).where(AuditEntry.about == f"booking:{stage.id}", AuditEntry.at >= THE_DAY)
        assert set(db.scalars(shown)) == {"names shown"}
