"""Erasure (`purge`): former employees after their time, and what else has no purpose any more.

What is kept, for how long and why is in docs/privacy.md. Each step is small and a transaction of its own, so that the
portal goes on meanwhile; a second run does nothing.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, aliased

from models.bookings.sign_ups.sign_up import SignUp
from models.core.audit import AuditEntry, erase
from models.core.database import Database
from models.core.scope import across_customers
from models.employees.employee import Employee
from models.employees.erasing import erase_employees
from models.imports import lists as imports
from models.invoices import messages as invoice_messages
from models.invoices.files import ON_INVOICES
from models.operations import files
from models.orders import messages as order_messages
from models.orders.files import ON_ORDERS
from models.outbox.claims import empty_about, empty_delivered
from models.users import drafts, password_links
from models.users.factors import devices
from models.users.sessions import UserSession

SESSIONS_KEPT = timedelta(days=30)
"""For how long one can see when a session was used, after it was over."""
_AT_ONCE = 100
_MESSAGES_AT_ONCE = 2000


def purge(database: Database, var: Path, *, former_kept: timedelta, now: datetime) -> Iterator[tuple[str, int]]:
    """Erase what is past its time, files under `var` included; tells of what, and how many."""
    steps: list[tuple[str, Callable[[Session], int]]] = [
        ("former employees", lambda db: erase_former(db, left_before=now - former_kept, now=now)),
        ("messages emptied", lambda db: empty_delivered(db, now, at_most=_MESSAGES_AT_ONCE)),
        ("drafts", lambda db: drafts.forget_expired(db, now)),
        ("imports", lambda db: imports.forget_expired(db, now)),
        ("password links", lambda db: password_links.forget_old_links(db, now)),
        ("remembered browsers", lambda db: devices.forget_expired(db, now)),
        ("files on orders", lambda db: ON_ORDERS.forget_old(db, now, at_most=_AT_ONCE)),
        ("files on invoices", lambda db: ON_INVOICES.forget_old(db, now, at_most=_AT_ONCE)),
        ("messages on orders", lambda db: order_messages.forget_old(db, now, at_most=_MESSAGES_AT_ONCE)),
        ("messages on invoices", lambda db: invoice_messages.forget_old(db, now, at_most=_MESSAGES_AT_ONCE)),
        ("sessions", lambda db: _forget_sessions(db, now)),
    ]
    for what, step in steps:
        count = 0
        while done := _committed(database, step):
            count += done
        yield what, count
    with database.session(read_only=True) as db, across_customers(db):
        yield "files", files.forget(db, var)


def _committed(database: Database, step: Callable[[Session], int]) -> int:
    with database.session() as db, across_customers(db):
        done = step(db)
        db.commit()
    return done


def erase_former(db: Session, *, left_before: datetime, now: datetime) -> int:
    """Erase some of those who were deactivated before a moment, and tell the CRM; returns how many (0: nobody is left).

    What becomes of their rows, and of the log, is said in `models.employees.erasing`.
    """
    former = db.execute(
        select(Employee.id, Employee.customer_id)
        .where(Employee.deactivated_at <= left_before)
        .order_by(Employee.id)
        .limit(_AT_ONCE)
        .with_for_update()
    ).all()
    owners = {id: customer_id for id, customer_id in former}  # noqa: C416  # a Row is no pair to dict
    if not owners:
        return 0
    letters_about = [f"sign_up:{id}" for id in db.scalars(select(SignUp.id).where(SignUp.employee_id.in_(owners)))]
    empty_about(db, letters_about)
    for customer_id, about in _reasoned(db, letters_about):
        erase(db, customer_id, about, now)
    erase_employees(db, owners, now)
    return len(owners)


def _reasoned(db: Session, sign_ups: list[str]) -> list[tuple[int, str]]:
    """Those sign-ups, with whose they are, of which the log has a reason: what staff wrote may tell of people."""
    reason = AuditEntry.changed["reason"].as_string()
    found = (
        select(AuditEntry.customer_id, AuditEntry.about)
        .where(AuditEntry.about.in_(sign_ups), reason.is_not(None))
        .distinct()
        .order_by(AuditEntry.customer_id, AuditEntry.about)
    )
    return [(customer_id, about) for customer_id, about in db.execute(found)]


def _forget_sessions(db: Session, now: datetime) -> int:
    """Delete sessions that were over long ago, but for each user's last: it says where the next one begins."""
    later = aliased(UserSession)
    last = select(func.max(later.id)).where(later.user_id == UserSession.user_id).scalar_subquery()
    gone = delete(UserSession).where(UserSession.last_used_at < now - SESSIONS_KEPT, UserSession.id != last)
    return len(db.scalars(gone.returning(UserSession.id), execution_options={"synchronize_session": False}).all())
