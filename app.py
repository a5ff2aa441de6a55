"""The front door: settings, database, middleware and the map; and the command line.

python app.py run          the demo: makes keys and a database, then serves
python app.py serve        the portal, with the settings of the environment
python app.py worker       the postman alone
python app.py migrate      brings the database to the newest version
python app.py outbox       which endpoint rests, what waits and what could not be delivered; `outbox resend ID` sends
                           it again
python app.py purge        erases former employees and what else is past its time; once a day
python app.py import-invoices PATH… [--check]
                           lets EHF files, folders and zips in; `--check` only verifies, and stores nothing
python app.py quarantine   the documents that were refused, and why
python app.py reports NUMBER on|off
                           shows Rapporter to the customer with that organisation number, or hides it
python app.py add-report NUMBER YEAR KIND FILE [UNIT]
                           keeps a document; KIND is Årsrapport, Plan, Kartlegging or Helsekontroll
python app.py add-plan NUMBER YEAR FILE.csv
                           puts a plan in the place of the customer's plan of that year
python app.py publish-slots
                           a series of times as a booking; `publish-slots --help` says how
python app.py reconcile PLACE [--mend]
                           compares every record with the digests of the CRM, from a file or an address; `--mend` tells
                           it again what differs
python app.py received     events of the CRM that were refused, and why
python app.py rotate-keys  seals everything with the newest of FIELD_KEYS
python app.py new-key      a key for SECRET_KEYS, FIELD_KEYS or CRM_FIELD_KEY
"""

import asyncio
import csv
import gc
import os
import secrets
import signal
import socket
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path

import uvicorn
from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette_compress import CompressMiddleware, add_compress_type
from uvicorn.supervisors import Multiprocess

from models import demo
from models.bookings import series_words
from models.bookings.series import SeriesRefused
from models.core.audit import THE_PORTAL
from models.core.clock import Clock
from models.core.database import Database, run
from models.core.logs import configure_logs
from models.core.scope import across_customers
from models.core.sealed import Keyring, new_field_key
from models.core.settings import Settings, SettingsRefused
from models.core.signed import PASSWORD_LINK, PERSONAL_LINK, Signer
from models.crm.records import refused_events
from models.customers.customer import Customer, customer_by_number, switch_reports
from models.customers.units import unit_by_name
from models.exchange.crm.digests import CannotRead, digests_at
from models.exchange.deliver import Postman
from models.exchange.ehf.files import Found, find_documents
from models.exchange.ehf.intake import Result, check, take_in
from models.invoices.quarantine import quarantined
from models.migrations import migrate
from models.operations.erasure import purge
from models.operations.key_rotation import rotate
from models.operations.reconciliation import differences
from models.outbox import endpoints
from models.outbox.claims import resend
from models.outbox.overview import overview
from models.reports.plans import PlanRefused, replace_plan
from models.reports.report import DocumentRefused, add_report
from routes import CALLS, MAP, SEARCH, TABS
from routes.web.entrance.place import Place
from routes.web.entrance.signed_calls import SignedCall
from routes.web.entrance.visits import visit
from routes.web.errors import refusal
from routes.web.http.cookie import Cookies
from routes.web.http.headers import SecurityHeaders
from routes.web.http.links import Links
from routes.web.http.static import StaticFiles
from routes.web.lines import anyone
from routes.web.portal import Portal
from routes.web.templates import Pages, environment


def create_app(settings: Settings | None = None, *, clock: Clock | None = None, with_postman: bool = True) -> Starlette:
    """The portal as an ASGI application; raises SettingsRefused."""
    settings = settings or Settings.from_environment()
    clock = clock or Clock(settings.today)
    links = _links(settings)
    static = StaticFiles()
    wake, stop = threading.Event(), threading.Event()
    postman = _postman(settings, clock, links) if with_postman else None
    portal = Portal(
        settings=settings,
        database=Database(settings.database_url, asynchronous=True),
        clock=clock,
        keyring=Keyring(settings.field_keys),
        cookies=Cookies(settings),
        signer=Signer(settings.secret_keys, purpose=PERSONAL_LINK),
        password_signer=Signer(settings.secret_keys, purpose=PASSWORD_LINK),
        links=links,
        tabs=TABS,
        search=SEARCH,
        static=static,
        pages=Pages(environment(settings, links, static)),
        wake_postman=wake.set,
        is_stopping=stop.is_set,
    )

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
        await run(portal.database.close)

    elsewhere = Place(portal, handler=lambda _visit: Response(), who=anyone)

    async def failed(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        response = await run(visit, elsewhere, request, FormData(), refusal(error.status_code))
        response.headers.update(error.headers or {})
        if error.status_code == 405:  # Starlette names the methods of the first line with this path only
            lines = [
                line for line in app.routes if isinstance(line, Route) and line.matches(request.scope)[0] != Match.NONE
            ]
            response.headers["allow"] = ", ".join(sorted({method for line in lines for method in line.methods or ()}))
        return response

    add_compress_type("text/csv")
    app = Starlette(
        routes=[
            *(
                Route(
                    line.path,
                    Place(portal, line.handler, line.who, line.form, line.max_body, line.while_viewing),
                    methods=[line.method],
                    name=line.name,
                )
                for line in MAP
            ),
            *(
                Route(line.path, SignedCall(portal, line.handler, line.max_body), methods=[line.method], name=line.name)
                for line in CALLS
            ),
            Route("/static/{file:path}", static, methods=["GET"]),
        ],
        middleware=[
            Middleware(CompressMiddleware, minimum_size=400, brotli_quality=5, zstd_level=8),
            Middleware(SecurityHeaders, secure=settings.secure),
        ],
        exception_handlers={HTTPException: failed},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    app.state.portal = portal
    return app


def _postman(settings: Settings, clock: Clock, links: Links) -> Postman:
    """A postman with a database of its own; raises SettingsRefused where it could not reach anybody."""
    return Postman(Database(settings.database_url), settings, clock, links.absolute)


def _links(settings: Settings) -> Links:
    return Links({line.name: line.path for line in MAP}, settings.public_url)


def demo_command() -> None:
    """`make run`: keys and a filled database under var/ at the first start, then the portal."""
    os.environ.setdefault("PORTAL_DEMO", "1")
    var = Path(os.environ.get("PORTAL_VAR") or "var")
    for name, make in (("SECRET_KEYS", secrets.token_urlsafe), ("FIELD_KEYS", new_field_key)):
        os.environ.setdefault(name, _kept(var / name.lower(), make))
    settings = Settings.from_environment()
    database = Database(settings.database_url)
    migrate(database.engine)
    with database.session() as db, across_customers(db):
        if demo.is_empty(db):
            demo.load(db, Keyring(settings.field_keys), now=Clock(settings.today).now())
            db.commit()
    database.close()
    print(f"\n{settings.brand}: http://{settings.host}:{settings.port}\n", flush=True)
    for username, password, who in demo.SIGN_INS:
        print(f"  {username:<14} {password:<20} {who}", flush=True)
    print(flush=True)
    serve_command()


def _kept(file: Path, make: Callable[[], str]) -> str:
    """A key of the demo, made once and readable by its owner only."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as kept:
            kept.write(make())
    return file.read_text().strip()


def serve_command() -> None:
    """The portal, in as many processes as WORKERS says."""
    settings = Settings.from_environment()
    config = uvicorn.Config(
        "app:create_app",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=20,
    )
    if settings.workers > 1:
        listening = config.bind_socket()
        # asyncio does this only for sockets that it made itself; without it small answers wait for 40 ms.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        Multiprocess(config, sockets=[listening]).run()
    else:
        server = uvicorn.Server(config)
        server.run()
        if not server.started:  # the port is taken, or the portal could not start; the log says which
            sys.exit(3)


def worker_command() -> None:
    """The postman alone, until SIGTERM or SIGINT."""
    settings = Settings.from_environment()
    stop, wake = threading.Event(), threading.Event()

    def finish(_signal: int, _frame: object) -> None:
        stop.set()
        wake.set()

    signal.signal(signal.SIGTERM, finish)
    signal.signal(signal.SIGINT, finish)
    _postman(settings, Clock(settings.today), _links(settings)).run(stop, wake)


def migrate_command() -> None:
    """The newest version of the tables."""
    database = Database(Settings.from_environment().database_url)
    migrate(database.engine)
    database.close()


def outbox_command(*words: str) -> None:
    """Who does not take anything, what waits and what is dead; with `resend ID`, a dead message is sent again."""
    settings = Settings.from_environment()
    database = Database(settings.database_url)
    with database.session() as db, across_customers(db):
        if words[:1] == ("resend",) and len(words) == 2:
            resend(db, int(words[1]), Clock(settings.today).now())
            db.commit()
        for line in (*endpoints.overview(db), *overview(db)):
            print(line)
    database.close()


def purge_command() -> None:
    """What is past its time is erased."""
    settings = Settings.from_environment()
    database = Database(settings.database_url)
    kept = timedelta(days=settings.former_employee_days)
    for what, count in purge(database, former_kept=kept, now=Clock(settings.today).now()):
        print(f"{what}: {count}")
    database.close()


def publish_slots_command(*words: str) -> None:
    """A series of times, as a booking of each unit that is named."""
    written = series_words.read(words)
    settings = Settings.from_environment()
    database = Database(settings.database_url)
    with database.session() as db, across_customers(db):
        try:
            made = series_words.publish_for_units(db, written, Clock(settings.today).now())
        except SeriesRefused as refused:
            sys.exit(str(refused))
        for booking in made:
            print(f"booking {booking.id}: {booking.title}, sign-up closes {booking.deadline:%Y-%m-%d %H:%M} UTC")
        db.commit()
    database.close()


def rotate_keys_command() -> None:
    """Everything under the newest of FIELD_KEYS, while the portal runs; fails where the older ones must be kept."""
    settings = Settings.from_environment()
    keyring = Keyring(settings.field_keys)
    database = Database(settings.database_url)
    left = 0
    for table in rotate(database, keyring):
        left += table.left
        broken = f", {table.broken} cannot be opened with any of FIELD_KEYS" if table.broken else ""
        print(f"{table.table}: {table.resealed} sealed anew{broken}")
    database.close()
    if left:
        sys.exit(f"{left} rows are not sealed with {keyring.newest} yet: keep the older keys, and run this again.")
    print(f"everything is sealed with {keyring.newest}: older keys can be dropped")


def import_invoices_command(*words: str) -> int:
    """Let EHF documents in, or only verify them, with a line for each; 1 where one was refused."""
    paths = [Path(word) for word in words if word != "--check"]
    if not paths:
        print("import-invoices needs a file, a folder or a zip.", file=sys.stderr)
        return 2
    if "--check" in words:
        return _tell(check(found) for found in find_documents(paths))
    settings = Settings.from_environment()
    clock, database = Clock(settings.today), Database(settings.database_url)
    status = _tell(_taken_in(database, found, clock) for found in find_documents(paths))
    database.close()
    return status


def _taken_in(database: Database, found: Found, clock: Clock) -> Result:
    """What became of a document, in a transaction of its own."""
    with database.session() as db, across_customers(db):
        result = take_in(db, found, now=clock.now())
        db.commit()
        return result


def _tell(results: Iterable[Result]) -> int:
    status = 0
    for result in results:
        print(result, flush=True)
        if result.refusal:
            status = 1
    return status


def quarantine_command() -> None:
    """The documents that were refused, the latest first."""
    database = Database(Settings.from_environment().database_url)
    with database.session() as db, across_customers(db):
        for row in quarantined(db):
            print(f"{row.last_at:%Y-%m-%d %H:%M} UTC {row.times} times: {row.name}: {row.reason}")
    database.close()


def reports_command(number: str = "", state: str = "") -> int:
    """Show Rapporter to a customer, or hide it."""
    if state not in {"on", "off"}:
        return _refuse("reports needs an organisation number, and on or off.")

    settings = Settings.from_environment()

    def change(db: Session, customer: Customer) -> str:
        now = Clock(settings.today).now()
        switch_reports(db, customer, on=state == "on", by=THE_PORTAL.label, now=now)
        return f"{customer.name}: Rapporter is {state}"

    return _for_customer(number, change)


def add_report_command(number: str = "", year: str = "", kind: str = "", file: str = "", unit: str = "") -> int:
    """Keep a document for a customer, or for one of its units; its title is the name of the file."""
    settings = Settings.from_environment()

    def change(db: Session, customer: Customer) -> str:
        of = unit_by_name(db, customer.id, unit or customer.name)
        if of is None:
            raise DocumentRefused(f"{customer.name} has no unit {unit}")
        path = Path(file)
        report = add_report(
            db,
            of,
            kind=kind,
            year=int(year),
            title=path.stem,
            file_name=path.name,
            content=path.read_bytes(),
            by=THE_PORTAL.label,
            now=Clock(settings.today).now(),
        )
        return f"report {report.id}: {report.title}, {of.name} {year}"

    return _for_customer(number, change) if year.isdecimal() else _refuse(f"{year} is no year.")


def add_plan_command(number: str = "", year: str = "", file: str = "") -> int:
    """Put a plan, a CSV of the provider, in the place of a customer's plan of that year."""
    settings = Settings.from_environment()

    def change(db: Session, customer: Customer) -> str:
        with Path(file).open(encoding="utf-8-sig", newline="") as lines:
            plan = enumerate(csv.DictReader(lines, delimiter=";"), 2)
            by, now = THE_PORTAL.label, Clock(settings.today).now()
            count = replace_plan(db, customer, int(year), plan, by=by, now=now)
        return f"{customer.name}: {count} activities in {year}"

    return _for_customer(number, change) if year.isdecimal() else _refuse(f"{year} is no year.")


def _for_customer(number: str, change: Callable[[Session, Customer], str]) -> int:
    """Change something of the customer with this organisation number, in one transaction, and say what it was."""
    database = Database(Settings.from_environment().database_url)
    try:
        with database.session() as db, across_customers(db):
            customer = customer_by_number(db, number)
            if customer is None:
                return _refuse(f"No customer has the organisation number {number}.")
            print(change(db, customer))
            db.commit()
    except (DocumentRefused, PlanRefused, OSError, UnicodeDecodeError) as refused:
        return _refuse(str(refused))
    finally:
        database.close()
    return 0


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


def reconcile_command(*words: str) -> int:
    """Compare with the CRM's digests, a line for each difference; 1 where there was one that is not mended."""
    places = [word for word in words if word != "--mend"]
    if len(places) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    settings = Settings.from_environment()
    now = Clock(settings.today).now()
    try:
        theirs = digests_at(places[0], settings, now)
    except CannotRead as wrong:
        print(wrong, file=sys.stderr)
        return 2
    left = 0
    with _session(settings) as db:
        for difference in differences(db, theirs, mend="--mend" in words, now=now):
            mended = "--mend" in words and difference.what != "unknown"
            left += not mended
            print(f"{difference.what} {difference.subject}{' told again' if mended else ''}")
        db.commit()
    return 1 if left else 0


def received_command() -> None:
    """The CRM's events that were refused, newest first."""
    with _session(Settings.from_environment()) as db:
        for event in refused_events(db):
            print(f"{event.received_at:%Y-%m-%d %H:%M} {event.kind} {event.subject} {event.event_id}: {event.reason}")


@contextmanager
def _session(settings: Settings) -> Iterator[Session]:
    """The database across customers, for a command."""
    database = Database(settings.database_url)
    with database.session() as db, across_customers(db):
        yield db
    database.close()


def new_key_command(name: str = "SECRET_KEYS") -> None:
    """A fresh key on standard output."""
    print(new_field_key() if name in {"FIELD_KEYS", "CRM_FIELD_KEY"} else secrets.token_urlsafe(48))


COMMANDS: dict[str, Callable[..., int | None]] = {
    "run": demo_command,
    "serve": serve_command,
    "worker": worker_command,
    "migrate": migrate_command,
    "outbox": outbox_command,
    "purge": purge_command,
    "rotate-keys": rotate_keys_command,
    "import-invoices": import_invoices_command,
    "quarantine": quarantine_command,
    "reports": reports_command,
    "add-report": add_report_command,
    "add-plan": add_plan_command,
    "publish-slots": publish_slots_command,
    "reconcile": reconcile_command,
    "received": received_command,
    "new-key": new_key_command,
}


def main(words: list[str]) -> int:
    """Carry out one command; a refusal is one sentence on standard error."""
    command = COMMANDS.get(words[0]) if words else None
    if command is None:
        print(__doc__, file=sys.stderr)
        return 2
    configure_logs(os.environ.get("LOG_FORMAT", "text"))
    try:
        status = command(*words[1:])
    except SettingsRefused as refused:
        print(refused, file=sys.stderr)
        return 2
    except KeyboardInterrupt:  # Ctrl-C; what was begun is finished by now
        return 130
    except BrokenPipeError:  # whoever read the lines has seen enough; nothing more can be said, not even at the end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    return status or 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
