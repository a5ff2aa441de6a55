"""Where a request may come from and lead to: the host asked for, the site that sent a form, paths that stay here."""

from urllib.parse import quote

from starlette.requests import Request

from models.core.settings import Settings

_LONGEST_PATH = 2000
"""What another address can carry as a part of its own."""


def is_our_host(request: Request, settings: Settings) -> bool:
    """Whether the Host header names this portal (ALLOWED_HOSTS), whatever the port."""
    host = _without_port(request.headers.get("host", ""))
    return any(
        host == allowed or (allowed.startswith("*.") and host.endswith(allowed[1:]))
        for allowed in (name.lower() for name in settings.allowed_hosts)
    )


def is_cross_site(request: Request, *, without_referrer: bool = False) -> bool:
    """Whether a browser says that another site sent this; text browsers say nothing, the token decides there.

    From a page that tells nobody its address, `without_referrer`, browsers send a form with the origin `null`.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in {"same-origin", "none"}:
        return True
    origin = request.headers.get("origin")
    if origin is None or (without_referrer and origin == "null"):
        return False
    return origin.lower().partition("://")[2] != request.headers.get("host", "").lower()


def local(path: str, otherwise: str) -> str:
    """A path of this portal that is safe to redirect to, or `otherwise`."""
    stays = path.startswith("/") and not path.startswith(("//", "/\\"))
    if stays and len(path) <= _LONGEST_PATH and path.isprintable():
        return quote(path, safe="/?&=%+#:,.-_~*")
    return otherwise


def _without_port(host: str) -> str:
    name, colon, port = host.lower().rpartition(":")
    return name if colon and port.isdigit() else host.lower()
