"""A person at the portal: opens pages, fills the real forms and presses the real buttons, with and without htmx.

In the mode `htmx` requests carry htmx 4's headers and answers are swapped into the page as htmx would, so that a
story can assert the same page in both modes. Every answer is held to the house rules.
"""

import json
import re
from typing import Literal
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import httpx2
from bs4 import BeautifulSoup, Tag

from tests.stage import house_rules
from tests.stage.client import BASE, Client
from tests.stage.server import Loop
from tests.stage.swaps import swap_into, target_of
from tests.stage.view import View, text_of

Mode = Literal["plain", "htmx"]


class Page(Client, View):
    """What one person has on the screen, and what the person does."""

    def __init__(self, app: object, loop: Loop, mode: Mode = "plain") -> None:
        Client.__init__(self, app, loop)
        View.__init__(self)
        self.mode = mode
        self._url = "/"
        self._is_there = True
        self._text = ""
        self._response: httpx2.Response

    def send(
        self,
        method: str,
        url: str,
        fields: list[tuple[str, str]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx2.Response:
        """One request as it is; whatever is refused says so to who listens."""
        response = super().send(method, url, fields, headers)
        if response.status_code >= 400 and "html" in response.headers.get("content-type", "") and response.text:
            house_rules.refused(response.text, document=response.text.lstrip().startswith("<!doctype"))
        return response

    # What the person does

    def open(self, url: str) -> "Page":
        """Type an address, or use a bookmark."""
        return self._navigate("GET", url)

    def arrive(self, url: str) -> "Page":
        """Be at a place, which is asked for when somebody looks at it: most stories go on at once."""
        self._url, self._is_there = url, False
        return self

    def follow(self, text: str) -> "Page":
        """Click a link by its text."""
        return self.click(self._one("a", text))

    def click(self, link: Tag) -> "Page":
        """Click a link that is one of several with the same text."""
        url = str(link["href"])
        if self.mode == "htmx" and link.get("hx-get"):
            return self._htmx("GET", str(link["hx-get"]), link, [])
        return self._navigate("GET", url)

    def fill(self, **values: str | list[str]) -> "Page":
        """Type into fields, or choose from lists, by their names (`from_` for `from`); nothing is sent."""
        for name, value in values.items():
            field = name.rstrip("_")
            form = self._form_with(field)
            self._typed[(str(form.get("id")), field)] = value if isinstance(value, list) else [value]
        return self

    def attach(self, name: str, filename: str, content: bytes) -> "Page":
        """Choose a file in a form; nothing is sent."""
        self._files = {name: (filename, content)}
        return self

    def press(self, text: str, **extra: str) -> "Page":
        """Press a button by its text, and so send its form; `extra` are fields that a tampering person adds."""
        button = self._one("button", text)
        form = button.find_parent("form")
        assert isinstance(form, Tag), f"{text} belongs to no form"
        return self.submit(form, button, **extra)

    def wait_for(self, part: str) -> "Page":
        """Wait until a part that asks for itself has done so once; without htmx, load the page again."""
        element = self.soup.select_one(f"#{part}")
        assert element is not None, f"no part {part}"
        if self.mode == "plain":
            return self.open(self.url)
        asked = element.get("hx-get")
        return self._htmx("GET", str(asked), element, []) if asked else self

    def submit(self, form: Tag, button: Tag | None = None, **extra: str) -> "Page":
        """Send a form as a browser does."""
        fields = self.fields(form)
        if button is not None and button.get("name"):
            fields.append((str(button["name"]), str(button.get("value", ""))))
        fields = [(name, value) for name, value in fields if name not in extra] + list(extra.items())
        method = str(form.get("method", "get")).upper()
        action = str((button.get("formaction") if button else None) or form["action"])
        if self.mode == "htmx" and button is not None and (button.get("hx-post") or button.get("hx-get")):
            return self._press_alone(form, button, fields)
        if self.mode == "htmx" and (form.get("hx-post") or form.get("hx-get")):
            return self._htmx(method, action.partition("#")[0], form, fields)
        if button is not None and button.get("formmethod"):
            method = str(button["formmethod"]).upper()
        return self._navigate(method, action, fields)

    def _press_alone(self, form: Tag, button: Tag, fields: list[tuple[str, str]]) -> "Page":
        """A button that asks for itself: a POST takes its form along, a GET what it includes."""
        if button.get("hx-post"):
            return self._htmx("POST", str(button["hx-post"]), button, fields)
        included = str(button.get("hx-include") or "#nothing").replace(":checked", "")  # what is ticked is in `fields`
        names = {str(field.get("name")) for field in self.soup.select(included)}
        return self._htmx(
            "GET", str(button["hx-get"]), button, [(name, value) for name, value in fields if name in names]
        )

    # What the person sees

    def _look(self) -> None:
        if not self._is_there:
            assert self.open(self._url).status_code == 200, self.problems

    @property
    def url(self) -> str:
        """The address of the page."""
        self._look()
        return self._url

    @property
    def response(self) -> httpx2.Response:
        """The answer that the page came with."""
        self._look()
        return self._response

    @property
    def status_code(self) -> int:
        """The status that the page came with."""
        return self.response.status_code

    @property
    def headers(self) -> httpx2.Headers:
        """What the page came with."""
        return self.response.headers

    @property
    def soup(self) -> BeautifulSoup:
        """The page, read when somebody looks at it."""
        self._look()
        if self._soup is None:
            self._soup = house_rules.parsed(self._text)
        return self._soup

    @soup.setter
    def soup(self, soup: BeautifulSoup) -> None:
        """Look at something else, such as a part that was asked for alone."""
        self._soup = soup

    # How it works

    def _navigate(self, method: str, url: str, fields: list[tuple[str, str]] | None = None) -> "Page":
        target, self._is_there = urljoin(BASE + self._url, url), True
        if method == "GET" and fields is not None:
            target = target.partition("#")[0].partition("?")[0] + "?" + urlencode(fields)
        headers = {"sec-fetch-site": "same-origin", "origin": BASE} if method == "POST" else {}
        response = self.send(method, _local(target), fields, headers)
        for _ in range(5):
            if response.status_code != 303:
                break
            target = urljoin(target, response.headers["location"])
            response = self.send("GET", _local(target))
        self._show(response, _local(target))
        self._typed.clear()
        if "html" in response.headers.get("content-type", ""):
            self._text, self._soup = response.text, house_rules.keep(response.text, document=True)
        return self

    def _htmx(self, method: str, url: str, source: Tag, pairs: list[tuple[str, str]]) -> "Page":
        element = target_of(source, self.soup)
        target = f"#{element.get('id')}"
        headers = {
            "hx-request": "true",
            "hx-request-type": "partial",
            "hx-target": f"{element.name}{target}",
            "hx-source": f"{source.name}#{source.get('id')}",
            "hx-current-url": BASE + self.url,
            "sec-fetch-site": "same-origin",
        }
        if body := self.soup.body:
            headers |= json.loads(str(body.get("hx-headers:inherited", "{}")))
        asked = url
        if method == "GET" and pairs:
            asked = url.partition("?")[0] + "?" + urlencode(pairs)
        if method == "POST":
            headers["origin"] = BASE
        response = self.send(method, asked, pairs, headers)
        for _ in range(5):
            if response.status_code != 303:
                break
            asked = _local(urljoin(BASE + asked, response.headers["location"]))
            response = self.send("GET", asked, headers=headers)
        if "hx-redirect" in response.headers:
            return self._navigate("GET", response.headers["hx-redirect"])
        pushed = response.headers.get("hx-push-url", source.get("hx-push-url"))
        if response.status_code == 204:
            self._show(response, self.url)
            return self
        self._show(response, asked if pushed == "true" else self.url if pushed in {None, "false"} else str(pushed))
        self._swap(response, response.headers.get("hx-retarget", target))
        return self

    def _swap(self, response: httpx2.Response, target: str) -> None:
        swap_into(self.soup, house_rules.check(response.text, document=False), target)
        self._typed = {key: value for key, value in self._typed.items() if self.soup.select_one(f"form[id='{key[0]}']")}
        if re.search(r"form|main", target):
            self._typed.clear()

    def _show(self, response: httpx2.Response, url: str) -> None:
        self._response, self._url = response, url

    def _one(self, tag: str, text: str) -> Tag:
        found = [element for element in self.soup.find_all(tag) if text_of(element) == text]
        assert found, f"no {tag} says {text!r}; there are {[text_of(e) for e in self.soup.find_all(tag)]}"
        return found[0]

    def _form_with(self, name: str) -> Tag:
        form = self._field(name).find_parent("form")
        assert isinstance(form, Tag)
        return form


def _local(url: str) -> str:
    parts = urlsplit(url)
    query = urlencode(parse_qsl(parts.query, keep_blank_values=True))
    return parts.path + (f"?{query}" if query else "")
