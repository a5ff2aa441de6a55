"""The front door: settings, database, middleware and the map; what serves, and how a command is carried out.

Which commands there are is in `models.operations.tree`.
"""

import asyncio
import gc
import logging
import os
import signal
import sys
import threading
from argparse import ArgumentParser
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from socket import socket

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Route
from starlette_compress import CompressMiddleware, add_compress_type

from models.checks.chores import rewrite
from models.chores.backstage import Backstage
from models.chores.chore import ChoreKind
from models.chores.clerk import Begin, Clerk
from models.core.clock import Clock
from models.core.database import Database
from models.core.database import run as on_the_loop
from models.core.logs import configure_logs
from models.core.sealed import Keyring
from models.core.settings import Settings, SettingsRefused, log_format
from models.exchange.deliver import Postman
from models.imports.chores import apply_list, undo_list
from models.operations import checks, commands, tree
from models.operations.installation import PATIENCE, Installation, Refused, open_installation
from routes import CALLS, MAP
from routes.contract.page import Contract
from routes.contract.rehearsal import rehearse
from routes.metrics import Metrics
from routes.tabs import SEARCHES, TABS
from routes.web.entrance.elsewhere import elsewhere
from routes.web.http.headers import SecurityHeaders
from routes.web.http.limits import Limits
from routes.web.http.links import Links
from routes.web.http.lookup import Lookup
from routes.web.http.request_id import RequestId
from routes.web.portal import Portal
from routes.web.serving.counting import Counting
from routes.web.serving.processes import Processes, ProcessesDie
from routes.web.serving.proxies import Seen
from routes.web.serving.server import LONGEST_STOP, Around, Server
from routes.web.serving.sockets import CannotListen, close, listen
from routes.web.serving.tally import Tally

log = logging.getLogger("portal")

_STATIC = "/static/{file:path}"
_ITS_TURN = 0.0002
"""Seconds after which a thread that computes lets the event loop come in. An answer asks for that a dozen times, where
something is read, sent or logged: with Python's five milliseconds it would take sixty."""


def create_app(settings: Settings | None = None, *, clock: Clock | None = None, with_postman: bool = True) -> Starlette:
    """The portal as an ASGI application, with those who work behind it, or without; raises SettingsRefused."""
    settings = settings or Settings.from_environment()
    clock = clock or Clock(settings.today)
    links = _links(settings)
    leaving, seen = threading.Event(), Seen()
    backstage = Backstage([_postman(settings, clock, links, seen), _clerk(settings, clock)] if with_postman else [])
    portal = Portal.of(
        settings, clock, links, tabs=TABS, searches=SEARCHES, wake_postman=backstage.wake, is_stopping=leaving.is_set
    )
    tally = _tally(settings) if settings.metrics.port else None
    add_compress_type("text/csv")
    app = Starlette(
        middleware=[
            *([Middleware(Counting, tally)] if tally else []),
            Middleware(RequestId),
            Middleware(SecurityHeaders, secure=settings.secure),
            Middleware(Limits),
            Middleware(CompressMiddleware, minimum_size=400, brotli_quality=5, zstd_level=8),
        ],
        exception_handlers={HTTPException: elsewhere(portal)},
    )
    lines = [*(line.route(portal) for line in MAP), *(call.route(portal) for call in CALLS)]
    static = Route(_STATIC, portal.static, methods=["GET"])
    app.router = Lookup([*lines, static], lifespan=_living(portal, backstage))
    app.state.portal = portal
    app.state.contract = Contract(MAP, lambda: rehearse(MAP, settings, clock, create_app))
    app.state.leave = leaving.set
    app.state.seen = seen
    app.state.tally, app.state.metrics = tally, Metrics(portal, tally) if tally else None
    return app


def _tally(settings: Settings) -> Tally:
    """What all processes count together, by the lines of the map; made before they are begun."""
    pages, calls = ([(line.method, line.path) for line in MAP], [(line.method, line.path) for line in CALLS])
    return Tally([*pages, *calls, ("GET", _STATIC)], settings.workers)


def _links(settings: Settings) -> Links:
    return Links({line.name: line.path for line in MAP}, settings.public_url)


def _postman(settings: Settings, clock: Clock, links: Links, seen: Seen | None = None) -> Postman:
    """A postman with a database of its own; raises SettingsRefused where it could not reach anybody."""
    database = Database(settings.database_url, patience=PATIENCE, connections=settings.connections)
    return Postman(database, settings, clock, links.absolute, (seen or Seen()).take)


def _clerk(settings: Settings, clock: Clock) -> Clerk:
    """A clerk with a database of its own."""
    database = Database(settings.database_url, patience=PATIENCE, connections=settings.connections)
    return Clerk(database, clock, chores_of(settings))


def chores_of(settings: Settings) -> dict[ChoreKind, Begin]:
    """What a clerk has to do for each kind of chore."""
    keyring = Keyring(settings.field_keys)
    return {
        ChoreKind.APPLICATION: partial(apply_list, keyring, synthetic=settings.demo),
        ChoreKind.REVERSAL: partial(undo_list, keyring),
        ChoreKind.CHECKS: rewrite,
    }


def _living(portal: Portal, backstage: Backstage) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        """Postman and clerk work while the portal serves, and finish what is in hand when it stops."""
        gc.collect()
        gc.freeze()  # what lives as long as the process need not be looked through again and again
        gc.set_threshold(20_000)
        sys.setswitchinterval(_ITS_TURN)
        work = asyncio.create_task(asyncio.to_thread(backstage.run))
        yield
        backstage.stop()
        await work
        await on_the_loop(portal.database.close)

    return lifespan


def run(installation: Installation) -> Iterable[str]:
    """`make run`: the portal with demo data."""
    yield from commands.fill_demo(installation)
    yield from serve(installation)


def serve(installation: Installation) -> Iterable[str]:
    """The portal, in as many processes as WORKERS says."""
    settings = installation.settings
    app = create_app(settings)
    installation.check_tables()
    installation.close()  # no process may share a connection with another
    sockets = _sockets(settings)
    if not settings.sends_mail:
        log.warning("SMTP_URL is not set: letters are kept as files under PORTAL_VAR, and reach nobody")

    def serve_one(on_ready: Callable[[], None] = lambda: None, parent: int | None = None, place: int = 0) -> bool:
        metrics: Metrics | None = app.state.metrics
        around = Around(
            settings.shutdown_grace,
            on_ready,
            on_leaving=app.state.leave,
            parent=parent,
            connections=settings.http_connections,
            proxies=settings.proxies,
            unwatched=tuple(line.path for line in MAP if line.is_probe),
            seen=app.state.seen,
            **(metrics.begin(place) if metrics else {}),
        )
        return Server(app, around).serve_at(sockets)

    if settings.workers > 1:
        patience = settings.shutdown_grace + LONGEST_STOP
        processes = Processes(settings.workers, serve_one, on_stop=lambda: close(sockets), patience=patience)
        try:
            processes.run()
        except ProcessesDie:
            raise Refused("The processes of the portal end before they serve; the log says why.") from None
    elif not serve_one():
        raise Refused("The portal could not start; the log says why.")
    return ()


def _sockets(settings: Settings) -> list[socket]:
    try:
        asked = listen(settings.metrics.host, settings.metrics.port) if settings.metrics.port else []
        return [*listen(settings.host, settings.port), *asked]
    except CannotListen as refused:
        raise Refused(str(refused)) from refused


def worker(installation: Installation) -> Iterable[str]:
    """Postman and clerk alone, until SIGTERM or SIGINT."""
    settings = installation.settings
    clock = Clock(settings.today)
    backstage = Backstage([_postman(settings, clock, _links(settings)), _clerk(settings, clock)])
    installation.check_tables()

    def finish(_signal: int, _frame: object) -> None:
        backstage.stop()

    signal.signal(signal.SIGTERM, finish)
    signal.signal(signal.SIGINT, finish)
    backstage.run()
    return ()


def check(installation: Installation) -> Iterable[str]:
    """What is right, what is missing, and how to mend it; the postman goes to each endpoint."""
    return checks.check(
        installation, lambda settings: _postman(settings, Clock(settings.today), _links(settings)).reach()
    )


def command_line() -> ArgumentParser:
    """The tree of commands, with those that serve."""
    serving = {"run": run, "serve": serve, "worker": worker, "check": check}
    return tree.command_line(serving, lambda installation: _links(installation.settings).absolute)


def main(said: list[str]) -> int:
    """Carry out one command; a refusal is one sentence on standard error."""
    try:
        return _carry_out(said)
    except KeyboardInterrupt:  # Ctrl-C; what was begun is finished by now
        return 130
    except BrokenPipeError:  # whoever read the lines has seen enough; nothing more can be said, not even at the end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def _carry_out(said: list[str]) -> int:
    parser = command_line()
    try:
        found = vars(parser.parse_args(said))
    except SystemExit as ended:  # what was asked for, or what is wrong, has been said
        print(end="", flush=True)
        return int(ended.code or 0)
    carry_out = found.pop("carry_out", None)
    if carry_out is None:
        parser.print_help(sys.stderr)
        return 2
    configure_logs(log_format())
    try:
        with open_installation() as installation:
            for line in carry_out(installation, **found):
                print(line, flush=True)
    except Refused as refused:
        if str(refused):
            print(refused, file=sys.stderr)
        return refused.status
    except SettingsRefused as refused:
        print(refused, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
