"""One person's connection to the portal: requests as they are, cookies that are kept, each answer searched.

What a page is and how one moves on it, is in `tests.stage.page`.
"""

from typing import Self
from urllib.parse import urlencode

import httpx2

from tests.stage.connections.server import Loop
from tests.stage.house_rules.emitted import EMITTED

BASE = "http://127.0.0.1:8000"


class Client:
    """What sends, also for a tampering person: nothing is followed."""

    def __init__(self, app: object, loop: Loop) -> None:
        self._loop = loop
        self._client = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=app),  # type: ignore[arg-type]
            base_url=BASE,
            headers={"accept-encoding": "gzip", "user-agent": "a person"},
        )

    def ask(
        self,
        method: str,
        url: str,
        fields: list[tuple[str, str]] | None = None,
        headers: dict[str, str] | None = None,
        files: dict[str, tuple[str, bytes]] | None = None,
    ) -> httpx2.Response:
        """One request as it is; with files, as a form with enctype="multipart/form-data" is sent."""
        shown = dict(headers or {})
        if files:
            sent: dict[str, list[str]] = {}
            for key, value in fields or []:
                sent.setdefault(key, []).append(value)
            answer = self._loop.wait(self._client.request(method, url, data=sent, files=files, headers=shown))
            EMITTED.look_at_answer(answer)
            return answer
        content = urlencode(fields or []).encode() if method == "POST" else None
        if method == "POST":
            shown.setdefault("content-type", "application/x-www-form-urlencoded")
        EMITTED.learn_form(content or b"", shown.get("content-type", ""))
        answer = self._loop.wait(self._client.request(method, url, content=content, headers=shown))
        EMITTED.look_at_answer(answer)
        return answer

    def call(self, method: str, target: str, body: bytes, headers: dict[str, str]) -> httpx2.Response:
        """One request of a program: a body as it is, and no form."""
        return self._loop.wait(self._client.request(method, target, content=body or None, headers=headers))

    def take(self, headers: list[tuple[bytes, bytes]]) -> Self:
        """Keep the cookies of an answer that somebody else asked for."""
        answer = httpx2.Response(200, headers=headers, request=httpx2.Request("POST", f"{BASE}/login"))
        EMITTED.look_at_answer(answer)
        self._client.cookies.extract_cookies(answer)
        return self

    @property
    def cookies(self) -> httpx2.Cookies:
        """The cookies that the browser keeps."""
        return self._client.cookies
