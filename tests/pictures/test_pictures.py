"""Every place looks as it did when its picture was accepted (`make pictures`): at a desk, on a telephone, in the dark.

A picture holds for one major version of Chromium: others draw letters a little differently. With another one the
pictures are skipped, and the reason names it.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Playwright

from tests.pictures.comparing import differences, is_well, report
from tests.pictures.taking import camera, taken
from tests.stage.browsers.chromium import Visitor
from tests.stage.browsers.live import LivePortal
from tests.web.states import STATES

pytestmark = [pytest.mark.browser, pytest.mark.rest]
KEPT = Path(__file__).parent / "kept"
CHROMIUM = KEPT / "chromium.txt"
"""The major version that the pictures were taken with."""
FIRST = {route: name for name, (route, _, _) in reversed(STATES.items()) if route}
MORE = ("not found", "no orders", "order refused", "booking refused", "employee refused", "viewing")
"""Besides each place as one finds it: what is empty, and what is refused."""
LISTS_OF_CODE = {"contract", "contract_line"}
"""Places that tell of the map, and so are others with each line of it."""
PAGES = sorted({*(name for route, name in FIRST.items() if route not in LISTS_OF_CODE), *MORE})


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LivePortal]:
    """A portal that no other story has been in."""
    portal = LivePortal(tmp_path_factory.mktemp("untouched"), with_postman=False)
    yield portal
    portal.close()


@pytest.fixture(scope="module")
def accepts(request: pytest.FixtureRequest) -> bool:
    """Whether what differs is kept."""
    return bool(request.config.getoption("--accept-pictures", default=False))


@pytest.fixture(scope="module")
def sitter(
    untouched: LivePortal, playwright: Playwright, tmp_path_factory: pytest.TempPathFactory, accepts: bool
) -> Iterator[Visitor]:
    """Somebody who opens what is to be seen, with a browser that draws the same everywhere."""
    if sys.platform != "linux":
        pytest.skip("the pictures are taken on Linux, where a browser can be told to draw with one font")
    with camera(playwright, tmp_path_factory.mktemp("camera")) as browser:
        major = browser.version.partition(".")[0]
        kept = CHROMIUM.read_text(encoding="utf-8").strip() if CHROMIUM.exists() else ""
        if accepts:
            CHROMIUM.write_text(f"{major}\n", encoding="utf-8")
        elif kept != major:
            pytest.skip(
                f"the pictures were taken with Chromium {kept}, this is {major}: `make pictures` takes new ones"
            )
        visitor = Visitor(browser, untouched, expects="status of 404")
        yield visitor
        visitor.check()


@pytest.fixture
def person(sitter: Visitor) -> Iterator[Visitor]:
    """The same with nothing open, at a portal in which nothing has happened."""
    sitter.portal.put_back()
    yield sitter
    sitter.page.emulate_media(color_scheme="light")
    sitter.make_way()


@pytest.mark.parametrize("name", PAGES)
def test_a_place_looks_as_it_did(person: Visitor, name: str, accepts: bool) -> None:
    _, username, reach = STATES[name]
    if username:
        person.become(username)
    reach(person)
    file = KEPT / f"{name.replace(' ', '-')}.webp"
    before = Image.open(file).convert("RGB") if file.exists() else None
    now, found = compared(person, before)
    if found and accepts:
        now.save(file, lossless=True, method=4, quality=60)
    elif found:
        shown = report(file.stem, before or Image.new("RGB", now.size), now)
        pytest.fail(f"{'; '.join(found)}: {shown} shows it", pytrace=False)
    is_well(file.stem)


def compared(person: Visitor, before: Image.Image | None) -> tuple[Image.Image, list[str]]:
    """The place as it is, and how it differs; looked at once more where it does: what was still being drawn is not."""
    now, found = look(person, before)
    for wait in (300, 1000):
        if found:
            person.page.wait_for_timeout(wait)
            now, found = look(person, before)
    return now, found


def look(person: Visitor, before: Image.Image | None) -> tuple[Image.Image, list[str]]:
    """The place as it is at this moment, and how it differs."""
    now = taken(person.page)
    return now, differences(before or Image.new("RGB", now.size), now)


def test_what_changes_a_little_is_seen(person: Visitor) -> None:
    page = person.open("/login").page
    before = taken(page)
    assert differences(before, taken(page)) == []
    style = "document.querySelector('{}').style.{}"
    for change, back in (
        (style.format("main button", "paddingBlock = '1rem'"), style.format("main button", "paddingBlock = ''")),
        (style.format("h1", "color = '#345'"), style.format("h1", "color = ''")),
        ("document.querySelector('h1').append('.')", "document.querySelector('h1').lastChild.remove()"),
    ):
        page.evaluate(change)
        assert differences(before, taken(page)), change
        page.evaluate(back)


def test_no_picture_is_kept_of_what_is_no_place(accepts: bool) -> None:
    too_many = {file.stem for file in KEPT.glob("*.webp")} - {name.replace(" ", "-") for name in PAGES}
    if accepts:
        for name in too_many:
            (KEPT / f"{name}.webp").unlink()
    else:
        assert not too_many, "`make pictures` clears away"
