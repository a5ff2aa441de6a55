"""Oversikt: what waits in one list, received with one press; this week, and what is still free (D3, D5)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.bookings.sign_ups.seating import sign_up
from models.catalogue.entry import Entry, Kind, Meaning
from models.core.audit import Named
from models.orders.order import Order
from models.outbox.message import Message
from models.users.user import Role, User
from tests.stage.house import House
from tests.stage.material.rounds import a_round, people, slots_of
from tests.stage.page import Page
from tests.stage.times import NOW, TODAY

NEW = 307532
WHAT = "Vaksinasjon stivkrampe"


@pytest.fixture
def kam(house: House) -> Page:
    return house.sign_in("kam.lie").open("/desk")


def rows(page: Page) -> list[str]:
    """What waits, row by row, as it is read."""
    return [" ".join(row.get_text(" ").split()) for row in page.soup.select("#waits li")]


def figures(page: Page) -> dict[str, str]:
    """The figures by what they count."""
    found = {}
    for each in page.soup.select("#figures > div"):
        found[each.select_one("dt").get_text()] = " ".join(dd.get_text() for dd in each.select("dd"))  # type: ignore[union-attr]
    return found


def status_of(house: House) -> str | None:
    with house.behind() as db:
        return db.scalars(select(Order.status).where(Order.number == NEW)).one()


def test_d3_messages_and_new_orders_wait_in_one_list_the_oldest_first(house: House, kam: Page) -> None:
    assert kam.has("Torsdag 1. oktober 2026, uke 40 · 2 kunder")
    written, new = rows(kam)
    assert written.startswith("«Kan møtet tas på Teams?")
    assert written.endswith("1 dag Svar")
    assert (WHAT in new, new.endswith("I dag Ta imot")) == (True, True)
    assert figures(kam)["Venter på svar"] == "1 eldste 1 dag"
    assert figures(kam)["Nye bestillinger"] == "1 1 fra i dag"
    assert figures(kam)["Utsendinger"] == "0 alt er levert eller på vei"
    house.clock.advance(timedelta(days=4))
    later = house.sign_in("kam.lie").open("/desk")
    assert [row.rsplit(" ", 3)[-3:] for row in rows(later)] == [["5", "dager", "Svar"], ["dager", "Ta", "imot"]]
    assert figures(later)["Venter på svar"] == "1 eldste 5 dager"
    assert later.soup.select("#figures .late a")[0].get_text() == "Venter på svar"


def test_d3_a_new_order_is_received_where_it_waits_and_who_sent_it_is_told(house: House, kam: Page) -> None:
    kam.press("Ta imot")
    assert kam.h1 == "Oversikt"
    assert kam.flash == f"Bestilling {NEW} er tatt imot. Hilde Moldskred får en e-post."
    assert [row for row in rows(kam) if WHAT in row] == []
    assert status_of(house) == "Mottatt"
    with house.behind() as db:
        about = select(Message.kind).where(Message.about == f"order:{NEW}").order_by(Message.id.desc()).limit(2)
        assert {*db.scalars(about)} == {"order.progressed", "order_progress"}
    assert house.sign_in("hms.fjord").open(f"/orders/{NEW}").has("Mottatt")


def test_d3_who_comes_second_changes_nothing_and_is_led_to_the_order(house: House, kam: Page) -> None:
    other = house.sign_in("kam.lie").open(f"/desk/orders/{NEW}").fill(status="Planlagt").press("Lagre")
    assert other.flash.startswith("Lagret.")
    kam.press("Ta imot")
    assert (kam.h1, status_of(house)) == (WHAT, "Planlagt")
    assert kam.flash == "Noen andre har gått videre med bestillingen. Slik står den nå."


def test_d7_without_a_status_that_means_received_the_order_asks_for_one(house: House, kam: Page) -> None:
    with house.behind() as db:
        for entry in db.scalars(select(Entry).where(Entry.kind == Kind.STATUS, Entry.meaning == Meaning.RECEIVED)):
            entry.is_active = False
        db.commit()
    kam.press("Ta imot")
    assert (kam.h1, status_of(house)) == (WHAT, None)
    assert kam.flash == "Ingen ordrestatus betyr mottatt. Velg en annen her."


def test_d6_readers_are_offered_neither_answers_nor_reception(quiet_house: House) -> None:
    with quiet_house.behind() as db:
        db.scalars(select(User).where(User.username == "kam.lie")).one().role = Role.READER.value
        db.commit()
    page = quiet_house.sign_in("kam.lie").open("/desk")
    assert len(rows(page)) == 2
    assert page.soup.select("#waits :is(button, .button)") == []
    fields = [("csrf_token", page.token())]
    assert page.send("POST", f"/desk/orders/{NEW}/reception", fields).status_code == 404
    assert status_of(quiet_house) is None


def test_nobody_receives_an_order_from_outside_the_desk_or_one_that_is_not_there(quiet_house: House) -> None:
    hms, kam = quiet_house.sign_in("hms.fjord").open("/info"), quiet_house.sign_in("kam.lie").open("/desk")
    for page, number in ((hms, NEW), (kam, 1)):
        answer = page.send("POST", f"/desk/orders/{number}/reception", [("csrf_token", page.token())])
        assert answer.status_code == 404
    assert status_of(quiet_house) is None


def test_d3_the_rest_of_the_week_stands_day_by_day(quiet_house: House) -> None:
    by = Named("Hilde Moldskred (hms.fjord)")
    with quiet_house.behind() as db:
        booking = a_round(db, times=3, first=TODAY + timedelta(days=1), days=4, title="Synsprøve")
        sign_up(db, slots_of(db, booking)[0], people(db, 1)[0], by=by, now=NOW - timedelta(days=7))
        off = a_round(db, first=TODAY + timedelta(days=1), title="Avlyst runde")
        off.cancelled_at = NOW
        db.commit()
    page = quiet_house.sign_in("kam.lie").open("/desk")
    said = [" ".join(row.get_text(" ").split()) for row in page.soup.select("#week li")]
    assert said == [
        "tor. 1. okt. Ingen timer i dag",
        "fre. 2. okt. Synsprøve 08:00–09:30 · Fjordbygg Entreprenør AS · 1 av 3",
        "lør. 3. okt. Synsprøve 08:00–09:30 · Fjordbygg Entreprenør AS · 0 av 3",
        "søn. 4. okt. Synsprøve 08:00–09:30 · Fjordbygg Entreprenør AS · 0 av 3",
    ], "Monday is next week's, and what is called off takes place on no day"
    page.follow("Alle")
    assert page.url.endswith("/desk/bookings?from=01.10.2026&to=04.10.2026")


def test_d3_free_places_are_counted_with_the_deadlines_that_are_near(quiet_house: House) -> None:
    kam = quiet_house.sign_in("kam.lie")
    before = int(figures(kam.open("/desk"))["Ledige plasser"].split()[0])
    with quiet_house.behind() as db:
        near = a_round(db, times=4, first=TODAY + timedelta(days=5), title="Nær frist")
        a_round(db, times=4, first=TODAY + timedelta(days=50), title="Fjern frist")
        over = a_round(db, times=4, first=TODAY + timedelta(days=1), title="Ute")
        over.deadline = NOW - timedelta(hours=1)
        near.deadline = NOW + timedelta(hours=1)
        db.commit()
    page = kam.open("/desk")
    assert figures(page)["Ledige plasser"] == f"{before + 4} neste 6 uker"
    first, *others = [" ".join(row.get_text(" ").split()) for row in page.soup.select("#free li")]
    assert first == "Nær frist Fjordbygg Entreprenør AS · frist 1. oktober 4 ledige"
    assert not [row for row in others if "frist" in row.split(" ")[1:2]]
