"""What a page or part offers to go on with: its links, forms and choices, read as a browser reads them.

Who goes on is in `walk`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VALUES = {"input", "select", "textarea"}
_VOID = {"br", "hr", "img", "input", "link", "meta", "path", "source", "wbr"}


@dataclass
class Field:
    """A field of a form: its name, what would be sent for it now, and, of a list, everything that may be."""

    name: str
    type: str
    values: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)


@dataclass
class Form:
    """A form: where it is sent, how, and which part it asks for."""

    method: str = "GET"
    action: str = ""
    target: str = ""
    fields: list[Field] = field(default_factory=list)

    @property
    def looks(self) -> tuple[str, frozenset[str]]:
        """What two forms have in common that differ in their row alone."""
        return self.target.rstrip("0123456789"), frozenset(one.name for one in self.fields)

    @property
    def token(self) -> list[tuple[str, str]]:
        """What has to be sent whatever else is; empty where the form has none."""
        return [(one.name, value) for one in self.fields if one.name == "csrf_token" for value in one.values]

    def with_values(self, typed: Mapping[str, str]) -> list[tuple[str, str]]:
        """What is sent where that is typed, and all else is left as it stands."""
        rest = [(one.name, value) for one in self.fields if one.name not in typed for value in one.values]
        return [*rest, *typed.items()]


class Markup(HTMLParser):
    """One answer, read; `links` are the addresses that can be opened, `forms` what can be sent."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[Form] = []
        self._field: Field | None = None
        self._form: Form | None = None
        self._around: list[tuple[str, str]] = []
        self._ids: dict[str, Form] = {}
        self._beside: list[tuple[Form, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take down what an element offers."""
        given = dict(attrs)
        if tag not in _VOID:
            self._around.append((tag, given.get("hx-target:inherited") or ""))
        self.links += [address for name in ("href", "hx-get") if tag != "link" and (address := given.get(name))]
        if tag == "form":
            target = (given.get("hx-target") or self._inherited()).removeprefix("#")
            self._form = self._named(given.get("id") or "")
            self._form.method, self._form.target = (given.get("method") or "get").upper(), target
            self._form.action = given.get("action") or ""
            self.forms.append(self._form)
        elif tag == "option" and self._field:
            self._field.options.append(given.get("value") or "")
            if "selected" in given:
                self._field.values = [given.get("value") or ""]
        elif form := self._named(given["form"] or "") if "form" in given else self._form:
            if tag in _VALUES and given.get("name"):
                self._begin_field(form, tag, given)
            elif tag == "button" and (given.get("formaction") or given.get("name")):
                self._begin_button(form, given)

    def _inherited(self) -> str:
        """The target that what stands around an element gives it."""
        return next((target for _, target in reversed(self._around) if target), "")

    def _named(self, id: str) -> Form:
        """The form with an id, which may come after what belongs to it."""
        return self._ids.setdefault(id, Form()) if id else Form()

    def _begin_field(self, form: Form, tag: str, given: dict[str, str | None]) -> None:
        kind = given.get("type") or tag
        is_out = kind == "file" or (kind in {"checkbox", "radio"} and "checked" not in given)
        value = given.get("value") or ("on" if kind in {"checkbox", "radio"} else "")
        found = Field(
            given["name"] or "", kind, [] if is_out or tag == "select" else [value], [value] if is_out else []
        )
        form.fields.append(found)
        self._field = found if tag != "input" else None

    def _begin_button(self, form: Form, given: dict[str, str | None]) -> None:
        """A button that goes elsewhere, or says something of its own, is a form beside its form."""
        asks_itself = "hx-post" in given or "hx-get" in given
        own = given.get("hx-target") or (self._inherited() if asks_itself else "")
        self._beside.append((form, given | {"hx-target": own}))

    def close(self) -> None:
        """All that belongs together has been seen."""
        super().close()
        for form, given in self._beside:
            said = [Field(given["name"] or "", "button", [given.get("value") or ""])] if given.get("name") else []
            method, action = given.get("formmethod") or form.method, given.get("formaction") or form.action
            target = (given.get("hx-target") or form.target).removeprefix("#")
            self.forms.append(Form(method.upper(), action, target, [*form.fields, *said]))

    def handle_data(self, data: str) -> None:
        """What stands in a text area is its value."""
        if self._field and self._field.type == "textarea":
            self._field.values = [self._field.values[0] + data]

    def handle_endtag(self, tag: str) -> None:
        """What stood around has ended; a list without a choice sends its first."""
        if any(tag == around for around, _ in self._around):
            while self._around.pop()[0] != tag:
                pass
        if tag in {"select", "textarea"} and self._field:
            if tag == "select" and not self._field.values:
                self._field.values = self._field.options[:1]
            self._field = None
        if tag == "form":
            self._form = None
