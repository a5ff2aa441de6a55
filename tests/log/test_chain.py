"""The chain of the log: whatever somebody changes in it behind the portal's back is found."""

from collections.abc import Iterator
from functools import partial
from itertools import product
from types import SimpleNamespace

import pytest
from sqlalchemy import Connection, delete, event, insert, select, update

import app
from models.core.audit import AuditEntry, Change, LogHead, Named, erase, record, record_all
from models.core.audit.chain import START, digest_of_entry
from models.core.base import Base
from models.core.database import Database
from models.core.scope import Scope, across_customers
from models.core.servers.row_security import EVERYBODYS
from models.customers.customer import Customer
from models.log.verification import Chain, verify
from tests.stage.house import House
from tests.stage.stores.databases import FIELD_KEYS, SECRET_KEY
from tests.stage.times import NOW
from tests.stage.together import Meet, together

ENTRIES, HEADS = (Base.metadata.tables[table.__tablename__] for table in (AuditEntry, LogHead))
BY = Named("Kari Nord (kari)")


@pytest.fixture
def database(quiet_house: House) -> Iterator[Database]:
    """As those have it who work beside the portal; nothing is logged yet."""
    database = Database(quiet_house.settings.database_url)
    with database.alone() as db:
        db.execute(delete(ENTRIES))
        db.execute(delete(HEADS))
    yield database
    database.close()


def a_change(customer_id: int, about: str = "order:1", **changed: object) -> Change:
    return Change(customer_id=customer_id, actor=BY.label, about=about, action="reference", at=NOW, changed=changed)


def customers(database: Database) -> list[int]:
    with database.session(read_only=True) as db, across_customers(db):
        return list(db.scalars(select(Customer.id).order_by(Customer.id).limit(2)))


def write(database: Database, *changes: Change) -> None:
    """Each in a transaction of its own."""
    for change in changes:
        with database.session(Scope.whole(change.customer_id)) as db:
            record(db, change)
            db.commit()


def chains(database: Database) -> dict[int, Chain]:
    with database.session(read_only=True) as db, across_customers(db):
        return {chain.customer_id: chain for chain in verify(db)}


def faults(database: Database) -> list[str]:
    return [fault for chain in chains(database).values() for fault in chain.faults]


def change_actor(db: Connection, at: int) -> None:
    db.execute(update(ENTRIES).where(ENTRIES.c.number == at).values(actor="En annen (annen)"))


def change_content(db: Connection, at: int) -> None:
    db.execute(update(ENTRIES).where(ENTRIES.c.number == at).values(changed={"number": 8}))


def write_anew(db: Connection, at: int) -> None:
    """By somebody who knows how entries are tied, and ties this one to the one before it."""
    rows = {row["number"]: row for row in db.execute(select(ENTRIES)).mappings()}
    said = SimpleNamespace(**{**rows[at], "actor": "En annen (annen)"})
    tied = digest_of_entry(rows[at - 1]["digest"] if at > 1 else START, at, said)
    db.execute(update(ENTRIES).where(ENTRIES.c.number == at).values(actor=said.actor, digest=tied))


def erase_unsaid(db: Connection, at: int) -> None:
    db.execute(update(ENTRIES).where(ENTRIES.c.number == at).values(changed={}, salt=None))


def take_out(db: Connection, at: int) -> None:
    db.execute(delete(ENTRIES).where(ENTRIES.c.number == at))


def take_out_and_close_up(db: Connection, at: int) -> None:
    take_out(db, at)
    later = db.execute(select(ENTRIES.c.number).where(ENTRIES.c.number > at).order_by(ENTRIES.c.number)).scalars().all()
    for number in later:
        db.execute(update(ENTRIES).where(ENTRIES.c.number == number).values(number=number - 1))


def put_in(db: Connection, at: int, number: int | None) -> None:
    copied = db.execute(select(ENTRIES).where(ENTRIES.c.number == at)).mappings().one()
    db.execute(insert(ENTRIES).values({**copied, "id": 900_000 + at, "number": number}))


def put_in_untied(db: Connection, at: int) -> None:
    put_in(db, at, None)


def put_behind_the_end(db: Connection, at: int) -> None:
    put_in(db, at, 99)


def take_the_head(db: Connection, _at: int) -> None:
    db.execute(delete(HEADS))


TAMPERS = [
    change_actor,
    change_content,
    write_anew,
    erase_unsaid,
    take_out,
    take_out_and_close_up,
    put_in_untied,
    put_behind_the_end,
    take_the_head,
]


def test_what_is_changed_taken_out_or_put_in_is_found(database: Database) -> None:
    """First, in the middle, and at the end."""
    mine, _ = customers(database)
    write(database, *(a_change(mine, number=number) for number in range(4)))
    assert faults(database) == []
    with database.engine.execution_options(**EVERYBODYS).connect() as db:
        for tamper, at in product(TAMPERS, (1, 2, 4)):
            with db.begin():
                kept = {
                    table: [dict(row) for row in db.execute(select(table)).mappings()] for table in (ENTRIES, HEADS)
                }
                tamper(db, at)
            assert faults(database), (tamper, at)
            with db.begin():
                for table, rows in kept.items():
                    db.execute(delete(table))
                    db.execute(insert(table), rows)
            assert faults(database) == []


def test_each_customer_has_a_chain_whatever_a_transaction_holds_and_takes_back(database: Database) -> None:
    mine, others = customers(database)
    write(database, a_change(mine), a_change(others))
    with (
        database.session() as db,
        across_customers(db),
    ):  # both in one transaction, many at once, and one of a savepoint that is taken back
        record(db, a_change(others, about="order:2"))
        taken_back = db.begin_nested()
        record(db, a_change(mine, about="order:3"))
        taken_back.rollback()
        with db.begin_nested():
            record_all(db, [a_change(mine, about=f"order:{number}", æ="ø") for number in range(4, 7)])
        db.commit()
        record(db, a_change(mine, about="order:7"))
        db.rollback()
        record(db, a_change(mine, about="order:8"))
        db.commit()
    found = chains(database)
    assert {id: (chain.count, chain.faults) for id, chain in found.items()} == {mine: (5, []), others: (2, [])}


def test_many_entries_are_written_by_one_statement(database: Database) -> None:
    """Those of a piece of an import: one by one, each is a trip of its own, and whoever saves waits for them all."""
    mine, others = customers(database)
    statements: list[str] = []
    event.listen(
        database.engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, *_: statements.append(statement),
    )
    with database.session() as db, across_customers(db):
        record_all(db, [a_change((mine, others)[at % 2], about=f"order:{at}") for at in range(50)])
        db.commit()
    assert sum("INSERT INTO audit_entries" in statement for statement in statements) == 1
    assert {id: (chain.count, chain.faults) for id, chain in chains(database).items()} == {
        mine: (25, []),
        others: (25, []),
    }


def test_what_is_erased_leaves_its_digest_and_says_so(database: Database) -> None:
    mine, others = customers(database)
    write(database, a_change(mine, "employee:7", before="Kari", after="Kåre"), a_change(mine), a_change(others))
    with database.session() as db, across_customers(db):
        erase(db, mine, "employee:7", NOW)
        db.commit()
        kept = db.scalars(select(AuditEntry).where(AuditEntry.about == "employee:7").order_by(AuditEntry.id)).all()
        assert [(entry.action, entry.changed, entry.salt is None) for entry in kept] == [
            ("reference", {}, True),
            ("erased", {}, False),
        ]
    assert faults(database) == []


def test_many_who_write_at_once_make_one_chain(database: Database) -> None:
    mine, others = customers(database)

    def writer(customer_ids: list[int], meet: Meet) -> None:
        meet()
        for _ in range(5):
            write(database, *map(a_change, customer_ids))

    together([partial(writer, [mine, others][:: 1 - 2 * (turn % 2)]) for turn in range(6)])
    found = chains(database)
    assert {id: (chain.count, chain.faults) for id, chain in found.items()} == {mine: (30, []), others: (30, [])}


def test_the_command_says_how_long_each_log_is_and_what_is_wrong(
    database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    mine, _ = customers(database)
    write(database, *(a_change(mine) for _ in range(3)))
    settings = {
        "SECRET_KEYS": SECRET_KEY,
        "FIELD_KEYS": ",".join(FIELD_KEYS),
        "DATABASE_URL": database.engine.url.render_as_string(hide_password=False),
    }
    monkeypatch.setattr(app, "configure_logs", lambda _format: None)  # the log is pytest's
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert app.main(["verify-log"]) == 0
    assert capsys.readouterr().out.startswith(f"customer {mine}: 3 entries, tied by ")
    with database.alone() as db:
        take_out(db, 3)
    assert app.main(["verify-log"]) == 1
    said = capsys.readouterr()
    assert "it ends with number 2, and not with number 3 as it was left" in said.out
    assert said.err == "The log is not as it was written.\n"
