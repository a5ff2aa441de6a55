"""What a personal link does not open, how long it is good, and where it must not stand (T6)."""

import logging
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from models.bookings.booking import Booking
from models.bookings.sign_ups.sign_up import SignUp
from models.bookings.slots import Slot
from models.core.logs import _Structured
from models.employees.employee import Employee
from tests.bookings.sign_ups.holder import (
    INGRID,
    MAREK,
    employee,
    opens,
    the_round,
)
from tests.stage.connections.client import BASE
from tests.stage.house import House
from tests.stage.sweeps import digest, token_of

# What one does not see


def test_links_that_are_not_good_get_the_same_kind_page(quiet_house: House) -> None:
    good, other = token_of(quiet_house, *INGRID), token_of(quiet_house, *MAREK)
    mixed = good[:16] + other[16:]
    signer = quiet_house.portal.signer
    with quiet_house.behind() as db:
        others_address = signer.sign(good[:16], employee(db, MAREK).email or "")
    never = {
        "tampered": good[:-1] + ("a" if good[-1] != "a" else "b"),
        "tampered in the name": ("a" if good[0] != "a" else "b") + good[1:],
        "cut off": good[:-1],
        "longer": good + "a",
        "of another person": mixed,
        "signed for another address": others_address,
        "in capitals": good.upper(),
        "nothing": "x",
        "a name that nobody has": signer.sign("a" * 16, "ingrid@fjordbygg.example"),
        "nasty": "%00%C3%A9%27",
    }
    shown = set()
    for how, token in never.items():
        page = quiet_house.visitor().open(f"/me/{token}")
        assert page.status_code == 404, how
        shown.add(page.response.text)
    changes = {
        "the employee has left": update(Employee).values(deactivated_at=quiet_house.clock.now()),
        "the booking is called off": update(Booking).values(cancelled_at=quiet_house.clock.now()),
        "the sign-up is over": update(SignUp).values(state="cancelled", offered_until=None),
    }
    for how, change in changes.items():
        with quiet_house.behind() as db:
            db.execute(change)
            db.commit()
        page = quiet_house.visitor().open(f"/me/{good}")
        assert page.status_code == 410, how
        shown.add(page.response.text)
        quiet_house.refill()
        good = token_of(quiet_house, *INGRID)
    with quiet_house.behind() as db:
        db.execute(update(Employee).where(Employee.family_name == "Solbakken").values(email="right@fjordbygg.example"))
        db.commit()
    page = quiet_house.visitor().open(f"/me/{good}")
    assert page.status_code == 404, "the letter went to a wrong address, and that was put right"
    shown.add(page.response.text)
    assert len(shown) == 1, "all of them say the same"
    [text] = shown
    assert "This link no longer works" in text
    assert not [word for word in ("Ingrid", "Solbakken", "Bergen", "oktober", good) if word in text]


def test_a_change_needs_a_token_of_this_very_page(quiet_house: House) -> None:
    mine, other = opens(quiet_house, INGRID), opens(quiet_house, MAREK)
    tester = quiet_house.sign_in("hms.fjord").open("/info")
    url, slot = mine.url, str(mine.soup.select("button[name=slot]")[0]["value"])
    before = digest(quiet_house)
    for token in (None, "", "x", other.token(), tester.token(), mine.token()[:-1] + "é"):
        fields = [("slot", slot)] + ([("csrf_token", token)] if token is not None else [])
        for person in (mine, tester):
            assert person.send("POST", url, fields).status_code == 403, token
    for headers in (
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "cross-site", "origin": "null"},
        {"origin": "https://evil.example"},
    ):
        assert mine.send("POST", url, [("slot", slot), ("csrf_token", mine.token())], headers).status_code == 403
    assert digest(quiet_house) == before
    for origin in (BASE, "null"):  # browsers say null, because the page tells nobody its address
        answer = mine.send("POST", url, [("slot", slot), ("csrf_token", mine.token())], {"origin": origin})
        assert answer.status_code == 303


@pytest.mark.rest  # of one room; that it is not seen, the sweep of strangers asks first
def test_a_slot_of_another_booking_or_customer_cannot_be_chosen(quiet_house: House) -> None:
    page = opens(quiet_house, INGRID)
    with quiet_house.behind() as db:
        foreign = db.scalars(
            select(Slot.id).where(Slot.booking_id != the_round(db).id, Slot.taken < Slot.capacity)
        ).all()
    before = digest(quiet_house)
    for slot in [*foreign, 999_999_999, "x", "-1", "9" * 30]:
        fields = [("csrf_token", page.token()), ("slot", str(slot))]
        assert page.send("POST", page.url, fields).status_code in {400, 409}, slot
    assert digest(quiet_house) == before


def test_changes_without_end_are_slowed_down(quiet_house: House) -> None:
    page = opens(quiet_house, INGRID)
    for _ in range(10):
        page.press("09:00")
        page.press("12:30")
    page.press("09:00")
    assert (page.status_code, page.h1) == (429, "Vent litt")
    assert int(page.headers["retry-after"]) > 0
    quiet_house.clock.advance(timedelta(minutes=16))
    assert opens(quiet_house, INGRID).press("09:00").status_code == 200


def test_links_stay_out_of_the_log(quiet_house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    token = token_of(quiet_house, *INGRID)
    opens(quiet_house, INGRID).press("Jeg kommer")
    quiet_house.visitor().send("GET", f"/me/{token[:-1]}?lang={token}")
    told = [_Structured(as_json=False).format(record) for record in caplog.records if record.name.startswith("portal")]
    assert any("path=/me/{token} status=200" in line for line in told)
    assert not [line for line in told if token[:16] in line or "Ingrid" in line]
