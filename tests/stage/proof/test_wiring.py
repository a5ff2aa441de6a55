"""What a page or a template names that is not there is found, and nothing that is there."""

import pytest

from tests.stage import check_templates
from tests.stage.house_rules.pages import parsed
from tests.stage.house_rules.wiring import all_is_wired, begins_with
from tests.stage.templates import forms, roots
from tests.stage.templates.wiring import Wiring, of_the_portal

FORM = '<form method="post" action="/orders/1/reference" id="f">{}</form>'
DRAWN_WRONG = [
    ('<a href="/nowhere">x</a>', "the map has no GET /nowhere"),
    ('<a href="/logout">x</a>', "the map has no GET /logout"),
    ('<a href="/orders?colour=red">x</a>', "reads no ['colour']"),
    ('<link rel="stylesheet" href="/static/none.css">', "static/ has no none.css"),
    ('<form method="get" action="/logout"></form>', "the map has no GET /logout"),
    ('<form method="post" action="/guide"></form>', "the map has no POST /guide"),
    (FORM.format('<button formaction="/guide">x</button>'), "the map has no POST /guide"),
    ('<div id="d" hx-post="/guide"></div>', "the map has no POST /guide"),
    ('<div id="d" hx-put="/orders"></div>', "the map has no"),
    ('<input name="color" hx-get="/orders" aria-label="x">', "reads no ['color']"),
    ('<i id="i"><input name="color"></i><b id="b" hx-get="/orders" hx-include="#i input"></b>', "reads no ['color']"),
    (FORM.format('<input name="referense">'), "reads no ['referense']"),
    (FORM.format('<button name="go" value="1">x</button>'), "reads no ['go']"),
    (FORM.format("") + '<input name="go" form="f">', "reads no ['go']"),
    ('<form method="post" action="/logout" id="f" hx-target="#f"></form>', "gives no part f"),
    ('<a href="#none">x</a>', "names no id: ['none']"),
    ('<p aria-controls="none">x</p>', "names no id: ['none']"),
    ('<label for="none">x</label>', "names no id: ['none']"),
    ('<p id="p" aria-describedby="p none">x</p>', "names no id: ['none']"),
    ('<a href="/orders" hx-get="/orders" hx-target="#none">x</a>', "names no id: ['none']"),
    ('<div hx-target:inherited="#none"></div>', "names no id: ['none']"),
    ('<div id="d" hx-get="/orders" hx-include="#none input"></div>', "names no id: ['none']"),
    ('<div id="d" hx-get="/orders" hx-trigger="click, input delay:1s from:#none"></div>', "names no id: ['none']"),
]

DRAWN_WELL = [
    '<a href="/orders/1?draft=a#messages" id="m">x</a> <a href="mailto:a@b.example">x</a> <a href="otpauth://t/x">x</a>',
    FORM.format('<input name="csrf_token"><input name="reference"><input name="granted" disabled>'),
    '<form method="get" action="/orders" id="search" hx-target="#results"><input name="number"></form><p id="results">',
    '<div id="d" hx-get="/orders" hx-trigger="change from:#d" hx-target="this"></div>',
]

MACROS = """{% macro send(where, id, target=none) %}
<form method="post" action="{{ where }}" id="{{ id }}" hx-post="{{ where }}" hx-target="#{{ target or id }}">
{{ caller() }}</form>{% endmacro %}
{% macro outer(to) %}{% call send(to, "outer-form") %}{% endcall %}{% endmacro %}"""
TEMPLATES_WRONG = [
    ('<a href="{{ url("sign_out") }}">x</a>', "href asks with GET, and /logout (sign_out) takes POST"),
    ('<a href="{{ url("orders") if x else url("sign_out") }}">x</a>', "takes POST"),
    ('{% set way = url("sign_out") %}<a href="{{ way }}">x</a>', "takes POST"),
    ('<form method="post" action="{{ url("guide") }}"></form>', "action asks with POST, and /guide"),
    ('{% call ui.send(url("guide"), "f") %}{% endcall %}', "the macro asks with POST, and /guide"),
    ('{{ ui.outer(url("guide")) }}', "the macro asks with POST, and /guide"),
    ('<a href="{{ url("order") }}">x</a>', "url(order) lacks number"),
    ('<a href="{{ url("orders", colour="red") }}">x</a>', "GET /orders reads no colour"),
    ('<label for="none">x</label>', "no template draws an element with the id none"),
    ('<a href="{{ url("orders") }}" hx-get="{{ url("orders") }}" hx-target="#none">x</a>', "with the id none"),
    ('{% call ui.send(url("sign_out"), "f", target="none") %}{% endcall %}', "with the id none"),
]
FORMS_WRONG = [
    ('{% call ui.send(url("order_reference"), "f") %}{{ ui.text(form.referense) }}{% endcall %}', "referense"),
    ('{% call ui.send(url("order_reference"), "f") %}<input name="go">{% endcall %}', "go"),
    ('<form method="post" action="{{ url("order_reference") }}"><input name="go"></form>', "go"),
    ('<form method="post" action="{{ url("order_reference") }}">{{ ui.hidden("go", 1) }}</form>', "go"),
]


@pytest.mark.parametrize(("html", "reason"), DRAWN_WRONG)
def test_what_is_drawn_and_leads_nowhere_is_found(html: str, reason: str) -> None:
    with pytest.raises(AssertionError) as told:
        all_is_wired(parsed(html).find_all(True), document=True)
    assert reason in str(told.value)


@pytest.mark.parametrize("html", DRAWN_WELL)
def test_what_is_drawn_and_is_well_passes(html: str) -> None:
    all_is_wired(parsed(html).find_all(True), document=True)


def test_a_fragment_may_name_what_some_page_has_and_nothing_else() -> None:
    for id in ("results", "slot-12", "number", "order-307390", "sign-up"):
        all_is_wired(parsed(f'<p aria-describedby="{id}">x</p>').find_all(True), document=False)
    with pytest.raises(AssertionError, match="names no id"):
        all_is_wired(parsed('<p aria-describedby="nowhere">x</p>').find_all(True), document=False)


def test_an_answer_begins_with_what_it_replaces() -> None:
    assert begins_with('<title>Ordrer</title>\n<main id="main"><p id="x">', "main")
    assert not begins_with('<p>x</p><section id="results">', "results")


@pytest.mark.parametrize(("template", "reason"), TEMPLATES_WRONG)
def test_a_template_that_leads_nowhere_is_found(template: str, reason: str) -> None:
    found = Wiring({"_macros.html": MACROS, "page.html": template}).problems()
    assert [said for name, line, said in found if reason in said and (name, line) == ("page.html", 1)]


@pytest.mark.parametrize(("template", "name"), FORMS_WRONG)
def test_a_form_of_a_template_that_sends_what_is_not_read_is_found(template: str, name: str) -> None:
    found = forms.problems(Wiring({"_macros.html": MACROS, "page.html": template}))
    assert [said for where, _, said in found if where == "page.html" and f"read no {name}" in said]


@pytest.mark.rest  # all templates are read anew
def test_a_field_that_no_template_sends_and_a_part_with_another_root_are_found() -> None:
    without = {one.name: one.markup.source for one in of_the_portal().templates}
    without["partials/orders/_reference.html"] = '<p id="other"></p>'
    found = [said for *_, said in roots.problems(Wiring(without))]
    assert [said for said in found if "names the part reference, and its root is {'other'}" in said] == found
    assert "no template or address sends quantity, which POST /orders reads" in [
        said for *_, said in forms.problems(Wiring({"page.html": "<p>x</p>"}))
    ]


@pytest.mark.rest  # make check asks it, too
def test_every_template_leads_somewhere(capsys: pytest.CaptureFixture[str]) -> None:
    assert check_templates.main() == 0
    assert capsys.readouterr().out == ""
