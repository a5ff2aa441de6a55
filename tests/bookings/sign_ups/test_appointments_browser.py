"""An employee with a phone: from the letter to the appointment, with and without script."""

import re
from typing import Any

import icalendar
import pytest
from playwright.sync_api import expect

from tests.stage.browsers.chromium import PHONE, Visitor, Visitors
from tests.stage.browsers.live import LivePortal, until
from tests.stage.material.rounds import people

pytestmark = [pytest.mark.browser, pytest.mark.rest]  # first the journeys, which lead through each room

INVITED = "Velg en tid som passer deg"


def links(live: LivePortal, about: str) -> list[str]:
    """The personal links in the letters about something, newest last."""
    texts = [letter.get_body(("plain",)) for letter in live.letters(about)]
    return [re.findall(r"/me/[a-z2-7]{40}", text.get_content())[0] for text in texts if text]


def invite_somebody(visitor: Visitors, live: LivePortal) -> str:
    """A colleague asks an employee who has no time and reads Norwegian; gives the link in the letter that comes."""
    before = links(live, INVITED)
    hms: Visitor = visitor().sign_in("hms.fjord", to="/bookings")
    hms.page.get_by_role("link", name="Helsekontroll Fjordbygg Bergen").first.click()
    with live.behind() as db:
        name = next(each.full_name for each in people(db, 9) if each.language != "en")
        db.commit()
    hms.field("Finn ansatte").fill(name)
    hms.page.get_by_role("checkbox", name=name).check()
    hms.button("Inviter valgte til å velge tid selv").click()
    expect(hms.part("flash")).to_contain_text("1 ansatt er invitert til å velge tid selv.")
    new = until(lambda: set(links(live, INVITED)) - set(before), "the letter with the link")
    return new.pop()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_5_16_from_the_letter_to_a_time_and_back_on_a_phone(
    visitor: Visitors, live: LivePortal, *, script: bool
) -> None:
    url = invite_somebody(visitor, live)
    person: Visitor = visitor(width=PHONE, script=script, expects="status of 410").open(url)
    expect(person.h1).to_have_text(INVITED)
    assert person.page.evaluate("document.documentElement.scrollWidth") == PHONE
    times = person.page.locator("button[name=slot]")
    first, second = times.nth(0).inner_text(), times.nth(1).inner_text()
    times.nth(0).click()
    expect(person.h1).to_have_text("Timen din")
    expect(person.part("flash")).to_contain_text("Timen er din.")
    expect(person.page.locator(".when")).to_contain_text(f"kl. {first}")
    if script:
        person.comes_to("Timen din")  # where the answer is
        assert len(person.requests(url)) == 2, "the page, and the answer in its place"
    [*_, letter] = until(lambda: live.letters(f"kl. {first}"), "the letter about the time")
    calendar: Any = next(part for part in letter.walk() if part.get_content_type() == "text/calendar")
    assert len(icalendar.Calendar.from_ical(calendar.get_content()).events) == 1

    person.tab_to("Bytt til en annen tid") if script else person.page.get_by_text("Bytt til en annen tid").click()
    if script:
        person.press("Enter")
        person.tab_to(second)
        person.press("Enter")
    else:
        person.button(second).first.click()
    expect(person.page.locator(".when")).to_contain_text(f"kl. {second}")
    person.link("English").click()
    expect(person.h1).to_have_text("Your appointment")
    person.page.get_by_text("Cancel my appointment").click()
    person.button("Yes, cancel it").click()
    expect(person.part("flash")).to_contain_text("You are no longer signed up.")
    person.open(url)
    expect(person.h1).to_have_text("Lenken virker ikke lenger")
