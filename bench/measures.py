"""The measurements, each as figures of the table; what they are held to is in the quality budgets."""

import asyncio
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from bench.databases import MEASURED, OTHERS, Filled
from bench.portal import TEMPLATE_ONLY
from bench.server import PART, Server
from bench.table import Figure, of_rounds
from models.core.database import Database, run
from models.core.scope import Scope
from models.orders.search import Criteria, find_orders

_MIB = 1024 * 1024
LIST = "/orders"


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured."""

    rounds: int
    requests: int
    """Per round."""
    memory_requests: int


def search(kind: str, server: Server, extent: Extent) -> Iterator[Figure]:
    """Requests per second of the orders search beside the same template without a database, in turns."""
    browser = server.signed_in(MEASURED)
    for kept in (browser, browser | PART):
        server.get(LIST, kept)  # what the template-only line draws anew
    yield from _beside_template_only(f"{kind}: orders, page", server, browser, extent)
    yield from _beside_template_only(f"{kind}: orders, results", server, browser | PART, extent)
    planned = f"{LIST}?status=Planlagt"
    rates = [_rate(server, planned, browser | PART, extent.requests).by_the_clock for _ in range(extent.rounds)]
    yield of_rounds(f"{kind}: orders, results with one status", rates, "requests/s")


@dataclass(frozen=True, slots=True)
class _Rate:
    """Requests per second: of the clock, and of the worker's processor time, which busy neighbours disturb less."""

    by_the_clock: float
    by_the_processor: float


def _rate(server: Server, path: str, headers: dict[str, str], requests: int) -> _Rate:
    before = server.process().used
    taken = server.under(path, headers, requests)
    return _Rate(requests / taken.whole, requests / (server.process().used - before))


def _beside_template_only(name: str, server: Server, headers: dict[str, str], extent: Extent) -> Iterator[Figure]:
    found: list[_Rate] = []
    drawn: list[_Rate] = []
    for path in (LIST, TEMPLATE_ONLY):
        server.under(path, headers, extent.requests // 2)  # warm
    for _ in range(extent.rounds):
        for path, rates in ((LIST, found), (TEMPLATE_ONLY, drawn)):
            rates.append(_rate(server, path, headers, extent.requests))
    yield of_rounds(name, [rate.by_the_clock for rate in found], "requests/s")
    yield of_rounds(f"{name}, template only", [rate.by_the_clock for rate in drawn], "requests/s")
    pairs = list(zip(found, drawn, strict=True))
    by_the_clock = [100 * one.by_the_clock / other.by_the_clock for one, other in pairs]
    by_the_processor = [100 * one.by_the_processor / other.by_the_processor for one, other in pairs]
    yield of_rounds(f"{name}, share of template only", by_the_clock, "%", budget=60, bound="at least")
    yield of_rounds(f"{name}, the same by the worker's processor time", by_the_processor, "%")


def growth(kind: str, small: Server, large: Server, extent: Extent) -> Iterator[Figure]:
    """The same list in a hundred times as many orders, by request and in the database alone."""
    requests = max(30, extent.requests // 5)
    for name, customer_id in (("2 000 of them ours", MEASURED), ("all of them ours", OTHERS)):
        times: tuple[list[float], list[float]] = ([], [])
        for server in (small, large):
            server.under(LIST, server.signed_in(customer_id), requests, connections=1)  # warm
        for _ in range(extent.rounds):
            for server, medians in zip((small, large), times, strict=True):
                taken = server.under(LIST, server.signed_in(customer_id), requests, connections=1)
                medians.append(1000 * median(taken.each))
        yield from _compared(f"{kind}: list at 1 000 000, {name}, request", *times)
        finds = asyncio.run(_find_times(small.filled, large.filled, customer_id, extent))
        yield from _compared(f"{kind}: list at 1 000 000, {name}, find_orders", *finds)
    rare = Criteria(status="Avvist", product_group="Hjertestarter")
    yield Figure(
        f"{kind}: filters without a hit, all 1 000 000 ours, find_orders",
        asyncio.run(_find_time(large.filled, OTHERS, rare)),
        "ms",
    )


def _compared(name: str, small: list[float], large: list[float]) -> Iterator[Figure]:
    yield of_rounds(name, large, "ms")
    ratios = [one / other for one, other in zip(large, small, strict=True)]
    yield of_rounds(f"{name}, against 10 000", ratios, "x", budget=1.2)


async def _find_times(
    small: Filled, large: Filled, customer_id: int, extent: Extent
) -> tuple[list[float], list[float]]:
    """Medians of many calls, in ms, the two databases in turns."""
    databases = [Database(filled.url, asynchronous=True) for filled in (small, large)]
    times: tuple[list[float], list[float]] = ([], [])
    for round_ in range(extent.rounds + 1):
        for database, medians in zip(databases, times, strict=True):
            taken = [await run(_find, database, customer_id, Criteria()) for _ in range(extent.requests // 5)]
            if round_:  # the first only warms
                medians.append(median(taken))
    for database in databases:
        await run(database.close)
    return times


async def _find_time(filled: Filled, customer_id: int, criteria: Criteria) -> float:
    database = Database(filled.url, asynchronous=True)
    taken = [await run(_find, database, customer_id, criteria) for _ in range(3)]
    await run(database.close)
    return median(taken)


def _find(database: Database, customer_id: int, criteria: Criteria) -> float:
    with database.session(Scope.whole(customer_id), read_only=True) as db:
        started = time.perf_counter()
        find_orders(db, criteria)
        return 1000 * (time.perf_counter() - started)


def weights(server: Server) -> Iterator[Figure]:
    """Bytes on the wire of what a browser loads, in each coding that it may take."""
    browser = server.signed_in(MEASURED)
    html = server.get(LIST, browser | {"Accept-Encoding": "identity"}).body.decode()
    for coding, held in (("br", True), ("zstd", True), ("gzip", False)):
        headers = browser | {"Accept-Encoding": coding}
        page, part = server.get(LIST, headers), server.get(LIST, headers | PART)
        css, htmx = (server.get(_linked(html, name), headers) for name in ("portal", "htmx"))
        for name, weight, budget in (
            ("first view, HTML and CSS with heads", page.weight + css.weight, 14_600),
            ("results of 25 rows, body", len(part.body), 2_500),
            ("htmx, body", len(htmx.body), 13_500),
        ):
            yield Figure(f"{name}, {coding}", weight, "bytes", budget if held else None)
    first = server.get(LIST, browser)
    again = server.get(LIST, browser | {"If-None-Match": first.header("etag")})
    assert again.status == 304, "the list changed while nobody wrote"
    yield Figure("unchanged list asked again (304), head", again.weight, "bytes", 400)


def _linked(html: str, name: str) -> str:
    found = re.search(rf'"(/static/{name}[^"]+)"', html)
    assert found, f"the page links no {name}"
    return found[1]


def memory(kind: str, server: Server, extent: Extent) -> Iterator[Figure]:
    """What the worker holds after N and after 2 N requests."""
    browser = server.signed_in(MEASURED)
    held = []
    for _ in range(2):
        server.under(LIST, browser, extent.memory_requests)
        held.append(server.process().held / _MIB)
    count = f"{extent.memory_requests:,}".replace(",", " ")
    yield Figure(f"{kind}: memory of the worker after {count} requests", held[0], "MiB")
    yield Figure(f"{kind}: memory, as many requests later", held[1], "MiB", round(held[0], 1), noise=0.02 * held[0])
