"""What `check` looks at: whether an installation is set up so that it serves, and how to mend what is not.

Each finding is a line. What one process knows of itself while it serves is in the log and at `/readyz`.
"""

import shutil
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, make_url, select
from sqlalchemy.exc import DBAPIError

from models.chores.chore import failing as failing_chores
from models.core.database import FOLLOWS, Database
from models.core.sealed import Keyring
from models.core.servers.row_security import does_not_hold
from models.core.settings import Settings, SettingsRefused, unsafe
from models.marks.mark import marks
from models.migrations import wrong_with
from models.operations.findings import Finding, Grade
from models.operations.installation import Installation, Refused, WrongWords
from models.operations.key_rotation import missing_keys
from models.operations.traces import SILENT, traces
from models.outbox.overview import Counts, counts
from models.staff.administration import administrators

_LITTLE, _ALMOST_NONE = 1 << 30, 100 << 20
"""Bytes that are free on a disk."""


Reach = Callable[[Settings], Iterable[tuple[str, str]]]
"""Goes to each endpoint: its name, and why it takes nothing, or nothing where it does."""


def check(installation: Installation, reach: Reach) -> Iterable[str]:
    """Everything in one screen; ends with 1 where there is a warning, and with 2 where something is wrong."""
    worst, grades, said = Grade.RIGHT, list(Grade), set[str]()
    for finding in _findings(installation, reach):
        if str(finding) in said:  # it was in the way of two things
            continue
        said.add(str(finding))
        worst = max(worst, finding.grade, key=grades.index)
        yield str(finding)
    if worst is Grade.WRONG:
        raise WrongWords
    if worst is Grade.WARNING:
        raise Refused


def _findings(installation: Installation, reach: Reach) -> Iterator[Finding]:
    try:
        settings = installation.settings = Settings.as_they_are()
    except SettingsRefused as refused:
        yield Finding(Grade.WRONG, str(refused))
        return
    reasons = list(unsafe.reasons(settings))
    yield from (Finding(Grade.WRONG, why) for why in reasons)
    if not reasons:
        yield Finding(Grade.RIGHT, f"settings: people come to {settings.public_url}")
    keyring = _keyring(settings)
    if isinstance(keyring, str):
        yield Finding(Grade.WRONG, keyring)
    else:
        yield Finding(Grade.RIGHT, f"keys: {keyring.newest} seals")
    yield from _database(installation, settings, keyring)
    yield from _outside(settings, reach)
    for folder in _folders(settings):
        yield _disk(folder)


def _keyring(settings: Settings) -> Keyring | str:
    """The keys, or why they are none."""
    try:
        return Keyring(settings.field_keys)
    except SettingsRefused as refused:
        return str(refused)


def _database(installation: Installation, settings: Settings, keyring: Keyring | str) -> Iterator[Finding]:
    try:
        wrong = installation.database.ask(wrong_with)
        if wrong:
            yield Finding(Grade.WRONG, wrong)
            return
        with installation.session() as db:  # on SQLite this takes the write lock, on PostgreSQL rows
            held, waiting, left, failing = administrators(db), counts(db), marks(db), failing_chores(db)
            missing = list(missing_keys(db, keyring)) if isinstance(keyring, Keyring) else []
        its_clock, open_to = _clock_of(installation.database), _stands_above(installation.database)
    except SettingsRefused as refused:
        yield Finding(Grade.WRONG, str(refused))
        return
    except (DBAPIError, Refused) as error:
        why = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
        yield Finding(Grade.WRONG, f"The database cannot be used: {why}")
        return
    yield Finding(Grade.RIGHT, "database: reachable, writable, and at this version")
    for table, id in missing:
        what = f"FIELD_KEYS lacks {id}, which alone opens what it has sealed in {table}"
        yield Finding(Grade.WRONG, f"{what}: put it back")
    if settings.connections.read_url:
        yield _replica(settings.connections.read_url)
    if open_to:
        how = "let DATABASE_URL of serve and worker name portal_app (deploy/roles.sql)"
        yield Finding(Grade.WARNING, f"The database keeps no customers apart, for {open_to}: {how}")
    yield _staff(len(held))
    yield from _outbox(waiting, installation.now)
    if failing:
        how = "the log says why (chore failed), and each is tried again every quarter of an hour"
        many = "1 chore has" if failing == 1 else f"{failing} chores have"
        yield Finding(Grade.WARNING, f"{many} failed three times and more: {how}")
    yield from traces(left, settings, installation.now, its_clock)


def _staff(many: int) -> Finding:
    if many:
        return Finding(Grade.RIGHT, f"staff: {many} {'administrator' if many == 1 else 'administrators'}")
    how = 'python app.py create-staff USERNAME --name "…" --email … --administrator'
    return Finding(Grade.WRONG, f"Nobody can administer the staff: {how}")


def _replica(url: str) -> Finding:
    """Whether lists can be read elsewhere than at the server that leads."""
    replica = Database(url)
    wrong = replica.ask(wrong_with)
    replica.close()
    if wrong == FOLLOWS:
        return Finding(Grade.RIGHT, "replica: reachable, and follows")
    why = wrong or "the server leads, so it spares nobody anything, and no list is answered while it is away"
    return Finding(Grade.WARNING, f"DATABASE_READ_URL: {why}")


def _clock_of(database: Database) -> datetime | None:
    """What time it is for the database; None where it has no clock of its own."""
    if database.is_sqlite:
        return None
    with database.engine.connect() as connection:
        return connection.scalar(select(func.clock_timestamp()))


def _stands_above(database: Database) -> str:
    """Why row security does not hold those who serve; nothing where it does, and where there is none."""
    if database.is_sqlite:
        return ""
    with database.engine.connect() as connection:
        return does_not_hold(connection)


def _outbox(waiting: Counts, now: datetime) -> Iterator[Finding]:
    since = waiting.waiting_since
    if since and now - since > SILENT:
        told = f"{waiting.waiting} messages wait, the oldest since {since:%Y-%m-%d %H:%M} UTC"
        yield Finding(Grade.WARNING, f"{told}: does a serve or a worker run? python app.py outbox says more")
    elif not waiting.dead:
        yield Finding(Grade.RIGHT, "outbox: nothing waits for long")
    if waiting.dead:
        yield Finding(Grade.WARNING, f"{waiting.dead} messages could not be delivered: python app.py outbox says why")


def _outside(settings: Settings, reach: Reach) -> Iterator[Finding]:
    if not settings.sends_mail:
        yield Finding(Grade.WRONG, "SMTP_URL is not set: letters are files under PORTAL_VAR, and reach nobody")
    if not settings.has_crm:
        yield Finding(Grade.RIGHT, "CRM: there is none")
    try:
        for name, why in reach(settings):
            said = (
                f"{name} takes nothing ({why}): is its address right, and does it run?" if why else f"{name}: answers"
            )
            yield Finding(Grade.WRONG if why else Grade.RIGHT, said)
    except SettingsRefused as refused:
        yield Finding(Grade.WRONG, str(refused))


def _folders(settings: Settings) -> list[Path]:
    """Where the portal writes, each disk once."""
    folders = [settings.var]
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        folders.append(Path(url.database).parent)
    there = [
        next(each for each in (folder.absolute(), *folder.absolute().parents) if each.is_dir()) for folder in folders
    ]
    return list({each.stat().st_dev: each for each in there}.values())


def _disk(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    said = f"disk of {folder}: {free / 1e9:.1f} GB free"
    return Finding(Grade.WRONG if free < _ALMOST_NONE else Grade.WARNING if free < _LITTLE else Grade.RIGHT, said)
