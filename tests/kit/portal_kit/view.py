"""What a person sees on a page: headings, rows, fields and what stands in them. How one moves on is in `browsing`."""

from bs4 import BeautifulSoup, Tag


class View:
    """A page as it is looked at."""

    def __init__(self) -> None:
        self._soup: BeautifulSoup | None = None
        self._typed: dict[tuple[str, str], list[str]] = {}

    @property
    def soup(self) -> BeautifulSoup:
        """The page."""
        assert self._soup is not None, "there is no page"
        return self._soup

    @property
    def h1(self) -> str:
        """The heading of the page."""
        heading = self.soup.select_one("h1")
        return text_of(heading) if heading else ""

    @property
    def number(self) -> str:
        """The number of the order that the page is about."""
        number = self.soup.select_one(".number")
        return text_of(number) if number else ""

    @property
    def flash(self) -> str:
        """What just happened."""
        said = self.soup.select_one("#flash")
        return text_of(said) if said else ""

    @property
    def status(self) -> str:
        """What a screen reader was told, in `#status`; the number that came with the answer is `status_code`."""
        status = self.soup.select_one("#status")
        return text_of(status) if status else ""

    @property
    def problems(self) -> list[str]:
        """The sentences of the error summary."""
        return [text_of(link) for link in self.soup.select("#problems a, #problems b")]

    @property
    def rows(self) -> list[list[str]]:
        """The cells of the result table."""
        return [_cells(row) for row in self.soup.select("#results tbody tr")]

    def row(self, id: str) -> list[str]:
        """The cells of the row with this id, such as `order-307390`."""
        row = self.soup.find("tr", id=id)
        assert isinstance(row, Tag), f"no row {id}; there are {[str(one['id']) for one in self.soup.select('tr[id]')]}"
        return _cells(row)

    def part(self, id: str) -> Tag:
        """The part of the page with this id, such as `results`, to look into."""
        part = self.soup.find(id=id)
        assert isinstance(part, Tag), f"no part {id}; there are {[str(one['id']) for one in self.soup.select('[id]')]}"
        return part

    @property
    def tabs(self) -> list[str]:
        """The tabs of the frame."""
        return [text_of(link) for link in self.soup.select("#tabs a")]

    def has(self, text: str) -> bool:
        """Whether the page shows a text."""
        return text in text_of(self.soup)

    def value(self, name: str) -> str:
        """What stands in a field."""
        field = self._field(name)
        if field.name == "select":
            chosen = field.select_one("option[selected]") or field.select_one("option")
            return str(chosen["value"]) if chosen else ""
        return _area(field) if field.name == "textarea" else str(field.get("value", ""))

    def options(self, name: str) -> list[str]:
        """The choices of a list."""
        return [text_of(option) for option in self._field(name).select("option")]

    def option(self, name: str, text: str) -> str:
        """The value of a choice by its text."""
        for option in self._field(name).select("option"):
            if text_of(option) == text:
                return str(option["value"])
        raise AssertionError(f"{name} offers no {text!r}")

    def error(self, name: str) -> str:
        """The sentence at a field."""
        found = self.soup.select_one(f"[id='{self._field(name)['id']}-error']")
        return text_of(found) if found else ""

    def fields(self, form: Tag) -> list[tuple[str, str]]:
        """What a form would send now."""
        pairs: list[tuple[str, str]] = []
        for field in form.select("input:not([type=file]), select, textarea"):
            name = str(field.get("name", ""))
            typed = self._typed.get((str(form.get("id")), name))
            if field.has_attr("disabled"):
                continue
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

    def _field(self, name: str) -> Tag:
        main = self.soup.find("main")
        field = next((tag for tag in main.find_all(True) if tag.get("name") == name), None) if main else None
        if field is None:
            there = sorted({str(tag["name"]) for tag in self.soup.select("main [name]")})
            raise AssertionError(f"no field {name}; there are {there}")
        return field


def text_of(element: Tag) -> str:
    """The words in it, as people read them."""
    return " ".join(element.get_text(" ", strip=True).replace("\xa0", " ").split())


def _cells(row: Tag) -> list[str]:
    return [text_of(cell) for cell in row.select("th, td")]


def _area(field: Tag) -> str:
    """The browser drops the line break after <textarea>."""
    return field.get_text().removeprefix("\n")
