"""Writing anew who is due, of all of a customer's employees, as a chore: some at a time, in the order of their ids.

What is written is in `keeping`.
"""

from collections.abc import Sequence
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.checks.keeping import keep
from models.chores.chore import Chore, note_progress
from models.chores.clerk import Work
from models.core.clock import Clock
from models.core.database import Database
from models.core.scope import Scope
from models.customers.customer import hold_customer
from models.employees.employee import Employee

_AT_ONCE = 1000


def rewrite(database: Database, _clock: Clock, chore: Chore) -> Work:
    """Those that are left. Who is added meanwhile is written with what one was added by."""
    scope = Scope.whole(chore.customer_id)
    with database.session(scope, read_only=True) as db:
        left = db.scalars(select(Employee.id).where(Employee.id > chore.after).order_by(Employee.id)).all()
    some = (left[at : at + _AT_ONCE] for at in range(0, len(left), _AT_ONCE))
    return Work(scope, (partial(_keep, chore, ids) for ids in some))


def _keep(chore: Chore, ids: Sequence[int], db: Session) -> None:
    hold_customer(db, chore.customer_id)  # alone: nobody writes the same rows meanwhile
    keep(db, chore.customer_id, ids)
    note_progress(db, chore, ids[-1])
