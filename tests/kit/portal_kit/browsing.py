"""What a person does at the portal: opens pages, fills the real forms, presses the real buttons, with and without htmx.

In the mode `htmx` requests carry htmx 4's headers and answers are swapped into the page as htmx would, so that a
test can assert the same page in both modes. How a request gets to the portal is for who extends this to say.
"""

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Generic, Literal, Protocol, Self, TypeVar
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from bs4 import BeautifulSoup, Tag

from .swaps import swap_into, target_of
from .view import View, text_of

Mode = Literal["plain", "htmx"]
Files = dict[str, tuple[str, bytes]]
"""What was chosen in a form's file fields: a name and the content."""


class Answer(Protocol):
    """What is looked at in an answer, whichever library asked for it."""

    @property
    def status_code(self) -> int: ...

    @property
    def headers(self) -> Mapping[str, str]: ...

    @property
    def text(self) -> str: ...


AnswerT = TypeVar("AnswerT", bound=Answer)


class Browsing(View, ABC, Generic[AnswerT]):
    """What one person has on the screen, and what the person does."""

    def __init__(self, base: str, mode: Mode = "plain") -> None:
        super().__init__()
        self.mode = mode
        self._base = base
        self._url = "/"
        self._is_there = True
        self._text = ""
        self._files: Files = {}
        self._response: AnswerT

    @abstractmethod
    def send(
        self,
        method: str,
        url: str,
        fields: list[tuple[str, str]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> AnswerT:
        """One request as it is, with the person's cookies: nothing is followed, the page stays."""

    def read(self, html: str, *, document: bool) -> BeautifulSoup | None:
        """Read an answer, a whole page or a part; None where it is time enough when somebody looks at it."""
        return None if document else parsed(html)

    def take_files(self) -> Files:
        """What was chosen, for the one request that takes it along."""
        files, self._files = self._files, {}
        return files

    # What the person does

    def open(self, url: str) -> Self:
        """Type an address, or use a bookmark."""
        return self._navigate("GET", url)

    def arrive(self, url: str) -> Self:
        """Be at a place, which is asked for when somebody looks at it: most stories go on at once."""
        self._url, self._is_there = url, False
        return self

    def follow(self, text: str) -> Self:
        """Click a link by its text."""
        return self.click(self._one("a", text))

    def click(self, link: Tag) -> Self:
        """Click a link that is one of several with the same text."""
        url = str(link["href"])
        if self.mode == "htmx" and link.get("hx-get"):
            return self._htmx("GET", str(link["hx-get"]), link, [])
        return self._navigate("GET", url)

    def fill(self, **values: str | list[str]) -> Self:
        """Type into fields, or choose from lists, by their names (`from_` for `from`); nothing is sent."""
        for name, value in values.items():
            field = name.rstrip("_")
            form = self._form_with(field)
            self._typed[(str(form.get("id")), field)] = value if isinstance(value, list) else [value]
        return self

    def attach(self, name: str, filename: str, content: bytes) -> Self:
        """Choose a file in a form; nothing is sent."""
        self._files = {name: (filename, content)}
        return self

    def press(self, text: str, **extra: str) -> Self:
        """Press a button by its text, and so send its form; `extra` are fields that a tampering person adds."""
        button = self._one("button", text)
        form = button.find_parent("form")
        assert isinstance(form, Tag), f"{text} belongs to no form"
        return self.submit(form, button, **extra)

    def wait_for(self, part: str) -> Self:
        """Wait until a part that asks for itself has done so once; without htmx, load the page again."""
        element = self.soup.select_one(f"#{part}")
        assert element is not None, f"no part {part}"
        if self.mode == "plain":
            return self.open(self.url)
        asked = element.get("hx-get")
        return self._htmx("GET", str(asked), element, []) if asked else self

    def submit(self, form: Tag, button: Tag | None = None, **extra: str) -> Self:
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

    def _press_alone(self, form: Tag, button: Tag, fields: list[tuple[str, str]]) -> Self:
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
    def response(self) -> AnswerT:
        """The answer that the page came with."""
        self._look()
        return self._response

    @property
    def status_code(self) -> int:
        """The status that the page came with."""
        return self.response.status_code

    @property
    def headers(self) -> Mapping[str, str]:
        """What the page came with."""
        return self.response.headers

    @property
    def soup(self) -> BeautifulSoup:
        """The page, read when somebody looks at it."""
        self._look()
        if self._soup is None:
            self._soup = parsed(self._text)
        return self._soup

    @soup.setter
    def soup(self, soup: BeautifulSoup) -> None:
        """Look at something else, such as a part that was asked for alone."""
        self._soup = soup

    # How it works

    def _navigate(self, method: str, url: str, fields: list[tuple[str, str]] | None = None) -> Self:
        target, self._is_there = urljoin(self._base + self._url, url), True
        if method == "GET" and fields is not None:
            target = target.partition("#")[0].partition("?")[0] + "?" + urlencode(fields)
        headers = {"sec-fetch-site": "same-origin", "origin": self._base} if method == "POST" else {}
        response = self.send(method, _local(target), fields, headers)
        for _ in range(5):
            if response.status_code != 303:
                break
            target = urljoin(target, response.headers["location"])
            response = self.send("GET", _local(target))
        self._show(response, _local(target))
        self._typed.clear()
        if "html" in response.headers.get("content-type", ""):
            self._text, self._soup = response.text, self.read(response.text, document=True)
        return self

    def _htmx(self, method: str, url: str, source: Tag, pairs: list[tuple[str, str]]) -> Self:
        element = target_of(source, self.soup)
        target = f"#{element.get('id')}"
        headers = {
            "hx-request": "true",
            "hx-request-type": "partial",
            "hx-target": f"{element.name}{target}",
            "hx-source": f"{source.name}#{source.get('id')}",
            "hx-current-url": self._base + self.url,
            "sec-fetch-site": "same-origin",
        }
        if body := self.soup.body:
            headers |= json.loads(str(body.get("hx-headers:inherited", "{}")))
        asked = url
        if method == "GET" and pairs:
            asked = url.partition("?")[0] + "?" + urlencode(pairs)
        if method == "POST":
            headers["origin"] = self._base
        response = self.send(method, asked, pairs, headers)
        for _ in range(5):
            if response.status_code != 303:
                break
            asked = _local(urljoin(self._base + asked, response.headers["location"]))
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

    def _swap(self, response: AnswerT, target: str) -> None:
        part = self.read(response.text, document=False) or parsed(response.text)
        swap_into(self.soup, part, target)
        self._typed = {key: value for key, value in self._typed.items() if self.soup.select_one(f"form[id='{key[0]}']")}
        if re.search(r"form|main", target):
            self._typed.clear()

    def _show(self, response: AnswerT, url: str) -> None:
        self._response, self._url = response, url

    def _one(self, tag: str, text: str) -> Tag:
        found = [element for element in self.soup.find_all(tag) if text_of(element) == text]
        assert found, f"no {tag} says {text!r}; there are {[text_of(e) for e in self.soup.find_all(tag)]}"
        return found[0]

    def _form_with(self, name: str) -> Tag:
        form = self._field(name).find_parent("form")
        assert isinstance(form, Tag)
        return form


def parsed(html: str) -> BeautifulSoup:
    """A page, or a part of one, to look into."""
    return BeautifulSoup(html, "html.parser")


def _local(url: str) -> str:
    parts = urlsplit(url)
    query = urlencode(parse_qsl(parts.query, keep_blank_values=True))
    return parts.path + (f"?{query}" if query else "")
