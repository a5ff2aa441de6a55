"""Which server of the database a page is read from: the one that leads, or a replica for lists, searches and exports.

Which pages those are, the map says; when a replica may be believed, `models.core.servers.replica`.
"""

from dataclasses import replace
from enum import Enum, auto

from models.core.database import UNAVAILABLE, Session
from models.core.deadline import OutOfTime, in_time
from models.core.servers.replica import Behind, Replica, reads_from_replica
from models.users.sessions import SignedIn
from routes.web.entrance.doors import Door, who_is_it
from routes.web.errors import refusal
from routes.web.http.asked import SAFE_METHODS
from routes.web.visit import Visit

_MOST_ATTEMPTS = 3
_PATIENCE = 2.0
"""Seconds that the leader has to say who is signed in, where a replica could say so as well."""


class Reading(Enum):
    """How one attempt at a page is made."""

    LEADER = auto()
    SHARED = auto()
    """Who is signed in, the leader says; the rest comes from a replica that has come far enough."""
    REPLICA = auto()
    """The leader is away: everything comes from a replica."""


class LeaderAway(Exception):
    """The leader did not say in time who is signed in."""


def first_reading(door: Door, method: str) -> Reading:
    """How a page is read first."""
    replica = door.portal.database.replica
    if replica is None or not door.from_replica or method not in SAFE_METHODS:
        return Reading.LEADER
    return Reading.SHARED if replica.may_ask_leader() else Reading.REPLICA


def next_reading(door: Door, method: str, tried: tuple[Reading, ...], *, was_lost: bool) -> Reading | None:
    """How a page is read once more that could not be read; None where that would be of no use.

    Where another server takes the lead, the old leader and the replica that becomes the new one both hang up.
    """
    if not door.only_looks(method) or len(tried) >= _MOST_ATTEMPTS:
        return None
    if Reading.LEADER not in tried and tried != (Reading.SHARED, Reading.REPLICA):  # it was asked who is signed in
        return Reading.LEADER
    if door.portal.database.replica is not None and door.from_replica and Reading.REPLICA not in tried:
        return Reading.REPLICA
    return Reading.LEADER if was_lost and tried == (Reading.LEADER,) else None


def who_is_there(here: Visit, reading: Reading) -> tuple[SignedIn | None, Session]:
    """Who is signed in, and the session that the page is read in; raises LeaderAway, Behind and Refused."""
    replica = here.portal.database.replica
    if reading is Reading.LEADER or replica is None:
        return who_is_it(here), here.db
    own = here.portal.cookies.read_wrote(here.request)
    if reading is Reading.SHARED:
        found = who_by_leader(here, replica)
        try:
            return found, replica.session(None, own)
        except Behind:
            return found, here.portal.database.session(read_only=True)
    db = replica.session_alone(own)
    found = who_is_it(replace(here, db=db))
    if found is not None and found.view is not None:  # whoever sees a customer's portal is on record, or sees nothing
        db.close()
        raise refusal(503, wait=5)
    return found, db


def who_by_leader(here: Visit, replica: Replica) -> SignedIn | None:
    """Who is signed in, as the leader knows; raises LeaderAway where it does not say so in time."""

    def ask() -> SignedIn | None:
        with here.portal.database.session(read_only=True) as db:
            found = who_is_it(replace(here, db=db))
            if not replica.is_led_by(db):
                raise LeaderAway
            return found

    try:
        return in_time(_PATIENCE, ask)
    except (LeaderAway, OutOfTime, *UNAVAILABLE):
        replica.leader_is_away()
        raise LeaderAway from None


def who_now(here: Visit) -> SignedIn | None:
    """Who is signed in by now, asked where the visit reads from; raises what the database does, and Behind."""
    replica = here.portal.database.replica
    if replica is not None and reads_from_replica(here.db):
        try:
            return who_by_leader(here, replica)
        except LeaderAway:
            with replica.session_alone(0) as db:
                return who_is_it(replace(here, db=db))
    with here.portal.database.session(read_only=True) as db:
        return who_is_it(replace(here, db=db))
