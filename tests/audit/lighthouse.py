"""What Lighthouse says of a few pages on a telephone, where it is installed."""

import json
import os
import shutil
import subprocess

from tests.stage.browsers.live import LivePortal, installed

PAGES = {"/login": None, "/info": "hms.fjord", "/orders": "hms.fjord", "/orders/new": "hms.fjord", "/desk": "kam.lie"}
"""With who opens them."""
CATEGORIES = ("performance", "accessibility", "best-practices")
_FLAGS = "--headless --no-sandbox --disable-gpu --disable-quic --disable-background-networking"


def scores(portal: LivePortal) -> dict[str, list[int]]:
    """By page, a hundred at best in each category; nothing where Lighthouse is not there."""
    program = shutil.which("lighthouse")
    return {page: _scores(program, portal, page, user) for page, user in PAGES.items()} if program else {}


def _scores(program: str, portal: LivePortal, page: str, user: str | None) -> list[int]:
    cookie = "=".join(portal.sign_in(user)) if user else ""
    said = subprocess.run(
        [
            *(program, portal.url + page, "--quiet", "--output=json", "--output-path=stdout"),
            *(f"--only-categories={','.join(CATEGORIES)}", f"--chrome-flags={_FLAGS}"),
            f"--extra-headers={json.dumps({'Cookie': cookie})}",
        ],
        env={**os.environ, "CHROME_PATH": installed("chromium")},
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(said.stdout)["categories"]
    return [round(told[category]["score"] * 100) for category in CATEGORIES]
