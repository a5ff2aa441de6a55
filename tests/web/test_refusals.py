"""Whoever is refused hears why, wherever it is: a sweep over every form and every search (WCAG 3.3.1, 4.1.3).

That it does is asked of each answer that any test gets, by the house rules; what is said, where it stands.
"""

from itertools import cycle

import pytest

from tests.stage.house import House
from tests.stage.page import Page
from tests.stage.sweeps import NO_ROWS, my_path, of_method, with_lists

SEARCHES = {
    "Tester": ["/orders", "/invoices", "/bookings", "/invoices/statement"],
    "kam.lie": ["/desk/orders", "/desk/bookings"],
}
WRONG = "31.02.2026"
ENDS_THE_SESSION = {"sign_out", "end_sessions", "change_password"}


@pytest.mark.rest  # each form there is
def test_every_form_that_is_sent_empty_says_what_is_wrong(quiet_house: House) -> None:
    """With htmx and without, in turn; `send` asks each refusal whether it is heard."""
    with_lists(quiet_house)
    refused = 0
    ways = cycle([{}, {"hx-request": "true", "hx-request-type": "partial", "hx-target": "main#main"}])
    for line in of_method("POST"):
        if line.name in NO_ROWS | ENDS_THE_SESSION:
            continue
        at_desk = line.path.startswith("/desk")
        username = "kam.lie" if at_desk else "Tester"
        path, person = my_path(quiet_house, line, username), quiet_house.sign_in(username)
        person.open("/desk/customers/new" if at_desk else "/orders/new")
        empty = [("csrf_token", person.token())]
        refused += person.send("POST", path, empty, next(ways)).status_code in {409, 422, 429}
    assert refused > 30


@pytest.mark.parametrize("username", SEARCHES)
def test_a_search_for_a_wrong_day_never_says_that_nothing_was_found(house: House, username: str) -> None:
    person = house.sign_in(username)
    for url in SEARCHES[username]:
        page = person.open(url).fill(from_=WRONG).press("Søk" if "statement" not in url else "Vis")
        assert page.status_code == 422, url
        assert says_why(house, page), url
        assert not page.has("funnet"), url
        assert page.error("from"), url
        right = page.fill(from_="01.10.2026").press("Søk" if "statement" not in url else "Vis")
        assert (right.status_code, right.error("from")) == (200, ""), url
        assert not right.soup.title or not right.soup.title.get_text().startswith("Feil"), url


def says_why(house: House, page: Page) -> bool:
    sentence = page.error("from")
    if house.mode == "htmx":
        return page.status == sentence
    assert page.soup.title
    return page.soup.title.get_text().startswith("Feil: ") and page.has(f"Rett søket, så finner vi svaret {sentence}")
