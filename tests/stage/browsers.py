"""Real browsers at a real portal: Chromium with and without script, and text browsers in a terminal.

What the portal should do is said in the tests. A browser that is not installed skips its tests with a reason; where
REQUIRE_BROWSERS=1, as before a change is taken in, it fails them.
"""

import email
import email.policy
import fcntl
import os
import pty
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any, TypeVar
from urllib.request import urlopen

import pyte
import pytest
import uvicorn
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, expect, sync_playwright
from sqlalchemy.orm import Session

from app import create_app
from models.core.database import Database
from models.core.scope import across_customers
from models.core.settings import Settings
from models.core.signed import PASSWORD_LINK, PERSONAL_LINK, Signer
from tests.stage.emitted import EMITTED
from tests.stage.house import FIELD_KEYS, SECRETS, fill
from tests.stage.sweeps import password_link_of
from tests.stage.times import NOW, TestClock

T = TypeVar("T")

PATIENCE = 10.0
"""Seconds that anything may take before a test gives up; nothing here waits longer than it has to."""
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


def installed(name: str) -> str:
    """Where a browser is; without it the test is skipped, or fails where browsers are required."""
    path = shutil.which(name)
    if path is None:
        refuse = pytest.fail if os.environ.get("REQUIRE_BROWSERS") == "1" else pytest.skip
        refuse(f"{name} is not installed")
    assert path is not None
    return path


def until(look: Callable[[], T], what: str) -> T:
    """Look again and again until there is something, and give it; raises AssertionError."""
    deadline = time.monotonic() + PATIENCE
    while not (seen := look()):
        assert time.monotonic() < deadline, f"not seen in {PATIENCE:.0f} s: {what}"
        time.sleep(0.01)
    return seen


class LivePortal:
    """The portal as people reach it: on a port of this computer, filled with the demo, the postman at work."""

    def __init__(self, folder: Path) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.signed_in: dict[str, list[Any]] = {}
        settings = Settings(
            secret_keys=SECRETS,
            field_keys=FIELD_KEYS,
            database_url=f"sqlite:///{folder / 'portal.db'}",
            public_url=self.url,
            brand="Avonova Kundeportal",
            guide_file="Avonova_kundeportal.pdf",
            demo=True,
            var=folder,
        )
        self._mail = folder / "mail"
        self._database_url = settings.database_url
        fill(settings.database_url)
        self._folder = folder
        app = EMITTED.over(create_app(settings, clock=TestClock()))
        self._server = uvicorn.Server(
            uvicorn.Config(app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=5)
        )
        self._thread = threading.Thread(target=self._server.run, args=([self._listening],), name="live portal")
        self._thread.start()
        with urlopen(f"{self.url}/readyz", timeout=PATIENCE):  # noqa: S310  # our own address
            pass

    def letters(self, about: str) -> list[EmailMessage]:
        """The letters that went out with these words in their subject."""
        files = sorted(self._mail.glob("*.eml")) if self._mail.exists() else []
        letters = [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]
        return [letter for letter in letters if about in letter["subject"]]

    @contextmanager
    def behind(self) -> Iterator[Session]:
        """The database, across customers, for what no page leads to."""
        database = Database(self._database_url)
        with database.session() as db, across_customers(db):
            yield db
        database.close()

    def link(self, name: str, email: str | None) -> str:
        """The path of the personal link that a letter to this address holds."""
        return f"/me/{Signer(SECRETS, purpose=PERSONAL_LINK).sign(name, email or '')}"

    def password_link(self, username: str) -> str:
        """The path of a link with which a user may choose a password, as a letter would hold it."""
        with self.behind() as db:
            name, email = password_link_of(db, username, NOW)
            db.commit()
        return f"/password/{Signer(SECRETS, purpose=PASSWORD_LINK).sign(name, email)}"

    def close(self) -> None:
        """Stop as the operator would: finish what was begun, then go."""
        self._server.should_exit = True
        self._thread.join(PATIENCE)
        self._listening.close()
        EMITTED.look("the database", (self._folder / "portal.db").read_bytes())
        EMITTED.look_at_files(self._folder)
        EMITTED.check()


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LivePortal]:
    """A portal for the stories of one module. They leave their orders behind, so none may count them all."""
    portal = LivePortal(tmp_path_factory.mktemp("live"))
    yield portal
    portal.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Chromium with nothing open. One for each module, because its loop would be in the way of other tests'."""
    path = installed("chromium")
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=_FLAGS, ignore_default_args=["--disable-back-forward-cache"]
        )
        yield browser
        browser.close()


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

    def sign_in(self, username: str = "hms.fjord", to: str = "/info", *, own: bool = False) -> "Visitor":
        """Arrive at a page, signed in as one of the demo's users.

        The module's stories share each user's session, except where one is going to end it: that is its `own`.
        """
        if username in self.portal.signed_in and not own:
            self.context.add_cookies(self.portal.signed_in[username])
            return self.open(to)
        self.open(f"/login?next={to}")
        self.field("Brukernavn").fill(username)
        self.field("Passord").fill(f"demo-{username.lower()}")
        self.field("Passord").press("Enter")
        expect(self.button("Logg ut")).to_be_visible()
        if not own:
            kept = ("name", "value", "url")
            cookies = [{**cookie, "url": self.portal.url} for cookie in self.context.cookies()]
            self.portal.signed_in[username] = [{name: cookie[name] for name in kept} for cookie in cookies]
        return self

    def type(self, text: str) -> None:
        """Type where one is."""
        self.page.keyboard.type(text)

    def press(self, key: str) -> None:
        """Press a key."""
        self.page.keyboard.press(key)

    def tab_to(self, name: str, *, back: bool = False) -> None:
        """Go on with Tab, or back with Shift+Tab, to what has this name; raises AssertionError if it is not passed."""
        passed = []
        for _ in range(60):
            self.press("Shift+Tab" if back else "Tab")
            passed.append(self.focused)
            if passed[-1] == name:
                return
        raise AssertionError(f"Tab does not lead to {name!r} but past {passed}")

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

    def requests(self, path: str) -> list[Request]:
        """What was asked of a path of the portal."""
        return [request for request in self.asked if request.url.partition("?")[0] == self.portal.url + path]

    def check(self) -> None:
        """Close the window; raises AssertionError if the browser complained."""
        self.context.close()
        assert not self.complaints, self.complaints


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


# Text browsers

_ROWS, _COLUMNS = 160, 120
_DOWN = "\x1b[B"
_UTF8 = "-display_charset=utf-8"


@dataclass(frozen=True)
class Keys:
    """How one text browser is used: its options, the key to the next link or field, and how a text is typed."""

    options: tuple[str, ...]
    forward: str = _DOWN
    top: str = "\x1b[1~"
    typed: str = "{}"
    welcome: str = ""
    """What it says at its first start, until Enter is pressed."""


TEXT_BROWSERS = {
    "lynx": Keys(("-accept_all_cookies", "-nopause", _UTF8)),
    "w3m": Keys(("-cookie",), forward="\t", top="g", typed="\r{}\r"),
    # It would show pages from before, such as the way to the sign-in, although the portal forbids it.
    "links": Keys(("-aggressive-cache", "0"), welcome="Welcome to links!"),
}


class Terminal:
    """Somebody with a text browser in a terminal that is tall enough to show whole pages."""

    def __init__(self, name: str, url: str, home: Path) -> None:
        self._keys = TEXT_BROWSERS[name]
        self._screen = pyte.Screen(_COLUMNS, _ROWS)
        self._stream = pyte.ByteStream(self._screen)
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", _ROWS, _COLUMNS, 0, 0))
        self._process = subprocess.Popen(
            [installed(name), *self._keys.options, url],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            cwd=home,
            env={"HOME": str(home), "TERM": "linux", "LANG": "C.UTF-8", "PATH": os.environ["PATH"]},
        )
        os.close(theirs)
        if self._keys.welcome:
            self.sees(self._keys.welcome)
            self.press("\r")
            self._wait(lambda: self._keys.welcome not in self.text, "the page alone")

    # What the person does

    def press(self, keys: str) -> None:
        """Press keys."""
        os.write(self._ours, keys.encode())

    def go_to(self, text: str, below: str = "") -> "Terminal":
        """Go on to the link or button that says this, somewhere below another text."""
        row = self._row(below)
        return self._go_on(lambda: self._screen.cursor.y >= row and self._at(text), text)

    def go_to_field(self, label: str) -> "Terminal":
        """Go on to the first field below a label."""
        row = self._row(label)
        return self._go_on(lambda: row < self._screen.cursor.y < row + 8, label)

    def go_on(self) -> "Terminal":
        """Go on to the next link, field or button."""
        self._move(self._keys.forward)
        return self

    def back_to_top(self) -> "Terminal":
        """Go to the top of the page."""
        self.press(self._keys.top)
        return self

    def fill(self, label: str, text: str) -> None:
        """Type into an empty field."""
        row = self.go_to_field(label)._screen.cursor.y
        self.press(self._keys.typed.format(text))
        typed = re.compile(rf"{re.escape(text)}|\*{{{len(text)}}}")
        self._wait(lambda: typed.search(self._screen.display[row]) is not None, f"what was typed as {label}")

    def choose(self, label: str, text: str) -> None:
        """Choose from a list that opens."""
        self.go_to_field(label)
        self.press("\r")
        self.sees(text)
        for _ in range(20):
            if self._at(text):
                break
            self._move(_DOWN)
        self.press("\r")

    def enter(self, text: str, below: str = "") -> None:
        """Follow a link or press a button."""
        self.go_to(text, below).press("\r")

    # What the person sees

    @property
    def text(self) -> str:
        """The lines of the screen that are not empty."""
        return "\n".join(line.rstrip() for line in self._screen.display if line.strip())

    def sees(self, text: str) -> None:
        """Wait until the screen shows this; raises AssertionError."""
        self._wait(lambda: text in self.text, text)

    # How it works

    def _at(self, text: str) -> bool:
        """Whether the cursor is on this text, or on the mark before it."""
        line, at = self._screen.display[self._screen.cursor.y], self._screen.cursor.x
        return text in line[max(0, at - 4) : at + len(text) + 12]

    def _row(self, text: str) -> int:
        """The first line of the screen that shows this."""
        row = next((row for row, line in enumerate(self._screen.display) if text in line), None)
        assert row is not None, f"no {text!r} in\n{self.text}"
        return row

    def _go_on(self, there: Callable[[], bool], to: str) -> "Terminal":
        for _ in range(80):
            if there():
                return self
            self._move(self._keys.forward)
        raise AssertionError(f"no way to {to!r} in\n{self.text}")

    def _move(self, key: str) -> None:
        """Press a key that moves the cursor, and wait until it has moved."""
        before = (self._screen.cursor.y, self._screen.cursor.x)
        self.press(key)
        self._wait(lambda: before != (self._screen.cursor.y, self._screen.cursor.x), f"the cursor move from {before}")

    def _wait(self, there: Callable[[], bool], what: str) -> None:
        """Draw what comes until it is there and nothing more is on its way; raises AssertionError."""
        deadline = time.monotonic() + PATIENCE
        while (more := self._draw()) or not there():
            assert time.monotonic() < deadline, f"not seen: {what}, but\n{self.text}"
            assert more or self._process.poll() is None, f"the browser ended instead of {what}"

    def _draw(self) -> bool:
        """Take in what the browser writes within a blink; whether it did."""
        if not select.select([self._ours], [], [], 0.03)[0]:
            return False
        with suppress(OSError):  # it has ended
            self._stream.feed(os.read(self._ours, 65536))
            return True
        return False

    def close(self) -> None:
        """Switch the terminal off."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        os.close(self._ours)


Terminals = Callable[[str, str], Terminal]


@pytest.fixture
def terminal(live: LivePortal, tmp_path: Path) -> Iterator[Terminals]:
    """Gives people with a text browser, at a path of the portal."""
    terminals: list[Terminal] = []

    def come(name: str, path: str) -> Terminal:
        terminals.append(Terminal(name, live.url + path, tmp_path))
        return terminals[-1]

    yield come
    for one in terminals:
        one.close()
