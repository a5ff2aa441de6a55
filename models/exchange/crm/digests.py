"""The CRM's digests for a reconciliation: from its address, by a signed call, or from a file.

One line of JSON for each record: `{"subject": "employee:17", "digest": "…"}`. What is compared is not known here.
"""

import urllib.request
from collections.abc import Iterable
from datetime import datetime
from http.client import HTTPException
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit
from uuid import uuid4

import msgspec
from msgspec import Meta, Struct

from models.core.settings import Settings
from models.exchange.crm.webhooks import keys_of, sign

_TIMEOUT = 60


class CannotRead(Exception):
    """The digests cannot be had; says why."""


class _Line(Struct):
    subject: Annotated[str, Meta(pattern="^[a-z_]+:[0-9]+$", max_length=40)]
    digest: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


def digests_at(place: str, settings: Settings, now: datetime) -> dict[str, str]:
    """The digests in a file, or at an address that begins with http, by subject; raises CannotRead."""
    try:
        if not place.startswith(("http://", "https://")):
            with Path(place).open("rb") as lines:
                return _read(lines)
        parts = urlsplit(place)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = sign(keys_of(settings.crm_secrets), uuid4().hex, int(now.timestamp()), target.encode())
        asked = urllib.request.Request(place, headers=headers)  # noqa: S310  # the scheme is looked at above
        with urllib.request.urlopen(asked, timeout=_TIMEOUT) as answer:  # noqa: S310
            return _read(answer)
    except (OSError, ValueError, HTTPException) as wrong:
        raise CannotRead(f"{place} cannot be read: {type(wrong).__name__}") from wrong


def _read(lines: Iterable[bytes]) -> dict[str, str]:
    found = {}
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                read = msgspec.json.decode(line, type=_Line)
            except msgspec.DecodeError as wrong:
                raise CannotRead(f"line {number}: {wrong}") from wrong
            found[read.subject] = read.digest
    return found
