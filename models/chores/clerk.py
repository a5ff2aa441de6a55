"""The clerk: does chores, each piece in a transaction of its own, between which whoever waits to write may.

Each process that serves has one, and so has `worker`. What there is to do for each kind of chore, the front door says.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from models.chores import chore as chores
from models.chores.chore import Chore, ChoreKind
from models.core.clock import Clock
from models.core.database import Database
from models.core.logs import described
from models.core.scope import Scope, across_customers

_POLL, _PAUSE = 1.0, 5.0
"""Seconds between two looks where nobody wakes the clerk, and after one that has failed."""

_logger = logging.getLogger(__name__)


class _TakenOver(Exception):
    """Another has the chore by now, or it was asked for anew."""


@dataclass(frozen=True, slots=True)
class Work:
    """What is left of a chore, and as whom it is done."""

    scope: Scope
    pieces: Iterable[Callable[[Session], object]]


Begin = Callable[[Database, Clock, Chore], Work | None]
"""Looks at a chore and gives what is left of it; None where that is nothing, or nobody may do it any more."""


class Clerk:
    """Does what is asked for, on a synchronous database of its own."""

    def __init__(self, database: Database, clock: Clock, kinds: Mapping[ChoreKind, Begin]) -> None:
        self._database, self._clock, self._kinds = database, clock, kinds

    def run(self, stop: threading.Event, wake: threading.Event) -> None:
        """Work until `stop`, finishing the piece in hand; `wake` saves waiting for the next look."""
        while not stop.is_set():
            wake.clear()
            try:
                self.work(stop)
            except Exception as error:  # noqa: BLE001  # whatever it is, the next chores have to be done
                _logger.warning("chores out of reach", extra={"error": described(error)})
                stop.wait(_PAUSE)
            if not stop.is_set():
                wake.wait(_POLL)

    def work(self, stop: threading.Event | None = None) -> int:
        """Do what there is to do, until nothing is left or `stop`; returns how many chores were done."""
        done = 0
        while not (stop and stop.is_set()) and (chore := self._take()):
            done += self._do(chore, stop or threading.Event())
        return done

    def _take(self) -> Chore | None:
        now = self._clock.now()
        with self._database.session(read_only=True) as db, across_customers(db):
            if not chores.any_due(db, now):
                return None
        with self._database.session() as db, across_customers(db):
            chore = chores.claim_next(db, now)
            db.commit()
        return chore

    def _do(self, chore: Chore, stop: threading.Event) -> bool:
        facts = {"kind": chore.kind, "about": chore.about}
        try:
            self._in_pieces(chore, stop)
        except _TakenOver:
            return False
        except Exception as error:  # noqa: BLE001  # a fault of ours must not keep the other chores from being done
            _logger.warning("chore failed", extra=facts | {"failures": chore.failures + 1, "error": described(error)})
            self._note(chore, lambda db: chores.put_off(db, chore, self._clock.now()))
            return False
        if stop.is_set():
            self._note(chore, lambda db: chores.give_back(db, chore))
            return False
        self._note(chore, lambda db: chores.end(db, chore))
        _logger.info("chore done", extra=facts)
        return True

    def _in_pieces(self, chore: Chore, stop: threading.Event) -> None:
        work = self._kinds[ChoreKind(chore.kind)](self._database, self._clock, chore)
        for piece in work.pieces if work else ():
            if stop.is_set():
                return
            assert work is not None
            with self._database.session(work.scope) as db:
                piece(db)
                if not chores.keep_hold(db, chore, self._clock.now()):
                    raise _TakenOver
                db.commit()
            self._database.make_room()

    def _note(self, chore: Chore, what: Callable[[Session], object]) -> None:
        with self._database.session(Scope.whole(chore.customer_id)) as db:
            what(db)
            db.commit()
