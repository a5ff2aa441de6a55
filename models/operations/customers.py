"""Customers with their units, account managers and users out of one file, for whoever opens a portal.

The desk does the same on a page. How the rows are read and brought in is in `models.imports.customers`.
"""

from collections.abc import Iterable
from pathlib import Path

from models.core.clock import today_in_oslo
from models.exchange.sheets.files import read
from models.imports.customers.bringing import bring_in
from models.imports.customers.headings import is_list, lines_of
from models.imports.customers.reading import Read, by_customer, read_rows, titles
from models.imports.rows import Fate
from models.operations.installation import Installation, Refused
from models.operations.staff import OPERATOR
from models.values.tables import Unreadable

_WORDS = {Fate.NEW: "new", Fate.CHANGED: "changed", Fate.SAME: "the same", Fate.FAULTY: "refused"}


def import_customers(installation: Installation, file: Path, *, check: bool) -> Iterable[str]:
    """Each customer in a transaction of its own, so that a list may be brought in again; refused where a row was."""
    now = installation.now
    try:
        lines, columns, unknown = lines_of(read(file.read_bytes(), is_list))
    except OSError as error:
        raise Refused(f"{file} cannot be read: {error.strerror}.") from error
    except Unreadable as unreadable:
        raise Refused(f"{file}: {unreadable}") from unreadable
    rows = read_rows(lines, columns, today_in_oslo(now))
    if unknown:
        yield f"left aside: {', '.join(unknown)}"
    for of_customer in by_customer(rows):
        with installation.database.session() as db:
            bring_in(db, of_customer, by=OPERATOR, now=now)
            if not check:
                db.commit()
        for one in of_customer:
            yield from _told(one)
    counts = {fate: sum(one.row.fate is fate for one in rows) for fate in _WORDS}
    yield ", ".join(f"{word}: {counts[fate]}" for fate, word in _WORDS.items())
    if check:
        yield "Nothing was kept: leave --check out to bring it in."
    if counts[Fate.FAULTY]:
        raise Refused


def _told(one: Read) -> Iterable[str]:
    for title, sentence in titles(one):
        yield f"row {one.row.number} refused: {title}: {sentence}"
    if not one.row.faults and (one.new or one.changed):
        yield f"row {one.row.number}: {'; '.join([*one.new, *one.changed])}"
