"""The words that orders are found by: of what was ordered, and of the messages on it, folded and cut into pieces.

How words are cut is in `models.values.finding.pieces`, how a search asks for them in `models.orders.search`; why they
stand beside the orders: docs/decisions/0047.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import (
    Connection,
    ForeignKeyConstraint,
    Text,
    bindparam,
    column,
    event,
    insert,
    inspect,
    select,
    table,
    update,
)
from sqlalchemy.orm import Mapped, Mapper, Session, mapped_column

from models.catalogue.entry import Entry, Kind
from models.core.base import Base
from models.core.scope import CustomerOwned
from models.values.finding.pieces import digits_of, pieces_of, words
from models.values.texts.folding import fold, spellings

TEXTS = ("product_group", "delivery", "quantity", "contact", "reference", "location", "description")
"""The columns of an order that it is found by, beside its number."""
_NUMBERS = re.compile(r"[0-9][0-9 ,./()-]*[0-9]")


class OrderWords(CustomerOwned, Base):
    """What one order is found by; made of what is written on it, whenever that changes."""

    __tablename__ = "order_words"
    __table_args__ = (ForeignKeyConstraint(["customer_id", "order_number"], ["orders.customer_id", "orders.number"]),)

    order_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(Text)
    """The words as a search compares them, with what stands between, and with other spellings."""
    pieces: Mapped[str] = mapped_column(Text)
    """What an index of the database holds: whose the order is, and the pieces, with blanks between."""


def whose(customer_id: int) -> str:
    """The piece that all orders of a customer have, and no other."""
    return f"customer{customer_id}"


def made_of(customer_id: int, texts: Iterable[str | None]) -> dict[str, str]:
    """The columns of OrderWords, of an order's number, its texts and its messages."""
    written = " ".join(" ".join(fold(text).split()) for text in texts if text)
    found = dict.fromkeys(words(written))
    others = dict.fromkeys(other for word in found for other in spellings(word)[1:])
    others |= dict.fromkeys(_as_typed(written))
    return {
        "text": " ".join([written, *others]),
        "pieces": " ".join([whose(customer_id), *pieces_of([*found, *others])]),
    }


def _as_typed(text: str) -> Iterator[str]:
    """Numbers as a search reads them, which takes what follows each other for one: `412 44 845`, `0012`."""
    for found in _NUMBERS.findall(text):
        digits = digits_of(found) if found.isdecimal() else re.sub("[^0-9]", "", found)
        if digits and digits != found:
            yield digits


_ORDERS = table("orders", column("number"), column("customer_id"), *map(column, TEXTS))
_MESSAGES = table("order_messages", column("order_number"), column("id"), column("text"))


def read(connection: Connection | Session, numbers: Sequence[int]) -> list[dict[str, Any]]:
    """The rows of OrderWords of some orders, made of what is written on them now."""
    texts: dict[int, list[str]] = {}
    written = select(_MESSAGES.c.order_number, _MESSAGES.c.text).where(_MESSAGES.c.order_number.in_(numbers))
    for number, text in connection.execute(written.order_by(_MESSAGES.c.id)):
        texts.setdefault(number, []).append(text)
    return [
        {
            "order_number": number,
            "customer_id": customer_id,
            **made_of(customer_id, [str(number), *parts, *texts.get(number, ())]),
        }
        for number, customer_id, *parts in connection.execute(select(_ORDERS).where(_ORDERS.c.number.in_(numbers)))
    ]


def note(connection: Connection, number: int) -> None:
    """Write the words of an order that is new."""
    connection.execute(insert(OrderWords), read(connection, [number]))


def renew(connection: Connection, numbers: Sequence[int]) -> None:
    """Write the words of some orders anew, after something on them has changed, or is gone.

    Of two who write on one order at the same moment the second one waits, and then reads what the first has written.
    """
    if not numbers:
        return
    asked = select(OrderWords.order_number).where(OrderWords.order_number.in_(numbers))
    held = set(connection.scalars(asked.order_by(OrderWords.order_number).with_for_update()))
    rows = read(connection, numbers)
    changed = [{f"its_{name}": value for name, value in row.items()} for row in rows if row["order_number"] in held]
    new = [row for row in rows if row["order_number"] not in held]  # the release before this one wrote the order
    if changed:
        connection.execute(_ANEW, changed)
    if new:
        connection.execute(insert(OrderWords), new)


def renew_after_purge(db: Session, numbers: Sequence[int]) -> None:
    """The same for operators, across customers."""
    made = {row["order_number"]: row for row in read(db, numbers)}
    for row in db.scalars(select(OrderWords).where(OrderWords.order_number.in_(numbers)).with_for_update()):
        row.text, row.pieces = made[row.order_number]["text"], made[row.order_number]["pieces"]
    db.flush()


_ANEW = (
    update(OrderWords)
    .where(OrderWords.order_number == bindparam("its_order_number"))
    .values(text=bindparam("its_text"), pieces=bindparam("its_pieces"))
)


@event.listens_for(Entry, "after_update")
def _rename(_mapper: Mapper[Entry], connection: Connection, entry: Entry) -> None:
    """Let the orders of a product group that has got another name be found by that one, too."""
    before = inspect(entry).attrs.name.history.deleted
    if entry.kind is not Kind.PRODUCT_GROUP or not before:
        return
    orders = select(_ORDERS.c.number).where(_ORDERS.c.product_group.in_([*before, entry.name]))
    more = made_of(0, [entry.name])
    connection.execute(
        update(OrderWords)
        .where(OrderWords.order_number.in_(orders))
        .values(
            text=OrderWords.text + " " + more["text"],
            pieces=OrderWords.pieces + " " + more["pieces"].removeprefix(whose(0)).strip(),
        )
    )
