"""The keys that keep a form that was sent twice from doing its work twice.

What is done once for a key is in the models.
"""

import re
import secrets
from collections.abc import Mapping
from datetime import date

from models.values.national_id import mask_in

_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")

FRESH_KEY = f"key-{secrets.token_hex(16)}"
"""Stands in rendered pages for a fresh idempotency key, which is drawn after the page's ETag is known.

Only where the page is another as soon as its form has been sent: else a kept page would bring a used key back.
"""


def new_key() -> str:
    """A fresh idempotency key for a form that is about to be filled in."""
    return secrets.token_urlsafe(16)


def idempotency_key(sent: Mapping[str, object]) -> str:
    """The key that came with a creating form; a client that sends none gets one, and so no protection."""
    key = sent.get("idempotency_key")
    is_ours = isinstance(key, str) and _KEY.fullmatch(key) and not mask_in(key, today=date.max)[1]
    return str(key) if is_ours else new_key()
