"""The walk of docs/operation.md, command by command as it stands there: from an empty folder to a first order."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import psycopg
import psycopg.sql
import pyotp
import pytest
from bs4 import BeautifulSoup, Tag
from sqlalchemy import make_url

from tests.session.ways_in import GOOD
from tests.stage.connections.server import free_port
from tests.stage.portals.running import PATIENCE, ROOT
from tests.stage.shared import in_turn, worker
from tests.stage.stores.databases import make_roles

DOCUMENT = (ROOT / "docs" / "operation.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)
OWNER = "postgresql+psycopg://portal:PASSWORD@host/portal"
LINK = r"(/password/[a-z2-7]{40})\b"


@pytest.fixture
def urls(request: pytest.FixtureRequest) -> Iterator[tuple[str, ...]]:
    """Where the database is to be, which nobody has migrated: for who serves, and for its owner where those are two."""
    if request.param == "sqlite":
        yield ("sqlite:///var/portal.db",)
        return
    server, name = request.getfixturevalue("postgres_server"), f"walk_{worker()}"
    walked, owner = make_url(server).set(database=name), psycopg.sql.Identifier(name)
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(psycopg.sql.SQL("CREATE ROLE {} LOGIN").format(owner))
        admin.execute(psycopg.sql.SQL("CREATE DATABASE {} OWNER {}").format(owner, owner))
        with in_turn("filling"):
            make_roles(walked.render_as_string(hide_password=False))
        walked = walked.set(drivername="postgresql+psycopg")
        yield tuple(walked.set(username=each).render_as_string(hide_password=False) for each in ("portal_app", name))
        admin.execute(psycopg.sql.SQL("DROP DATABASE {} WITH (FORCE)").format(owner))
        admin.execute(psycopg.sql.SQL("DROP ROLE {}").format(owner))


class Shell:
    """An operator's shell in a folder with the portal; its port and its database are others than the document's."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.port = folder, free_port()
        self._other = {"8000": str(self.port), "sqlite:///var/portal.db": url}
        (folder / "app.py").symlink_to(ROOT / "app.py")
        (folder / ".venv" / "bin").mkdir(parents=True)
        (folder / ".venv" / "bin" / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        (folder / ".venv" / "bin" / "python").chmod(0o700)

    def begin(self, block: str, **other: str) -> subprocess.Popen[str]:
        """Type a block of the document, with what else is another here."""
        for theirs, ours in (self._other | other).items():
            block = block.replace(theirs, ours)
        known = "set -a; . ./portal.env; set +a\n" if (self.folder / "portal.env").exists() else ""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return subprocess.Popen(
            ["sh", "-euc", known + block], cwd=self.folder, env=kept | {"SHUTDOWN_GRACE": "0"}, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def say(self, block: str, **other: str) -> tuple[int, str]:
        """The same to its end: its status, and what it said."""
        begun = self.begin(block, **other)
        said, _ = begun.communicate(timeout=PATIENCE * 2)
        return begun.returncode, said

    @contextmanager
    def serving(self, block: str) -> Iterator[None]:
        """The portal, while it is needed."""
        begun, since = self.begin("exec " + block), time.monotonic()
        try:
            while time.monotonic() - since < PATIENCE:
                assert begun.poll() is None, begun.communicate()
                try:
                    if httpx2.get(f"http://127.0.0.1:{self.port}/readyz").status_code == 200:
                        break
                except httpx2.TransportError:
                    time.sleep(0.1)
            yield
        finally:
            begun.kill()
            begun.communicate()


class Browser:
    """Somebody who opens pages and sends their forms over the network."""

    def __init__(self, client: httpx2.Client) -> None:
        self._client = client
        self.open("/login")

    def open(self, path: str) -> "Browser":
        """Go to an address."""
        return self._take(self._client.get(path))

    def follow(self, text: str) -> "Browser":
        """Follow a link by its text."""
        return self.open(next(str(a["href"]) for a in self.page.select("a[href]") if text in a.get_text()))

    def press(self, text: str, **typed: str | list[str]) -> "Browser":
        """Fill in the form of a button, and press it; an option is chosen by its text."""
        form = next(f for f in self.page.select("form") if any(text in b.get_text() for b in f.select("button")))
        fields: dict[str, str | list[str]] = {
            str(i["name"]): str(i.get("value", "")) for i in form.select("input[name]") if i["type"] != "checkbox"
        }
        for name, value in typed.items():
            chosen = [o for o in form.select(f'select[name="{name}"] option') if o.get_text(strip=True) == value]
            fields[name] = str(chosen[0]["value"]) if chosen else value
        return self._take(self._client.post(str(form["action"]), data=fields))

    def _take(self, answer: httpx2.Response) -> "Browser":
        assert answer.status_code == 200, (str(answer.url), answer.text)
        self.page, self.url = BeautifulSoup(answer.text, "html.parser"), str(answer.url.raw_path.decode())
        main = self.page.select_one("main")
        assert isinstance(main, Tag)
        self.says = self.page.get_text(" ", strip=True)
        return self


@contextmanager
def browser(port: int) -> Iterator[Browser]:
    """One of one's own."""
    at = f"http://127.0.0.1:{port}"
    with httpx2.Client(base_url=at, follow_redirects=True, timeout=PATIENCE, headers={"Origin": at}) as client:
        yield Browser(client)


@pytest.mark.rest  # a dozen processes begin; from an empty portal to the first customer leads test_opening
@pytest.mark.parametrize("urls", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_the_document_leads_from_an_empty_folder_to_the_first_order(tmp_path: Path, urls: tuple[str, ...]) -> None:
    settings, opening, serve, many, check, owner = BLOCKS
    shell = Shell(tmp_path, urls[0])
    assert shell.say(settings) == (0, "")
    for url in urls[1:]:
        assert shell.say(owner, **{OWNER: f"'{url}'"}) == (0, "")
    for file in tmp_path.glob("*.env"):
        assert file.stat().st_mode & 0o777 == 0o600
    status, said = shell.say(opening)
    assert status == 0, said
    (link,) = re.findall(LINK, said)
    with shell.serving(serve), browser(shell.port) as ada, browser(shell.port) as kari:
        ada.open(link).press("Lagre passordet", new_password=GOOD)
        ada.press("Logg inn", username="ada", password=GOOD)
        (key,) = [code.get_text().replace(" ", "") for code in ada.page.select("#set-up code")]
        ada.press("Slå på", code=pyotp.TOTP(key).now()).follow("Jeg har tatt vare på kodene")
        ada.open("/desk/customers").follow("Ny kunde")
        ada.press("Legg til", name="Første AS", organisation_number="315908302")
        customer = ada.url
        ada.follow("Ny avdeling").press("Legg til", name="Verkstedet", parent="Første AS").open(customer)
        who = {"full_name": "Kari Nord", "email": "kari@kunden.example", "username": "kari", "unit": "Første AS"}
        ada.follow("Ny bruker").press("Legg til og inviter", **who, right=["orders"])
        assert "Kari Nord er lagt til." in ada.says
        kari.open(letter(tmp_path)).press("Lagre passordet", new_password=GOOD)
        kari.press("Logg inn", username="kari", password=GOOD).follow("Ny bestilling")
        kari.press("Send bestilling", unit="Verkstedet", delivery="Helsekontroll")
        assert "Bestilling 300000 er sendt." in kari.says
        assert "Helsekontroll" in ada.open("/desk/orders/300000").says
        status, said = shell.say(many)
        assert status == 0, said
        first, second = re.findall(r"^new: (\d+), .*refused: 0$", said, re.MULTILINE)
        assert first == second == "2", said
        assert "Lageret" in ada.open("/desk/customers").follow("Andre AS").says
        assert (
            shell.say(many.partition("END\n")[2].splitlines()[-1])[1].splitlines()[-1].startswith("new: 0, changed: 0")
        )
        status, said = shell.say(check)
    assert status == 2
    missing = [line for line in said.splitlines() if not line.startswith("ok")]
    assert [line.split()[1] for line in missing if "disk" not in line] == ["There", "There", "SMTP_URL"], said


def letter(folder: Path) -> str:
    """The link in the letter that the postman has kept for the user; others have none."""
    since = time.monotonic()
    while time.monotonic() - since < PATIENCE:
        letters = [file.read_text(encoding="utf-8").replace("=\n", "") for file in (folder / "var/mail").glob("*.eml")]
        if links := [link for one in letters for link in re.findall(LINK, one)]:
            return str(links[0])
        time.sleep(0.2)
    raise AssertionError("no letter has a link")
