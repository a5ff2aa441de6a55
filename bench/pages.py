"""Every page that the demo's people can open: what each costs beside bare Starlette that sends the same bytes.

python -m bench pages [--rounds N] [--only ROUTE] [--profile]   in this process, in processor time, so that busy
neighbours disturb little; pages are found as a visitor finds them, by following links

Of each page it says, too, what its session, its statements and its template take, and how many it is of the list of
orders, by which a page is held against those that the list is measured beside (`bench peers`).
"""

import argparse
import asyncio
import cProfile
import gc
import logging
import os
import pstats
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from statistics import median
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, compile_path

from app import create_app
from bench.demo import TODAY, demo_database, environment
from models.core.clock import Clock
from models.core.database import Database
from models.core.scope import across_customers
from models.core.settings import Settings
from models.users.sessions import open_session
from models.users.user import Grant, SecondFactor, User
from routes import MAP
from routes.web import answers
from routes.web.entrance import visits
from routes.web.http.cookie import Cookies, SessionCookie

PEOPLE = ("hr.solvik", "kam.lie")
"""User names: somebody with all rights in a large customer, and an administrator at the desk."""
_LINK = re.compile(r'href="(/[^"#]*)')
_PART = re.compile(r"dur=([0-9.]+)")
_LIST = "orders"
_CALLS = 20
_MOST_TRIED = 3
"""Addresses of a route that are asked for, where what comes back is no page."""
_FILES = ("_csv", "_xlsx", "_zip", "_pdf", "_calendar", "_ehf", "_file")


@dataclass(frozen=True, slots=True)
class Page:
    """A page by the name of its route, and how it is asked for."""

    route: str
    path: str
    cookie: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    kind: str
    body: bytes
    way: str
    """Where it leads, if it does."""
    parts: tuple[float, ...] = ()
    """Milliseconds of its session, its statements and its template."""


class Asker:
    """Asks an application as a server does, without a network."""

    def __init__(self, app: Starlette) -> None:
        self._app = app

    async def get(self, path: str, cookie: str) -> Answer:
        """One request."""
        parts = urlsplit(path)
        scope = {
            "type": "http",
            "http_version": "1.1",
            "asgi": {"version": "3.0"},
            "method": "GET",
            "scheme": "http",
            "path": parts.path,
            "raw_path": parts.path.encode(),
            "root_path": "",
            "query_string": parts.query.encode(),
            "headers": [(b"host", b"127.0.0.1"), (b"cookie", cookie.encode())],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
            "state": {},
        }
        head: dict[str, Any] = {}
        body: list[bytes] = []

        bodies = iter([{"type": "http.request", "body": b"", "more_body": False}])

        async def receive() -> dict[str, Any]:
            for message in bodies:
                return message
            return await asyncio.Future()  # nobody leaves

        async def send(message: dict[str, Any]) -> None:
            head.update(message) if message["type"] == "http.response.start" else body.append(message.get("body", b""))

        await self._app(scope, receive, send)  # type: ignore[arg-type]  # what ASGI calls a dict
        headers = {name: value.decode() for name, value in head["headers"]}
        took = tuple(float(part) for part in _PART.findall(headers.get(b"server-timing", "")))
        way, kind = headers.get(b"location", ""), headers.get(b"content-type", "")
        return Answer(head["status"], kind, b"".join(body), way, took)


def sign_in(database: Database) -> dict[str, str]:
    """The cookie of each of the people."""
    cookies, found = Cookies(Settings.from_environment()), {}
    with database.session() as db, across_customers(db):
        for name in PEOPLE:
            user = db.scalars(select(User).where(User.username == name)).one()
            first = select(Grant.customer_id).where(Grant.user_id == user.id).order_by(Grant.id).limit(1)
            customer_id = db.scalar(first)
            answer = Response()
            secret = open_session(db, user.id, customer_id, Clock(TODAY).now())
            cookies.write_session(answer, SessionCookie(secret, customer_id))
            if user.account_manager_id is not None:  # staff see nothing before they have a second factor
                db.add(SecondFactor(user_id=user.id, kind="app", sealed="", counter=0, added_at=Clock(TODAY).now()))
            found[name] = answer.headers["set-cookie"].partition(";")[0]
        db.commit()
    return found


def links_of(answer: Answer) -> list[str]:
    """Where one gets from it, within the portal."""
    if answer.way or not answer.kind.startswith("text/html"):  # a file leads nowhere
        return [answer.way] if answer.way else []
    return [unescape(link) for link in _LINK.findall(answer.body.decode())]


async def found_from(asker: Asker, cookie: str) -> list[Page]:
    """One page of each route that links lead to, breadth first."""
    patterns = [(line.name, compile_path(line.path)[0]) for line in MAP if line.method == "GET"]
    waiting, seen, tried, pages = ["/"], {"/"}, Counter[str](), dict[str, Page]()
    while waiting:
        path = waiting.pop(0)
        route = next((name for name, pattern in patterns if pattern.match(urlsplit(path).path)), None)
        if route is None or route in pages or tried[route] == _MOST_TRIED or route.endswith(_FILES):
            continue
        tried[route] += 1
        answer = await asker.get(path, cookie)
        if answer.status == 200 and answer.kind.startswith("text/html"):
            pages[route] = Page(route, path, cookie)
        for link in links_of(answer):
            if link not in seen and not link.startswith("/static"):
                seen.add(link)
                waiting.append(link)
    return list(pages.values())


def bare(body: bytes) -> Starlette:
    """Starlette alone, which sends these bytes."""

    async def send_them(_request: Request) -> Response:
        return Response(body, media_type="text/html")

    return Starlette(routes=[Route("/", send_them)])


async def processor_time(ask: Callable[[], Any], calls: int = _CALLS) -> float:
    """Milliseconds of each call."""
    started = time.process_time()
    for _ in range(calls):
        await ask()
    return 1000 * (time.process_time() - started) / calls


@dataclass(frozen=True, slots=True)
class Cost:
    """What a page costs, and what its bytes alone cost, in milliseconds of processor time; its parts, and its bytes."""

    whole: float
    bare: float
    parts: tuple[float, ...]
    size: int


async def measured(asker: Asker, page: Page, rounds: int) -> Cost:
    """A page and its bytes alone, in turns."""
    answer = await asker.get(page.path, page.cookie)
    other = Asker(bare(answer.body))
    ours, limits, parts = [], [], []
    for _ in range(rounds):
        ours.append(await processor_time(lambda: asker.get(page.path, page.cookie)))
        limits.append(await processor_time(lambda: other.get("/", "")))
        parts += [(await asker.get(page.path, page.cookie)).parts for _ in range(_CALLS)]
    return Cost(median(ours), median(limits), tuple(map(median, zip(*parts, strict=True))), len(answer.body))


async def profile(asker: Asker, page: Page) -> None:
    """Where the time of a page goes."""
    profiler = cProfile.Profile()
    await processor_time(lambda: asker.get(page.path, page.cookie))
    profiler.enable()
    await processor_time(lambda: asker.get(page.path, page.cookie), 5 * _CALLS)
    profiler.disable()
    pstats.Stats(profiler).sort_stats("tottime").print_stats(45)


def _count_by_the_processor() -> None:
    """Have the parts of a visit told in processor time."""
    for module in (visits, answers):
        vars(module)["time"] = SimpleNamespace(perf_counter=time.process_time)


async def carry_out(asked: argparse.Namespace, database: Database) -> None:
    """Find the pages, and measure each."""
    asker = Asker(create_app(with_postman=False, clock=Clock(TODAY)))
    gc.freeze()
    gc.set_threshold(20_000)  # as where it serves
    heads = ("ms", "lists", "session", "statements", "template", "bytes alone", "bytes")
    print(f"{'page':24}" + "".join(f"{head:>12}" for head in heads))
    of_list = 0.0
    for name, cookie in sign_in(database).items():
        for page in sorted(await found_from(asker, cookie), key=lambda page: page.route != _LIST):
            if asked.only and page.route not in asked.only:
                continue
            if asked.profile:
                await profile(asker, page)
            cost = await measured(asker, page, asked.rounds)
            of_list = cost.whole if page.route == _LIST else of_list
            times = "".join(f"{part:12.1f}" for part in cost.parts)
            lists = f"{cost.whole / of_list:12.1f}" if of_list else f"{'':12}"
            whole, alone = f"{cost.whole:12.2f}", f"{cost.bare:12.3f}"
            print(f"{page.route:24}{whole}{lists}{times}{alone}{cost.size:12}  {name} {page.path}", flush=True)


def main(words: list[str]) -> int:
    """Carry it out on a demo of its own."""
    parser = argparse.ArgumentParser(prog="python -m bench pages", description="What each page costs.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="*", help="names of routes")
    parser.add_argument("--profile", action="store_true", help="where the time goes, too")
    asked = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, demo_database("sqlite", Path(folder)) as url:
        os.environ.update(environment(url, Path(folder)))
        logging.disable()
        _count_by_the_processor()
        database = Database(url)
        asyncio.run(carry_out(asked, database))
        database.close()
    return 0
