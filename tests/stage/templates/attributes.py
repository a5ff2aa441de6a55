"""What leads somewhere or refers to something: attributes, with their methods, and what there is for them to name.

Templates are held to it in `wiring`, pages in `tests.stage.house_rules.wiring`.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache

from wtforms import Field
from wtforms.fields.core import UnboundField

from routes.contract.reading import fields
from routes.web.forms import PortalForm
from routes.web.lines import Line

ASKS = {
    **dict.fromkeys(("href", "src", "hx-get", "hx-push-url", "hx-replace-url"), "GET"),
    **{f"hx-{method.lower()}": method for method in ("POST", "PUT", "PATCH", "DELETE", "QUERY", "ACTION")},
}
"""By attribute that leads somewhere, the method; that of `action` and `formaction` stands in the form."""
LEADING = {"action", "formaction"} | ASKS.keys()
AWAY = re.compile(r"#|(?!/)[a-z]+:|(?:true|false)$")
"""What leads to no line: a place on the page, or out of the portal; hx-push-url's yes and no."""
REFERRING = {
    *("for", "form", "list", "headers", "popovertarget", "commandfor"),
    *("aria-activedescendant", "aria-controls", "aria-describedby", "aria-details", "aria-errormessage"),
    *("aria-flowto", "aria-labelledby", "aria-owns"),
}
"""Attributes that hold ids."""
SELECTING = {"hx-target", "hx-include", "hx-indicator", "hx-sync", "hx-select", "hx-disable"}
"""Attributes that hold selectors, in which an id stands as `#id`."""
SELECTED, HEARD = re.compile(r"#([\w-]+)(?![\w-]*\ue000)"), re.compile(r"from:\s*#([\w-]+)(?![\w-]*\ue000)")
ALWAYS = {"csrf_token"}
"""What the entrance reads, before any handler."""


def ids_named(attrs: dict[str, str]) -> Iterator[str]:
    """The ids that an element's attributes name."""
    for name in attrs.keys() & REFERRING:
        yield from attrs[name].split()
    for name, value in attrs.items():
        if name.startswith("hx-"):
            plain = name.partition(":")[0]
            if plain in SELECTING:
                yield from SELECTED.findall(value)
            elif plain == "hx-trigger":
                yield from HEARD.findall(value)
    if attrs.get("href", "").startswith("#"):
        yield attrs["href"][1:]


@cache
def names_read(line: Line) -> frozenset[str]:
    """What the handler of a line reads, and what is read before it."""
    return frozenset(fields(line)) | ALWAYS


@cache
def field_ids() -> frozenset[str]:
    """The ids of the controls of all fields of all forms."""
    return frozenset(f"{name}{end}" for names in names_of_fields().values() for name in names for end in ("", "-field"))


@cache
def names_of_fields() -> Mapping[str, set[str]]:
    """What the fields of all forms are called where they are sent, by what they are called in the form."""
    forms = list(PortalForm.__subclasses__())
    for form in forms:
        forms += form.__subclasses__()
    found: dict[str, set[str]] = defaultdict(set)
    for form in forms:
        for name, field in _unbound(form):
            found[name].add(field.name or name)
    return found


def _unbound(form: type[PortalForm]) -> Iterator[tuple[str, "UnboundField[Field]"]]:
    for name in dir(form):
        if isinstance(field := getattr(form, name), UnboundField):
            yield name, field
