"""Several processes that want the same places at once.

    python -m tests.stage.portals.racer URL RACERS TIMES CUSTOMER IDS IDS

They are one until all is imported, wait until all are there, and each prints in a line how its attempts ended.
"""

import json
import os
import sys
from collections import Counter
from random import Random

from sqlalchemy import select

from models.bookings.booking import Booking
from models.bookings.sign_ups import seating
from models.bookings.sign_ups.seating import sign_up
from models.bookings.sign_ups.sign_up import COMING, NoLongerSignedUp, NotThisOne, SignUp
from models.bookings.sign_ups.waiting_list import join
from models.bookings.slots import Slot, SlotFull
from models.core.audit import Named
from models.core.database import Database
from models.core.scope import Scope
from models.employees.employee import Employee
from tests.stage.times import NOW

_REFUSALS = (SlotFull, NotThisOne, NoLongerSignedUp)


def attempt(database: Database, scope: Scope, booking_ids: list[int], employee_id: int, dice: Random) -> str:
    """One visit: what somebody does with one employee, in a transaction of its own."""
    by = Named("En løper")
    with database.session(scope) as db:
        employee = db.get_one(Employee, employee_id)
        slots = db.scalars(select(Slot).where(Slot.booking_id.in_(booking_ids)).order_by(Slot.id)).all()
        slot = dice.choice(slots)
        mine = db.scalars(
            select(SignUp).where(SignUp.employee_id == employee_id, SignUp.state.in_(COMING)).order_by(SignUp.id)
        ).first()
        what = dice.choice(["sign up", "sign up", "sign up", "move", "cancel", "swap", "join"])
        reason = dice.choice([None, "De ringte"])  # the customer's users, and the desk for them
        others = db.scalars(
            select(SignUp).where(SignUp.booking_id == slot.booking_id, SignUp.state.in_(COMING)).order_by(SignUp.id)
        ).all()
        try:
            if what == "join":
                join(db, db.get_one(Booking, slot.booking_id), employee, None, by=by, now=NOW)
            elif mine is None or what == "sign up":
                sign_up(db, slot, employee, by=by, now=NOW, reason=reason)
            elif what == "cancel":
                seating.cancel(db, mine, by=by, now=NOW, reason=reason)
            elif what == "move" and slot.booking_id == mine.booking_id:
                seating.move(db, mine, slot, by=by, now=NOW, reason=reason)
            elif others and others[-1].booking_id == mine.booking_id:
                seating.swap(db, mine, others[-1], by=by, now=NOW, reason=reason)
        except _REFUSALS as refused:
            db.rollback()
            return type(refused).__name__
        db.commit()
        return "done"


def race(words: list[str], seed: int) -> Counter[str]:
    """Try and try again, as one of them."""
    url, times, customer_id, bookings, employees = words
    dice = Random(seed)  # noqa: S311  # a test, no secret
    database = Database(url, patience=60)  # who waits for the others waits longer on a busy machine
    scope = Scope.whole(int(customer_id))
    ids, people = [int(id) for id in bookings.split(",")], [int(id) for id in employees.split(",")]
    ended = Counter(attempt(database, scope, ids, dice.choice(people), dice) for _ in range(int(times)))
    database.close()
    return ended


def main(words: list[str]) -> int:
    """Become as many as are asked for, begin together, and wait for all; 1 says that one of them did not end well."""
    url, racers, *rest = words
    gate, opened = os.pipe()
    begun = []
    for seed in range(int(racers)):
        if (racer := os.fork()) == 0:
            os.close(opened)
            os.read(gate, 1)  # nothing comes: it ends when the gate is opened
            os.write(1, (json.dumps(race([url, *rest], seed)) + "\n").encode())
            os._exit(0)
        begun.append(racer)
    os.close(opened)
    return int(any(os.waitpid(racer, 0)[1] for racer in begun))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
