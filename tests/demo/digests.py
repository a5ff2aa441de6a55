"""A digest of each row of the demo: `python -m tests.demo.digests FILE MOMENT` loads it and prints them, a line each.

It runs as a program, so that a test can compare what processes make that have nothing in common but the day.
"""

import hashlib
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import inspect

from models.core.base import Base
from models.core.sealed import Keyring
from tests.demo.loaded import Demo, loaded
from tests.stage.stores.databases import FIELD_KEYS

_SALTED = {"users": ["password_hash"], "audit_entries": ["salt", "content", "digest"], "log_heads": ["digest"]}
"""By table, what is made with a salt, and so another each time."""


def digests(demo: Demo) -> Iterator[str]:
    """Table, key and digest of every row; what is sealed is opened first, and salted hashes are left out."""
    ring = Keyring(FIELD_KEYS)
    for table in sorted(
        (mapper.class_ for mapper in Base.registry.mappers), key=lambda table: str(table.__tablename__)
    ):
        for row in demo.all(table):
            values = {attribute.key: getattr(row, attribute.key) for attribute in inspect(table).column_attrs}
            for name in _SALTED.get(table.__tablename__, ()):
                values.pop(name)
            if "sealed" in values:
                values["sealed"] = ring.open(values["sealed"], place=row.place)
            yield f"{table.__tablename__} {inspect(row).identity} {_digest(values)}"


def _digest(values: dict[str, Any]) -> str:
    return hashlib.sha256(repr(sorted(values.items())).encode()).hexdigest()


if __name__ == "__main__":
    _, file, moment = sys.argv
    with loaded(Path(file), datetime.fromisoformat(moment)) as fresh:
        print(*digests(fresh), sep="\n")  # noqa: T201  # a program, whose output a test reads
