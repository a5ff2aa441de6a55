"""A portal that runs somewhere, and the people who come to it over HTTP. What they do there is in `browsing`."""

import time
from types import TracebackType
from typing import Self
from urllib.parse import urlencode

import httpx

from .browsing import Browsing, Mode

READY = 60.0
"""Seconds that a portal may take until it is there."""


class Page(Browsing[httpx.Response]):
    """What one person has on the screen, and what the person does."""

    def __init__(self, base_url: str, mode: Mode = "plain") -> None:
        super().__init__(base_url, mode)
        self.client = httpx.Client(base_url=base_url, timeout=READY)

    def send(
        self,
        method: str,
        url: str,
        fields: list[tuple[str, str]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        """One request as it is, with the person's cookies: nothing is followed, the page stays."""
        shown = dict(headers or {})
        if method != "POST":
            return self.client.request(method, url, headers=shown)
        if files := self.take_files():
            sent: dict[str, list[str]] = {}
            for key, value in fields or []:
                sent.setdefault(key, []).append(value)
            return self.client.request(method, url, data=sent, files=files, headers=shown)
        shown.setdefault("content-type", "application/x-www-form-urlencoded")
        return self.client.request(method, url, content=urlencode(fields or []), headers=shown)


class Portal:
    """The portal at an address, such as `http://127.0.0.1:8000`."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url.rstrip("/")
        self._pages: list[Page] = []

    def wait(self, seconds: float = READY) -> Self:
        """Wait until it is there; raises TimeoutError."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"{self.base_url}/readyz").status_code == httpx.codes.OK:
                    return self
            except httpx.TransportError:
                pass  # nobody listens yet
            time.sleep(0.1)
        raise TimeoutError(f"no portal is ready at {self.base_url}")

    def visitor(self, mode: Mode = "plain") -> Page:
        """Somebody who is not signed in, with nothing open."""
        page = Page(self.base_url, mode)
        self._pages.append(page)
        return page

    def sign_in(self, username: str, password: str, mode: Mode = "plain") -> Page:
        """Somebody who has signed in, at the page that comes then; raises AssertionError where that is refused."""
        page = self.visitor(mode).open("/login")
        page.fill(username=username, password=password).press("Logg inn")
        assert not page.problems, f"{username} cannot sign in: {page.problems}"
        return page

    def close(self) -> None:
        """Give the connections of everybody back."""
        for page in self._pages:
            page.client.close()
        self._pages.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
