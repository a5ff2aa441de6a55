"""The templates: what they may use, and how one is drawn. Only this file speaks Jinja2.

Which template answers a visit, and what stands in the frame around it, is decided in `answers`.
"""

import secrets
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from models.catalogue.words import Catalogue
from models.core.partials import PARTIALS, as_started
from models.core.settings import Settings
from routes.web.http.links import Links
from routes.web.http.static import StaticFiles
from routes.web.templates.compiled import Compiled, Files
from routes.web.words import FILTERS
from routes.web.words.labels import FILTERS as LABELLED
from routes.web.words.labels import tone

# Stands in rendered pages for the form token, which is drawn after the page's ETag is known.
_TOKEN_HERE = f"token-{secrets.token_hex(16)}"


def attributes(values: Mapping[str, object]) -> Markup:
    """Attributes of an element, each with a blank before it; what is true has no value, what is not is left out."""
    return Markup().join(
        Markup(" {}").format(name) if value is True else Markup(' {}="{}"').format(name, value)
        for name, value in values.items()
        if value is not None and value is not False
    )


def text(written: str) -> Markup:
    """A text between tags, where quotes mean nothing: a list of many is so lighter."""
    return Markup(written.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))  # noqa: S704  # escaped here


def state(status: str | None, catalogue: Catalogue) -> str:
    """The status of an order: the provider's word, in the tone of what it means."""
    return _tag(status, tone(catalogue.meaning(status))) if status else ""


@lru_cache(maxsize=512)  # more words than a catalogue has, of which lists are full
def _tag(word: str, tone: str) -> Markup:
    return Markup('<span class="tag {}">{}</span>').format(tone, word)


MARKUP: dict[str, Callable[..., str]] = {"attributes": attributes, "text": text, "state": state}
"""What gives HTML; formats for people are in `words`, and what values are called in `labels`."""


def environment(settings: Settings, links: Links, static: StaticFiles) -> Environment:
    """The templates, with everything that macros may use as globals."""
    templates = Compiled(
        fixed={
            "csrf_token": _TOKEN_HERE,
            "brand": settings.brand,
            "sends_mail": settings.sends_mail,  # no letter is promised where it is false
            "has_crm": settings.has_crm,  # nor an event
            "guide_file": settings.guide_file,
        },
        pure={"url": links.path, "static": static.path},
        parts_of=links.parts,
        loader=Files(PARTIALS, {} if settings.demo else as_started()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=settings.demo,
    )
    templates.filters.update(FILTERS | LABELLED | MARKUP)
    return templates


class Pages:
    """Draws places and parts."""

    def __init__(self, templates: Environment) -> None:
        self._templates = templates

    def render(self, template: str, context: dict[str, Any]) -> list[str]:
        """Render a template; the result is cut where a form's token belongs."""
        return self._templates.get_template(template).render(context).split(_TOKEN_HERE)
