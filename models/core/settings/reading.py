"""How one setting is read: as a list, a number, a day, yes or no; what it may not be is said in one sentence.

Which settings there are is in the package itself.
"""

from collections.abc import Mapping
from datetime import date


class SettingsRefused(Exception):
    """A setting is missing or wrong; the text is the one sentence that the operator sees."""


def required(environ: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Keys that have to be there; raises SettingsRefused, as all of these do."""
    found = listed(environ, name)
    if not found:
        raise SettingsRefused(f"{name} is not set. Make one with: python app.py new-key {name}")
    if name == "SECRET_KEYS" and any(len(key) < 32 for key in found):
        raise SettingsRefused("Each key in SECRET_KEYS must have at least 32 characters.")
    return found


def listed(environ: Mapping[str, str], name: str) -> tuple[str, ...]:
    """What stands between commas."""
    return tuple(part.strip() for part in environ.get(name, "").split(",") if part.strip())


def flag(environ: Mapping[str, str], name: str, *, default: str = "") -> bool:
    """Whether it is on."""
    value = (environ.get(name) or default).strip().lower()
    if value not in {"", "0", "1", "false", "true", "no", "yes"}:
        raise SettingsRefused(f"{name} must be 0 or 1.")
    return value in {"1", "true", "yes"}


def number(
    environ: Mapping[str, str], name: str, default: int, *, at_least: int = 0, at_most: int | None = None
) -> int:
    """A whole number within its bounds."""
    value = environ.get(name) or str(default)
    if not (value.isdecimal() and int(value) >= at_least):
        raise SettingsRefused(f"{name} must be a whole number{f' of at least {at_least}' if at_least else ''}.")
    if at_most is not None and int(value) > at_most:
        raise SettingsRefused(f"{name} must be at most {at_most}.")
    return int(value)


def day(environ: Mapping[str, str], name: str) -> date | None:
    """A day, where one is set."""
    try:
        return date.fromisoformat(value) if (value := environ.get(name)) else None
    except ValueError:
        raise SettingsRefused(f"{name} must be a date such as 2026-10-01.") from None
