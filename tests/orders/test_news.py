"""News for account managers: a letter for each, or one in the morning, and each told exactly once (NB10)."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models.conversations.news import WaitingNews
from models.core.clock import last_morning
from models.core.database import Database
from models.core.scope import across_customers
from models.customers.account_managers import AccountManager, MailWish
from models.desk.morning_letters import post_morning_letters
from models.exchange.deliver import Postman
from models.outbox.message import Message
from tests.stage.house import House
from tests.stage.page import Page
from tests.stage.together import Meet, together

KAM = "per-arne.lie@bht.example"
FRIDAY_SEVEN = datetime(2026, 10, 2, 5, 0, tzinfo=UTC)
"""The morning after NOW, a Thursday; seven o'clock in Oslo."""


def wish(house: House, wanted: MailWish) -> Page:
    """The account manager chooses how to be told, on the overview."""
    return house.sign_in("kam.lie").open("/desk").fill(mail_wish=wanted.value).press("Lagre")


def order(house: House, delivery: str) -> str:
    """An order of Fjordbygg's; its number."""
    hms = house.sign_in("hms.fjord", "plain").open("/orders/new")
    hms.fill(unit=hms.option("unit", "Bergen"), delivery=delivery).press("Send bestilling")
    return hms.url.rsplit("/", 1)[1]


def letters(house: House) -> list[Message]:
    """What is on its way to the account manager, or was."""
    with house.behind() as db:
        return list(db.scalars(select(Message).where(Message.to == KAM).order_by(Message.id)))


def mornings(house: House) -> list[dict[str, Any]]:
    """What the morning letters say."""
    return [letter.payload for letter in letters(house) if letter.kind == "morning_news"]


def waiting(house: House) -> int:
    with house.behind() as db:
        return len(db.scalars(select(WaitingNews)).all())


def look(house: House, now: datetime) -> int:
    """A postman's round at a moment."""
    with house.behind() as db:
        posted = post_morning_letters(db, now)
        db.commit()
    return posted


def test_nb10_one_letter_for_each_unless_another_way_is_wished(house: House) -> None:
    assert house.sign_in("kam.lie").open("/desk").value("mail_wish") == "each"
    order(house, "Støymåling")
    assert [letter.kind for letter in letters(house)] == ["order_placed"]
    page = wish(house, MailWish.MORNING)
    assert page.flash == "Ønsket er lagret."
    assert page.value("mail_wish") == "morning"
    number = order(house, "Hørselstest")
    hms = house.sign_in("hms.fjord").open(f"/orders/{number}")
    hms.fill(message="Helst i november").press("Send melding")
    assert [letter.kind for letter in letters(house)] == ["order_placed"]
    assert waiting(house) == 2
    assert look(house, FRIDAY_SEVEN - timedelta(seconds=1)) == 0
    assert look(house, FRIDAY_SEVEN) == 1
    assert look(house, FRIDAY_SEVEN) == 0
    assert waiting(house) == 0
    facts = {
        "number": int(number),
        "delivery": "Hørselstest",
        "customer": "Fjordbygg Entreprenør AS",
        "unit": "Bergen",
    }
    assert mornings(house) == [
        {
            "to_name": "Per-Arne Lie",
            "stands_in_for": "",
            "orders": [facts],
            "cancelled": [],
            "messages": [facts | {"author": "Hilde Moldskred"}],
            "questions": [],
        }
    ]


def test_nb10_the_letter_is_brought_out_and_holds_no_text_of_a_message(quiet_house: House) -> None:
    wish(quiet_house, MailWish.MORNING)
    number = order(quiet_house, "Hørselstest")
    hms = quiet_house.sign_in("hms.fjord").open(f"/orders/{number}")
    hms.fill(message="Helst i november").press("Send melding")
    hms.follow("Avbestill").fill(reason="Utsatt til desember").press("Avbestill")
    quiet_house.clock.set(FRIDAY_SEVEN + timedelta(hours=3))  # nobody went round at seven
    quiet_house.deliver()
    [file] = (quiet_house.settings.var / "mail").glob("*morning_news*.eml")
    letter = file.read_text(encoding="utf-8")
    assert "Subject: 1 ny bestilling og 1 avbestilling og 1 ny melding" in letter
    assert f"{number}: H=C3=B8rselstest, avbestilt av Hilde Moldskred" in letter
    assert f"Ny melding p=C3=A5 {number} fra Hilde Moldskred" in letter
    assert f"/desk/orders/{number}" in letter
    assert "november" not in letter
    assert "desember" not in letter


def test_nb10_what_comes_later_waits_for_the_next_working_morning(quiet_house: House) -> None:
    wish(quiet_house, MailWish.MORNING)
    order(quiet_house, "Før helga")
    assert look(quiet_house, FRIDAY_SEVEN) == 1
    quiet_house.clock.set(FRIDAY_SEVEN + timedelta(hours=1))
    order(quiet_house, "Rett etter")
    for hours in (1, 24, 48, 71):
        assert look(quiet_house, FRIDAY_SEVEN + timedelta(hours=hours)) == 0, hours
    assert look(quiet_house, FRIDAY_SEVEN + timedelta(hours=72)) == 1
    assert [[one["delivery"] for one in told["orders"]] for told in mornings(quiet_house)] == [
        ["Før helga"],
        ["Rett etter"],
    ]


@pytest.mark.parametrize(
    ("now", "morning"),
    [
        ("2026-10-02T05:00:00Z", "2026-10-02T05:00:00Z"),
        ("2026-10-02T04:59:59Z", "2026-10-01T05:00:00Z"),
        ("2026-10-05T04:59:59Z", "2026-10-02T05:00:00Z"),
        ("2026-10-24T12:00:00Z", "2026-10-23T05:00:00Z"),
        ("2026-10-26T06:00:00Z", "2026-10-26T06:00:00Z"),
        ("2026-10-26T05:59:59Z", "2026-10-23T05:00:00Z"),
    ],
)
def test_mornings_are_at_seven_in_oslo_from_monday_to_friday_also_when_the_clocks_go_back(
    now: str, morning: str
) -> None:
    assert last_morning(datetime.fromisoformat(now)) == datetime.fromisoformat(morning)


def test_nb10_who_wants_each_again_gets_what_waits_at_once(quiet_house: House) -> None:
    wish(quiet_house, MailWish.MORNING)
    order(quiet_house, "Venter")
    wish(quiet_house, MailWish.EACH)
    now = quiet_house.clock.now()
    assert (look(quiet_house, now), look(quiet_house, now)) == (1, 0)
    order(quiet_house, "Straks")
    assert [letter.kind for letter in letters(quiet_house)] == ["morning_news", "order_placed"]


def test_nb10_several_postmen_post_one_letter_and_one_that_dies_loses_nothing(quiet_house: House) -> None:
    wish(quiet_house, MailWish.MORNING)
    number = order(quiet_house, "Hørselstest")
    with quiet_house.behind() as db:
        assert post_morning_letters(db, FRIDAY_SEVEN) == 1  # and no commit: the power went
    assert mornings(quiet_house) == []

    def go_round(meet: Meet) -> int:
        database = Database(quiet_house.settings.database_url)
        with database.session() as db, across_customers(db):
            meet()
            posted = post_morning_letters(db, FRIDAY_SEVEN)
            db.commit()
        database.close()
        return posted

    assert sorted(together([go_round] * 4)) == [0, 0, 0, 1]
    assert [[one["number"] for one in told["orders"]] for told in mornings(quiet_house)] == [[int(number)]]


def test_nothing_is_posted_where_nothing_waits_and_a_made_up_wish_is_refused(quiet_house: House) -> None:
    page = wish(quiet_house, MailWish.MORNING)
    assert look(quiet_house, FRIDAY_SEVEN) == 0
    page.press("Lagre", mail_wish="never")
    assert (page.status_code, page.problems) == (422, ["Velg fra listen."])
    with quiet_house.behind() as db:
        wishes = db.execute(select(AccountManager.email, AccountManager.mail_wish)).all()
    assert {email for email, wanted in wishes if wanted == MailWish.MORNING} == {KAM}


def test_a_postmans_round_posts_morning_letters(quiet_house: House) -> None:
    wish(quiet_house, MailWish.MORNING)
    order(quiet_house, "Hørselstest")
    with closing(Database(quiet_house.settings.database_url)) as database:
        postman = Postman(database, quiet_house.settings, quiet_house.clock, quiet_house.portal.links.absolute)
        postman.deliver_due()
        assert mornings(quiet_house) == []
        quiet_house.clock.set(FRIDAY_SEVEN)
        assert postman.deliver_due() > 0, "users have letters of their own in the morning"
        assert postman.deliver_due() == 0
    assert len(mornings(quiet_house)) == 1
