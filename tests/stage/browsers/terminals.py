"""People with a text browser in a terminal. What the portal should do is said in the tests."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pyte
import pytest

from tests.stage.browsers.live import PATIENCE, LivePortal, installed

# Text browsers
_ROWS, _COLUMNS = 160, 120
_DOWN = "\x1b[B"
_END_OF_FIELD = re.compile(r"_| +[\[(]")
"""What stands behind what was typed, up to the button beside the field; a blank may be the inside of `[ ]`, too."""
_EDGE_OF_LIST = re.compile(r"└─|\+--")
"""What a list that has opened over the page is drawn with, at its lower edge."""
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
        self._shown = [""] * _ROWS
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
        self._wait(lambda: typed.search(self._lines[row]) is not None, f"what was typed as {label}")

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
        self._wait(lambda: not _EDGE_OF_LIST.search(self.text), "the list closed")

    def enter(self, text: str, below: str = "") -> None:
        """Follow a link or press a button."""
        self.go_to(text, below).press("\r")

    # What the person sees

    @property
    def text(self) -> str:
        """The lines of the screen that are not empty."""
        return "\n".join(line.rstrip() for line in self._lines if line.strip())

    def sees(self, text: str) -> None:
        """Wait until the screen shows this in whole words; raises AssertionError."""
        self._wait(lambda: shows(text, self.text), text)

    # How it works

    @property
    def _lines(self) -> list[str]:
        """What stands in each line; only those are read anew that were written to."""
        for row in self._screen.dirty:
            line = self._screen.buffer[row]
            self._shown[row] = "".join(line[column].data for column in range(_COLUMNS))
        self._screen.dirty.clear()
        return self._shown

    def _at(self, text: str) -> bool:
        """Whether the cursor is on this text, or on the mark before it."""
        return is_at(text, self._lines[self._screen.cursor.y], self._screen.cursor.x)

    def _row(self, text: str) -> int:
        """The first line of the screen that shows this."""
        row = next((row for row, line in enumerate(self._lines) if text in line), None)
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


def shows(text: str, screen: str) -> bool:
    """Whether a screen shows a text in whole words: `1 bestilling` is no part of `31 bestillinger`."""
    end = r"(?!\w)" if text[-1].isalnum() else ""
    return re.search(rf"(?<!\w){re.escape(text)}{end}", screen) is not None


def is_at(text: str, line: str, at: int) -> bool:
    """Whether a cursor in this column of a line is on the text, or a little before it: not in a field beside it."""
    begins = line.find(text, max(0, at - 4), at + len(text) + 12)
    return begins != -1 and not _END_OF_FIELD.match(line[at:begins])


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
