"""What operators say and read: `backup`, `verify`, `restore`, `move-to`, and `backed-up` for who does it otherwise.

How they are called is written in `models.operations.tree`.
"""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from models import migrations
from models.core.database import Database
from models.core.sealed import Keyring
from models.marks.mark import Marked
from models.operations.backup import archive, copies, moving, rows
from models.operations.backup.archive import Manifest
from models.operations.installation import Installation, Refused, WrongWords

Lines = Iterable[str]


def backup(installation: Installation, file: Path) -> Lines:
    """The whole database in one file, while the portal runs."""
    made_at = installation.now
    try:
        if file.exists():
            raise WrongWords(f"{file} is there already: give each backup a name of its own.")
        with TemporaryDirectory(prefix=".backup-", dir=file.parent) as folder:
            with copies.copied(installation.database, Path(folder)) as (copy, connection):
                tables = rows.tables_of(connection)
                manifest = Manifest(
                    made_at=f"{made_at:%Y-%m-%dT%H:%M:%SZ}",
                    revision=migrations.revision_of(connection),
                    database=connection.dialect.name,
                    key_ids=rows.key_ids(connection, tables),
                    sha256=archive.digest_of(copy),
                    tables=rows.contents(connection, tables),
                )
            archive.write(file, copy, manifest)
    except OSError as error:
        raise Refused(f"{file} cannot be written: {error.strerror}.") from error
    installation.mark(Marked.BACKUP)
    yield from _described(file, manifest)


def backed_up(installation: Installation, at: datetime | None) -> Lines:
    """Another program has backed the database up, now or a while ago, which nobody here can see."""
    made_at = at or installation.now
    if made_at > installation.now:
        raise WrongWords(f"{made_at:%Y-%m-%d %H:%M} UTC has not come yet: say when the backup was made.")
    installation.mark(Marked.BACKUP, made_at)
    yield f"backup: {made_at:%Y-%m-%d %H:%M} UTC, made by another program"


def verify(_installation: Installation, file: Path) -> Lines:
    """Whether a backup is whole, to the row where SQLite made it; refused where it is not."""
    with archive.read(file) as (manifest, copy):
        compared = _verify(file, manifest, copy)
    yield from _described(file, manifest)
    yield compared


def restore(installation: Installation, file: Path) -> Lines:
    """A backup becomes the database; refused where there is one already, or where it is not what was backed up."""
    database = installation.database
    copies.must_be_empty(database)
    with archive.read(file) as (manifest, copy):
        _must_fit(manifest, database)
        _verify(file, manifest, copy)
        copies.put_back(database, copy)
    with database.alone() as connection:
        _compare(connection, manifest, "The restored database")
    yield from _described(file, manifest)
    yield "Restored, and the same to the row."
    if missing := set(manifest.key_ids) - Keyring(installation.settings.field_keys).ids:
        raise Refused(f"FIELD_KEYS has no {', '.join(sorted(missing))}: what is sealed with it cannot be opened.")
    if manifest.revision != migrations.newest():
        yield "It was made by an earlier release: run `migrate` before `serve`."


def move_to(installation: Installation, url: str) -> Lines:
    """All that is stored goes to another, empty database; the old one stays as it is."""
    source, target = installation.database, Database(url)
    try:
        with source.engine.connect() as connection:
            if migrations.revision_of(connection) != migrations.newest():
                raise Refused("The database is not at this version: run `migrate` first.")
        copies.must_be_empty(target)
        try:
            counts = moving.move(source, target)
        except DBAPIError as error:
            why = str(error.orig).strip().partition("\n")[0]
            raise Refused(f"Nothing was moved: {why}.") from error
    finally:
        target.close()
    for name, count in counts.items():
        yield f"{name}: {count}"
    yield f"{sum(counts.values())} rows moved, and each is the same as before."
    yield "Now set DATABASE_URL to the new database, and never serve from the old one again."


def _described(file: Path, manifest: Manifest) -> Lines:
    yield (
        f"{file}: {sum(content.rows for content in manifest.tables.values())} rows in {len(manifest.tables)} tables, "
        f"{manifest.database}, revision {manifest.revision}, made at {manifest.made_at}"
    )
    yield f"needs these of FIELD_KEYS: {', '.join(manifest.key_ids) or 'none'}"


def _verify(file: Path, manifest: Manifest, copy: Path) -> str:
    if manifest.database != "sqlite":
        copies.must_be_readable(copy)
        return "The copy is whole; its rows are compared when it is restored."
    if (wrong := copies.broken_pages(copy)) is not None:
        raise Refused(f"{file} is damaged: {wrong}")
    with copies.opened(copy) as connection:
        _compare(connection, manifest, str(file))
    return "The copy is whole, and every row is as the manifest says."


def _compare(connection: Connection, manifest: Manifest, what: str) -> None:
    found = rows.contents(connection, rows.tables_of(connection))
    if differing := rows.differing(found, manifest.tables):
        raise Refused(f"{what} is not what was backed up; other rows are in {', '.join(differing)}. Do not use it.")


def _must_fit(manifest: Manifest, database: Database) -> None:
    kind = database.engine.dialect.name
    if manifest.database != kind:
        raise Refused(
            f"It is a backup of {manifest.database}, and DATABASE_URL names {kind}: "
            f"restore it to {manifest.database}, then use `move-to`."
        )
    if not migrations.is_known(manifest.revision):
        raise Refused(f"It was made by a later release (revision {manifest.revision}): install that one first.")
