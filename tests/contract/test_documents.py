"""The examples of `docs/testing-html.md`, run as they stand there, by somebody who knows nothing else of the portal."""

import re
import subprocess
import sys
from pathlib import Path

from tests.stage.browsers.live import LivePortal

DOCUMENT = Path(__file__).parents[2] / "docs" / "testing-html.md"


def test_the_examples_of_the_document_run_as_they_stand_there(live: LivePortal, tmp_path: Path) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert len(blocks) == 3
    script = tmp_path / "examples.py"
    # httpx2 is the same library under the name that our own lock has.
    script.write_text("\n".join([f"BASE = {live.url!r}", *blocks]).replace("import httpx", "import httpx2 as httpx"))
    alone = [sys.executable, "-I", str(script)]
    ran = subprocess.run(alone, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr
