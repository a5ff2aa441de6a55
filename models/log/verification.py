"""Whether the chain of a customer's log still holds: nothing in it was changed, taken out or put in.

How entries are tied is in `models.core.audit`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.core.audit import ERASED, AuditEntry, LogHead
from models.core.audit.chain import START, digest_of_content, digest_of_entry
from models.core.scope import looking_across
from models.customers.customer import Customer

_AT_ONCE = 1000


@dataclass(slots=True)
class Chain:
    """One customer's log, looked through."""

    customer_id: int
    count: int = 0
    """The entries that are tied."""
    digest: str = START
    """What the last one is tied by: noted elsewhere, it shows later that all of them are still there."""
    faults: list[str] = field(default_factory=list)
    """What is wrong, in sentences for operators; by numbers, without what the entries say."""


def verify(db: Session) -> Iterator[Chain]:
    """The chain of each customer that has a log or the end of one."""
    with looking_across(db):
        customers = list(db.scalars(select(Customer.id).order_by(Customer.id)))
        for customer_id in customers:
            chain = _looked_through(db, customer_id)
            if chain.count or chain.faults:
                yield chain


def _looked_through(db: Session, customer_id: int) -> Chain:
    chain, head = Chain(customer_id), _head(db, customer_id)
    erased: dict[str, int] = {}
    """By thing, the last of its entries whose content is gone: later in the chain it must say that it was erased."""
    for entry in _tied(db, customer_id, head[0]):
        _look_at(chain, entry)
        if entry.salt is None:
            erased[entry.about] = entry.id
        if entry.action == ERASED:
            erased.pop(entry.about, None)
    chain.faults += [f"entry {id} is empty, and no later one says that it was erased" for id in erased.values()]
    if head != (chain.count, chain.digest):
        chain.faults.append(f"it ends with number {chain.count}, and not with number {head[0]} as it was left")
    of_customer = AuditEntry.customer_id == customer_id
    last = db.scalar(select(func.max(AuditEntry.number)).where(of_customer)) or 0
    if last > _head(db, customer_id)[0]:  # asked in this order, as others write meanwhile
        chain.faults.append(f"number {last} stands behind its end")
    strays = select(AuditEntry.id).where(of_customer, AuditEntry.number.is_(None)).order_by(AuditEntry.id)
    chain.faults += [f"entry {id} is not tied: it was put in by another hand" for id in db.scalars(strays)]
    return chain


def _head(db: Session, customer_id: int) -> tuple[int, str]:
    ends = select(LogHead.number, LogHead.digest).where(LogHead.customer_id == customer_id)
    found = db.execute(ends).one_or_none()
    return (found[0], found[1]) if found else (0, START)


def _tied(db: Session, customer_id: int, last: int) -> Iterator[AuditEntry]:
    """The entries in the order of the chain, a few at once."""
    at = -1
    tied = select(AuditEntry).where(AuditEntry.customer_id == customer_id, AuditEntry.number <= last)
    while entries := db.scalars(tied.where(AuditEntry.number > at).order_by(AuditEntry.number).limit(_AT_ONCE)).all():
        for entry in entries:
            yield entry
            at = entry.number or 0
        db.expunge_all()


def _look_at(chain: Chain, entry: AuditEntry) -> None:
    number = entry.number or 0
    if number != chain.count + 1:
        chain.faults.append(f"between numbers {chain.count} and {number} entries are missing")
    elif entry.digest != digest_of_entry(chain.digest, number, entry):
        chain.faults.append(f"entry {entry.id} (number {number}) is not as it was written, or was put in")
    elif not _is_content(entry):
        chain.faults.append(f"entry {entry.id} (number {number}) says something else than was written")
    chain.count, chain.digest = number, entry.digest or START


def _is_content(entry: AuditEntry) -> bool:
    if entry.salt is None:
        return not entry.changed
    return entry.content == digest_of_content(entry.changed, entry.salt)
