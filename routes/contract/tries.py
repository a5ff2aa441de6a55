"""What is tried at a line of the contract: a part alone, nothing found, what is refused, what is done, the same twice.

How one gets to a line is in `walk`.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import urlencode

from routes.contract.asking import Asked, Pairs, part_of
from routes.contract.description import Described
from routes.contract.markup import Field, Form

_NOBODYS = "999999999"
_SAMPLES = {
    "given_name": "Ada",
    "family_name": "Prøve",
    "full_name": "Ada Prøve",
    "name": "Prøveseksjonen",
    "email": "ada.prove@eksempel.example",
    "mobile": "41 24 48 01",
    "phone": "41 24 48 01",
    "username": "tester",
    "birth_date": "12.05.1984",
    "quantity": "1",
    "year": "2026",
    "capacity": "2",
    "minutes": "30",
    "number": "1",
    "q": "Duck",
    "password": "demo-tester",
    "pasted": "Fornavn\tEtternavn\tEpost\nAda\tPrøve\tada.prove@eksempel.example\nOla\tNord\t",
}
"""What is typed into a field of that name; into others what its kind says."""
_BY_KIND = {"date": "13.11.2026", "time of day": "08:30", "whole number": "1", "text": "Et eksempel"}
_WRONG = {"date": "31.02.2026", "time of day": "25:00", "whole number": "x", "choice": "finnes ikke"}


def tries(told: Described, username: str | None, url: str, form: Form | None) -> Iterator[tuple[str, Asked]]:
    """What is tried at an address, the harmless first."""
    bare = Asked(username, told.method, url)
    if told.method == "GET":
        path = url.partition("?")[0]
        yield from (("as it is", replace(bare, target=part)) for part in (None, *told.parts))
        if form:
            yield "filled", replace(bare, url=f"{path}?{urlencode(filled(told, form))}")
        for state, (name, value) in _searches(told):
            asked = replace(bare, url=f"{path}?{urlencode({name: value})}")
            yield from ((state, replace(asked, target=part)) for part in (None, *told.parts[:1]))
    elif form:
        for at, (state, pairs) in enumerate(_fillings(told, form)):
            own = [form.target] if part_of(form.target) in told.parts else []
            targets = dict.fromkeys([*own, *(part for part in told.parts if "{" not in part)]) if not at else own
            yield from ((state, replace(bare, fields=pairs, target=target)) for target in (*targets, None))
    digits = [piece for piece in url.partition("?")[0].split("/") if piece.isdigit()]
    if digits:
        yield (
            "a row that is not there",
            replace(bare, url=url.replace(digits[0], _NOBODYS), fields=form.token if form else ()),
        )


def _searches(told: Described) -> Iterator[tuple[str, tuple[str, str]]]:
    """Ways to ask a search so that it finds nothing, or is refused: one for each kind of field."""
    kinds = {taken.kind: taken.name for taken in reversed(told.fields)}
    yield from (("refused", (kinds[kind], wrong)) for kind, wrong in _WRONG.items() if kind in kinds)
    if "text" in kinds:
        yield "nothing found", (kinds["text"], _NOBODYS)
    if any(taken.name == "after" for taken in told.fields):
        yield "a row that is not there", ("after", "x")


def _fillings(told: Described, form: Form) -> Iterator[tuple[str, Pairs]]:
    """Ways to fill a form: not at all, wrong, right, and the same once more."""
    kinds = {taken.name: taken.kind for taken in told.fields}

    def nothing(one: Field) -> list[str] | None:
        return [] if one.type == "button" or (one.name in kinds and one.type != "hidden") else None

    def wrong(one: Field) -> list[str] | None:
        return [_WRONG[kinds[one.name]]] if kinds.get(one.name) in _WRONG else None

    yield "empty", _pairs(form, nothing)
    yield "refused", _pairs(form, wrong)
    right = filled(told, form)
    yield "done", right
    yield "sent twice", right
    yield "the same key, other words", [(n, f"{v} 2" if kinds.get(n) == "text" else v) for n, v in right]
    yield "as it stands", _pairs(form, lambda _: None)


def filled(told: Described, form: Form) -> Pairs:
    """A form as somebody fills it."""
    kinds = {taken.name: taken.kind for taken in told.fields}
    return _pairs(form, lambda one: _right(one, kinds.get(one.name, "")))


def _pairs(form: Form, choose: Callable[[Field], list[str] | None]) -> Pairs:
    """What a form sends; of what can be ticked, the first of each name is."""
    found: list[tuple[str, str]] = []
    ticked = {"csrf_token"}  # that is never another one
    for one in form.fields:
        chosen = None if one.name in ticked else choose(one)
        if chosen and one.type in {"checkbox", "radio"}:
            ticked.add(one.name)
        found += [(one.name, value) for value in (one.values if chosen is None else chosen)]
    return found


def _right(one: Field, kind: str) -> list[str] | None:
    """What somebody would type or choose there; None leaves what stands there."""
    if one.type in {"hidden", "button"} or any(value.strip() for value in one.values):
        return None
    if one.type in {"select", "checkbox", "radio"}:
        return [value for value in one.options if value][:1]
    return [_SAMPLES.get(one.name) or _BY_KIND.get(kind, "")]
