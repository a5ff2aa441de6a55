"""Settings that can each be right and are unsafe together, or as weak as none: each with the one sentence that says so.

Which settings there are, and what each of them may be, is in the package itself.
"""

import base64
import binascii
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Protocol
from urllib.parse import urlsplit

_FEWEST_SIGNS = 8
"""A key that was made has many different signs; one that was typed until it was long enough has few."""
_REGISTRIES = {"ac", "co", "com", "edu", "go", "gov", "net", "ne", "or", "org"}
"""Below a country, these belong to its registry: `co.uk`."""
_OF_NORID = {"co", "dep", "fhs", "folkebibl", "fylkesbibl", "herad", "idrett", "kommune", "mil", "museum", "priv"}
_OF_NORID |= {"stat", "vgs"}
"""The same below `no`."""


class Watched(Protocol):
    """Where figures are told."""

    @property
    def port(self) -> int: ...
    @property
    def host(self) -> str: ...
    @property
    def token(self) -> str | None: ...


class Chosen(Protocol):
    """What is looked at of the settings."""

    @property
    def secret_keys(self) -> tuple[str, ...]: ...
    @property
    def field_keys(self) -> tuple[str, ...]: ...
    @property
    def crm_field_key(self) -> str | None: ...
    @property
    def crm_secrets(self) -> tuple[str, ...]: ...
    @property
    def crm_url(self) -> str | None: ...
    @property
    def smtp_url(self) -> str | None: ...
    @property
    def public_url(self) -> str: ...
    @property
    def allowed_hosts(self) -> tuple[str, ...]: ...
    @property
    def host(self) -> str: ...
    @property
    def demo(self) -> bool: ...
    @property
    def metrics(self) -> Watched: ...
    @property
    def today(self) -> object: ...


def reasons(chosen: Chosen) -> Iterator[str]:
    """Why these settings will not do."""
    yield from _of_address(chosen)
    yield from _of_demonstration(chosen)
    yield from _of_keys(chosen)
    for host in chosen.allowed_hosts:
        if host.startswith("*") and _is_of_a_registry(host.removeprefix("*").removeprefix(".")):
            yield f"{host} in ALLOWED_HOSTS lets in domains of others; name one that is your own, such as *.bht.no."
    if chosen.metrics.port and not chosen.metrics.token and not is_loopback(chosen.metrics.host):
        yield "METRICS_HOST lets others ask for figures: set METRICS_TOKEN, which they must show."
    smtp, crm = urlsplit(chosen.smtp_url or ""), urlsplit(chosen.crm_url or "")
    if smtp.scheme == "smtp" and smtp.username and not is_loopback(smtp.hostname):
        yield "SMTP_URL would send its password in clear; use smtps:// or smtp+starttls://."
    if crm.scheme == "http" and not is_loopback(crm.hostname):
        yield "CRM_URL must start with https://: events hold personal data."


def is_loopback(host: str | None) -> bool:
    """Whether nobody but this computer is meant."""
    name = (host or "").strip("[]").lower()
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")


def _of_address(chosen: Chosen) -> Iterator[str]:
    parts = urlsplit(chosen.public_url)
    if parts.path or parts.query or parts.fragment or parts.username is not None:
        yield "PUBLIC_URL must be a scheme and a host, such as https://portal.bht.no: the portal has a host of its own."
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        yield "PUBLIC_URL must start with https:// for others than this computer: cookies and pages would go in clear."


def _of_demonstration(chosen: Chosen) -> Iterator[str]:
    set_to = "PORTAL_DEMO" if chosen.demo else "PORTAL_TODAY" if chosen.today else None
    parts = urlsplit(chosen.public_url)
    if set_to is None:
        return
    if parts.scheme == "https" or not is_loopback(parts.hostname):
        yield f"{set_to} is for demonstrations on this computer, and PUBLIC_URL names a portal for others."
    if not is_loopback(chosen.host):
        yield f"{set_to} is for demonstrations on this computer, and HOST lets others in; use 127.0.0.1."


def _of_keys(chosen: Chosen) -> Iterator[str]:
    for key in chosen.secret_keys:
        if _is_weak(key.encode()):
            yield "A key in SECRET_KEYS repeats itself; make one with: python app.py new-key SECRET_KEYS"
    sealing = [("FIELD_KEYS", key) for key in chosen.field_keys]
    sealing += [("CRM_FIELD_KEY", chosen.crm_field_key)] if chosen.crm_field_key else []
    sealing += [("CRM_SECRETS", f":{secret.removeprefix('whsec_')}") for secret in chosen.crm_secrets]
    for name, key in sealing:
        try:
            material = base64.b64decode(key.partition(":")[2], validate=True)
        except (binascii.Error, ValueError):
            continue  # whoever reads it says what is wrong
        if material and _is_weak(material):
            yield f"A key in {name} repeats itself; make one with: python app.py new-key {name}"


def _is_weak(key: bytes) -> bool:
    """Whether it has few different signs, or is one piece over and over."""
    return len(set(key)) < _FEWEST_SIGNS or key in (key + key)[1:-1]


def _is_of_a_registry(domain: str) -> bool:
    labels = domain.lower().split(".")
    below_norway = labels[-1:] == ["no"] and labels[0] in _OF_NORID
    below_a_country = len(labels[-1]) == 2 and labels[0] in _REGISTRIES
    return len(labels) < 2 or (len(labels) == 2 and (below_norway or below_a_country))
