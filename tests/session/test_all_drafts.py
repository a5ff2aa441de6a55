"""What is typed in any form of the portal comes back after the end of the session (section 5, number 3).

The forms are found on the pages of the map, so a new one is tried by itself; those of later steps are in `test_drafts`.
"""

import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import unquote

import pytest
from bs4 import Tag

from routes import MAP
from routes.web.lines import Line
from tests.stage.house import House
from tests.stage.page import Page

USERS = ("hms.fjord", "okonomi.fjord", "hr.solvik", "kam.lie")
LATER = {
    "apply_customers",
    "confirm_distribution",
    "import_answers",
    "import_application",
    "import_columns",
    "import_row",
}
"""Routes whose forms stand on pages of a later step; `test_drafts` and the stories of each thing try them."""
PRESSED = {
    *("booking_address", "desk_remove_slot", "desk_resend", "import_deletion", "import_reversal"),
    *("invite", "invite_again", "invite_member", "invite_user"),
    *("reactivate_member", "reactivate_user", "reactivation", "remove_entry"),
    *("restore_user", "remove_stand_in"),
    "create_passkey",
    "desk_invoice_answered",
    "test_sign_on",
    "remove_sign_on",
    "unlink_work_account",
    *("reset_factor", "reset_colleague_factor", "reset_member_factor"),
}
"""Routes of buttons with nothing to fill in, of people and rounds in other states; some share a form."""
SECRET = {"national_id", "change_number", "own_password", "new_password", "secret"}
"""What is not kept, with the tick that asks for it."""
PATHS = {
    line.name: re.compile(re.sub(r"{\w+:\w+}", "[0-9]+", re.sub(r"{\w+:name}", "[^/]+", line.path))) for line in MAP
}
PLACES = {line.name: PATHS[line.name] for line in MAP if line.method == "GET"}
TAKING = {line.name: PATHS[line.name] for line in MAP if line.form}
OF_A_KIND = 3
"""So many pages of a kind are looked at, since people and rounds are in several states."""


def pages(house: House, username: str) -> Iterator[Page]:
    """A page of each kind to which links lead, as the user gets there."""
    page, seen = house.sign_in(username), Counter[str]()
    asked = ["/desk"] if username.startswith("kam") else ["/info"]
    for url in asked:
        path = url.partition("?")[0].partition("#")[0]
        line = next((line for line, pattern in PLACES.items() if pattern.fullmatch(path)), None)
        if line is None or seen[line] == OF_A_KIND:
            continue
        if page.open(url).status_code == 200 and "html" in page.headers["content-type"]:
            seen[line] += 1
            links = [str(a["href"]) for a in page.soup.select("a[href^='/']")]
            asked += [link for link in dict.fromkeys(links) if link not in asked]
            yield page


def controls(form: Tag) -> list[Tag]:
    """The fields that somebody can fill in."""
    found = form.select("input:not([type=hidden]):not([type=file]):not([type=password]), select, textarea")
    own = (field for field in found if field.get("name") not in {None, *SECRET})
    return [field for field in own if not (field.has_attr("readonly") or field.has_attr("disabled"))]


def typed(form: Tag) -> dict[str, list[str]]:
    """Something else than what stands in each field."""
    values: dict[str, list[str]] = {}
    for field in controls(form):
        name, kind = str(field["name"]), str(field.get("type", field.name))
        if kind in {"checkbox", "radio"}:
            if kind == "radio" or not field.has_attr("checked"):
                values[name] = [*(values.get(name, []) if kind == "checkbox" else []), str(field.get("value", "on"))]
            else:
                values.setdefault(name, [])
        elif field.name == "select":
            other = [option for option in field.select("option[value]") if not option.has_attr("selected")]
            values[name] = [str((other or field.select("option"))[-1]["value"])]
        else:
            values[name] = [f"{len(values)}. utkast"]
    return values


def route_of(form: Tag) -> Line | None:
    """Which route takes a form."""
    path = str(form["action"]).partition("?")[0].partition("#")[0]
    return next((line for line in MAP if line.name in TAKING and TAKING[line.name].fullmatch(path)), None)


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)  # what is kept is the same on both, and the way is long
@pytest.mark.rest  # a walk through all forms; those that differ are in test_drafts
def test_what_is_typed_in_any_form_comes_back(quiet_house: House) -> None:
    tried: dict[str, list[str]] = {}
    bare = set[str]()
    for username in USERS:
        for page in pages(quiet_house, username):
            for form in page.soup.select("main form[method=post]"):
                line = route_of(form)
                if line is not None and (line.name not in tried or (line.name in bare and controls(form))):
                    tried[line.name] = lost_of(quiet_house, page, form, username) if controls(form) else []
                    (bare.discard if controls(form) else bare.add)(line.name)
    assert {name: lost for name, lost in tried.items() if lost} == {}
    assert {line.name for line in MAP if line.form} - tried.keys() == LATER | PRESSED


def lost_of(house: House, page: Page, form: Tag, username: str) -> list[str]:
    """The names of fields that have something else after signing in again than what was typed."""
    values, names = typed(form), {str(field["name"]) for field in controls(form)}
    sent = [(name, value) for name, value in page.fields(form) if name not in names]
    sent += [(name, value) for name, many in values.items() for value in many]
    stranger = house.visitor()
    answer = stranger.send("POST", str(form["action"]), sent)
    assert answer.status_code == 303, (form["action"], answer.status_code)
    back = re.search("next=([^&]+)", answer.headers["location"])
    assert back, answer.headers["location"]
    again = house.sign_in(username).open(unquote(back[1]))
    same = [each for each in again.soup.select("main form[method=post]") if each["action"] == form["action"]]
    if not same:
        return [f"no form at {again.url}"]
    there = again.fields(same[0])
    drawn = {str(field["name"]) for field in controls(same[0])}
    return [
        name
        for name, many in values.items()
        if name not in drawn or sorted(value for each, value in there if each == name) != sorted(many)
    ]
