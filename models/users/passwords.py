"""Passwords: Argon2id hashes, and the same answer in the same time for users who do not exist.

What a new one has to be is in `models.users.password_rules`.
"""

import hashlib

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from models.values.texts.marks import normal

# OWASP's parameters for Argon2id (19 MiB, two passes): some 20 ms of one core.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODY = _HASHER.hash("the password of nobody")


def hash_password(password: str) -> str:
    """The Argon2id hash that is stored."""
    return _HASHER.hash(_normal(password))


def verify_password(stored: str | None, password: str) -> bool:
    """Whether the password fits; with no stored hash (an unknown user) it takes as long and never does."""
    try:
        _HASHER.verify(stored or _NOBODY, _normal(password))
    except (VerificationError, InvalidHashError):
        return False
    return bool(stored)


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with weaker parameters than today's and should be renewed."""
    return _HASHER.check_needs_rehash(stored)


def mark_of(stored: str) -> str:
    """By what a stored hash is known again, and nothing follows from."""
    return hashlib.sha256(stored.encode()).hexdigest()


def _normal(password: str) -> str:
    """One form for what looks the same: keyboards write `å` as one sign or as two (NIST SP 800-63B-4, 3.1.1.2)."""
    return normal(password, "NFKC")
