"""Reconciliation: whether the CRM's copies of employees, orders and sign-ups are as the portal has them.

Both sides make a digest of each record; only digests are compared, so no personal data travels. What differs can be
sent again, in order with everything else about the record. How the CRM's digests are fetched is in
`models.exchange.crm.digests`.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from models.bookings.sign_ups.sign_up import SignUp
from models.employees.employee import Employee
from models.orders.order import Order
from models.outbox.message import Channel, Outgoing, compose

_AT_ONCE = 1000

State = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of record that both sides have: how it is found, and what is compared of it."""

    table: type[Employee | Order | SignUp]
    key: Any
    names: tuple[str, ...]
    aliases: Mapping[str, Callable[[Any], Any]]
    besides: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    """What is told with it, and not compared."""


_KINDS: dict[str, _Kind] = {
    "employee": _Kind(
        Employee,
        Employee.id,
        ("id", "given_name", "family_name", "email", "mobile", "birth_date", "unit_id"),
        {"active": lambda employee: employee.is_active},
        {
            "employee_number": lambda employee: employee.employee_number,
            "job_title": lambda employee: employee.job_title,
            "groups": lambda employee: list(employee.groups),
        },
    ),
    "order": _Kind(
        Order, Order.number, ("number", "delivery", "quantity", "contact", "reference", "location", "description"), {}
    ),
    "sign_up": _Kind(
        SignUp,
        SignUp.id,
        (),
        {
            "state": lambda one: one.state.word,
            "sign_up": lambda one: one.id,
            "booking": lambda one: one.booking_id,
            "employee": lambda one: one.employee_id,
            "slot": lambda one: one.slot_id,
        },
        {"standing": lambda one: one.state},
    ),
}


def digest_of(state: State) -> str:
    """SHA-256 of the record as JSON with its names sorted, no blanks and no escapes but those that JSON asks for."""
    written = json.dumps(state, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(written.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Difference:
    """A record that is not the same on both sides."""

    subject: str
    what: str
    """`missing`, the CRM has no such record; `differs`; `unknown`, the portal has none."""

    @property
    def can_be_mended(self) -> bool:
        """Whether the portal has the record, so that it can be sent again."""
        return self.what != "unknown"


def differences(db: Session, theirs: Mapping[str, str]) -> Iterator[Difference]:
    """Compare every record with the CRM's digests, by subject (such as `employee:17`). Needs `across_customers`."""
    left = set(theirs)
    for kind in _KINDS:
        for subject, state, _ in _states(db, kind):
            left.discard(subject)
            their_digest = theirs.get(subject)
            if their_digest != digest_of(state):
                yield Difference(subject, "missing" if their_digest is None else "differs")
    for subject in sorted(left):
        yield Difference(subject, "unknown")


def restate(db: Session, found: Sequence[Difference], now: datetime) -> None:
    """Send records again as they are now (`employee.restated` …), some at a time so that nobody waits long to write.

    What is unknown to the portal is only named: it may be that the CRM is right to keep it. Needs `across_customers`;
    the caller commits.
    """
    for kind, it in _KINDS.items():
        keys = [int(key) for of, key in (one.subject.split(":") for one in found if one.can_be_mended) if of == kind]
        for subject, state, row in _states(db, kind, keys) if keys else ():
            told = Outgoing(
                channel=Channel.CRM,
                kind=f"{kind}.restated",
                about=subject,
                customer_id=row.customer_id,
                payload=json.loads(json.dumps(state | _of(row, it.besides), default=str)),
                at=now,
            )
            db.add(compose(told))


def _states(db: Session, kind: str, keys: Sequence[int] = ()) -> Iterator[tuple[str, State, Any]]:
    """Every record of a kind, or those with the keys, by key: its subject, what is compared, and its row."""
    it = _KINDS[kind]
    last: int | None = None
    while True:
        rows: Select[Any] = select(it.table).order_by(it.key).limit(_AT_ONCE)
        rows = rows.where(it.key.in_(keys)) if keys else rows
        found = db.scalars(rows if last is None else rows.where(it.key > last)).all()
        for row in found:
            last = getattr(row, it.key.key)
            yield f"{kind}:{last}", {name: getattr(row, name) for name in it.names} | _of(row, it.aliases), row
            db.expunge(row)
        if len(found) < _AT_ONCE:
            return


def _of(row: Any, made: Mapping[str, Callable[[Any], Any]]) -> dict[str, Any]:
    return {name: make(row) for name, make in made.items()}
