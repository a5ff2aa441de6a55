"""No page promises what nobody gets: a letter depends on whether letters leave the portal, and an event on a CRM."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

ROOT = Path(__file__).parents[3]
PROMISE = re.compile(
    r"(?<!ingen )får (?:en |en ny |ny )?(?:e-post|beskjed|invitasjon|bekreftelse)"
    r"|(?<!Ingen )(?:invitasjon|bekreftelse|e-post) er sendt"
    r"|(?<!Ingen er )varslet\b|sender deg en|sendt en e-post|e-posten om|tilbud om den på e-post"
    r"|Invitert til å velge tid|offered to you by e-mail|E-post går til|e-post kommer"
)
"""What a sentence says that promises a letter, or says that there was one."""
THE_CRM = re.compile(r"(?:CRM|bedriftshelsetjenesten) får beskjed")
"""And an event, which is sent where there is a CRM."""


def in_code(node: ast.AST) -> Iterator[str]:
    """The promises of a module outside `Visit.mailed`."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "mailed":
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and PROMISE.search(node.value):
        yield node.value
    for inner in ast.iter_child_nodes(node):
        yield from in_code(inner)


def in_template(node: nodes.Node, asked: frozenset[str] = frozenset()) -> Iterator[str]:
    """The promises of a template that do not ask for `sends_mail`, or for `has_crm`."""
    if isinstance(node, nodes.If | nodes.CondExpr):
        names = [node.test] if isinstance(node.test, nodes.Name) else list(node.test.find_all(nodes.Name))
        asked |= {name.name for name in names}
    said = node.data if isinstance(node, nodes.TemplateData) else getattr(node, "value", "")
    if isinstance(said, str):
        of_letters, of_events = PROMISE.search(THE_CRM.sub("", said)), THE_CRM.search(said)
        if (of_letters and "sends_mail" not in asked) or (of_events and "has_crm" not in asked):
            yield said
    for inner in node.iter_child_nodes():
        yield from in_template(inner, asked)


def test_rooms_promise_letters_only_where_they_leave_the_portal() -> None:
    rooms = {file: list(in_code(ast.parse(file.read_bytes()))) for file in (ROOT / "routes").rglob("*.py")}
    assert {file.name: found for file, found in rooms.items() if found} == {}
    environment = Environment(autoescape=True)
    pages = {
        file: list(in_template(environment.parse(file.read_text(encoding="utf-8"))))
        for file in (ROOT / "partials").rglob("*.html")
        if file.parent.name not in {"letters", "guide"}  # a letter is one; the guide says at its top where none is sent
    }
    assert {file.name: found for file, found in pages.items() if found} == {}
    assert "{% if not sends_mail %}" in (ROOT / "partials" / "guide" / "show.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("said", "is_promise"),
    [
        ("Kari er lagt til, og får en e-post for å velge passord.", True),
        ("2 ansatte får beskjed på e-post", True),
        ("Kundeansvarlig er varslet, og en bekreftelse er sendt til kari@kunden.example.", True),
        ("Ingen er varslet.", False),
        ("Ingen e-post er sendt, for portalen er ikke koblet til en e-postserver.", False),
        ("Bestilling 300000 er sendt.", False),
        ("E-post går til kari@kunden.example.", True),
    ],
)
def test_what_a_promise_is(said: str, *, is_promise: bool) -> None:
    assert list(in_code(ast.parse(f"say = {said!r}"))) == [said] * is_promise
    assert list(in_code(ast.parse(f"say = visit.mailed({said!r})"))) == []
    assert list(in_template(Environment(autoescape=True).parse(said))) == [said] * is_promise
    inside = f"{{% if sends_mail %}}{said}{{% endif %}}"
    assert list(in_template(Environment(autoescape=True).parse(inside))) == []


def test_that_the_crm_is_told_is_said_only_where_there_is_one() -> None:
    said, environment = "Det blir borte her, og bedriftshelsetjenesten får beskjed.", Environment(autoescape=True)
    assert list(in_template(environment.parse(said))) == [said]
    assert list(in_template(environment.parse(f"{{% if has_crm %}}{said}{{% endif %}}"))) == []
