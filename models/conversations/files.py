"""Files in conversations: what came with a message, and what waits with a form that was drawn again.

Which kinds are kept, is in `models.values.files.kinds`; what a message is, in `message`. What a file hangs on, and in
which table it lies, the things say: `models.orders.files`, `models.invoices.files`.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ForeignKey,
    Identity,
    Integer,
    LargeBinary,
    String,
    bindparam,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from models.core.audit import Change, Thing, record
from models.core.base import Base, Moment
from models.core.scope import CustomerOwned
from models.core.walls import select_rows
from models.users.sessions import SignedIn
from models.values.files.kinds import MAX_SIZE, Download, ending_of

AT_MOST = 5
"""Files with one form; together they weigh no more than one may."""
KEPT = timedelta(days=3 * 365)
"""For how long a file is kept: as long as the messages (docs/privacy.md)."""
_WAIT = timedelta(days=7)
"""For how long one waits with a form that was drawn again: as long as a draft."""
_HOUR = timedelta(hours=1)
SIZE = f"size > 0 AND size <= {MAX_SIZE}"
"""What a table of files holds each of them to."""


class Attached(CustomerOwned):
    """One file; until its form is sent, it hangs on nothing yet. On what then, its class says."""

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    message_id: Mapped[int | None]
    """The message that it came with."""
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


class Files:
    """The files that hang on things of one kind and on their messages, and those that wait for it."""

    def __init__(
        self, table: type[Any], on: InstrumentedAttribute[int | None], thing: InstrumentedAttribute[int]
    ) -> None:
        """By the table that they lie in, its column that says what they hang on, and the key of such a thing."""
        self._table, self._on = table, on
        self._row = tuple(
            getattr(table, name) for name in ("id", "message_id", "file_name", "media_type", "size", "digest")
        )
        is_on = thing == bindparam("thing", type_=Integer)  # whoever may not see the thing, gets no file of it
        self._listed = select(*self._row).join(thing.class_, thing == on).where(is_on).order_by(table.id)
        self._content = (
            select(table.file_name, table.media_type, table.content)
            .join(thing.class_, thing == on)
            .where(is_on, table.id == bindparam("id"))
        )

    def hanging_on(self, db: Session, thing: int) -> list[FileRow]:
        """The files on a thing and its messages, in the order in which they came."""
        return [FileRow(*row) for row in select_rows(db, self._listed, {"thing": thing})]

    def content(self, db: Session, thing: int, id: int) -> Download | None:
        """A file on a thing, or None where there is none in the scope."""
        for row in select_rows(db, self._content, {"thing": thing, "id": id}):
            return Download(*row)
        return None

    def of_form(self, db: Session, user_id: int, key: str, ids: Iterable[int]) -> list[FileRow]:
        """Those of some files that came with a form of a user, whether the form was sent in the end or not."""
        table = self._table
        mine = (table.user_id == user_id, table.idempotency_key == key, table.id.in_(list(ids)))
        return [FileRow(*row) for row in db.execute(select(*self._row).where(*mine).order_by(table.id))]

    def let_wait(
        self, db: Session, chosen: Chosen, customer_id: int, *, by: SignedIn, key: str, now: datetime
    ) -> list[FileRow]:
        """Keep the files of a form that is drawn again, under the key that it has then; who was unticked is gone."""
        table = self._table
        mine = (table.user_id == by.user_id, self._on.is_(None))
        kept = [one.id for one in chosen.waiting]
        unsynchronised = {"synchronize_session": False}
        dropped = delete(table).where(*mine, table.idempotency_key == chosen.key, table.id.not_in(kept))
        db.execute(dropped, execution_options=unsynchronised)
        renamed = update(table).where(*mine, table.id.in_(kept)).values(idempotency_key=key)
        db.execute(renamed, execution_options=unsynchronised)
        rows = [self._made(one, customer_id, by, key, now) for one in chosen.new]
        db.add_all(rows)
        db.flush()
        return self.of_form(db, by.user_id, key, [*kept, *(row.id for row in rows)])

    def attach(
        self,
        db: Session,
        thing: Thing,
        on: int,
        chosen: Chosen,
        *,
        message_id: int | None,
        by: SignedIn,
        key: str,
        now: datetime,
    ) -> list[FileRow]:
        """Let the files of a form that is sent hang on a thing, or on one of its messages, and note it in the log."""
        if not chosen.digests:
            return []
        waiting, table = [one.id for one in chosen.waiting], self._table
        hung: dict[str, Any] = {self._on.key: on, "message_id": message_id}
        db.execute(
            update(table)
            .where(table.id.in_(waiting), table.user_id == by.user_id, self._on.is_(None))
            .values(**hung, at=now),
            execution_options={"synchronize_session": False},
        )
        rows = [self._made(one, thing.customer_id, by, key, now, **hung) for one in chosen.new]
        db.add_all(rows)
        db.flush()
        record(db, Change.of(thing, "files", by=by, at=now, changed={"files": len(chosen.digests)}))
        return self.of_form(db, by.user_id, key, [*waiting, *(row.id for row in rows)])

    def digests(self, db: Session, on: int, message_id: int | None) -> tuple[str, ...]:
        """What the files that came with a thing, or with one of its messages, are known again by, in their order."""
        found = select(self._table.digest).where(self._on == on, self._table.message_id == message_id)
        return tuple(db.scalars(found.order_by(self._table.id)))

    def forget_old(self, db: Session, now: datetime, *, at_most: int) -> int:
        """Delete some of those that are past their time, and of those whose form nobody sent; returns how many."""
        table = self._table
        old = (
            select(table.id)
            .where(or_(table.at < now - KEPT, self._on.is_(None)), table.at < now - _WAIT)
            .order_by(table.id)
            .limit(at_most)
        )
        gone = delete(table).where(table.id.in_(old)).returning(table.id)
        return len(db.scalars(gone, execution_options={"synchronize_session": False}).all())

    def _made(
        self, one: NewFile, customer_id: int, by: SignedIn, key: str, now: datetime, **hung: int | None
    ) -> Attached:
        made: Attached = self._table(
            customer_id=customer_id,
            user_id=by.user_id,
            idempotency_key=key,
            file_name=one.file_name,
            media_type=one.media_type,
            size=one.size,
            digest=one.digest,
            at=now,
            content=one.content,
            **hung,
        )
        return made


def sent_this_hour(db: Session, user_id: int, now: datetime) -> int:
    """How many bytes a user has sent in the last hour, whatever they hang on."""
    kinds = [mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, Attached)]
    sent = (select(func.sum(kind.size)).where(kind.user_id == user_id, kind.at > now - _HOUR) for kind in kinds)
    return sum(int(db.scalar(each) or 0) for each in sent)
