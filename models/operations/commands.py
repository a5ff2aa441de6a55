"""What each command does, and the lines that it says: with nothing to say it gives none, and Refused ends it.

How a command is called and which words it takes is written in `tree`; what a word may be, in `words`.
"""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from models import demo, migrations
from models.bookings.publication import publish_for_units
from models.bookings.series import Facts, Hours, Series, SeriesRefused
from models.core.audit import THE_PORTAL
from models.core.sealed import Keyring, new_field_key
from models.core.settings import Settings
from models.crm.records import refused_events
from models.customers.customer import Customer, customer_by_number, switch_reports
from models.customers.units import unit_by_name
from models.exchange.crm.digests import CannotRead, digests_at
from models.exchange.crm.webhooks import new_secret
from models.exchange.ehf.files import find_documents
from models.exchange.ehf.intake import check, take_in
from models.exchange.sheets.files import Unreadable
from models.exchange.sheets.files import read as read_table
from models.invoices.quarantine import quarantined
from models.log.verification import verify
from models.marks.mark import Marked
from models.operations import erasure, key_rotation
from models.operations.installation import Installation, Refused, WrongWords
from models.operations.reconciliation import differences, restate
from models.outbox import claims, endpoints
from models.outbox.overview import overview
from models.reports.plan_files import is_plan, lines_of
from models.reports.plans import NEEDED, PlanRefused, replace_plan
from models.reports.report import add_report
from models.values.files.kinds import FileRefused

KEYS = ("SECRET_KEYS", "FIELD_KEYS", "CRM_FIELD_KEY", "CRM_SECRETS")
"""The settings that a key can be made for."""

Lines = Iterable[str]

_AT_ONCE = 500
"""Records that are written in one transaction; whoever saves in the portal waits no longer."""


def fill_demo(installation: Installation) -> Lines:
    """At the first start keys and a filled database are made; who can sign in is said each time."""
    settings = installation.settings = Settings.for_demo(make_key)
    migrations.migrate(installation.database.engine)
    with installation.session() as db:
        if demo.is_empty(db):
            demo.load(db, Keyring(settings.field_keys), now=installation.now)
    yield f"\n{settings.brand}: http://{settings.host}:{settings.port}\n"
    for username, password, who in demo.SIGN_INS:
        yield f"  {username:<14} {password:<20} {who}"
    yield ""


def migrate(installation: Installation) -> Lines:
    """The newest version of the tables, each step named; then what comes next."""
    taken = migrations.migrate(installation.database.engine)
    yield from taken
    yield f"The tables are at this version{'' if taken else ' already'}. Next: python app.py serve"


def outbox(installation: Installation) -> Lines:
    """Who does not take anything, what waits and what is dead."""
    with installation.session(read_only=True) as db:
        yield from endpoints.overview(db)
        yield from overview(db)


def resend(installation: Installation, id: int | None, since: datetime | None, kind: str | None) -> Lines:
    """A dead message is sent again, or all that died since a moment; then how the outbox is."""
    if (id is None) == (since is None) or (id is not None and kind is not None):
        raise WrongWords("resend needs the number of a message, or --since with a day, perhaps with --kind.")
    with installation.session() as db:
        if since is not None:
            count = claims.resend_since(db, since, kind, installation.now)
        else:
            assert id is not None
            count = int(claims.resend(db, id, installation.now))
    yield f"sent again: {count}"
    yield from outbox(installation)
    if id is not None and not count:
        raise Refused(f"No dead message has the number {id}, or nothing is left of it.")


def verify_log(installation: Installation) -> Lines:
    """The log of each customer, how long it is and by what it ends; Refused where somebody changed one."""
    count = 0
    with installation.session(read_only=True) as db:
        for chain in verify(db):
            yield f"customer {chain.customer_id}: {chain.count} entries, tied by {chain.digest or 'nothing'}"
            yield from (f"  {fault}" for fault in chain.faults)
            count += len(chain.faults)
    if count:
        raise Refused("The log is not as it was written.")


def purge(installation: Installation) -> Lines:
    """What is past its time is erased."""
    settings = installation.settings
    kept = timedelta(days=settings.former_employee_days)
    for what, count in erasure.purge(installation.database, settings.var, former_kept=kept, now=installation.now):
        yield f"{what}: {count}"
    installation.mark(Marked.PURGE)


def rotate_keys(installation: Installation) -> Lines:
    """Everything under the newest of FIELD_KEYS, while the portal runs; refused where the older ones must be kept."""
    keyring = Keyring(installation.settings.field_keys)
    left = 0
    for table in key_rotation.rotate(installation.database, keyring):
        left += table.left
        broken = f", {table.broken} cannot be opened with any of FIELD_KEYS" if table.broken else ""
        yield f"{table.table}: {table.resealed} sealed anew{broken}"
    if left:
        raise Refused(f"{left} rows are not sealed with {keyring.newest} yet: keep the older keys, and run this again.")
    yield f"everything is sealed with {keyring.newest}: older keys can be dropped"


def new_key(_installation: Installation, name: str) -> Lines:
    """A fresh key."""
    yield make_key(name)


def make_key(name: str) -> str:
    """A fresh key for a setting."""
    if name == "CRM_SECRETS":
        return new_secret()
    return secrets.token_urlsafe(48) if name == "SECRET_KEYS" else new_field_key()


def import_invoices(installation: Installation, paths: Sequence[Path], check_only: Sequence[Path] | None) -> Lines:
    """Each document is taken in or refused, in a transaction of its own; those that are only checked are not kept."""
    found = find_documents([*paths, *(check_only or ())])
    if not paths and not check_only:
        raise WrongWords("import-invoices needs a file, a folder or a zip.")
    is_refused = False
    for document in found:
        if check_only is None:
            with installation.session() as db:
                result = take_in(db, document, now=installation.now)
        else:
            result = check(document)
        is_refused |= bool(result.refusal)
        yield str(result)
    if is_refused:
        raise Refused


def quarantine(installation: Installation) -> Lines:
    """The documents that were refused, the latest first."""
    with installation.session(read_only=True) as db:
        for row in quarantined(db):
            yield f"{row.last_at:%Y-%m-%d %H:%M} UTC {row.times} times: {row.name}: {row.reason}"


def reports(installation: Installation, number: str, state: str) -> Lines:
    """Rapporter is shown to a customer, or hidden."""
    with installation.session() as db:
        customer = _customer(db, number)
        switch_reports(db, customer, on=state == "on", by=THE_PORTAL.label, now=installation.now)
    yield f"{customer.name}: Rapporter is {state}"


def keep_report(
    installation: Installation, *, number: str, year: int, kind: str, file: Path, unit: str | None
) -> Lines:
    """A report is kept for a customer, or for one of its units; its title is the name of the file."""
    with _reading(file):
        content = file.read_bytes()
    with installation.session() as db, _reading(file):
        customer = _customer(db, number)
        of = unit_by_name(db, customer.id, unit or customer.name)
        if of is None:
            raise Refused(f"{customer.name} has no unit {unit}")
        report = add_report(
            db,
            of,
            kind=kind,
            year=year,
            title=file.stem,
            file_name=file.name,
            content=content,
            by=THE_PORTAL.label,
            now=installation.now,
        )
    yield f"report {report.id}: {report.title}, {of.name} {year}"


def add_plan(installation: Installation, number: str, year: int, file: Path) -> Lines:
    """A plan, a spreadsheet of the provider, takes the place of a customer's plan of that year."""
    with _reading(file):
        plan = lines_of(read_table(file.read_bytes(), is_plan))
    with installation.session() as db, _reading(file):
        customer = _customer(db, number)
        count = replace_plan(db, customer, year, plan, by=THE_PORTAL.label, now=installation.now)
    yield f"{customer.name}: {count} activities in {year}"


def publish_slots(
    installation: Installation,
    *,
    units: Sequence[str],
    days: Sequence[date],
    hours: Sequence[Hours],
    breaks: Sequence[Hours],
    length: timedelta,
    capacity: int,
    **facts: Any,
) -> Lines:
    """A series of times becomes a booking of each of the units; `facts` are those of `series.Facts`."""
    series = Series(tuple(days), tuple(hours), length, capacity, tuple(breaks))
    try:
        with installation.session() as db:
            made = publish_for_units(db, units, series, Facts(**facts), now=installation.now)
    except SeriesRefused as refused:
        raise Refused(str(refused)) from refused
    for booking in made:
        yield f"booking {booking.id}: {booking.title}, sign-up closes {booking.deadline:%Y-%m-%d %H:%M} UTC"


def reconcile(installation: Installation, place: str, *, mend: bool) -> Lines:
    """Every record is compared with the CRM's digests, with a line for each difference; refused while one is left."""
    try:
        theirs = digests_at(place, installation.settings, installation.now)
    except CannotRead as wrong:
        raise WrongWords(str(wrong)) from wrong
    with installation.session(read_only=True) as db:
        found = list(differences(db, theirs))
    told_again = [one for one in found if mend and one.can_be_mended]
    for at in range(0, len(told_again), _AT_ONCE):
        with installation.session() as db:
            restate(db, told_again[at : at + _AT_ONCE], installation.now)
    for difference in found:
        is_mended = mend and difference.can_be_mended
        yield f"{difference.what} {difference.subject}{' told again' if is_mended else ''}"
    if len(told_again) < len(found):
        raise Refused


def received(installation: Installation) -> Lines:
    """The CRM's events that were refused, newest first."""
    with installation.session(read_only=True) as db:
        for event in refused_events(db):
            yield f"{event.received_at:%Y-%m-%d %H:%M} {event.kind} {event.subject} {event.event_id}: {event.reason}"


def _customer(db: Session, number: str) -> Customer:
    customer = customer_by_number(db, number)
    if customer is None:
        raise Refused(f"No customer has the organisation number {number}.")
    return customer


@contextmanager
def _reading(file: Path) -> Iterator[None]:
    """Whatever is wrong with a file that somebody named refuses the command."""
    try:
        yield
    except (FileRefused, PlanRefused) as refused:
        raise Refused(str(refused)) from refused
    except OSError as error:
        raise Refused(f"{file} cannot be read: {error.strerror}.") from error
    except Unreadable as unreadable:
        columns = ", ".join(NEEDED)
        raise Refused(
            f"{file} is no plan that can be read: one of its first lines must name {columns}."
        ) from unreadable
