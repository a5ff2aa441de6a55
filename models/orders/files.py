"""Files on an order: what came with it, or with one of its messages, and what waits with a form that was drawn again.

Which kinds are kept, is in `models.values.files.kinds`; what a message is, in `messages`.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    LargeBinary,
    String,
    bindparam,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.audit import Change, record
from models.core.base import Base, Moment
from models.core.scope import CustomerOwned
from models.core.walls import select_rows
from models.orders.order import Order
from models.users.sessions import SignedIn
from models.values.files.kinds import MAX_SIZE, Download, ending_of

AT_MOST = 5
"""Files with one order or one message; together they weigh no more than one may."""
KEPT = timedelta(days=3 * 365)
"""For how long a file is kept: as long as the messages on an order (docs/privacy.md)."""
_WAIT = timedelta(days=7)
"""For how long one waits with a form that was drawn again: as long as a draft."""
_HOUR = timedelta(hours=1)


class OrderFile(CustomerOwned, Base):
    """One file; until its form is sent, it belongs to no order yet."""

    __tablename__ = "order_files"
    __table_args__ = (
        ForeignKeyConstraint(["customer_id", "order_number"], ["orders.customer_id", "orders.number"]),
        ForeignKeyConstraint(
            ["customer_id", "order_number", "message_id"],
            ["order_messages.customer_id", "order_messages.order_number", "order_messages.id"],
        ),
        CheckConstraint(f"size > 0 AND size <= {MAX_SIZE}", name="size"),
        CheckConstraint("message_id IS NULL OR order_number IS NOT NULL", name="message"),
        Index(None, "customer_id", "order_number", "message_id"),
        Index(None, "user_id", "at"),
        Index(None, "at"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    order_number: Mapped[int | None]
    """None while its form is still being written."""
    message_id: Mapped[int | None]
    """None where it came with the order itself."""
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    idempotency_key: Mapped[str] = mapped_column(String(64))
    """Of the form that it came with."""
    file_name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Moment)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that came just now, and is one of those that are kept."""

    file_name: str
    media_type: str
    content: bytes

    @property
    def size(self) -> int:
        """In bytes."""
        return len(self.content)

    @property
    def digest(self) -> str:
        """What it is known again by."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file as pages name it."""

    id: int
    message_id: int | None
    file_name: str
    media_type: str
    size: int
    digest: str

    @property
    def ending(self) -> str:
        """`PDF`, `DOCX`: what people call the kind of file."""
        return ending_of(self.media_type)

    @property
    def told(self) -> dict[str, object]:
        """What the CRM is told of it: that it is there."""
        return {"id": self.id, "name": self.file_name, "media_type": self.media_type, "size": self.size}


@dataclass(frozen=True, slots=True)
class Chosen:
    """The files that a form is sent with: those that waited with it, and those that came now."""

    waiting: Sequence[FileRow] = ()
    new: Sequence[NewFile] = ()
    key: str = ""
    digests: tuple[str, ...] = field(init=False)
    """By which the same form is known again."""

    def __post_init__(self) -> None:
        digests = [*(one.digest for one in self.waiting), *(one.digest for one in self.new)]
        object.__setattr__(self, "digests", tuple(digests))


NOTHING = Chosen()


_ROW = (
    OrderFile.id,
    OrderFile.message_id,
    OrderFile.file_name,
    OrderFile.media_type,
    OrderFile.size,
    OrderFile.digest,
)
_OF_ORDER = (
    select(*_ROW)
    .join(Order, Order.number == OrderFile.order_number)
    .where(Order.number == bindparam("order_number"))
    .order_by(OrderFile.id)
)
_CONTENT = (
    select(OrderFile.file_name, OrderFile.media_type, OrderFile.content)
    .join(Order, Order.number == OrderFile.order_number)
    .where(Order.number == bindparam("order_number"), OrderFile.id == bindparam("id"))
)


def files_of(db: Session, order: Order) -> list[FileRow]:
    """The files on an order and its messages, in the order in which they came."""
    return [FileRow(*row) for row in select_rows(db, _OF_ORDER, {"order_number": order.number})]


def content_of(db: Session, order_number: int, id: int) -> Download | None:
    """A file of an order, or None where there is none in the scope."""
    for row in select_rows(db, _CONTENT, {"order_number": order_number, "id": id}):
        return Download(*row)
    return None


def of_form(db: Session, user_id: int, key: str, ids: Iterable[int]) -> list[FileRow]:
    """Those of some files that came with a form of a user, whether the form was sent in the end or not."""
    found = select(*_ROW).where(
        OrderFile.user_id == user_id, OrderFile.idempotency_key == key, OrderFile.id.in_(list(ids))
    )
    return [FileRow(*row) for row in db.execute(found.order_by(OrderFile.id))]


def sent_this_hour(db: Session, user_id: int, now: datetime) -> int:
    """How many bytes a user has sent in the last hour."""
    sent = select(func.sum(OrderFile.size)).where(OrderFile.user_id == user_id, OrderFile.at > now - _HOUR)
    return int(db.scalar(sent) or 0)


def let_wait(db: Session, chosen: Chosen, customer_id: int, *, by: SignedIn, key: str, now: datetime) -> list[FileRow]:
    """Keep the files of a form that is drawn again, under the key that it has then; whoever was unticked is gone."""
    mine = (OrderFile.user_id == by.user_id, OrderFile.order_number.is_(None))
    kept = [one.id for one in chosen.waiting]
    unsynchronised = {"synchronize_session": False}
    dropped = delete(OrderFile).where(*mine, OrderFile.idempotency_key == chosen.key, OrderFile.id.not_in(kept))
    db.execute(dropped, execution_options=unsynchronised)
    renamed = update(OrderFile).where(*mine, OrderFile.id.in_(kept)).values(idempotency_key=key)
    db.execute(renamed, execution_options=unsynchronised)
    rows = [_row(one, customer_id, by, key, now) for one in chosen.new]
    db.add_all(rows)
    db.flush()
    return of_form(db, by.user_id, key, [*kept, *(row.id for row in rows)])


def attach(
    db: Session, order: Order, chosen: Chosen, *, message_id: int | None, by: SignedIn, key: str, now: datetime
) -> list[FileRow]:
    """Let the files of a form that is sent hang on the order, or on one of its messages, and note it in the log."""
    if not chosen.digests:
        return []
    waiting = [one.id for one in chosen.waiting]
    db.execute(
        update(OrderFile)
        .where(OrderFile.id.in_(waiting), OrderFile.user_id == by.user_id, OrderFile.order_number.is_(None))
        .values(order_number=order.number, message_id=message_id, at=now),
        execution_options={"synchronize_session": False},
    )
    rows = [_row(one, order.customer_id, by, key, now) for one in chosen.new]
    for row in rows:
        row.order_number, row.message_id = order.number, message_id
    db.add_all(rows)
    db.flush()
    record(db, Change.of(order, "files", by=by, at=now, changed={"files": len(chosen.digests)}))
    return of_form(db, by.user_id, key, [*waiting, *(row.id for row in rows)])


def digests_of(db: Session, order_number: int, message_id: int | None) -> tuple[str, ...]:
    """What the files of an order, or of one of its messages, are known again by, in the order in which they came."""
    found = select(OrderFile.digest).where(OrderFile.order_number == order_number, OrderFile.message_id == message_id)
    return tuple(db.scalars(found.order_by(OrderFile.id)))


def _row(one: NewFile, customer_id: int, by: SignedIn, key: str, now: datetime) -> OrderFile:
    return OrderFile(
        customer_id=customer_id,
        user_id=by.user_id,
        idempotency_key=key,
        file_name=one.file_name,
        media_type=one.media_type,
        size=one.size,
        digest=one.digest,
        at=now,
        content=one.content,
    )


def forget_old(db: Session, now: datetime, *, at_most: int) -> int:
    """Delete some of the files that are past their time, and of those whose form nobody sent; returns how many."""
    old = (
        select(OrderFile.id)
        .where(or_(OrderFile.at < now - KEPT, OrderFile.order_number.is_(None)), OrderFile.at < now - _WAIT)
        .order_by(OrderFile.id)
        .limit(at_most)
    )
    gone = delete(OrderFile).where(OrderFile.id.in_(old)).returning(OrderFile.id)
    return len(db.scalars(gone, execution_options={"synchronize_session": False}).all())
