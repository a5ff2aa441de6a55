"""The check of the templates refuses what it should, and nothing that is well."""

import pytest

from tests.stage.templates.checks import problems

REFUSED = [
    ("{% if x %}", "Unexpected end of template"),
    ("{{ name | safe }}", "|safe lets"),
    ("{{ name | shout }}", "no filter shout"),
    ("{{ 1 if name is loud }}", "no test loud"),
    ("{{ url('no_such_room') }}", "the map has no no_such_room"),
    ("{{ static('none.css') }}", "static/ has no none.css"),
    ("{% include 'orders/_none.html' %}", "partials/ has no orders/_none.html"),
    ("{% extends 'none.html' %}", "partials/ has no none.html"),
    ("{{ link('/orders') }}", "/orders is written out"),
    ("{{ ui.text(f, **{'hx-get': '/units'}) }}", "hx-get is written out"),
    ("{{ ui.text(f, **{'onclick': 'go()'}) }}", "onclick is inline script"),
    ('<script>alert("x")</script>', "script belongs in"),
    ('<a href="#x">Dagsliste</a>{% if x %}<a href="#y">Kalenderfil</a>{% endif %}', "run together in a text browser"),
    ('<b>08:00</b><span class="tag">Full</span>', "run together in a text browser"),
    ("<style>p { color: red }</style>", "style belongs in"),
    ('<p style="color: red">', "style belongs in"),
    ('<button onclick="go()">', "onclick is inline script"),
    ('<p {% if x %}onfocus="go()"{% endif %}>', "onfocus is inline script"),
    ('<button hx-on:click="go()">', "hx-on:click is inline script"),
    ('<form method="get" action="#x" hx-get="{{ url("orders") }}" hx-vals="js:{a: b}">', "hx-vals is inline script"),
    ('<select hx-get="{{ url("orders") }}" hx-trigger="change[this.value]">', "hx-trigger filters with"),
    ('<a href="/orders">', "href is written out"),
    ('<a href="/orders/{{ number }}">', "href is written out"),
    ('<a {% if x %}href="/orders"{% else %}href="{{ url("info") }}"{% endif %}>', "href is written out"),
    ('<a href="orders">', "href is written out"),
    ('<a href="javascript:go()">', "href is written out"),
    ('<a href="{{ "/orders/" ~ number }}">', "href is written out"),
    ('<a href="{{ path | lower }}">', "href is written out"),
    ('<form method="post" action="/orders">', "action is written out"),
    ('<button formaction="/orders">', "formaction is written out"),
    ('<img src="/static/x.svg">', "src is written out"),
    ('<select hx-get="/units">', "hx-get is written out"),
    ('<button hx-post="/units">', "hx-post is written out"),
    ('<a href="{{ url("orders") }}" hx-get="{{ url("orders") }}" hx-push-url="/orders">', "hx-push-url is written"),
    ('<a data-hx-get="{{ url("orders") }}">', "data-hx-get is not read here"),
    ('<button hx-get="{{ url("orders") }}" hx-disabled-elt="this">', "hx-disabled-elt is htmx 2"),
    ('<div hx-target="#results"></div>', "hx-target has no effect"),
    ('<a hx-get="{{ url("orders") }}">', "a link has href"),
    ('<form hx-post="{{ url("create_order") }}">', "a form has action and method"),
]

WELL = [
    '<a href="{{ url("order", number=order.number) }}#bookings">{{ order.number }}</a>',
    '<a href="{{ found.older }}" hx-get="{{ found.older }}" hx-target="#results" hx-push-url="true">Eldre</a>',
    '<a href="{{ url("orders") if x else url("info") }}">Tilbake</a> <a href="#main">Hopp</a>',
    '{% if x %}<b>{{ name }}</b>{% else %}<a href="#x">{{ name }}</a>{% endif %} <span class="tag">Ny</span>',
    '<a href="mailto:{{ email }}">{{ email }}</a> <a href="tel:{{ phone }}">{{ phone | phone }}</a>',
    '<div hx-target:inherited="#results"></div> <hx-partial hx-target="#status">3 treff</hx-partial>',
    '<input{{ attrs | xmlattr }} hx-target="#results"> {{ ui.text(f, **{"hx-get": url("units")}) }}',
    '<script defer src="{{ static("portal.css") }}"></script> {# <script>no()</script> #}',
    '<form method="get" action="{{ url("orders") }}" hx-get="{{ url("orders") }}" hx-trigger="change from:#a[name=b]">',
]


@pytest.mark.parametrize(("template", "reason"), REFUSED)
def test_refused(template: str, reason: str) -> None:
    assert [said for _line, said in problems(template) if reason in said], problems(template)


@pytest.mark.parametrize("template", WELL)
def test_well(template: str) -> None:
    assert problems(template) == []


def test_the_line_is_the_one_where_it_stands() -> None:
    template = '{# one\ntwo #}\n{% if x -%}\n\n<p\n  class="{{ a\n }}"\n  style="x">{% endif %}\n{{ y | safe }}\n'
    assert [line for line, _reason in problems(template)] == [8, 9]


def test_letters_in_plain_text_hold_no_markup() -> None:
    assert problems("Fra <person@example.no onclick=x>: {{ a | safe }}", html=False) == [
        (1, "|safe lets markup through unescaped")
    ]
