"""Loggen speaks Norwegian: whatever the portal writes into a customer's log has a word there."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from routes.log.words import _ACTIONS, KINDS
from tests.web.test_tooling import ROOT

T = TypeVar("T", bound=ast.AST)
MODELS = [file for file in (ROOT / "models").rglob("*.py") if not {"migrations", "demo", "staff"} & {*file.parts}]
"""Of staff there is a log of their own, with words of its own."""
TREES: dict[Path, ast.Module] = {file: ast.parse(file.read_bytes()) for file in MODELS}


def name_of(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return f"{getattr(call.func.value, 'id', '')}.{call.func.attr}"
    return getattr(call.func, "id", "")


def nodes(kind: type[T], tree: ast.AST) -> Iterator[T]:
    return (node for node in ast.walk(tree) if isinstance(node, kind))


def handing_on() -> dict[str, int]:
    """The functions that write what was done into the log, or hand it on to one that does, and where they take it."""
    given = {"Change": 3, "Change.of": 1, "note": 2}
    for _ in range(3):  # as far as it is handed on
        for tree in TREES.values():
            for function in nodes(ast.FunctionDef, tree):
                places = [argument.arg for argument in function.args.args]
                if "action" in places and any(name_of(call) in given for call in nodes(ast.Call, function)):
                    given.setdefault(function.name, places.index("action"))
    return given


def texts(node: ast.AST) -> Iterator[str]:
    """The texts that an expression may be; a condition is none of them."""
    if isinstance(node, ast.IfExp):
        yield from [*texts(node.body), *texts(node.orelse)]
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def actions() -> Iterator[str]:
    """Whatever is said to one of them, and what a name for it stands for where they are asked."""
    given = handing_on()
    for tree in TREES.values():
        asked = [call for call in nodes(ast.Call, tree) if name_of(call) in given]
        for call in asked:
            named = [word.value for word in call.keywords if word.arg == "action"]
            for value in named or call.args[given[name_of(call)] :][:1]:
                yield from texts(value)
        for node in nodes(ast.Assign, tree) if asked else ():
            if any(isinstance(to, ast.Name) and to.id == "action" for to in node.targets):
                yield from texts(node.value)


def test_each_thing_that_is_done_has_a_word_in_the_log() -> None:
    said = set(actions())
    assert len(said) > 40, "they are found"
    assert {action for action in said if not {action, action.replace("_", " ")} & _ACTIONS.keys()} == set()


def test_each_kind_of_thing_has_a_word_in_the_log() -> None:
    """What an entry is about begins with its kind: `calendar_feed:7`."""
    about = {
        str(text.values[0].value).removesuffix(":")
        for tree in TREES.values()
        for call in nodes(ast.Call, tree)
        if name_of(call) == "Change"
        for word in call.keywords
        if word.arg == "about"
        for text in ast.walk(word.value)
        if isinstance(text, ast.JoinedStr) and isinstance(text.values[0], ast.Constant)
    }
    assert about
    assert about <= KINDS.keys()
