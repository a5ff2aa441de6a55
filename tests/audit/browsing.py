"""What a browser finds in each state of each place: axe-core's violations, and the bytes of a first view."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from playwright.sync_api import Browser

from tests.stage.browsers.chromium import Visitor
from tests.stage.browsers.live import LivePortal
from tests.web.states import STATES
from tests.web.test_reach import (
    AXE,
    BUT_COLOURS,
    COLOURS,
    EVERYTHING,
    Looks,
    as_it_comes,
    dark,
    narrow,
    violations,
    wide,
)

LOOKS: Looks = [("1280 px", wide, EVERYTHING), ("320 px", narrow, BUT_COLOURS), ("dark", dark, COLOURS)]
"""More of them are in `tests.web.test_reach`."""
_BYTES = """() => {
    const [page] = performance.getEntriesByType('navigation');
    const styles = performance.getEntriesByType('resource').filter(part => part.name.includes('.css'));
    return [page.encodedBodySize, styles.reduce((bytes, part) => bytes + part.encodedBodySize, 0)];
}"""
"""As they came over the wire, or once did."""


@dataclass
class Seen:
    """A place in all of its states."""

    states: int = 0
    found: list[str] = field(default_factory=list)
    html: int = 0
    """Bytes of its heaviest state, compressed."""
    first: int = 0
    """The same with the stylesheet."""


def look(chromium: Browser, portal: LivePortal, say: Callable[[str], None]) -> dict[str, Seen]:
    """What is seen, by the names of lines; whatever is found is said at once."""
    seen: dict[str, Seen] = {}
    window = Visitor(chromium, portal, expects=".")
    window.context.add_init_script(AXE)
    for name, (line, username, reach) in STATES.items():
        portal.put_back()
        if username:
            window.become(username)
        reach(window)
        place = seen.setdefault(line or "others", Seen())
        place.states += 1
        html, style = window.page.evaluate(_BYTES)
        if html > place.html:
            place.html, place.first = html, html + style
        for violation in _found(window):
            place.found.append(f"{name}, {violation}")
            say(place.found[-1])
        as_it_comes(window.page)
        window.make_way()
    window.check()
    return seen


def _found(window: Visitor) -> Iterator[str]:
    for seen, look, rules in LOOKS:
        look(window.page)
        yield from (f"{seen}: {violation}" for violation in violations(window.page, rules))
        if pushed := window.page.evaluate("document.documentElement.scrollWidth - innerWidth"):
            yield f"{seen}: {pushed} px to the side"
