"""What messages share, whatever they are about: who wrote what when, and whether somebody waits for an answer.

A message is never changed. Who is told of one is decided by the thing that it is about.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Identity,
    Integer,
    Select,
    String,
    Text,
    and_,
    bindparam,
    delete,
    false,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from models.core.base import Moment
from models.core.scope import CustomerOwned, Right
from models.customers.customer import Customer
from models.customers.units import Unit, paths_down_to
from models.users.of_customer import Asker
from models.users.sessions import SignedIn
from models.users.user import Grant, User

LONGEST = 2000
"""Characters of a message."""
KEPT = timedelta(days=3 * 365)
"""For how long a message is kept: as long as a claim about what it is about can be made (docs/privacy.md)."""


class Side(StrEnum):
    """Who wrote a message."""

    CUSTOMER = "customer"
    PROVIDER = "provider"


class Written(CustomerOwned):
    """One message; of which conversation, its class says."""

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    side: Mapped[str] = mapped_column(String(10))
    author: Mapped[str] = mapped_column(String(200))
    """The full name, as it was then."""
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """None where the CRM told of it."""
    idempotency_key: Mapped[str | None] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)
    unanswered: Mapped[bool] = mapped_column(default=False)
    """Whether the customer wrote it and the provider has written nothing since."""
    unread: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether the provider wrote it and no user of the customer has seen it."""
    written_by: Mapped[str] = mapped_column(String(200), default="", server_default="")
    """Who of the staff wrote it in the customer's stead (D2): the full name, as it was then."""
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    @property
    def beside(self) -> ColumnElement[bool]:
        """Which messages stand in the same conversation."""
        raise NotImplementedError


class AlreadySent(Exception):
    """The form was already sent once, with another text or other files."""


def signed(text: str, *, by: SignedIn, key: str, now: datetime, asker: Asker | None = None) -> dict[str, Any]:
    """What a message says of who wrote it; it is the provider's where the user is staff whom nobody asked for it."""
    written = {"text": text, "idempotency_key": key, "at": now}
    if asker:
        whose = {"side": Side.CUSTOMER.value, "author": asker.name, "user_id": asker.user_id}
        return written | whose | {"written_by": by.full_name, "written_by_id": by.user_id}
    side = Side.CUSTOMER if by.account_manager_id is None else Side.PROVIDER
    return written | {"side": side.value, "author": by.full_name, "user_id": by.user_id}


def sent_by(kind: type[Written], user_id: int, key: str) -> ColumnElement[bool]:
    """Whether a message came with a form of a user, in whosever name."""
    return and_(kind.idempotency_key == key, or_(kind.written_by_id == user_id, kind.user_id == user_id))


def asked_for(message: Any) -> str:
    """In whose name staff wrote a message; nothing where it is of who wrote it."""
    return str(message.author) if message.written_by_id else ""


_PLACE = (
    select(Customer.name, Unit.name).join(Unit, Unit.customer_id == Customer.id).where(Unit.id == bindparam("unit"))
)


def facts_of(db: Session, message: Any, unit_id: int, file_names: list[str]) -> dict[str, Any]:
    """What letters say of a message and of where it was written, whatever it is about."""
    customer, unit = db.execute(_PLACE, {"unit": unit_id}).one()
    return {
        "customer": customer,
        "unit": unit,
        "side": message.side,
        "author_name": message.written_by or message.author,
        "written_for": asked_for(message),
        "text": message.text,
        "files": file_names,
    }


def add(db: Session, message: Written) -> None:
    """Write a message: the customer's waits for an answer, the provider's is one, and waits for a reader."""
    message.unanswered, message.unread = message.side == Side.CUSTOMER, message.side == Side.PROVIDER
    if message.side == Side.PROVIDER:
        answer(db, type(message), message.beside)
    db.add(message)
    db.flush()


def answer(db: Session, kind: type[Written], conversation: ColumnElement[bool]) -> bool:
    """Note that nobody waits for an answer in a conversation any more; False where nobody did."""
    waited = db.scalars(
        update(kind).where(conversation, kind.unanswered.is_(True)).values(unanswered=False).returning(kind.id),
        execution_options={"synchronize_session": False},
    ).all()
    return bool(waited)


def who_may_see(db: Session, unit_id: int, right: Right, which: ColumnElement[bool]) -> Sequence[User]:
    """Those of some users who are active and still have a right in a unit."""
    path = db.execute(select(Unit.path).where(Unit.id == unit_id)).scalar_one()
    has_right: ColumnElement[bool] = getattr(Grant, right.value)
    allowed = (
        select(Grant.user_id).join(Unit, Unit.id == Grant.unit_id).where(has_right, Unit.path.in_(paths_down_to(path)))
    )
    return db.scalars(
        select(User)
        .where(which, User.id.in_(allowed), User.active, User.account_manager_id.is_(None))
        .order_by(User.id)
    ).all()


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message as a page shows it."""

    id: int
    side: str
    author: str
    text: str
    at: datetime
    unanswered: bool
    unread: bool
    written_by: str


def listing(kind: type[Written], conversation: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """The rows of a conversation, oldest first."""
    shown = (getattr(kind, field.name) for field in fields(MessageRow))
    return select(*shown).where(conversation).order_by(kind.at, kind.id)


def have_read(db: Session, kind: type[Written], conversation: ColumnElement[bool]) -> None:
    """Note that a user of the customer has seen what stands in a conversation."""
    read = update(kind).where(conversation, kind.unread.is_(True)).values(unread=False)
    db.execute(read, execution_options={"synchronize_session": False})


def unread_answers(
    kind: type[Written], thing: type[CustomerOwned], is_about: ColumnElement[bool], *shown: Any
) -> Select[*tuple[Any, ...]]:
    """What is `shown` of each thing with an answer that nobody has read, who wrote the last one, and since when.

    The longest unread stands first.
    """
    since = func.min(kind.at)
    return (
        select(*shown, func.max(kind.author), since)
        .select_from(kind)
        .join(thing, is_about)
        .where(kind.unread.is_(True))
        .group_by(*shown)
        .order_by(since, shown[0])
        .limit(bindparam("at_most", type_=Integer))
    )


def forget_old(
    db: Session, kind: type[Written], about: InstrumentedAttribute[int], now: datetime, *, at_most: int
) -> list[int]:
    """Delete some of the messages that are past their time; returns what each of them was about."""
    old = select(kind.id).where(kind.at < now - KEPT).order_by(kind.id).limit(at_most)
    gone = delete(kind).where(kind.id.in_(old)).returning(about)
    return list(db.scalars(gone, execution_options={"synchronize_session": False}))
