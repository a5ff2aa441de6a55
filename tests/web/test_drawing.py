"""How templates are drawn: what is written into them once, and what is kept, is what would be drawn anew."""

import os
from pathlib import Path
from typing import Any

import pytest
from jinja2 import DictLoader, StrictUndefined, TemplateNotFound, nodes
from markupsafe import Markup, escape
from wtforms import Form

from models.core.settings import Settings
from routes.web.fields import Choice, Option, Text
from routes.web.forms import Fields
from routes.web.http.links import Links
from routes.web.http.static import StaticFiles
from routes.web.templates import environment
from routes.web.templates.compiled import Compiled, Files, written
from tests.stage.templates.checks import PARTIALS, TEMPLATES

LINKS = Links({"orders": "/orders", "order": "/orders/{number:int}", "file": "/{year:int}/{name:name}/x"}, "")


def templates(**sources: str) -> Compiled:
    """Templates of which each is one text."""
    return Compiled(
        fixed={"brand": "Bed & Bok"},
        pure={"url": LINKS.path},
        parts_of=LINKS.parts,
        loader=DictLoader(sources),
        autoescape=True,
        undefined=StrictUndefined,
    )


@pytest.mark.parametrize("value", ["", "plain", "a < b & c > 'd' \"e\"", Markup("<b>"), 7, None, 1.5, True])
def test_what_is_written_is_what_escape_makes_of_it(value: object) -> None:
    assert str(written(value)) == str(escape(value))


@pytest.mark.parametrize(
    ("source", "drawn"),
    [
        ("{{ brand }}", "Bed &amp; Bok"),
        ("{% set brand = 'own' %}{{ brand }}", "own"),
        ("{% for brand in ['a<'] %}{{ brand }}{% endfor %}", "a&lt;"),
        ("{{ url('orders') }}", "/orders"),
        ("{{ url('orders', status='Til øvrig') }}", "/orders?status=Til+%C3%B8vrig"),
        ("{{ url('orders', status=text) }}", "/orders?status=a%2Fb+%3C%22%26"),
        ("{{ url('order', number=7) }}{{ url('order', number=number) }}#x", "/orders/7/orders/41#x"),
        ("{{ url('order', number=number, at='<') }}", "/orders/41?at=%3C"),
        ("{{ url('file', year=number, name=text) }}", "/41/a%2Fb%20%3C%22%26/x"),
        ("{% macro m(url) %}{{ url }}{% endmacro %}{{ m('<') }}", "&lt;"),
    ],
)
def test_addresses_and_names_are_those_of_the_installation(source: str, drawn: str) -> None:
    assert templates(t=source).get_template("t").render(number=41, text='a/b <"&') == drawn


def test_of_an_address_with_parameters_only_those_are_found_where_it_is_written() -> None:
    code = templates().compile("{% for n in numbers %}{{ url('order', number=n) }}{% endfor %}", raw=True)
    assert "url" not in code
    assert "'/orders/'" in code


def test_a_part_is_drawn_in_its_place_with_names_of_its_own() -> None:
    drawing = templates(
        m="{% macro bold(text) %}<b>{{ text }}</b>{% endmacro %}",
        row="{% import 'm' as ui %}{% set word = row ~ '!' %}{% set brand = 'own' %}{{ ui.bold(word) }}{{ brand }}",
        deep="{% set word = 'deep' %}{% include 'row' %}{{ word }}",
        base="{% block content %}{% endblock %}",
        t="{% extends 'base' %}{% import 'm' as ui %}{% block content %}{% set word = 'kept' %}"
        "{% for row in ['a<', 'b'] %}{% include 'row' %}{{ loop.index }}{% endfor %}"
        "{{ word }} {{ brand }} {% set row = 'c' %}{% include 'deep' %}{{ ui.bold(word) }}{% endblock %}",
    )
    assert (
        drawing.get_template("t").render()
        == "<b>a&lt;!</b>own1<b>b!</b>own2kept Bed &amp; Bok <b>c!</b>owndeep<b>kept</b>"
    )


def test_a_part_that_changes_is_read_again_where_that_is_asked_for(tmp_path: Path) -> None:
    drawing = templates()
    drawing.loader, drawing.auto_reload = Files(tmp_path), True
    for name, said in (("t", "{% include 'part' %}"), ("part", "{% include 'deep' %}"), ("deep", "before")):
        (tmp_path / name).write_text(said)
        os.utime(tmp_path / name, (1, 1))
    assert drawing.get_template("t").render() == "before"
    (tmp_path / "deep").write_text("after")
    assert drawing.get_template("t").render() == "after"


def test_templates_of_the_next_release_are_not_drawn_by_this_one(tmp_path: Path) -> None:
    """What nobody opened before the new files were put in place is drawn of the old ones."""
    drawing = environment(Settings(secret_keys=(), field_keys=(), demo=False), LINKS, StaticFiles())
    assert isinstance(drawing.loader, Files)
    drawing.loader.searchpath = [str(tmp_path)]  # nothing is there any more
    assert drawing.loader.get_source(drawing, "layout.html")[0] == (PARTIALS / "layout.html").read_text()
    read_again = environment(Settings(secret_keys=(), field_keys=(), demo=True), LINKS, StaticFiles())
    assert isinstance(read_again.loader, Files)
    read_again.loader.searchpath = [str(tmp_path)]
    with pytest.raises(TemplateNotFound):
        read_again.loader.get_source(read_again, "layout.html")


class _Form(Form):
    name = Text("Navn:")
    unit = Choice("Avdeling:", default="")


def form(sent: dict[str, str], units: dict[str, str]) -> Any:
    """A form of somebody who has these units."""
    made = _Form(Fields(sent.items()), meta={"today": None})
    made.unit.choices = [Option("", "Alle"), *(Option(value, label) for value, label in units.items())]
    return made


def test_a_field_is_kept_by_all_that_it_is_drawn_from_and_never_with_what_was_typed() -> None:
    drawing = templates(
        m="{% macro text(f, hint='') %}{{ f.label.text }}{{ f._value() }}{{ hint }}{% endmacro %}"
        "{% macro choice(f) %}{% for c in f.iter_choices() %}{{ c.label }}{{ c.selected }}{% endfor %}{% endmacro %}",
        t="{% import 'm' as ui %}{{ ui.text(form.name, hint=hint) }} {{ ui.choice(form.unit) }}",
    )

    def drawn(sent: dict[str, str], units: dict[str, str], hint: object = "") -> str:
        return drawing.get_template("t").render(form=form(sent, units), hint=hint)

    ours, theirs = {"1": "Brann"}, {"1": "Rederiet"}
    for _ in range(2):
        assert drawn({}, ours) == "Navn: AlleTrueBrannFalse"
        assert drawn({}, theirs) == "Navn: AlleTrueRederietFalse"
        assert drawn({"unit": "1"}, theirs) == "Navn: AlleFalseRederietTrue"
        assert drawn({"unit": "2"}, theirs) == "Navn: AlleFalseRederietFalse"
        assert drawn({"name": "Kari"}, ours) == "Navn:Kari AlleTrueBrannFalse"
        assert drawn({}, ours, hint="<") == "Navn:&lt; AlleTrueBrannFalse"
        assert drawn({}, ours, hint=1) == "Navn:1 AlleTrueBrannFalse"
        assert drawn({}, ours, hint=True) == "Navn:True AlleTrueBrannFalse"
    kept = "".join(map(repr, drawing.kept._drawn.items()))
    assert "Brann" in kept
    assert "Kari" not in kept


def test_macros_see_nothing_of_a_field_by_which_it_is_not_kept() -> None:
    seen = {
        found.attr
        for macro in TEMPLATES.parse((PARTIALS / "_macros.html").read_text()).find_all(nodes.Macro)
        for found in macro.find_all(nodes.Getattr)
        if isinstance(found.node, nodes.Name) and found.node.name == "f"
    }
    assert seen == {"id", "name", "label", "description", "flags", "errors", "data", "_value", "iter_choices"}
