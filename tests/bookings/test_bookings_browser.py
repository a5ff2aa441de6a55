"""Sign-up in Chromium: by keyboard on a phone with script, and without script."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from models.bookings.booking import Booking
from tests.stage.browsers.chromium import DESK, PHONE, Visitor
from tests.stage.browsers.live import LivePortal, until
from tests.stage.material.rounds import a_round, people, slots_of

pytestmark = [pytest.mark.browser, pytest.mark.rest]  # first the journeys, which lead through each room


class Stage:
    """A booking for one story, with two people who can come."""

    def __init__(self, live: LivePortal) -> None:
        with live.behind() as db:
            booking: Booking = a_round(db)
            self.url = f"/bookings/{booking.id}"
            self.early, self.late = (f"slot-{slot.id}" for slot in slots_of(db, booking))
            self.names = [employee.full_name for employee in people(db, 2)]
            db.commit()


@pytest.fixture
def person(request: pytest.FixtureRequest, chromium: Browser, live: LivePortal) -> Callable[..., Visitor]:
    def comes(*, width: int = DESK, script: bool = True) -> Visitor:
        visitor = Visitor(chromium, live, width=width, script=script)
        request.addfinalizer(visitor.context.close)
        return visitor

    return comes


def test_sign_up_by_keyboard_on_a_phone(person: Callable[..., Visitor], live: LivePortal) -> None:
    stage = Stage(live)
    hilde = person(width=PHONE).sign_in(to="/bookings/1")  # three days; the first ones of each are taken
    hilde.tab_to("Finn ansatte")
    hilde.type("Are Ali")
    expect(hilde.page.locator("#people li")).to_have_count(1)
    hilde.tab_to("Are Ali")
    hilde.press("Space")
    expect(hilde.part("chosen")).to_contain_text("1 valgt")
    tuesday = hilde.page.get_by_role("link", name=re.compile("^tirsdag 13"))
    hilde.tab_to(tuesday.inner_text(), within=9)  # with how many are free, which other stories change
    hilde.press("Enter")
    hilde.press("Tab")
    assert hilde.focused == "Meld på Are Ali", "a free time within ten presses of Tab"
    hilde.open(stage.url).tab_to("Finn ansatte")
    hilde.type(stage.names[0])
    box = hilde.page.get_by_role("checkbox", name=stage.names[0])
    expect(hilde.page.locator("#people li")).to_have_count(1)
    hilde.tab_to(stage.names[0])
    hilde.press("Space")
    expect(box).to_be_checked()
    document = hilde.page.evaluate("document.body.dataset.same = 'yes'")
    hilde.page.locator(f"#{stage.early}").get_by_role("button", name="Meld på").focus()
    hilde.press("Enter")
    expect(hilde.part("flash")).to_contain_text(f"{stage.names[0]} er påmeldt")
    expect(hilde.part(stage.early)).to_contain_text(stage.names[0])
    expect(hilde.part("places")).to_contain_text("1 av 2 tatt")
    expect(hilde.part("status")).to_contain_text("er påmeldt")
    assert hilde.page.evaluate("document.body.dataset.same") == document, "only parts were swapped"
    until(lambda: hilde.page.evaluate("document.activeElement !== document.body"), "the focus somewhere")
    assert hilde.focused != ""
    assert hilde.page.evaluate("document.documentElement.scrollWidth") <= PHONE
    hilde.page.once("dialog", lambda dialog: dialog.accept())
    hilde.page.get_by_role("button", name=f"Meld av {stage.names[0]}").focus()
    hilde.press("Enter")
    expect(hilde.part("places")).to_contain_text("0 av 2 tatt")
    assert hilde.complaints == []


@pytest.mark.rest  # as in the stories without a browser
def test_sign_up_move_and_take_off_without_script(person: Callable[..., Visitor], live: LivePortal) -> None:
    stage = Stage(live)
    hilde = person(width=PHONE, script=False).sign_in(to=stage.url)
    hilde.field("Finn ansatte").fill(stage.names[0])
    hilde.field("Finn ansatte").press("Enter")
    hilde.page.get_by_role("checkbox", name=stage.names[0]).check()
    hilde.field("Finn ansatte").fill(stage.names[1])
    hilde.button("Søk").click()
    hilde.page.get_by_role("checkbox", name=stage.names[1]).check()
    expect(hilde.page.get_by_role("checkbox", name=stage.names[0])).to_be_checked()
    hilde.page.get_by_role("checkbox", name=stage.names[1]).uncheck()
    hilde.page.locator(f"#{stage.early}").get_by_role("button", name="Meld på").click()
    expect(hilde.part("flash")).to_contain_text(f"{stage.names[0]} er påmeldt")
    expect(hilde.part(stage.early)).to_contain_text("Påmeldt nå · Angre")
    until(lambda: "Påmeldt nå" in hilde.focused, "the focus on what was done")
    hilde.page.get_by_role("link", name=f"Flytt {stage.names[0]}").click()
    hilde.page.locator(f"#{stage.late}").get_by_role("button", name="Flytt hit").click()
    expect(hilde.part(stage.late)).to_contain_text(stage.names[0])
    hilde.page.locator(f"#{stage.late} summary").click()
    hilde.page.get_by_role("button", name=f"Meld av {stage.names[0]}").click()
    expect(hilde.part("flash")).to_contain_text(f"{stage.names[0]} er meldt av.")


def test_many_are_spread_over_the_free_times(person: Callable[..., Visitor], live: LivePortal) -> None:
    stage = Stage(live)
    hilde = person().sign_in(to=f"{stage.url}/distribution")
    hilde.field("Lim inn navn eller e-post").fill("\n".join(stage.names))
    hilde.button("Foreslå tider").click()
    expect(hilde.h1).to_have_text("Forslag til tider")
    expect(hilde.page.locator("tbody tr")).to_have_count(2)
    hilde.button("Bekreft påmelding").click()
    expect(hilde.part("flash")).to_have_text("2 ansatte er påmeldt.")
    expect(hilde.part("places")).to_contain_text("2 av 2 tatt")
    assert hilde.complaints == []
