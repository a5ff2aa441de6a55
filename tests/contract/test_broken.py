"""The contract broken in each way that there is: what holds places to it says so, with the line that is broken.

That it finds nothing where nothing is broken, of any line, is in `test_house`.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copytree

import pytest
from starlette.responses import Response

from models.core.partials import PARTIALS
from routes import MAP
from routes.orders.filters import OPEN, WITHOUT_STATUS, OrderFilters
from routes.orders.search import OrderSearch
from routes.web import answers, search, templates
from routes.web.fields import ALL, Choice, Option
from tests.stage.contract import keeping
from tests.stage.house import House

Break = Callable[[pytest.MonkeyPatch, Path], None]


def an_id(patch: pytest.MonkeyPatch, folder: Path) -> None:
    partials = copytree(PARTIALS, folder / "partials")
    for file in partials.rglob("*.html"):
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace('id="results"', 'id="hits"').replace("#results", "#hits"), encoding="utf-8")
    patch.setattr(templates, "PARTIALS", partials)


def a_field(patch: pytest.MonkeyPatch, folder: Path) -> None:
    patch.setattr(OrderSearch, "unit", Choice("Bedrift/avdeling:", name="branch", default=""))


def a_status(patch: pytest.MonkeyPatch, folder: Path) -> None:
    patch.setattr(search, "page", lambda *place, **what: answers.page(*place, **what | {"status": 203}))


def a_value(patch: pytest.MonkeyPatch, folder: Path) -> None:
    choices = [ALL, Option("aapne", OPEN.label), WITHOUT_STATUS]
    patch.setattr(OrderFilters, "status", Choice("Status:", choices=choices, default=""))
    patch.setattr(OrderSearch, "_unbound_fields", None)  # as if the class below it were made anew


def a_header(patch: pytest.MonkeyPatch, folder: Path) -> None:
    def silent(here: object, response: Response, status: int) -> None:
        response.headers["hx-push-url"] = "false"

    patch.setattr(answers, "_put_into_main", silent)


BROKEN: dict[Break, str] = {
    an_id: "the part results comes as hits",
    a_field: "the field branch was None, and is {'name': 'branch'",
    a_status: "it answers 203, and not one of [200, 303, 404, 422]",
    a_value: "['open', 'Åpne']",
    a_header: "what is asked for #main comes with the header HX-Retarget: None, and not #main",
}
LINE = next(line for line in MAP if line.name == "orders")


@pytest.fixture
def patched(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """What is changed is as before afterwards, and so is what was read of it."""
    keeping.forget()
    yield monkeypatch
    monkeypatch.undo()
    keeping.forget()


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.parametrize("how", BROKEN, ids=lambda how: how.__name__)
def test_whoever_breaks_the_contract_hears_which_line(
    quiet_house: House, how: Break, patched: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    hms = quiet_house.sign_in("hms.fjord")
    how(patched, tmp_path)
    keeping.forget()
    with quiet_house.with_settings() as visitor:
        there = visitor()
        there.cookies.update(hms.cookies)
        found = keeping.faults(there, LINE, "/orders")
    assert all(fault.startswith("GET /orders: ") for fault in found)
    assert any(BROKEN[how] in fault for fault in found), found
