"""`make audit`: measures how far the portal reaches, prints the tables, and puts them into `docs/reach.md`.

Exit code 1 where something is wrong. What is not installed is not measured, and said.
"""

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from app import create_app
from models.core.settings import Settings
from routes import MAP
from routes.contract.asking import Example
from routes.contract.rehearsal import rehearse
from tests.audit import lighthouse, nu, table
from tests.audit.browsing import look
from tests.stage.browsers.chromium import open_chromium
from tests.stage.browsers.live import LivePortal
from tests.stage.house import SECRETS
from tests.stage.stores.databases import FIELD_KEYS
from tests.stage.times import TestClock
from tests.web.test_reach import AXE


def main() -> int:
    """Measure; returns the exit code."""
    with TemporaryDirectory() as folder:
        begin = nu.checker()
        checked = nu.check(_answers(Path(folder)), begin) if begin else None
        if begin is None:
            _say("The Nu HTML Checker is not installed; npm install vnu-jar, NU=…/vnu-jar/build/dist/vnu.jar, and Java")
        for line, answers in (checked or {}).items():
            for error in nu.most(answers.errors):
                _say(f"{line}: {error}")
        _say("looking at each state of each place")
        portal = LivePortal(Path(folder), with_postman=False)
        try:
            with sync_playwright() as playwright, open_chromium(playwright) as chromium:
                seen, version = look(chromium, portal, _say), chromium.version
            portal.put_back()
            scores = lighthouse.scores(portal, _say)
        finally:
            portal.close()
    found = table.rooms(list(MAP), seen, checked)
    tables = table.drawn(found, scores, _tools(version, bool(begin), bool(scores)))
    sys.stdout.write(tables)
    table.write(tables)
    return int(any(room.found or room.errors for room in found.values()))


def _answers(folder: Path) -> Sequence[Example]:
    _say("rehearsing every page, part and form")
    settings = Settings(secret_keys=SECRETS, field_keys=FIELD_KEYS, demo=True, var=folder)
    return rehearse(MAP, settings, TestClock(), create_app)


def _tools(chromium: str, has_nu: bool, has_lighthouse: bool) -> str:
    axe = re.search(r"axe v([\d.]+)", AXE)
    used = [f"Chromium {chromium.partition('.')[0]}", f"axe-core {axe[1] if axe else ''}"]
    used += ["the Nu HTML Checker"] * has_nu + ["Lighthouse"] * has_lighthouse
    return f"Measured with {', '.join(used)}."


def _say(words: str) -> None:
    sys.stderr.write(f"{words}\n")


if __name__ == "__main__":
    sys.exit(main())
