"""Sign-ups: the rules of places, offers and the waiting list, on both databases (T1-T6)."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.bookings.booking import BookingCancelled, TooLate
from models.bookings.sign_ups import seating
from models.bookings.sign_ups.seating import sign_up
from models.bookings.sign_ups.sign_up import (
    OFFER_LASTS,
    AlreadySignedUp,
    NoEmail,
    NoLongerSignedUp,
    NotActive,
    Overlaps,
    SignUp,
)
from models.bookings.sign_ups.waiting_list import go_round, join, places_in_line
from models.bookings.slots import Slot, SlotFull
from models.core.audit import AuditEntry, Named
from models.core.scope import Right, Scope
from models.outbox.message import Message
from tests.stage.house import House
from tests.stage.material.rounds import DAY, HMS, a_round, miscounted, people, slots_of, told
from tests.stage.times import NOW
from tests.stage.walls import World


@pytest.fixture
def db(quiet_house: House) -> Iterator[Session]:
    """The database across customers; counts equal rows at the end of every story."""
    with quiet_house.behind() as db:
        yield db
        db.flush()
        assert miscounted(db) == []


def test_t1_an_employee_gets_a_place_is_moved_and_taken_off_and_everybody_is_told(db: Session) -> None:
    early, late = slots_of(db, a_round(db))
    [kari] = people(db, 1)
    place = sign_up(db, early, kari, by=HMS, now=NOW)
    assert (place.state, place.slot_id, early.taken) == ("signed_up", early.id, 1)
    seating.move(db, place, late, by=HMS, now=NOW)
    assert (early.taken, late.taken, place.revision) == (0, 1, 2)
    seating.cancel(db, place, by=HMS, now=NOW)
    assert (place.state, late.taken, place.revision) == ("cancelled", 0, 3)
    assert told(db, place) == [
        *("sign_up.created", "appointment_created"),
        *("sign_up.moved", "appointment_moved"),
        *("sign_up.cancelled", "appointment_cancelled"),
    ]
    letter = db.scalars(select(Message).where(Message.kind == "appointment_moved")).one()
    assert letter.to == kari.email
    assert (letter.payload["starts_at"], letter.payload["previously_at"]) == (
        late.starts_at.isoformat(),
        early.starts_at.isoformat(),
    )
    event = db.scalars(select(Message).where(Message.kind == "sign_up.moved")).one()
    assert (event.payload["slot"], event.payload["previous_slot"]) == (late.id, early.id)
    logged = db.scalars(select(AuditEntry).where(AuditEntry.about == f"sign_up:{place.id}").order_by(AuditEntry.id))
    assert [(entry.action, entry.actor) for entry in logged] == [
        (what, HMS.label) for what in ("created", "moved", "cancelled")
    ]
    again = sign_up(db, early, kari, by=HMS, now=NOW)
    assert again.id != place.id  # a new appointment, and the history of the old one stays


def test_t3_a_full_slot_takes_nobody_and_the_database_holds_it(db: Session) -> None:
    [slot] = slots_of(db, a_round(db, times=1))
    first, second = people(db, 2)
    sign_up(db, slot, first, by=HMS, now=NOW)
    with pytest.raises(SlotFull):
        sign_up(db, slot, second, by=HMS, now=NOW)
    assert slot.taken == 1
    for count in (2, -1):
        with pytest.raises(IntegrityError), db.begin_nested():
            db.execute(update(Slot).where(Slot.id == slot.id).values(taken=count))


def test_t4_nobody_is_in_two_places_at_a_time_or_twice_on_a_booking(db: Session) -> None:
    booking = a_round(db)
    early, late = slots_of(db, booking)
    elsewhere = slots_of(db, a_round(db, unit="Stavanger"))[0]
    [kari] = people(db, 1)
    place = sign_up(db, early, kari, by=HMS, now=NOW)
    with pytest.raises(AlreadySignedUp) as already:
        sign_up(db, late, kari, by=HMS, now=NOW)
    assert already.value.sign_up is place
    with pytest.raises(Overlaps) as overlaps:
        sign_up(db, elsewhere, kari, by=HMS, now=NOW)
    assert overlaps.value.slot.id == early.id
    seating.move(db, place, late, by=HMS, now=NOW)
    other = sign_up(db, elsewhere, kari, by=HMS, now=NOW)  # half an hour before the other ends where it begins
    with pytest.raises(Overlaps):
        seating.move(db, place, early, by=HMS, now=NOW)
    assert (early.taken, late.taken, other.state) == (0, 1, "signed_up")
    facts = {"customer_id": place.customer_id, "unit_id": place.unit_id, "booking_id": booking.id, "signed_up_at": NOW}
    db.add(SignUp(**facts, slot_id=late.id, employee_id=kari.id, state="signed_up"))
    with pytest.raises(IntegrityError):  # also the database refuses
        db.flush()
    db.rollback()


def test_t4_the_rule_sees_what_the_user_does_not(quiet_house: House) -> None:
    """A leader of Stavanger cannot see Bergen's bookings, and yet puts nobody in two places."""
    with quiet_house.behind() as db:
        slot = slots_of(db, a_round(db))[0]
        here = slots_of(db, a_round(db, unit="Stavanger"))[0]
        [kari] = people(db, 1, "Stavanger")
        sign_up(db, slot, kari, by=HMS, now=NOW)
        db.commit()
        leader = Scope(here.customer_id, dict.fromkeys(Right, frozenset({here.unit_id})))
    world = World(quiet_house)
    with world.session(leader) as db:
        assert db.scalars(select(SignUp).where(SignUp.employee_id == kari.id)).all() == []
        with pytest.raises(Overlaps):
            sign_up(db, db.get_one(Slot, here.id), kari, by=HMS, now=NOW)
        assert db.scalars(select(SignUp).where(SignUp.employee_id == kari.id)).all() == []
    world.database.close()


def test_t2_who_has_left_or_has_no_address_gets_no_place(db: Session) -> None:
    slot = slots_of(db, a_round(db))[0]
    left, silent = people(db, 2)
    left.deactivated_at, silent.email = NOW, None
    db.flush()
    with pytest.raises(NotActive):
        sign_up(db, slot, left, by=HMS, now=NOW)
    with pytest.raises(NoEmail):
        sign_up(db, slot, silent, by=HMS, now=NOW)


@pytest.mark.parametrize("closes_before", [timedelta(hours=24), timedelta(days=7), timedelta()])
def test_t5_changes_end_with_the_deadline(db: Session, closes_before: timedelta) -> None:
    booking = a_round(db, closes_before=closes_before)
    early, late = slots_of(db, booking)
    first, second = people(db, 2)
    in_time, too_late = booking.deadline - timedelta(seconds=1), booking.deadline
    place = sign_up(db, early, first, by=HMS, now=in_time)
    changes: list[Callable[[], object]] = [
        lambda: sign_up(db, late, second, by=HMS, now=too_late),
        lambda: seating.cancel(db, place, by=HMS, now=too_late),
        lambda: seating.move(db, place, late, by=HMS, now=too_late),
        lambda: join(db, booking, second, None, by=HMS, now=too_late),
    ]
    for change in changes:
        with pytest.raises(TooLate):
            change()
    seating.cancel(db, place, by=HMS, now=too_late, at_any_time=True)  # who leaves the company, leaves the place too
    assert place.state == "cancelled"


def test_t5_a_time_that_has_begun_is_too_late_whatever_the_deadline(db: Session) -> None:
    early, late = slots_of(db, a_round(db, closes_before=timedelta(minutes=-45)))
    first, second = people(db, 2)
    place = sign_up(db, late, first, by=HMS, now=NOW)
    with pytest.raises(TooLate):
        sign_up(db, early, second, by=HMS, now=early.starts_at)
    with pytest.raises(TooLate):
        seating.move(db, place, early, by=HMS, now=early.starts_at)


def test_a_cancelled_booking_takes_nobody_and_blocks_nobody(db: Session) -> None:
    booking = a_round(db)
    early = slots_of(db, booking)[0]
    elsewhere = slots_of(db, a_round(db))[0]
    first, second = people(db, 2)
    place = sign_up(db, early, first, by=HMS, now=NOW)
    booking.cancelled_at = NOW
    db.flush()
    changes: list[Callable[[], object]] = [
        lambda: sign_up(db, early, second, by=HMS, now=NOW),
        lambda: seating.cancel(db, place, by=HMS, now=NOW),
        lambda: seating.swap(db, place, place, by=HMS, now=NOW),
    ]
    for change in changes:
        with pytest.raises(BookingCancelled):
            change()
    assert sign_up(db, elsewhere, first, by=HMS, now=NOW).state == "signed_up"


def test_two_people_swap_and_what_is_over_is_over(db: Session) -> None:
    early, late = slots_of(db, a_round(db))
    first, second = people(db, 2)
    mine, theirs = sign_up(db, early, first, by=HMS, now=NOW), sign_up(db, late, second, by=HMS, now=NOW)
    seating.confirm(db, mine, by=Named("Kari"), now=NOW)
    assert (mine.state, told(db, mine)[-1]) == ("confirmed", "sign_up.confirmed")
    seating.swap(db, mine, theirs, by=HMS, now=NOW)
    assert (mine.slot_id, theirs.slot_id, mine.state) == (late.id, early.id, "signed_up")
    assert told(db, mine)[-1] == told(db, theirs)[-1] == "appointment_moved"
    seating.cancel(db, theirs, by=HMS, now=NOW)
    changes: list[Callable[[], object]] = [
        lambda: seating.cancel(db, theirs, by=HMS, now=NOW),
        lambda: seating.confirm(db, theirs, by=HMS, now=NOW),
        lambda: seating.swap(db, mine, theirs, by=HMS, now=NOW),
    ]
    for change in changes:
        with pytest.raises(NoLongerSignedUp):
            change()


def test_a_place_that_gets_free_is_offered_in_order_until_somebody_takes_it(db: Session) -> None:
    booking = a_round(db, times=1)
    [slot] = slots_of(db, booking)
    seated, busy, silent, second, third, late = people(db, 6)
    place = sign_up(db, slot, seated, by=HMS, now=NOW)
    line = [join(db, booking, person, None, by=HMS, now=NOW) for person in (busy, silent, second, third)]
    assert list(places_in_line(db, booking.id).values()) == [1, 2, 3, 4]
    sign_up(db, slots_of(db, a_round(db))[0], busy, by=HMS, now=NOW)
    silent.email = None
    seating.cancel(db, place, by=HMS, now=NOW)
    offer = line[2]
    assert [waiting.state for waiting in line] == ["waiting", "waiting", "offered", "waiting"]
    assert (offer.offered_until, slot.taken) == (NOW + OFFER_LASTS, 1)
    with pytest.raises(SlotFull):  # the offer keeps the place
        sign_up(db, slot, late, by=HMS, now=NOW)
    over = NOW + OFFER_LASTS
    with pytest.raises(NoLongerSignedUp):
        seating.accept(db, offer, by=HMS, now=over)
    go_round(db, over)
    assert [waiting.state for waiting in line] == ["waiting", "waiting", "cancelled", "offered"]
    assert told(db, offer)[-2:] == ["sign_up.expired", "appointment_expired"]
    seating.accept(db, line[3], by=HMS, now=over)
    assert (line[3].state, slot.taken) == ("signed_up", 1)
    assert told(db, line[3])[-2:] == ["sign_up.created", "appointment_created"]


def test_an_offer_that_is_over_makes_room_for_who_comes_though_no_round_was_made(db: Session) -> None:
    booking = a_round(db, times=1)
    [slot] = slots_of(db, booking)
    seated, waiting, late = people(db, 3)
    place = sign_up(db, slot, seated, by=HMS, now=NOW)
    join(db, booking, waiting, DAY, by=HMS, now=NOW)
    seating.cancel(db, place, by=HMS, now=NOW)
    assert sign_up(db, slot, late, by=HMS, now=NOW + OFFER_LASTS).state == "signed_up"


def test_one_waits_for_a_day_and_may_leave_the_line_or_take_another_slot(db: Session) -> None:
    booking = a_round(db, times=1, days=2)
    tuesday, wednesday = slots_of(db, booking)
    first, second, third, fourth = people(db, 4)
    place = sign_up(db, tuesday, first, by=HMS, now=NOW)
    for_wednesday = join(db, booking, second, DAY + timedelta(days=1), by=HMS, now=NOW)
    assert (for_wednesday.state, for_wednesday.slot_id) == ("offered", wednesday.id)  # it was free after all
    for_tuesday = join(db, booking, third, DAY, by=HMS, now=NOW)
    any_day = join(db, booking, fourth, None, by=HMS, now=NOW)
    assert list(places_in_line(db, booking.id).values()) == [1, 2]
    with pytest.raises(AlreadySignedUp):
        join(db, booking, third, None, by=HMS, now=NOW)
    seating.cancel(db, for_wednesday, by=HMS, now=NOW)  # declined: it goes to who waits for any day
    assert (for_tuesday.state, any_day.state, any_day.slot_id) == ("waiting", "offered", wednesday.id)
    seating.cancel(db, place, by=HMS, now=NOW)
    assert (for_tuesday.state, for_tuesday.slot_id) == ("offered", tuesday.id)
    taken = sign_up(db, tuesday, third, by=HMS, now=NOW)  # takes what was offered
    assert (taken.id, taken.state) == (for_tuesday.id, "signed_up")
    seating.cancel(db, any_day, by=HMS, now=NOW)
    any_day = join(db, booking, fourth, DAY, by=HMS, now=NOW)
    taken = sign_up(db, wednesday, fourth, by=HMS, now=NOW)  # waits no longer
    assert (taken.id, taken.state) == (any_day.id, "signed_up")
    assert places_in_line(db, booking.id) == {}


def test_no_place_is_offered_after_the_deadline_and_none_for_longer(db: Session) -> None:
    booking = a_round(db, times=1)
    [slot] = slots_of(db, booking)
    first, second, third = people(db, 3)
    place = sign_up(db, slot, first, by=HMS, now=NOW)
    waiting = join(db, booking, second, None, by=HMS, now=NOW)
    seating.cancel(db, place, by=HMS, now=booking.deadline - timedelta(hours=1))
    assert waiting.offered_until == booking.deadline
    join(db, booking, third, None, by=HMS, now=NOW)
    go_round(db, booking.deadline)
    assert (slot.taken, waiting.state) == (0, "cancelled")


def test_a_booking_takes_its_slots_and_sign_ups_along_when_it_moves_to_another_unit(db: Session) -> None:
    booking = a_round(db)
    slot = slots_of(db, booking)[0]
    elsewhere = a_round(db, unit="Stavanger")
    place = sign_up(db, slot, people(db, 1)[0], by=HMS, now=NOW)
    booking.unit_id = elsewhere.unit_id
    db.flush()
    db.expire_all()
    assert slot.unit_id == place.unit_id == elsewhere.unit_id
