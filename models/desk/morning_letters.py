"""Morning letters: at seven on a working day, one letter for each account manager with all the news that waits.

Nothing is scheduled: each postman looks once a minute for what waits, so that after a morning without a postman the
first one to run makes up for it. The news are taken and the letter is written in one transaction, so that each is sent
once.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.conversations.news import WaitingNews, addressed
from models.core.clock import last_morning, today_in_oslo
from models.customers.account_managers import AccountManager, MailWish
from models.customers.customer import Customer
from models.customers.stand_ins import reader_of_letters
from models.customers.units import Unit
from models.invoices.invoice import Invoice
from models.orders.news import CANCELLATION, MESSAGE, PLACED
from models.orders.order import Order
from models.outbox.message import Channel, Outgoing, post


def post_morning_letters(db: Session, now: datetime) -> int:
    """Post the letters that are due; how many. Across customers; the caller commits.

    Due is what waited when the morning came, and at once what waits for somebody who wants a letter for each by now.
    """
    due = db.scalars(
        select(WaitingNews.account_manager_id)
        .join(AccountManager, AccountManager.id == WaitingNews.account_manager_id)
        .where((WaitingNews.at < last_morning(now)) | (AccountManager.mail_wish == MailWish.EACH.value))
        .distinct()
        .order_by(WaitingNews.account_manager_id)
    ).all()
    return sum(_post(db, manager_id, now) for manager_id in due)


def _post(db: Session, manager_id: int, now: datetime) -> bool:
    """Take all that waits for an account manager, unless another postman has, and write the letter."""
    taken = delete(WaitingNews).where(WaitingNews.account_manager_id == manager_id)
    rows = db.execute(
        taken.returning(
            *(WaitingNews.id, WaitingNews.kind, WaitingNews.order_number, WaitingNews.invoice_id, WaitingNews.author)
        ),
        execution_options={"synchronize_session": False},
    ).all()
    if not rows:
        return False
    manager = db.get_one(AccountManager, manager_id)
    reader = reader_of_letters(db, manager, today_in_oslo(now))
    post(
        db,
        Outgoing(
            channel=Channel.MAIL,
            kind="morning_news",
            about=f"account_manager:{manager.id}",
            customer_id=None,
            to=reader.email,
            payload={**addressed(reader, manager), **_told(db, sorted(rows, key=lambda row: row.id))},
            at=now,
        ),
    )
    return True


def _told(db: Session, rows: Sequence[Any]) -> dict[str, list[dict[str, Any]]]:
    """What the letter tells, kind by kind."""
    orders = _orders(db, {row.order_number for row in rows if row.order_number})

    def with_authors(kind: str) -> list[dict[str, Any]]:
        return [orders[row.order_number] | {"author": row.author} for row in rows if row.kind == kind]

    asked = [row for row in rows if row.invoice_id]
    invoices = _invoices(db, {row.invoice_id for row in asked}) if asked else {}
    return {
        "orders": [orders[row.order_number] for row in rows if row.kind == PLACED],
        "cancelled": with_authors(CANCELLATION),
        "messages": with_authors(MESSAGE),
        "questions": [invoices[row.invoice_id] | {"author": row.author} for row in asked],
    }


def _orders(db: Session, numbers: set[int]) -> dict[int, dict[str, Any]]:
    """What the letter says of orders, by number: no text but what they ask for."""
    found = db.execute(
        select(Order.number, Order.delivery, Customer.name, Unit.name)
        .join(Customer, Customer.id == Order.customer_id)
        .join(Unit, Unit.id == Order.unit_id)
        .where(Order.number.in_(numbers))
    )
    return {
        number: {"number": number, "delivery": delivery, "customer": customer, "unit": unit}
        for number, delivery, customer, unit in found
    }


def _invoices(db: Session, ids: set[int]) -> dict[int, dict[str, Any]]:
    """What the letter says of invoices, by id."""
    found = db.execute(
        select(Invoice, Customer.name, Unit.name)
        .join(Customer, Customer.id == Invoice.customer_id)
        .join(Unit, Unit.id == Invoice.unit_id)
        .where(Invoice.id.in_(ids))
    )
    return {
        invoice.id: {"id": invoice.id, "title": invoice.title, "customer": customer, "unit": unit}
        for invoice, customer, unit in found
    }
