"""A person at the portal under test: the kit's, over ASGI, with every answer held to the house rules."""

import httpx2
from bs4 import BeautifulSoup

from tests.kit.portal_kit.browsing import Browsing, Mode
from tests.stage.connections.client import BASE, Client
from tests.stage.connections.server import Loop
from tests.stage.house_rules import pages, wiring

__all__ = ["Mode", "Page"]


class Page(Client, Browsing[httpx2.Response]):
    """What one person has on the screen, and what the person does."""

    def __init__(self, app: object, loop: Loop, mode: Mode = "plain") -> None:
        Client.__init__(self, app, loop)
        Browsing.__init__(self, BASE, mode)

    def send(
        self,
        method: str,
        url: str,
        fields: list[tuple[str, str]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx2.Response:
        """One request as it is; whatever is refused says so to who listens."""
        response = self.ask(method, url, fields, headers, self.take_files() if method == "POST" else None)
        if response.status_code >= 400 and "html" in response.headers.get("content-type", "") and response.text:
            pages.refused(response.text, document=response.text.lstrip().startswith("<!doctype"))
        return response

    def read(self, html: str, *, document: bool) -> BeautifulSoup | None:
        """Hold it to the house rules; the same page is read once in a run, unless somebody looks at it."""
        soup = pages.keep(html, document=document)
        self._is_new = soup is not None
        return soup

    def _swap(self, response: httpx2.Response, target: str) -> None:
        """Put it where htmx would: it is what was to be replaced, and what it names is on the page by then."""
        assert wiring.begins_with(response.text, target[1:]), f"the answer is no {target}: {response.text[:300]}"
        super()._swap(response, target)
        if self._is_new:
            wiring.ids_are_there(self.soup.find_all(True), document=True)
