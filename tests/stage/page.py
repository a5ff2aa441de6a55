"""A person at the portal: opens pages, fills the real forms and presses the real buttons, with and without htmx.

In the mode `htmx` requests carry htmx 4's headers and answers are swapped into the page as htmx would, so that a
story can assert the same page in both modes. Every answer is held to the house rules.
"""

import re
from typing import Literal
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import httpx2
from bs4 import BeautifulSoup, Tag

from tests.stage import house_rules
from tests.stage.client import BASE, Client
from tests.stage.server import Loop
from tests.stage.swaps import swap_into, target_of

Mode = Literal["plain", "htmx"]


class Page(Client):
    """What one person has on the screen, and what the person does."""

    def __init__(self, app: object, loop: Loop, mode: Mode = "plain") -> None:
        super().__init__(app, loop)
        self.mode = mode
        self.url = "/"
        self.status_code = 0
        self.headers = httpx2.Headers()
        self._text = ""
        self._soup: BeautifulSoup | None = None
        self.response: httpx2.Response
        self._typed: dict[tuple[str, str], list[str]] = {}

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
            house_rules.refusal(response.text, document=response.text.lstrip().startswith("<!doctype"))
        return response

    # What the person does

    def open(self, url: str) -> "Page":
        """Type an address, or use a bookmark."""
        return self._navigate("GET", url)

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

    @property
    def soup(self) -> BeautifulSoup:
        """The page, read when somebody looks at it."""
        if self._soup is None:
            self._soup = house_rules.parsed(self._text)
        return self._soup

    @soup.setter
    def soup(self, soup: BeautifulSoup) -> None:
        """Look at something else, such as a part that was asked for alone."""
        self._soup = soup

    @property
    def h1(self) -> str:
        """The heading of the page."""
        heading = self.soup.select_one("h1")
        return _text(heading) if heading else ""

    @property
    def number(self) -> str:
        """The number of the order that the page is about."""
        number = self.soup.select_one(".number")
        return _text(number) if number else ""

    @property
    def flash(self) -> str:
        """What just happened."""
        said = self.soup.select_one("#flash")
        return _text(said) if said else ""

    @property
    def announced(self) -> str:
        """What a screen reader was told (the status region)."""
        status = self.soup.select_one("#status")
        return _text(status) if status else ""

    @property
    def problems(self) -> list[str]:
        """The sentences of the error summary."""
        return [_text(link) for link in self.soup.select("#problems a, #problems b")]

    @property
    def rows(self) -> list[list[str]]:
        """The cells of the result table."""
        return [[_text(cell) for cell in row.select("th, td")] for row in self.soup.select("#results tbody tr")]

    @property
    def tabs(self) -> list[str]:
        """The tabs of the frame."""
        return [_text(link) for link in self.soup.select("#tabs a")]

    def has(self, text: str) -> bool:
        """Whether the page shows a text."""
        return text in _text(self.soup)

    def value(self, name: str) -> str:
        """What stands in a field."""
        field = self._field(name)
        if field.name == "select":
            chosen = field.select_one("option[selected]") or field.select_one("option")
            return str(chosen["value"]) if chosen else ""
        return _area(field) if field.name == "textarea" else str(field.get("value", ""))

    def options(self, name: str) -> list[str]:
        """The choices of a list."""
        return [_text(option) for option in self._field(name).select("option")]

    def option(self, name: str, text: str) -> str:
        """The value of a choice by its text."""
        for option in self._field(name).select("option"):
            if _text(option) == text:
                return str(option["value"])
        raise AssertionError(f"{name} offers no {text!r}")

    def error(self, name: str) -> str:
        """The sentence at a field."""
        found = self.soup.select_one(f"[id='{self._field(name)['id']}-error']")
        return _text(found) if found else ""

    def fields(self, form: Tag) -> list[tuple[str, str]]:
        """What a form would send now."""
        pairs: list[tuple[str, str]] = []
        for field in form.select("input:not([type=file]), select, textarea"):
            name = str(field.get("name", ""))
            typed = self._typed.get((str(form.get("id")), name))
            if typed is not None:
                pairs += [(name, value) for value in typed if (name, value) not in pairs]
            elif field.name == "select":
                chosen = field.select("option[selected]") or field.select("option")[:1]
                pairs += [(name, str(option["value"])) for option in chosen]
            elif field.name == "textarea":
                pairs.append((name, _area(field)))
            elif field.get("type") not in {"checkbox", "radio"} or field.has_attr("checked"):
                pairs.append((name, str(field.get("value", ""))))
        return [(name, value) for name, value in pairs if name]

    def token(self) -> str:
        """A form token that is good for this person now."""
        field = self.soup.select_one("input[name=csrf_token]")
        assert field is not None
        return str(field["value"])

    # How it works

    def _navigate(self, method: str, url: str, fields: list[tuple[str, str]] | None = None) -> "Page":
        target = urljoin(BASE + self.url, url)
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
        self.response, self.status_code, self.headers = response, response.status_code, response.headers
        self.url = url

    def _one(self, tag: str, text: str) -> Tag:
        found = [element for element in self.soup.find_all(tag) if _text(element) == text]
        assert found, f"no {tag} says {text!r}; there are {[_text(e) for e in self.soup.find_all(tag)]}"
        return found[0]

    def _field(self, name: str) -> Tag:
        main = self.soup.find("main")
        field = next((tag for tag in main.find_all(True) if tag.get("name") == name), None) if main else None
        assert field is not None, f"no field {name}"
        return field

    def _form_with(self, name: str) -> Tag:
        form = self._field(name).find_parent("form")
        assert isinstance(form, Tag)
        return form


def _local(url: str) -> str:
    parts = urlsplit(url)
    query = urlencode(parse_qsl(parts.query, keep_blank_values=True))
    return parts.path + (f"?{query}" if query else "")


def _text(element: Tag) -> str:
    return " ".join(element.get_text(" ", strip=True).replace("\xa0", " ").split())


def _area(field: Tag) -> str:
    """The browser drops the line break after <textarea>."""
    return field.get_text().removeprefix("\n")
