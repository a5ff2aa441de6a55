"""The figures for those who watch the portal, as Prometheus reads them: on a port of their own, for nobody else.

No line of the map leads here. What is counted is in `routes.web.serving.tally`, what is read in `models.metrics`.
"""

import asyncio
import hmac
import time
from collections.abc import Iterator, Mapping
from itertools import accumulate
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from models.core.database import run
from models.metrics.rows import Figures, figures
from routes.web.portal import Portal
from routes.web.serving.tally import LIMITS, Gauge, Tally

_FRESH = 5.0
"""Seconds for which the rows are not read again, however many ask."""
_PATIENCE = 4.0
"""Seconds that the database has to answer, so that those who watch hear in time that it does not."""


class Metrics:
    """An application that answers GET /metrics, and nothing else."""

    def __init__(self, portal: Portal, tally: Tally) -> None:
        self._portal, self._tally = portal, tally
        self._token = portal.settings.metrics.token
        self._read_at = -_FRESH
        self._figures: Figures | None = None
        self._reading = asyncio.Lock()

    def begin(self, place: int) -> dict[str, Any]:
        """Be counted as the process at this place; what the server is to know of it."""
        self._tally.take(place)
        return {"beside": (self._portal.settings.metrics.port, self), "on_second": self._say}

    def _say(self, connections: int) -> None:
        """Note how this process is, for whichever is asked."""
        opened, in_use = self._portal.database.connections
        self._tally.say(connections=connections, database_open=opened, database_in_use=in_use)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, where the right token is shown."""
        await (await self._answer(scope))(scope, receive, send)

    async def _answer(self, scope: Scope) -> Response:
        if scope["method"] not in {"GET", "HEAD"} or scope["path"] != "/metrics":
            return PlainTextResponse("Nothing is here but /metrics.\n", 404)
        if self._token and not _shows(scope, self._token):
            return PlainTextResponse("METRICS_TOKEN is asked for.\n", 401, {"www-authenticate": "Bearer"})
        registry = CollectorRegistry()
        registry.register(
            _Told([*_of_processes(self._tally), *_of_requests(self._tally), *_of_rows(await self._read())])
        )
        return Response(generate_latest(registry), media_type="text/plain; version=1.0.0; charset=utf-8")

    async def _read(self) -> Figures | None:
        """The rows as they are now, or were a moment ago; None where the database does not answer."""
        async with self._reading:
            if time.monotonic() - self._read_at >= _FRESH:
                try:
                    async with asyncio.timeout(_PATIENCE):
                        self._figures = await run(self._look)
                except Exception:  # noqa: BLE001  # whatever it is, it is what the figures are there to tell
                    self._figures = None
                self._read_at = time.monotonic()
            return self._figures

    def _look(self) -> Figures:
        with self._portal.database.session(read_only=True) as db:
            return figures(db, self._portal.clock.now())


class _Told(Collector):
    """What is told at one request."""

    def __init__(self, told: list[Metric]) -> None:
        self._told = told

    def collect(self) -> list[Metric]:
        """All of it."""
        return self._told


def _shows(scope: Scope, token: str) -> bool:
    shown = Headers(scope=scope).get("authorization", "")
    return hmac.compare_digest(shown.encode(), f"Bearer {token}".encode())


def _of_processes(tally: Tally) -> Iterator[Metric]:
    yield GaugeMetricFamily("portal_processes", "Processes that serve and answer.", len(tally.alive()))
    for gauge, name, what in (
        (Gauge.UNDER_WAY, "portal_requests_under_way", "Requests that are being answered."),
        (Gauge.CONNECTIONS, "portal_http_connections", "Connections of people and proxies."),
        (Gauge.DATABASE_OPEN, "portal_database_connections_open", "Connections to the database."),
        (Gauge.DATABASE_IN_USE, "portal_database_connections_in_use", "Those of them that somebody uses."),
    ):
        yield GaugeMetricFamily(name, what, tally.now(gauge))


def _of_requests(tally: Tally) -> Iterator[Metric]:
    counts = CounterMetricFamily("portal_requests", "Answers.", labels=("method", "route", "status"))
    times = HistogramMetricFamily(
        "portal_request_seconds", "From the request to the beginning of its answer.", labels=("method", "route")
    )
    for each in tally.answers():
        for status, count in each.by_status.items():
            counts.add_metric((*each.route, status), count)
        limits = [*map(str, LIMITS), "+Inf"]
        buckets = list(zip(limits, map(float, accumulate(each.within)), strict=True))
        times.add_metric(each.route, buckets, each.seconds)
    yield counts
    yield times


def _of_rows(found: Figures | None) -> Iterator[Metric]:
    yield GaugeMetricFamily("portal_database_up", "Whether the database answers.", float(found is not None))
    if found is None:
        return
    for name, field, what in (
        ("portal_outbox_waiting", "waiting", "Letters and events that wait."),
        ("portal_outbox_dead", "dead", "Those that were refused for good."),
        ("portal_outbox_oldest_seconds", "seconds", "For how long the oldest has waited."),
        ("portal_endpoint_rest_seconds", "rests", "For how long the mail server or the CRM has taken nothing."),
    ):
        of_channels = {str(channel): getattr(queue, field) for channel, queue in found.queues.items()}
        yield _labelled(name, what, "channel", of_channels)
    attempts = {str(bucket): count for bucket, count in found.attempts.items()}
    yield _labelled("portal_sign_in_failures", "Within a quarter of an hour.", "bucket", attempts)
    yield _labelled("portal_imports", "Lists of employees that were sent.", "state", found.lists)
    last = {str(what): at.timestamp() for what, at in found.last.items()}
    yield _labelled("portal_last_timestamp_seconds", "When it was last done or seen.", "what", last)


def _labelled(name: str, what: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, what, labels=(label,))
    for value, number in values.items():
        family.add_metric((value,), number)
    return family
