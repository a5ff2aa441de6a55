"""People with Chromium, with and without script. What the portal should do is said in the tests."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Playwright, Request, expect, sync_playwright

from tests.stage.browsers.live import PATIENCE, LivePortal, installed, until

DESK, PHONE = 1280, 320
"""The widths that people have, in CSS pixels; the narrow one is what WCAG 1.4.10 asks for."""
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_REFUSALS = re.compile(r"^Failed to load resource: the server responded with a status of (401|409|422) ")
"""What Chromium writes to its console about an answer that is as it should be."""


@contextmanager
def open_chromium(
    playwright: Playwright,
    *,
    whole: bool = False,
    flags: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
) -> Iterator[Browser]:
    """Chromium with nothing open: its build for machines without a screen where that is installed, as it is quicker.

    That build keeps no page that was left, for the button called Back; the whole one does, but to do so it begins a
    process for every page.
    """
    path = installed(*([] if whole else ["chromium-headless-shell"]), "chromium")
    expect.set_options(timeout=PATIENCE * 1000)
    with_memory = ["--disable-back-forward-cache"] if whole else None
    browser = playwright.chromium.launch(
        executable_path=path,
        args=[*_FLAGS, *flags],
        env={**environment} if environment else None,
        ignore_default_args=with_memory,
    )
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What moves browsers. Its loop holds the main thread: others have one of their own."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """One for all stories."""
    with open_chromium(playwright) as browser:
        yield browser


@pytest.fixture(scope="session")
def whole_chromium(playwright: Playwright) -> Iterator[Browser]:
    """One for the stories that need all of it."""
    with open_chromium(playwright, whole=True) as browser:
        yield browser


class Visitor:
    """Somebody with Chromium: one window, what was asked of the portal, and what the browser complained about."""

    def __init__(
        self, browser: Browser, portal: LivePortal, *, width: int = DESK, script: bool = True, expects: str = ""
    ) -> None:
        self.portal = portal
        self.complaints: list[str] = []
        self.asked: list[Request] = []
        self._expects = expects
        self.context = browser.new_context(
            base_url=portal.url,
            viewport={"width": width, "height": 800},
            java_script_enabled=script,
            permissions=["clipboard-read", "clipboard-write"],
        )
        self.context.set_default_timeout(PATIENCE * 1000)
        self.page = self.window()

    def window(self) -> Page:
        """One more window with the same cookies."""
        page = self.context.new_page()
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("request", lambda request: self.asked.append(request))  # noqa: PLW0108  # takes no built-in method
        return page

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type not in {"error", "warning"} or _REFUSALS.match(message.text):
            return
        if not (self._expects and re.search(self._expects, message.text)):
            self.complaints.append(f"{self.page.url}: {message.text}")

    # What the person does

    def open(self, path: str) -> "Visitor":
        """Type an address, or use a bookmark."""
        self.page.goto(path)
        return self

    def become(self, username: str) -> "Visitor":
        """Have a session of one's own as one of the demo's users, with nothing open yet.

        Nothing is typed: that is what the journeys are about.
        """
        name, value = self.portal.sign_in(username)
        self.context.add_cookies([{"name": name, "value": value, "url": self.portal.url}])
        return self

    def sign_in(self, username: str = "hms.fjord", to: str = "/info") -> "Visitor":
        """Arrive at a page, signed in as one of the demo's users."""
        return self.become(username).open(to)

    def type(self, text: str) -> None:
        """Type where one is."""
        self.page.keyboard.type(text)

    def press(self, key: str) -> None:
        """Press a key."""
        self.page.keyboard.press(key)

    def tab_to(self, name: str, *, back: bool = False, within: int = 60) -> None:
        """Go on with Tab, or back with Shift+Tab, to what has this name; raises AssertionError if it is not passed."""
        passed = []
        for _ in range(within):
            self.press("Shift+Tab" if back else "Tab")
            passed.append(self.focused)
            if passed[-1] == name:
                return
        raise AssertionError(f"Tab does not lead to {name!r} but past {passed}")

    def stays(self) -> Callable[[], None]:
        """Remember this document; the answer fails if another was loaded since."""
        self.page.evaluate("window.same = true")

        def check() -> None:
            assert self.page.evaluate("window.same === true"), "the page was loaded anew"

        return check

    # What the person sees

    def field(self, label: str) -> Locator:
        """A field by its label."""
        return self.page.get_by_label(label, exact=True)

    def button(self, name: str) -> Locator:
        """A button by its words."""
        return self.page.get_by_role("button", name=name, exact=True)

    def link(self, name: str) -> Locator:
        """A link by its words."""
        return self.page.get_by_role("link", name=name, exact=True)

    def part(self, id: str) -> Locator:
        """A part of the page by its id."""
        return self.page.locator(f"#{id}")

    @property
    def h1(self) -> Locator:
        """The heading of the page."""
        return self.page.locator("h1")

    @property
    def rows(self) -> Locator:
        """The rows of the result table."""
        return self.page.locator("#results tbody tr")

    @property
    def focused(self) -> str:
        """What has the focus, by its label or else its words; `body` where nothing has it."""
        return str(self.page.evaluate(_FOCUSED))

    def comes_to(self, name: str) -> None:
        """Wait until the focus is on what has this name: a page that came moves it a moment later."""
        until(lambda: self.focused == name, f"the focus on {name!r}")

    def requests(self, path: str) -> list[Request]:
        """What was asked of a path of the portal."""
        return [request for request in self.asked if request.url.partition("?")[0] == self.portal.url + path]

    def check(self) -> None:
        """Close the window; raises AssertionError if the browser complained."""
        self.context.close()
        assert not self.complaints, self.complaints

    def make_way(self) -> None:
        """Leave the window to the next person as if it were new; raises AssertionError if the browser complained."""
        self.context.set_offline(offline=False)
        self.page.goto("/healthz")  # asks for nothing more; a page from elsewhere would begin a process of its own
        self.context.clear_cookies()
        self.page.set_viewport_size({"width": DESK, "height": 800})
        complaints, self.complaints, self.asked = self.complaints, [], []
        assert not complaints, complaints


_FOCUSED = """() => {
    const at = document.activeElement;
    return at === document.body ? 'body' : (at.labels?.[0] ?? at).innerText.trim();
}"""
Visitors = Callable[..., Visitor]


@pytest.fixture
def visitor(chromium: Browser, live: LivePortal) -> Iterator[Visitors]:
    """Gives people with Chromium; an error in the browser's console fails the test."""
    visitors: list[Visitor] = []

    def come(**what: Any) -> Visitor:
        visitors.append(Visitor(chromium, live, **what))
        return visitors[-1]

    yield come
    for one in visitors:
        one.check()
