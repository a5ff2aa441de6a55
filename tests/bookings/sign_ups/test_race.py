"""Several processes at once, on both databases: no place is given twice, nobody is in two places, counts are right."""

import json
import subprocess
import sys
from collections import Counter

from sqlalchemy import select

from models.bookings.sign_ups.sign_up import HOLDING, OPEN, SignUp
from models.bookings.slots import Slot
from tests.stage.house import House
from tests.stage.material.rounds import a_round, miscounted, people

RACERS, ATTEMPTS = 4, 60


def test_t3_t4_many_at_once_fill_no_more_than_there_is(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        bookings = [a_round(db, times=3, capacity=2), a_round(db, times=3, unit="Stavanger")]  # at the same times
        ids = [booking.id for booking in bookings]
        customer_id, who = bookings[0].customer_id, [employee.id for employee in people(db, 14)]
        db.commit()
    said = [quiet_house.settings.database_url, str(RACERS), str(ATTEMPTS), str(customer_id)]
    lists = [",".join(map(str, ids)), ",".join(map(str, who))]
    race = [sys.executable, "-m", "tests.stage.portals.racer", *said, *lists]
    done = subprocess.run(race, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    ended = sum((Counter(json.loads(line)) for line in done.stdout.splitlines()), Counter[str]())
    assert ended.total() == RACERS * ATTEMPTS
    assert min(ended["done"], ended["SlotFull"] + ended["Overlaps"]) > 0, ended
    with quiet_house.behind() as db:
        assert miscounted(db) == []
        rows = db.scalars(select(SignUp).where(SignUp.booking_id.in_(ids), SignUp.state.in_(OPEN))).all()
        assert len({(row.booking_id, row.employee_id) for row in rows}) == len(rows)
        slots = {slot.id: slot for slot in db.scalars(select(Slot).where(Slot.booking_id.in_(ids)))}
        times = [(row.employee_id, slots[row.slot_id].starts_at) for row in rows if row.slot_id in slots]
        holding = [row for row in rows if row.state in HOLDING]
        assert len(set(times)) == len(times) == len(holding)
        assert all(slot.taken <= slot.capacity for slot in slots.values())
