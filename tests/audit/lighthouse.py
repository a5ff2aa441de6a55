"""What Lighthouse says of a few pages on a telephone, where it is installed."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable

from tests.stage.browsers.live import LivePortal, installed

PAGES = {"/login": None, "/info": "hms.fjord", "/orders": "hms.fjord", "/orders/new": "hms.fjord", "/desk": "kam.lie"}
"""With who opens them."""
CATEGORIES = ("performance", "accessibility", "best-practices")
_FLAGS = "--headless --no-sandbox --disable-gpu --disable-quic --disable-background-networking"


_TRIES = 2
"""On a machine that is busy Chromium may not be there in time."""


def scores(portal: LivePortal, say: Callable[[str], None]) -> dict[str, list[int]]:
    """By page, a hundred at best in each category; a page that could not be opened is said, and left out."""
    program = shutil.which("lighthouse")
    if program is None:
        say("Lighthouse is not installed; npm install --global lighthouse")
        return {}
    found = {page: _scores(program, portal, page, user) for page, user in PAGES.items()}
    for page in (page for page, told in found.items() if told is None):
        say(f"Lighthouse could not open {page}; the others are measured")
    return {page: told for page, told in found.items() if told is not None}


def _scores(program: str, portal: LivePortal, page: str, user: str | None) -> list[int] | None:
    for _ in range(_TRIES):
        said = _said(program, portal, page, user)
        if said.returncode == 0:
            told = json.loads(said.stdout)["categories"]
            return [round(told[category]["score"] * 100) for category in CATEGORIES]
    return None


def _said(program: str, portal: LivePortal, page: str, user: str | None) -> subprocess.CompletedProcess[str]:
    cookie = "=".join(portal.sign_in(user)) if user else ""
    return subprocess.run(
        [
            *(program, portal.url + page, "--quiet", "--output=json", "--output-path=stdout"),
            *(f"--only-categories={','.join(CATEGORIES)}", f"--chrome-flags={_FLAGS}"),
            f"--extra-headers={json.dumps({'Cookie': cookie})}",
        ],
        env={**os.environ, "CHROME_PATH": installed("chromium")},
        capture_output=True,
        text=True,
        check=False,
    )
