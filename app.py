"""The front door: settings, database, middleware and the map; and the command line, as one tree.

What a command does and says is in `models.operations.commands`; only what serves is here.
"""

import asyncio
import gc
import logging
import os
import signal
import sys
import threading
import tomllib
from argparse import ArgumentParser
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Route
from starlette_compress import CompressMiddleware, add_compress_type

from models.core.clock import Clock
from models.core.database import Database
from models.core.database import run as on_the_loop
from models.core.logs import configure_logs
from models.core.settings import Settings, SettingsRefused, log_format
from models.exchange.deliver import Postman
from models.operations import checks, commands, staff, words
from models.operations.backup import commands as backup
from models.operations.installation import PATIENCE, Installation, Refused, open_installation
from models.reports.report import KINDS
from routes import CALLS, MAP, SEARCH, TABS
from routes.contract.page import Contract
from routes.contract.rehearsal import rehearse
from routes.web.entrance.elsewhere import elsewhere
from routes.web.http.headers import SecurityHeaders
from routes.web.http.limits import Limits
from routes.web.http.links import Links
from routes.web.portal import Portal
from routes.web.serving.processes import Processes, ProcessesDie
from routes.web.serving.server import LONGEST_STOP, Around, Server
from routes.web.serving.sockets import CannotListen, close, listen

log = logging.getLogger("portal")

Command = Callable[..., Iterable[str]]
Entry = Callable[[str, Command, str], ArgumentParser]

STATUSES = """It ends with 0 when all is well, with 1 when something was refused or found wrong, and with 2 when the
words or the settings are wrong, so that nothing was done, and with 4 when the tables are not those of this version."""


def create_app(settings: Settings | None = None, *, clock: Clock | None = None, with_postman: bool = True) -> Starlette:
    """The portal as an ASGI application; raises SettingsRefused."""
    settings = settings or Settings.from_environment()
    clock = clock or Clock(settings.today)
    links = _links(settings)
    wake, stop, leaving = threading.Event(), threading.Event(), threading.Event()
    postman = _postman(settings, clock, links) if with_postman else None
    portal = Portal.of(
        settings, clock, links, tabs=TABS, search=SEARCH, wake_postman=wake.set, is_stopping=leaving.is_set
    )
    add_compress_type("text/csv")
    app = Starlette(
        routes=[
            *(line.route(portal) for line in MAP),
            *(call.route(portal) for call in CALLS),
            Route("/static/{file:path}", portal.static, methods=["GET"]),
        ],
        middleware=[
            Middleware(SecurityHeaders, secure=settings.secure),
            Middleware(Limits),
            Middleware(CompressMiddleware, minimum_size=400, brotli_quality=5, zstd_level=8),
        ],
        exception_handlers={HTTPException: elsewhere(portal)},
        lifespan=_living(portal, postman, wake, stop),
    )
    app.router.redirect_slashes = False
    app.state.portal = portal
    app.state.contract = Contract(MAP, lambda: rehearse(MAP, settings, clock, create_app))
    app.state.leave = leaving.set
    return app


def _links(settings: Settings) -> Links:
    return Links({line.name: line.path for line in MAP}, settings.public_url)


def _postman(settings: Settings, clock: Clock, links: Links) -> Postman:
    """A postman with a database of its own; raises SettingsRefused where it could not reach anybody."""
    database = Database(settings.database_url, patience=PATIENCE, connections=settings.connections)
    return Postman(database, settings, clock, links.absolute)


def _living(
    portal: Portal, postman: Postman | None, wake: threading.Event, stop: threading.Event
) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        """The postman works while the portal serves, and finishes the letter in hand when it stops."""
        gc.collect()
        gc.freeze()  # what lives as long as the process need not be looked through again and again
        gc.set_threshold(20_000)
        work = asyncio.to_thread(postman.run, stop, wake) if postman else asyncio.sleep(0)
        walk = asyncio.create_task(work)
        yield
        stop.set()
        wake.set()
        await walk
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
    try:
        sockets = listen(settings.host, settings.port)
    except CannotListen as refused:
        raise Refused(str(refused)) from refused
    if not settings.sends_mail:
        log.warning("SMTP_URL is not set: letters are kept as files under PORTAL_VAR, and reach nobody")

    def serve_one(on_ready: Callable[[], None] = lambda: None, parent: int | None = None) -> bool:
        around = Around(
            settings.shutdown_grace,
            on_ready,
            on_leaving=app.state.leave,
            parent=parent,
            connections=settings.http_connections,
            proxies=settings.proxies,
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


def worker(installation: Installation) -> Iterable[str]:
    """The postman alone, until SIGTERM or SIGINT."""
    settings = installation.settings
    postman = _postman(settings, Clock(settings.today), _links(settings))
    installation.check_tables()
    stop, wake = threading.Event(), threading.Event()

    def finish(_signal: int, _frame: object) -> None:
        stop.set()
        wake.set()

    signal.signal(signal.SIGTERM, finish)
    signal.signal(signal.SIGINT, finish)
    postman.run(stop, wake)
    return ()


def check(installation: Installation) -> Iterable[str]:
    """What is right, what is missing, and how to mend it; the postman goes to each endpoint."""
    return checks.check(
        installation, lambda settings: _postman(settings, Clock(settings.today), _links(settings)).reach()
    )


def _with_addresses(command: Command) -> Command:
    """A command that says addresses of pages; the map knows them."""
    return lambda installation, **said: command(installation, _links(installation.settings).absolute, **said)


def command_line() -> ArgumentParser:
    """The tree of commands: each entry says what carries it out, and its words by the names that this takes."""
    parser = ArgumentParser("python app.py", description="The customer portal.", epilog=STATUSES)
    project = tomllib.loads(Path(__file__).with_name("pyproject.toml").read_text(encoding="utf-8"))["project"]
    parser.add_argument("--version", action="version", version=project["version"])
    tree = parser.add_subparsers(title="commands", metavar="COMMAND")

    def entry(name: str, carry_out: Command, what: str) -> ArgumentParser:
        made = tree.add_parser(name, help=what, description=what)
        made.set_defaults(carry_out=carry_out)
        return made

    entry("run", run, "the demo: makes keys and a filled database at the first start, then serves")
    entry("serve", serve, "the portal, with the settings of the environment")
    entry("worker", worker, "the postman alone")
    entry("migrate", commands.migrate, "brings the database to the newest version")
    entry("check", check, "what is right, what is missing, and how to mend it")
    entry("purge", commands.purge, "erases former employees and what else is past its time; once a day")
    entry("rotate-keys", commands.rotate_keys, "seals everything with the newest of FIELD_KEYS")
    key = entry("new-key", commands.new_key, "makes a key")
    key.add_argument("name", nargs="?", choices=commands.KEYS, default=commands.KEYS[0], help="for which setting")
    for add in (_add_staff, _add_backup, _add_exchange, _add_reports, _add_slots):
        add(entry)
    return parser


def _add_staff(entry: Entry) -> None:
    create, link = _with_addresses(staff.create_staff), _with_addresses(staff.staff_link)
    added = entry("create-staff", create, "lets somebody of the provider's own sign in to the desk")
    again = entry("staff-link", link, "prints another link with which somebody of the staff chooses a password")
    for command in (added, again):
        command.add_argument("username", type=words.username, help="what one signs in with")
    added.add_argument("--name", type=words.name, required=True, help="the full name")
    added.add_argument("--email", type=words.email, required=True, help="where letters go")
    added.add_argument("--phone", type=words.phone, default="", help="where customers call")
    admin = "may do everything, and say who is staff"
    added.add_argument("--administrator", action="store_true", dest="is_administrator", help=admin)


def _add_backup(entry: Entry) -> None:
    made = entry("backup", backup.backup, "the whole database in one file, while the portal runs")
    made.add_argument("file", type=words.path, help="where it is written; not there yet")
    for name, command, what in (
        ("verify", backup.verify, "whether a backup is whole, to the row"),
        ("restore", backup.restore, "puts a backup into a database that is empty, or not there yet"),
    ):
        entry(name, command, what).add_argument("file", type=words.path, help="the backup")
    move = entry("move-to", backup.move_to, "moves everything to an empty database of the other kind, or of the same")
    move.add_argument("url", type=words.text, help="written as DATABASE_URL is")


def _add_exchange(entry: Entry) -> None:
    outbox = entry("outbox", commands.outbox, "which endpoint rests, what waits, and what could not be delivered")
    again = outbox.add_subparsers(metavar="[resend id]", help="sends again what could not be delivered")
    resend = again.add_parser("resend")
    resend.set_defaults(carry_out=commands.resend)
    resend.add_argument("id", type=words.number, nargs="?", help="the number at the beginning of its line")
    resend.add_argument("--since", type=words.moment, help="all that died since 2026-10-13, or 2026-10-13T08:00")
    resend.add_argument("--kind", type=words.text, help="of those, only what has this kind, such as order_placed")
    entry("received", commands.received, "events of the CRM that were refused, and why")
    reconcile = entry("reconcile", commands.reconcile, "compares every record with the digests of the CRM")
    reconcile.add_argument("place", help="a file with the digests, or their address")
    reconcile.add_argument("--mend", action="store_true", help="tells the CRM again what differs")
    invoices = entry("import-invoices", commands.import_invoices, "takes in EHF files, folders and zips")
    path: dict[str, Any] = {"type": words.path, "nargs": "*", "metavar": "PATH"}
    invoices.add_argument("paths", help="a file, a folder with all that is below it, or a zip", **path)
    check = "only verifies all of them, and keeps nothing"
    invoices.add_argument("--check", action="extend", dest="check_only", help=check, **path)
    entry("quarantine", commands.quarantine, "the documents that were refused, and why")


def _add_reports(entry: Entry) -> None:
    reports = entry("reports", commands.reports, "shows Rapporter to a customer, or hides it")
    report = entry("add-report", commands.keep_report, "keeps a report for a customer, or for one of its units")
    plan = entry("add-plan", commands.add_plan, "puts a plan in the place of the customer's plan of that year")
    for command in (reports, report, plan):
        command.add_argument("number", type=words.organisation_number, help="the customer's organisation number")
    for command in (report, plan):
        command.add_argument("year", type=words.year, help="the year that it is about")
    reports.add_argument("state", choices=("on", "off"), help="shown or hidden")
    report.add_argument("kind", choices=KINDS, help="what it is")
    report.add_argument("file", type=words.report_file, help="what is kept, under its own name")
    report.add_argument("unit", type=words.text, nargs="?", help="the unit's name; without it, the company")
    plan.add_argument("file", type=words.path, help="a CSV in UTF-8, with semicolons")


def _add_slots(entry: Entry) -> None:
    option = entry("publish-slots", commands.publish_slots, "publishes a series of times as bookings").add_argument
    several: dict[str, Any] = {"action": "append", "required": True}
    option("--unit", type=words.unit, dest="units", help="id or organisation number; several times", **several)
    option("--title", type=words.text, required=True, help="what it is")
    option("--place", type=words.text, required=True, help="where it is")
    option("--day", type=words.day, dest="days", help="2026-10-13; several times", **several)
    option("--hours", type=words.hours, help="08:00-15:00; several times", **several)
    option("--break", type=words.hours, dest="breaks", action="append", default=[], help="11:30-12:00; several times")
    option("--minutes", type=words.minutes, dest="length", required=True, help="the length of a time")
    option("--capacity", type=words.number, default=1, help="places on each time")
    option("--closes", type=words.ahead, dest="closes_before", default="24h", help="24h or 7d before the first time")
    option("--order", type=words.number, dest="order_number", help="the number of the order")
    option("--preparation", type=words.long_text, default="", help="what one does before")
    option("--self-declaration", type=words.address, dest="self_declaration_url", default="", help="its URL")
    option("--names-hidden", action="store_true", help="only how many sit, not who")
    option("--needs-national-id", action="store_true", help="those who come must be identified")


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
