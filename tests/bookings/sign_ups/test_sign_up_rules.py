"""Random sequences of what people and time do to sign-ups, against a model of the rules that fits on a page."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from models.bookings.sign_ups import seating
from models.bookings.sign_ups.offers import end_offers, offer_places
from models.bookings.sign_ups.seating import sign_up
from models.bookings.sign_ups.sign_up import (
    OFFER_LASTS,
    OPEN,
    AlreadySignedUp,
    NoLongerSignedUp,
    NotActive,
    Overlaps,
    SignUp,
)
from models.bookings.sign_ups.waiting_list import join
from models.bookings.slots import SlotFull
from models.core.database import Database
from models.core.scope import across_customers
from tests.stage.material.rounds import HMS, a_round, miscounted, people, slots_of
from tests.stage.stores.databases import fill
from tests.stage.times import NOW

PEOPLE, CAPACITY = 4, {0: (1, 1), 1: (2, 2)}
"""Two bookings of two slots each, at the same times; a slot is (booking, 0 or 1)."""
Place = tuple[int, int]
Refusal = type[Exception]
who = st.integers(0, PEOPLE - 1)
booking = st.integers(0, 1)
place = st.tuples(booking, st.integers(0, 1))


@dataclass
class Row:
    """What one person has on one booking."""

    state: str
    place: Place | None = None
    since: int = 0
    until: datetime | None = None


@dataclass
class Rules:
    """The rules, without a database."""

    now: datetime = NOW
    turn: int = 0
    rows: dict[tuple[int, int], Row] = field(default_factory=dict)
    away: set[int] = field(default_factory=set)

    def free(self, slot: Place) -> int:
        return CAPACITY[slot[0]][slot[1]] - sum(row.place == slot for row in self.rows.values())

    def is_busy(self, person: int, slot: Place, but: Row | None = None) -> bool:
        own = [row for (_, somebody), row in self.rows.items() if somebody == person and row is not but]
        return any(row.place and row.place[1] == slot[1] for row in own)

    def sign_up(self, person: int, slot: Place) -> None:
        row = self.rows.get((slot[0], person))
        refuse(person in self.away, NotActive)
        refuse(row is not None and row.state == "signed_up", AlreadySignedUp)
        refuse(self.is_busy(person, slot, row), Overlaps)
        old = row.place if row else None
        if old is None and not self.free(slot):
            self.expire(slot)
        refuse(old != slot and not self.free(slot), SlotFull)
        self.rows[slot[0], person] = Row("signed_up", slot)
        if old and old != slot:
            self.offer(old)

    def cancel(self, person: int, number: int) -> None:
        row = self.rows.pop((number, person), None)
        refuse(row is None, NoLongerSignedUp)
        if row and row.place:
            self.offer(row.place)

    def move(self, person: int, slot: Place) -> None:
        row = self.seated(person, slot[0])
        if row.place == slot:
            return
        refuse(self.is_busy(person, slot, row), Overlaps)
        refuse(not self.free(slot), SlotFull)
        old, row.place = row.place, slot
        assert old
        self.offer(old)

    def swap(self, one: int, other: int, number: int) -> None:
        mine, theirs = self.seated(one, number), self.seated(other, number)
        if mine.place == theirs.place:
            return
        assert mine.place
        assert theirs.place
        refuse(self.is_busy(one, theirs.place, mine) or self.is_busy(other, mine.place, theirs), Overlaps)
        mine.place, theirs.place = theirs.place, mine.place

    def accept(self, person: int, number: int) -> None:
        row = self.rows.get((number, person))
        refuse(row is None or row.state != "offered" or row.until is None or row.until <= self.now, NoLongerSignedUp)
        assert row
        self.rows[number, person] = Row("signed_up", row.place)

    def join(self, person: int, number: int) -> None:
        refuse(person in self.away, NotActive)
        refuse((number, person) in self.rows, AlreadySignedUp)
        self.turn += 1
        self.rows[number, person] = Row("waiting", since=self.turn)
        for which in (0, 1):
            self.offer((number, which))

    def seated(self, person: int, number: int) -> Row:
        row = self.rows.get((number, person))
        refuse(row is None or row.state != "signed_up", NoLongerSignedUp)
        assert row
        return row

    def expire(self, only: Place | None = None, number: int | None = None) -> None:
        over = [
            (row.place, key)
            for key, row in self.rows.items()
            if row.until and row.until <= self.now and only in {None, row.place} and number in {None, key[0]}
        ]
        for _, key in over:
            del self.rows[key]
        for slot in sorted({slot for slot, _ in over if slot}):
            self.offer(slot)

    def offer(self, slot: Place) -> None:
        line = sorted(
            (row.since, person, row)
            for (number, person), row in self.rows.items()
            if number == slot[0] and row.state == "waiting"
        )
        for _, person, row in line:
            if self.free(slot) and person not in self.away and not self.is_busy(person, slot, row):
                row.state, row.place, row.until = "offered", slot, self.now + OFFER_LASTS


class Refused(Exception):
    """What the portal should say."""

    def __init__(self, kind: Refusal) -> None:
        super().__init__(kind.__name__)
        self.kind = kind


def refuse(wrong: bool, refusal: Refusal) -> None:
    if wrong:
        raise Refused(refusal)


class Story(RuleBasedStateMachine):
    """The same in the portal and in the model, step by step."""

    database: Database

    def __init__(self) -> None:
        super().__init__()
        self.model = Rules()
        self.db = self.database.session()
        self.scope = across_customers(self.db)
        self.scope.__enter__()
        rounds = [a_round(self.db, times=2, capacity=CAPACITY[n][0]) for n in (0, 1)]
        self.bookings = rounds
        self.slots = [slots_of(self.db, each) for each in rounds]
        self.people = people(self.db, PEOPLE)

    def teardown(self) -> None:
        self.db.rollback()
        self.db.close()

    def both(self, in_model: Callable[[], object], in_portal: Callable[[], object]) -> None:
        """Do it in both; they agree on whether it is refused, and why."""
        expected: Refusal | None = None
        before = deepcopy(self.model)
        try:
            in_model()
        except Refused as refused:
            expected, self.model = refused.kind, before
        if expected:
            with pytest.raises(expected), self.db.begin_nested():
                in_portal()
        else:
            in_portal()
        self.db.flush()

    def row(self, person: int, number: int) -> SignUp | None:
        found = select(SignUp).where(
            SignUp.booking_id == self.bookings[number].id, SignUp.employee_id == self.people[person].id
        )
        return self.db.scalars(found.order_by(SignUp.id.desc())).first()

    @rule(person=who, slot=place)
    def signs_up(self, person: int, slot: Place) -> None:
        thing = self.slots[slot[0]][slot[1]]
        self.both(
            lambda: self.model.sign_up(person, slot),
            lambda: sign_up(self.db, thing, self.people[person], by=HMS, now=self.model.now),
        )

    @rule(person=who, number=booking)
    def is_taken_off(self, person: int, number: int) -> None:
        if row := self.row(person, number):
            self.both(
                lambda: self.model.cancel(person, number),
                lambda: seating.cancel(self.db, row, by=HMS, now=self.model.now),
            )

    @rule(person=who, slot=place)
    def is_moved(self, person: int, slot: Place) -> None:
        if row := self.row(person, slot[0]):
            thing = self.slots[slot[0]][slot[1]]
            self.both(
                lambda: self.model.move(person, slot),
                lambda: seating.move(self.db, row, thing, by=HMS, now=self.model.now),
            )

    @rule(one=who, other=who, number=booking)
    def swap(self, one: int, other: int, number: int) -> None:
        mine, theirs = self.row(one, number), self.row(other, number)
        if mine and theirs and one != other:
            self.both(
                lambda: self.model.swap(one, other, number),
                lambda: seating.swap(self.db, mine, theirs, by=HMS, now=self.model.now),
            )

    @rule(person=who, number=booking)
    def waits(self, person: int, number: int) -> None:
        self.both(
            lambda: self.model.join(person, number),
            lambda: join(self.db, self.bookings[number], self.people[person], None, by=HMS, now=self.model.now),
        )

    @rule(person=who, number=booking)
    def says_yes(self, person: int, number: int) -> None:
        if row := self.row(person, number):
            self.both(
                lambda: self.model.accept(person, number),
                lambda: seating.accept(self.db, row, by=HMS, now=self.model.now),
            )

    @rule(person=who)
    def leaves_or_comes_back(self, person: int) -> None:
        self.model.away ^= {person}
        gone = person in self.model.away
        for number in (0, 1):
            if gone and (row := self.row(person, number)) and row.state in OPEN:
                self.model.cancel(person, number)
                seating.cancel(self.db, row, by=HMS, now=self.model.now, at_any_time=True)
        self.people[person].deactivated_at = self.model.now if gone else None
        self.db.flush()

    @rule(hours=st.sampled_from([1, 23]))
    def time_passes(self, hours: int) -> None:
        self.model.now += timedelta(hours=hours)

    @rule(number=booking)
    def the_portal_goes_round(self, number: int) -> None:
        self.model.expire(number=number)
        end_offers(self.db, self.bookings[number], self.model.now)
        for which in (0, 1):
            self.model.offer((number, which))
        offer_places(self.db, self.bookings[number], self.slots[number], self.model.now)

    @invariant()
    def is_the_same_in_both(self) -> None:
        self.db.flush()
        for number, of_booking in enumerate(self.bookings):
            rows = self.db.scalars(
                select(SignUp).where(SignUp.booking_id == of_booking.id, SignUp.state.in_(OPEN))
            ).all()
            ids = [slot.id for slot in self.slots[number]]
            known = [employee.id for employee in self.people]
            found = {
                (number, known.index(row.employee_id)): (
                    row.state,
                    (number, ids.index(row.slot_id)) if row.slot_id else None,
                )
                for row in rows
            }
            expected = {key: (row.state, row.place) for key, row in self.model.rows.items() if key[0] == number}
            assert found == expected
        assert miscounted(self.db) == []


@pytest.fixture(scope="module")
def filled() -> Iterator[Database]:
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'portal.db'}"
        fill(url)
        database = Database(url)
        yield database
        database.close()


@pytest.mark.rest  # as many orders as one likes
def test_whatever_is_done_in_whatever_order_the_rules_hold(filled: Database) -> None:
    Story.database = filled
    run_state_machine_as_test(
        Story,
        settings=settings(
            max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
