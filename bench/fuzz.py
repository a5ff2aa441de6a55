"""Sends requests that nobody should send, to every line of the map, with rows behind each; 1 where one gives a 500.

python -m bench.fuzz [how many [seed]]
"""

import argparse
import asyncio
import logging
import random
import secrets
import sys
import time
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote, urlencode

from starlette.applications import Starlette

from app import create_app
from models import demo, migrations
from models.core.clock import Clock
from models.core.database import Database
from models.core.database import run as on_the_loop
from models.core.sealed import Keyring, new_field_key
from models.core.settings import Settings
from models.demo import SIGN_INS
from routes import MAP
from routes.contract.asking import Answer, Asked, Example, Person
from routes.contract.markup import Markup
from routes.contract.page import Contract
from routes.contract.walk import Walk

NASTY = (
    *("", " ", "0", "-1", "+1", "1e309", "NaN", "٣٢", "²", "9" * 9, "9" * 20, "9" * 4400, "30.02.2026", "99.99.9999"),
    *("0000-00-00", "20260101-" + "9" * 20, "' OR 1=1 --", "{{ 7*7 }}", "<script>", "../../etc/passwd", "//a.example"),
    *(
        "http://[",
        "\r\nset-cookie: a=b",
        "%",
        "%00",
        "\0",
        "é\u0301\u202e",
        "\ue000\U0010ffff",
        "x" * 5000,
        "14838419861",
    ),
)
NAMES = ("csrf_token", "next", "after", "draft", "customer", "page", "q", "unit", "year", "of_customer")
HEADERS = {
    "hx-request": ("true", "false", "\xff"),
    "hx-target": ("div#main", "section#results", "#", "\xff" * 40),
    "hx-request-type": ("partial", "full", ""),
    "hx-current-url": ("http://x//evil/?a=b", "http://[", "/orders"),
    "accept-encoding": ("gzip", "br;q=0", ",,,", "a" * 3000),
    "content-type": ("application/json", "multipart/form-data; boundary=x", "text/plain; charset=utf-16", ""),
    "if-none-match": ('"x"', "*", "W/"),
    "range": ("bytes=0-", "bytes=9-1", "x"),
    "origin": ("http://127.0.0.1:8000", "null", "http://evil.example"),
}


class Fuzz:
    """Those who ask, what they know to be there, and what came back."""

    def __init__(self, app: Starlette, examples: list[Example], seed: int) -> None:
        self.app, self.chance = app, random.Random(seed)
        self.known: dict[str, list[Asked]] = defaultdict(list)
        for example in examples:
            self.known[example.line].append(example.asked)
        self.ids = sorted({piece for one in examples for piece in one.asked.url.partition("?")[0].split("/") if piece})
        self.people: dict[str | None, Person] = {None: Person(app)}
        self.tokens: dict[str | None, str] = {}
        self.statuses: Counter[int] = Counter()
        self.lines: Counter[str] = Counter()
        self.faults: list[tuple[str, Asked]] = []

    async def go(self, count: int) -> None:
        """Send so many."""
        for number in range(count):
            line = MAP[number % len(MAP)]
            asked = self._twisted(line.name, line.method, line.path)
            person = await self._person(asked.username)
            own = self.tokens.get(asked.username, "")
            answer = await self._send(person, replace(asked, fields=[self._own(pair, own) for pair in asked.fields]))
            self.statuses[answer.status] += 1
            self.lines[line.name] += answer.status < 400
            if answer.status == 500:
                self.faults.append((line.name, asked))
            if "/login" in answer.headers.get("location", "") and asked.username:
                self.people.pop(asked.username, None)

    async def _send(self, person: Person, asked: Asked) -> Answer:
        before = dict(person.cookies)
        answer = await person.ask(asked)
        if asked.username is None:
            person.cookies = before
        return answer

    async def _person(self, username: str | None) -> Person:
        """Somebody who is signed in, again where a request has ended the session."""
        if username not in self.people:
            self.people[username] = person = Person(self.app, username)
            page = await person.ask(Asked(None, "GET", "/login"))
            token = next(form.token for form in Markup(page.html).forms if form.token)
            password = next(password for name, password, _ in SIGN_INS if name == username)
            await person.ask(
                Asked(None, "POST", "/login", [("username", username or ""), ("password", password), *token])
            )
            page = await person.ask(Asked(username, "GET", "/guide"))
            found = [form.token for form in Markup(page.html).forms if form.token]
            self.tokens[username] = dict(found[0]).get("csrf_token", "") if found else ""
        return self.people[username]

    def _twisted(self, name: str, method: str, path: str) -> Asked:
        """A request to a line, with something wrong in it more often than not."""
        chance = self.chance
        known = self.known.get(name)
        asked = chance.choice(known) if known else Asked(None, method, self._address(path))
        if chance.random() < 0.3:
            asked = replace(asked, username=chance.choice([None, *(user for user, _, _ in SIGN_INS)]))
        if chance.random() < 0.2:
            asked = replace(asked, url=self._address(path))
        pairs = [self._pair(*pair) for pair in asked.fields]
        pairs += [(chance.choice([*NAMES, name]), chance.choice(NASTY)) for _ in range(chance.randrange(3))]
        chance.shuffle(pairs)
        address, _, query = asked.url.partition("?")
        if chance.random() < 0.5:
            more = [(chance.choice(NAMES), chance.choice(NASTY)) for _ in range(chance.randrange(1, 4))]
            query = "&".join(filter(None, [query, urlencode(more, errors="replace")]))
        target = chance.choice([asked.target, None, "results", "main", "\xff"])
        method = asked.method if chance.random() < 0.9 else chance.choice(["GET", "POST", "HEAD", "PUT", "BREW"])
        url = f"{address}?{query}" if query else address
        return replace(asked, method=method, url=url, fields=pairs, target=target)

    def _address(self, path: str) -> str:
        """An address of a line, with ids that are somewhere, or with none that could be."""
        pieces = path.split("/")
        choices = [*self.ids[:400], *NASTY]
        return "/".join(quote(self.chance.choice(choices), safe="") if "{" in piece else piece for piece in pieces)

    def _own(self, pair: tuple[str, str], token: str) -> tuple[str, str]:
        """The token that is good for who asks, nearly always."""
        return (pair[0], token) if pair[0] == "csrf_token" and self.chance.random() < 0.95 else pair

    def _pair(self, name: str, value: str) -> tuple[str, str]:
        return name, self.chance.choice(NASTY) if self.chance.random() < 0.3 else value


async def _fuzzed(app: Starlette, count: int, seed: int) -> Fuzz:
    app.state.contract = Contract(MAP, list)
    try:
        examples = await Walk(app, MAP).go()
        fuzz = Fuzz(app, examples, seed)
        await fuzz.go(count)
        return fuzz
    finally:
        await on_the_loop(app.state.portal.database.close)


def main(words: list[str]) -> int:
    """Send them to a portal of its own, with the demo's rows."""
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz")
    parser.add_argument("count", type=int, nargs="?", default=10_000, help="how many requests are sent")
    parser.add_argument("seed", type=int, nargs="?", default=1, help="what they are drawn from")
    asked = parser.parse_args(words)
    count, seed = asked.count, asked.seed
    logging.disable(logging.WARNING)
    with TemporaryDirectory(prefix="fuzz-") as folder:
        var = Path(folder)
        environ = {
            "SECRET_KEYS": secrets.token_urlsafe(48),
            "FIELD_KEYS": new_field_key(),
            "DEMO": "1",
            "PORTAL_VAR": folder,
        }
        settings = Settings.from_environment(environ | {"DATABASE_URL": f"sqlite:///{var}/fuzz.db"})
        settings = replace(settings, hourly=dict.fromkeys(settings.hourly, 10**6))
        clock, database = Clock(settings.today), Database(settings.database_url)
        migrations.migrate(database.engine)
        with database.session() as db:
            demo.load(db, Keyring(settings.field_keys), now=clock.now())
            db.commit()
        database.close()
        began = time.monotonic()
        fuzz = asyncio.run(_fuzzed(create_app(settings, clock=clock, with_postman=False), count, seed))
    print(f"{count} requests in {time.monotonic() - began:.0f} s: {sorted(fuzz.statuses.items())}")
    print(f"{sum(1 for line in MAP if fuzz.lines[line.name])} of {len(MAP)} lines have answered below 400 as well")
    for name, sent in fuzz.faults[:50]:
        fields = [(field, value[:60]) for field, value in sent.fields]
        print(f"500 at {name}: {sent.method} {sent.url[:300]!r} {fields} by {sent.username}")
    return 1 if fuzz.faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
