"""The settings of one installation, read from the environment; no other module reads it.

What a setting means for a feature is said where the feature lives.
"""

import os
import re
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import date
from email.utils import quote
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from models.core.private import make_folder
from models.core.settings import hourly, unsafe
from models.core.settings.reading import SettingsRefused, day, flag, listed, number, required

__all__ = [
    "LOOPBACK_ADDRESSES",
    "LOOPBACK_HOSTS",
    "Connections",
    "Metrics",
    "Settings",
    "SettingsRefused",
    "log_format",
]

LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "[::1]")
LOOPBACK_ADDRESSES = ("127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Connections:
    """How many connections a serving process may have to PostgreSQL, and what stands between."""

    most: int = 20
    wait: int = 10
    """Seconds that somebody waits for one to get free."""
    through_pooler: bool = False
    """Whether a pooler such as PgBouncer may give each transaction another connection."""
    read_url: str | None = field(default=None, repr=False)
    """Where a server is reached that follows the one that leads, for lists, searches and exports."""


@dataclass(frozen=True, slots=True)
class Metrics:
    """Where those who watch the portal ask for its figures; nowhere without a port."""

    port: int = 0
    host: str = "127.0.0.1"
    token: str | None = field(default=None, repr=False)
    """What whoever asks must show; without it anybody may who comes that far."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs between two installations of the portal."""

    secret_keys: tuple[str, ...] = field(repr=False)
    """Keys that sign cookies and form tokens; the first signs, all are accepted."""
    field_keys: tuple[str, ...] = field(repr=False)
    """Keys that encrypt identity numbers and drafts, `id:base64`; the first encrypts."""
    database_url: str = field(default="sqlite:///var/portal.db", repr=False)
    connections: Connections = Connections()
    public_url: str = "http://127.0.0.1:8000"
    """Where people reach the portal; links in letters start with it."""
    allowed_hosts: tuple[str, ...] = LOOPBACK_HOSTS
    smtp_url: str | None = field(default=None, repr=False)
    """`smtp://user:password@host:port`, `smtps://…` or `smtp+starttls://…`; without it letters become files."""
    mail_from: str = "Kundeportal <portal@bht.example>"
    fallback_email: str | None = None
    """Who is told of customers that have no account manager; without it every administrator is."""
    crm_url: str | None = None
    crm_secrets: tuple[str, ...] = field(default=(), repr=False)
    crm_field_key: str | None = field(default=None, repr=False)
    """Encrypts identity numbers for the CRM, `id:base64`; without it the CRM is told only that there is one."""
    order_numbers_from: int = 300_000
    """Which order number the portal gives out first, unless the CRM has told of higher ones by then."""
    hourly: Mapping[str, int] = field(default_factory=lambda: hourly.DEFAULTS)
    """How much one user may do in an hour of what costs others."""
    former_employee_days: int = 3 * 365
    """For how long after their deactivation employees are kept, before `purge` erases them."""
    staff_second_factor: bool = True
    """Whether the provider's own must sign in with a second factor; in a demonstration nobody must."""
    brand: str = "Kundeportal"
    guide_file: str = "Kundeportal.pdf"
    """The file name of the user guide (U20)."""
    demo: bool = False
    today: date | None = None
    """A fixed date for demonstrations and tests; None is the real one."""
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    shutdown_grace: int = 5
    """Seconds that the portal goes on serving, no longer ready, after it was told to stop."""
    request_seconds: int = 45
    """Seconds in which a request is answered, whatever keeps it waiting."""
    http_connections: int = 1000
    """How many connections a process has at most; no more than it may have descriptors for."""
    proxies: tuple[str, ...] = LOOPBACK_ADDRESSES
    """Addresses and networks of proxies, which are believed when they say for whom they ask (FORWARDED_ALLOW_IPS)."""
    slow_statement_ms: int = 0
    """Milliseconds after which a statement is logged; 0 for none."""
    metrics: Metrics = Metrics()
    log_format: str = "text"
    var: Path = Path("var")
    """Where the portal keeps what is not in its database: the demo's keys, letters without a mail server."""

    @property
    def secure(self) -> bool:
        """Whether people come over TLS, which makes cookies Secure and adds HSTS."""
        return self.public_url.startswith("https://")

    @property
    def sends_mail(self) -> bool:
        """Whether letters leave the portal; in a demonstration files are enough."""
        return self.smtp_url is not None or self.demo

    @property
    def has_crm(self) -> bool:
        """Whether there is a CRM to tell anything."""
        return self.crm_url is not None or bool(self.crm_secrets)

    @property
    def crm_fetches(self) -> bool:
        """Whether the CRM cannot be called, and fetches its events instead."""
        return self.crm_url is None and bool(self.crm_secrets)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read the settings.

        Raises SettingsRefused with one clear sentence where one is missing or wrong, or where they are unsafe together;
        in production there are no default keys.
        """
        settings = cls.as_they_are(environ)
        for why in unsafe.reasons(settings):
            raise SettingsRefused(why)
        return settings

    @classmethod
    def as_they_are(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """The same where they are unsafe together, for whoever tells all the reasons."""
        demo = flag(environ, "PORTAL_DEMO")
        brand = environ.get("PORTAL_BRAND") or ("Avonova Kundeportal" if demo else "Kundeportal")
        port = number(environ, "PORT", 8000, at_most=65535)
        public_url, public_host = _address(environ, port)
        return cls(
            secret_keys=required(environ, "SECRET_KEYS"),
            field_keys=required(environ, "FIELD_KEYS"),
            database_url=environ.get("DATABASE_URL") or "sqlite:///var/portal.db",
            connections=_connections(environ),
            public_url=public_url,
            allowed_hosts=listed(environ, "ALLOWED_HOSTS") or tuple(dict.fromkeys((public_host, *LOOPBACK_HOSTS))),
            smtp_url=environ.get("SMTP_URL") or None,
            mail_from=_sender(environ.get("MAIL_FROM") or "portal@bht.example", brand),
            fallback_email=environ.get("FALLBACK_EMAIL") or None,
            **_crm(environ),
            order_numbers_from=_order_number(environ, "ORDER_NUMBERS_FROM", 300_000),
            hourly=_hourly(environ),
            former_employee_days=number(environ, "FORMER_EMPLOYEE_DAYS", 3 * 365, at_least=30),
            staff_second_factor=flag(environ, "STAFF_SECOND_FACTOR", default="1"),
            brand=brand,
            guide_file=environ.get("PORTAL_GUIDE") or ("Avonova_kundeportal.pdf" if demo else "Kundeportal.pdf"),
            demo=demo,
            today=day(environ, "PORTAL_TODAY"),
            port=port,
            **_serving(environ),
            metrics=_metrics(environ, port),
            log_format=log_format(environ),
            var=_var(environ),
        )

    @classmethod
    def for_demo(cls, new_key: Callable[[str], str], environ: MutableMapping[str, str] = os.environ) -> "Settings":
        """Read the settings of the demo, which is demo mode with keys of its own.

        What is missing is put into the environment, so that the processes of the portal have it as well: a key is made
        by its name at the first start, and kept where only its owner can read it. Raises SettingsRefused.
        """
        environ.setdefault("PORTAL_DEMO", "1")
        for name in ("SECRET_KEYS", "FIELD_KEYS"):
            if name not in environ:
                environ[name] = _kept(_var(environ) / name.lower(), name, new_key)
        return cls.from_environment(environ)


def log_format(environ: Mapping[str, str] = os.environ) -> str:
    """How logs are written, which is known also where the rest is not set."""
    return environ.get("LOG_FORMAT") or "text"


def _connections(environ: Mapping[str, str]) -> Connections:
    return Connections(
        most=number(environ, "DATABASE_CONNECTIONS", 20, at_least=2),
        wait=number(environ, "DATABASE_WAIT", 10, at_least=1),
        through_pooler=flag(environ, "DATABASE_POOLER"),
        read_url=environ.get("DATABASE_READ_URL") or None,
    )


def _serving(environ: Mapping[str, str]) -> dict[str, Any]:
    """What is about the processes that serve."""
    host = environ.get("HOST", "127.0.0.1")
    return {
        "host": host,
        "http_connections": number(environ, "HTTP_CONNECTIONS", 1000, at_least=16, at_most=100_000),
        "proxies": _proxies(environ, host),
        "workers": number(environ, "WORKERS", 1, at_least=1),
        "request_seconds": number(environ, "REQUEST_SECONDS", 45, at_least=5, at_most=3600),
        "slow_statement_ms": number(environ, "SLOW_STATEMENT_MS", 0),
        "shutdown_grace": number(environ, "SHUTDOWN_GRACE", 5, at_most=600),
    }


def _metrics(environ: Mapping[str, str], port: int) -> Metrics:
    found = Metrics(
        port=number(environ, "METRICS_PORT", 0, at_most=65535),
        host=environ.get("METRICS_HOST") or "127.0.0.1",
        token=environ.get("METRICS_TOKEN") or None,
    )
    if found.port and found.port == port:
        raise SettingsRefused("METRICS_PORT must be another than PORT: what is told there is not for those who use it.")
    if found.token and (len(found.token) < 32 or not found.token.isascii()):
        raise SettingsRefused("METRICS_TOKEN must have at least 32 letters. Make one with: openssl rand -hex 32")
    return found


def _proxies(environ: Mapping[str, str], host: str) -> tuple[str, ...]:
    """Whom to believe; where a proxy on another machine is in front, nobody can guess its address.

    Not to know it would make one address of all people, and one wrong password too many everybody's. To believe all
    would let each choose an address.
    """
    name = "FORWARDED_ALLOW_IPS"
    found = listed(environ, name)
    behind_tls = environ.get("PUBLIC_URL", "").startswith("https://")
    if not found and behind_tls and host not in {*LOOPBACK_HOSTS, *LOOPBACK_ADDRESSES}:
        raise SettingsRefused(
            f"{name} must name the addresses of the proxy, which is on another machine than the portal."
        )
    for each in found:
        try:
            network = ip_network(each)
        except ValueError:
            raise SettingsRefused(f"{name} must be addresses or networks such as 10.0.0.4 or 10.0.0.0/24.") from None
        if network.prefixlen == 0:
            raise SettingsRefused(f"{name} must name proxies, not everybody: whom it names can choose any address.")
    return found or LOOPBACK_ADDRESSES


def _var(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("PORTAL_VAR") or "var")


def _kept(file: Path, name: str, new_key: Callable[[str], str]) -> str:
    try:
        if not file.exists():
            make_folder(file.parent)
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as kept:
                kept.write(new_key(name))
        return file.read_text().strip()
    except OSError as error:
        raise SettingsRefused(f"{name} cannot be kept in {file}: {error.strerror}.") from error


def _address(environ: Mapping[str, str], port: int) -> tuple[str, str]:
    """PUBLIC_URL and the host in it."""
    url = environ.get("PUBLIC_URL", f"http://127.0.0.1:{port}").rstrip("/")
    if not url.startswith(("http://", "https://")):
        raise SettingsRefused("PUBLIC_URL must start with http:// or https://.")
    return url, url.split("://", 1)[1].split("/")[0].rsplit(":", 1)[0]


def _sender(address: str, brand: str) -> str:
    """Whom letters are from: an address without a name gets the product's."""
    if "<" in address:
        return address
    name = f'"{quote(brand)}"' if re.search(r"[^\w \-]", brand) else brand
    return f"{name} <{address}>"


def _crm(environ: Mapping[str, str]) -> dict[str, Any]:
    named = {"crm_url": environ.get("CRM_URL") or None, "crm_field_key": environ.get("CRM_FIELD_KEY") or None}
    return {**named, "crm_secrets": listed(environ, "CRM_SECRETS")}


def _order_number(environ: Mapping[str, str], name: str, default: int) -> int:
    """A number that lists find by its first digits, and that the CRM can have as a key."""
    return number(environ, name, default, at_least=100_000, at_most=900_000_000)


def _hourly(environ: Mapping[str, str]) -> dict[str, int]:
    try:
        return hourly.read(environ.get("HOURLY_LIMITS", ""))
    except ValueError as wrong:
        raise SettingsRefused(f"HOURLY_LIMITS {wrong}.") from None
