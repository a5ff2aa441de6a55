"""The outbox: with the change or not at all, in order, each to one postman, until it is dead (NB10, C1, C2)."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, event, select, text, update

from models.core.database import Database
from models.core.scope import Scope, across_customers
from models.customers.customer import Customer
from models.outbox import claims
from models.outbox.claims import LEASE, MAX_ATTEMPTS, claim_next, delivered, failed
from models.outbox.message import Channel, Message, Outgoing, post
from models.outbox.overview import Counts, counts, overview
from tests.stage.stores.empty import empty_postgres, empty_sqlite
from tests.stage.times import NOW
from tests.stage.together import Meet, together

LATER = NOW + timedelta(hours=1)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def used(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database on each of the two kinds of server."""
    if request.param == "sqlite":
        with empty_sqlite(tmp_path_factory.mktemp("outbox")) as database:
            yield database
    else:
        with empty_postgres(request.getfixturevalue("postgres_server")) as database:
            yield database


@pytest.fixture
def database(used: Database) -> Database:
    """The same, with an empty outbox."""
    with used.session() as db, across_customers(db):
        db.execute(delete(Message))
        db.commit()
    return used


def posted(
    database: Database,
    about: str = "order:1",
    *,
    channel: Channel = Channel.MAIL,
    to: str | None = "kari@b.example",
) -> Message:
    """A message that was written and committed."""
    with database.session() as db, across_customers(db):
        message = post(
            db, Outgoing(channel=channel, kind="k", about=about, customer_id=None, payload={"n": 1}, at=NOW, to=to)
        )
        db.commit()
    return message


def claimed(database: Database, now: datetime = NOW, channels: Collection[Channel] = tuple(Channel)) -> Message | None:
    """The next message, with the claim committed as the postman does."""
    with database.session() as db, across_customers(db):
        message = claim_next(db, now, channels=channels)
        db.commit()
    return message


def noted(database: Database, message: Message, error: str = "", *, for_good: bool = False) -> bool:
    """The outcome of a claimed message, committed."""
    with database.session() as db, across_customers(db):
        was_ours = failed(db, message, NOW, error, for_good=for_good) if error else delivered(db, message, NOW)
        db.commit()
    return was_ours


def counts_of(database: Database) -> int:
    """How many wait."""
    with database.session(read_only=True) as db, across_customers(db):
        return counts(db).waiting


def stored(database: Database, id: int) -> Message:
    """The message as it is now."""
    with database.session() as db, across_customers(db):
        return db.scalars(select(Message).where(Message.id == id)).one()


def test_a_message_is_written_with_the_change_inside_the_customers_walls(database: Database) -> None:
    with database.session() as db, across_customers(db):
        customer = Customer(name="Fjordbygg Entreprenør AS", organisation_number="319099603")
        db.add(customer)
        db.commit()
    with database.session(Scope.whole(customer.id)) as db:
        post(
            db,
            Outgoing(
                channel=Channel.CRM,
                kind="order.placed",
                about="order:307600",
                customer_id=customer.id,
                payload={"unit": "Tromsø"},
                at=NOW,
            ),
        )
        db.commit()
    message = claimed(database)
    assert message
    assert (message.channel, message.kind, message.about, message.to) == ("crm", "order.placed", "order:307600", None)
    assert (message.customer_id, message.payload, message.attempts) == (customer.id, {"unit": "Tromsø"}, 1)
    assert (message.created_at, message.due_at) == (NOW, NOW)
    assert len(message.public_id) == 32


def test_a_change_that_is_rolled_back_sends_nothing(database: Database) -> None:
    with database.session() as db, across_customers(db):
        post(
            db,
            Outgoing(
                channel=Channel.MAIL, kind="k", about="order:1", customer_id=None, payload={}, at=NOW, to="a@b.no"
            ),
        )
        db.flush()
        db.rollback()
    assert claimed(database, LATER) is None


def test_a_claimed_message_is_nobody_elses_until_the_lease_ends(database: Database) -> None:
    first = posted(database)
    mine = claimed(database)
    assert mine
    assert claimed(database, NOW + LEASE - timedelta(seconds=1)) is None
    again = claimed(database, NOW + LEASE)
    assert again
    assert (again.id, again.public_id, again.attempts) == (first.id, first.public_id, 2)
    assert again.claim != mine.claim


def test_who_lost_the_claim_notes_nothing(database: Database) -> None:
    posted(database)
    slow = claimed(database)
    quick = claimed(database, NOW + LEASE)
    assert slow
    assert quick
    assert not noted(database, slow, "too late", for_good=True)
    assert noted(database, quick)
    assert not noted(database, quick)
    assert stored(database, quick.id).dead_at is None


def test_messages_about_the_same_thing_leave_one_after_the_other(database: Database) -> None:
    first, second, other = posted(database), posted(database), posted(database, "order:2")
    mine, theirs = claimed(database), claimed(database)
    assert mine
    assert theirs
    assert (mine.id, theirs.id) == (first.id, other.id)
    assert claimed(database) is None
    assert noted(database, mine)
    following = claimed(database)
    assert following
    assert following.id == second.id


def test_one_that_failed_holds_back_those_behind_it(database: Database) -> None:
    first, _second = posted(database), posted(database)
    mine = claimed(database)
    assert mine
    assert noted(database, mine, "smtp 451")
    assert claimed(database) is None
    again = claimed(database, LATER)
    assert again
    assert again.id == first.id
    assert claimed(database, LATER) is None


def test_a_dead_one_holds_nothing_back(database: Database) -> None:
    _first, second = posted(database), posted(database)
    mine = claimed(database)
    assert mine
    assert noted(database, mine, "smtp 550", for_good=True)
    following = claimed(database)
    assert following
    assert following.id == second.id


def test_other_recipients_and_other_ways_are_other_sequences(database: Database) -> None:
    posted(database, to="kari@b.example")
    posted(database, to="per@b.example")
    posted(database, channel=Channel.CRM, to=None)
    assert all(claimed(database) for _ in range(3))


def test_only_the_wanted_channels_are_claimed(database: Database) -> None:
    posted(database, channel=Channel.CRM, to=None)
    assert claimed(database, channels=[Channel.MAIL]) is None
    assert claimed(database, channels=[]) is None
    assert claimed(database, channels=[Channel.CRM])


def test_what_has_been_due_longest_goes_first(database: Database) -> None:
    late, early = posted(database, "order:1"), posted(database, "order:2")
    with database.session() as db, across_customers(db):
        db.execute(update(Message).where(Message.id == early.id).values(due_at=NOW - timedelta(minutes=1)))
        db.commit()
    assert [message.id for message in (claimed(database), claimed(database)) if message] == [early.id, late.id]


def test_nothing_is_due_before_its_time(database: Database) -> None:
    posted(database)
    assert claimed(database, NOW - timedelta(microseconds=1)) is None


def test_attempts_are_spread_over_about_four_days() -> None:
    delays = [claims._delay(attempt).total_seconds() for attempt in range(1, MAX_ATTEMPTS)]
    assert 4 <= delays[0] <= 6
    assert 8 <= delays[1] <= 12
    assert max(delays) <= 18 * 60
    assert 3.8 <= sum(delays) / 86400 <= 4.2
    assert claims._delay(10**6) <= timedelta(minutes=18)
    assert len(set(delays[-100:])) > 90, "those that fail together should not come back together"


def test_after_four_days_a_message_is_dead(database: Database) -> None:
    message = posted(database)
    for attempts, dead in ((MAX_ATTEMPTS - 2, False), (MAX_ATTEMPTS - 1, True)):
        with database.session() as db, across_customers(db):
            db.execute(update(Message).where(Message.id == message.id).values(attempts=attempts, due_at=NOW))
            db.commit()
        mine = claimed(database)
        assert mine
        assert noted(database, mine, "ConnectionRefusedError")
        assert (stored(database, message.id).dead_at is not None) is dead
    assert claimed(database, NOW + timedelta(days=400)) is None


def test_a_dead_message_can_be_sent_again_under_the_same_id(database: Database) -> None:
    first = posted(database)
    mine = claimed(database)
    assert mine
    noted(database, mine, "smtp 550", for_good=True)
    with database.session() as db, across_customers(db):
        assert claims.resend(db, first.id, LATER)
        assert not claims.resend(db, first.id, LATER), "it is not dead any more"
        assert not claims.resend(db, 999, LATER)
        db.commit()
    again = claimed(database, LATER)
    assert again
    assert (again.public_id, again.attempts) == (first.public_id, 1)
    assert noted(database, again)
    assert stored(database, first.id).last_error is None


def test_operators_see_what_waits_and_what_is_dead(database: Database) -> None:
    dead, failing, _fresh = (posted(database, about) for about in ("order:1", "order:2", "order:3"))
    for error, for_good in (("smtp 550", True), ("smtp 451", False)):
        mine = claimed(database)
        assert mine
        noted(database, mine, error, for_good=for_good)
    with database.session(read_only=True) as db, across_customers(db):
        assert counts(db) == Counts(waiting=2, dead=1, waiting_since=NOW)
        assert list(overview(db)) == [
            "waiting: 2, the oldest since 2026-10-01 08:00 UTC",
            "dead: 1",
            f"{dead.id} dead: mail k order:1 customer None, 1 attempts, smtp 550",
            f"{failing.id} waiting: mail k order:2 customer None, 1 attempts, smtp 451",
        ]


def test_an_empty_outbox_says_so(database: Database) -> None:
    with database.session(read_only=True) as db, across_customers(db):
        assert list(overview(db)) == ["waiting: 0", "dead: 0"]


def test_several_postmen_share_the_work_and_claim_each_message_once(database: Database) -> None:
    wanted = [posted(database, f"order:{n}").id for n in range(40)]

    def work(meet: Meet) -> list[int]:
        meet()
        return [message.id for message in iter(lambda: claimed(database), None)]

    assert sorted(id for ids in together([work] * 4) for id in ids) == wanted


@pytest.mark.parametrize(
    "used", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True, scope="module"
)
def test_a_postman_does_not_wait_for_anothers_claim(database: Database) -> None:
    first, second = posted(database, "order:1"), posted(database, "order:2")
    with database.session() as one, across_customers(one), database.session() as two, across_customers(two):
        mine, theirs = claim_next(one, NOW), claim_next(two, NOW)
        assert mine
        assert theirs
        assert (mine.id, theirs.id) == (first.id, second.id)


def test_c2_a_save_pays_one_insert_for_what_it_tells(database: Database) -> None:
    """However much waits, is claimed or has failed: it asks nothing, and nothing is asked of it."""
    for _ in range(5):
        posted(database)
    claimed(database)
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        statements.append(statement)

    with database.session() as db, across_customers(db):
        db.execute(select(Message.id).limit(1))  # the transaction has begun
        event.listen(database.engine, "before_cursor_execute", note)
        try:
            post(db, Outgoing(channel=Channel.CRM, kind="k", about="order:1", customer_id=None, payload={}, at=NOW))
            db.flush()
        finally:
            event.remove(database.engine, "before_cursor_execute", note)
        db.commit()
    assert [statement.partition(" (")[0] for statement in statements] == ["INSERT INTO outbox"]


@pytest.mark.parametrize(
    "used", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True, scope="module"
)
def test_c2_a_save_does_not_wait_for_a_claim_that_is_under_way(database: Database) -> None:
    """On SQLite the claim has the write lock for as long as its two statements take, and never while it sends."""
    posted(database)
    with database.session() as postman, across_customers(postman):
        mine = claim_next(postman, NOW)
        assert mine
        with database.session() as db, across_customers(db):
            db.execute(text("SET lock_timeout = '60s'"))
            post(db, Outgoing(channel=Channel.MAIL, kind="k", about="order:1", customer_id=None, payload={}, at=NOW))
            db.commit()
        postman.commit()
    assert counts_of(database) == 2


def test_an_attempt_that_says_nothing_of_the_message_does_not_count(database: Database) -> None:
    message, other = posted(database), posted(database, "order:2")
    mine = claimed(database)
    assert mine
    with database.session() as db, across_customers(db):
        assert claims.put_back(db, mine, NOW + timedelta(seconds=1), "ConnectionRefusedError")
        assert not claims.put_back(db, mine, NOW, "too late")
        db.commit()
    assert (stored(database, message.id).attempts, stored(database, message.id).last_error) == (
        0,
        "ConnectionRefusedError",
    )
    following = claimed(database, LATER)
    assert following
    assert following.id == other.id, "it lines up behind those that were due"


def test_whoever_cannot_wait_lets_a_message_be_due_now(database: Database) -> None:
    message = posted(database)
    mine = claimed(database)
    assert mine
    assert noted(database, mine, "smtp 451")
    with database.session() as db, across_customers(db):
        assert claims.hurry(db, message.id, NOW)
        assert not claims.hurry(db, message.id, NOW), "it is due"
        assert not claims.hurry(db, 999, NOW)
        db.commit()
    again = claimed(database)
    assert again
    assert again.attempts == 2
    assert noted(database, again)
    with database.session() as db, across_customers(db):
        assert not claims.hurry(db, message.id, NOW), "it has arrived"
