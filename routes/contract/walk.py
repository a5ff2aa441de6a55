"""The walk through a rehearsal: every line is reached as people reach it, by the links and forms of the pages before.

At each line things are tried that show another state: a part alone, nothing found, what is refused, what is done, the
same sent twice. What shows nothing new is left out.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.applications import Starlette
from starlette.routing import Match, Route

from models.demo import SIGN_INS
from routes.contract import description
from routes.contract.asking import Answer, Asked, Example, Pairs, Person, part_of
from routes.contract.description import Described
from routes.contract.markup import Field, Form, Markup
from routes.web.lines import Line

_OF_EACH = 3
"""People who open an address of the same line: one sees what another does not."""
_BEGINNINGS = ("/", "/info", "/desk", "/login", "/password", "/guide", "/contract", "/healthz", "/readyz")
"""Where everybody begins."""
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
_ENDS_THE_SESSION = (
    "sign_out",
    "forget",
    "change_password",
    "end_sessions",
    "choose_password",
    "switch_customer",
    "begin_viewing",
    "end_viewing",
)
"""Lines that are tried last."""


@dataclass
class Walk:
    """One walk: who goes, what has been reached, and what was seen."""

    app: Starlette
    lines: Sequence[Line]
    examples: list[Example] = field(default_factory=list)
    _reached: dict[str, list[tuple[Person, str, Form | None]]] = field(default_factory=dict)
    """By the name of a line: who came there, at which address, and with which form."""
    _seen: set[tuple[str, str | None, int]] = field(default_factory=set)
    _opened: Counter[str] = field(default_factory=Counter)
    """How many people opened addresses of a kind."""
    _lines: dict[tuple[str, str], Line | None] = field(default_factory=dict)

    async def go(self) -> list[Example]:
        """Walk, and come back with the examples in the order of the map."""
        people = [Person(self.app)]
        for username, password, _ in SIGN_INS:
            people.append(person := Person(self.app, username))
            await self._sign_in(person, password)
        for person in people:
            await self._look_around(person)
        order = {line.name: at for at, line in enumerate(self.lines)}
        tried: set[str] = set()
        while new := [line for line in self.lines if line.name in self._reached.keys() - tried]:
            quiet = [line for line in new if line.name not in _ENDS_THE_SESSION]
            for line in sorted(quiet or new, key=lambda line: line.method == "POST"):
                tried.add(line.name)
                await self._try(line)
        return sorted(self.examples, key=lambda example: order[example.line])

    async def _sign_in(self, person: Person, password: str) -> None:
        page = await person.ask(Asked(None, "GET", "/login"))
        token = _token(Markup(page.html).forms)
        pairs = [("username", person.username or ""), ("password", password), ("csrf_token", token)]
        await person.ask(Asked(None, "POST", "/login", pairs))

    # Where one comes to

    async def _look_around(self, person: Person) -> None:
        """Open what can be opened from the first page on, and keep which forms stand there."""
        ways, opened, lines = dict.fromkeys(_BEGINNINGS), set[str](), set[str]()
        while url := next((way for way in ways if way not in opened), None):
            opened.add(url)
            line = self._line("GET", url)
            if line is None or (url not in _BEGINNINGS and not self._is_worth(_kind_of(line, url), lines)):
                continue
            if answer := await self._open(person, line, url):
                lines.add(_kind_of(line, url))
                ways |= dict.fromkeys(_further(answer))

    async def _open(self, person: Person, line: Line, url: str) -> Answer | None:
        """Open an address, and keep what it offers; nothing comes where one may not enter."""
        asked = Asked(person.username, "GET", url)
        answer = await person.ask(asked)
        if _is_outside(answer):
            return None
        self._reached.setdefault(line.name, []).append((person, url, None))
        self._opened[_kind_of(line, url)] += 1
        self._keep(line, "as it is", asked, answer)
        for form in Markup(answer.html).forms:
            self._keep_form(person, form)
        return answer

    def _is_worth(self, kind: str, kinds: set[str]) -> bool:
        """Whether somebody who has opened addresses of those kinds opens another one."""
        return kind not in kinds and self._opened[kind] < _OF_EACH

    def _keep_form(self, person: Person, form: Form) -> None:
        line = self._line(form.method, form.action)
        if line is not None:
            ways = self._reached.setdefault(line.name, [])
            if len(ways) <= _OF_EACH and form.looks not in {kept.looks for _, _, kept in ways if kept}:
                ways.append((person, form.action.partition("#")[0], form))

    def _line(self, method: str, url: str) -> Line | None:
        path = url.partition("#")[0].partition("?")[0]
        if (method, path) not in self._lines:
            scope = {"type": "http", "method": method, "path": path, "headers": []}
            found = next((r for r in self.app.router.routes if r.matches(scope)[0] is Match.FULL), None)
            name = found.name if isinstance(found, Route) else ""
            self._lines[method, path] = next((line for line in self.lines if line.name == name), None)
        return self._lines[method, path]

    # What one tries there

    async def _try(self, line: Line) -> None:
        told = description.described(line)
        ways = self._reached.get(line.name, [])
        for person, url, form in ways if line.method == "POST" else [*ways[:2], *(way for way in ways[2:] if way[2])]:
            for state, asked in _asks(told, person, url, form):
                if not self._is_whole(told):
                    await self._ask(line, person, state, asked)

    async def _ask(self, line: Line, person: Person, state: str, asked: Asked) -> None:
        if asked.method == "POST" and not any(name == "csrf_token" for name, _ in asked.fields):
            return
        answer = await person.ask(asked)
        if _is_outside(answer):
            return
        self._keep(line, state, asked, answer)
        if asked.target is None:
            for form in Markup(answer.html).forms:
                self._keep_form(person, form)
        for way in _further(answer) if asked.method == "POST" else ():
            beyond = self._line("GET", way)
            if beyond is not None and beyond.name not in self._reached:
                await self._open(person, beyond, way)

    def _keep(self, line: Line, state: str, asked: Asked, answer: Answer) -> None:
        example = Example(line.name, state, asked, answer)
        shown = (line.name, example.part, answer.status)
        if shown not in self._seen:
            self._seen.add(shown)
            self.examples.append(example)

    def _is_whole(self, told: Described) -> bool:
        """Whether every status and every part of a line has been seen."""
        seen = [(part, status) for name, part, status in self._seen if name == told.name]
        return {*told.parts} <= {part for part, _ in seen} and {*told.statuses} <= {status for _, status in seen}


def _kind_of(line: Line, url: str) -> str:
    """A line, and what is said in its query, but for where a list goes on."""
    return " ".join([line.name, *sorted(dict(parse_qsl(urlsplit(url).query)).keys() - {"after"})])


def _further(answer: Answer) -> list[str]:
    """The addresses that an answer leads to or offers."""
    ways = [answer.headers.get("location", ""), *Markup(answer.html).links]
    return [way.partition("#")[0] for way in ways if way.startswith("/")]


def _is_outside(answer: Answer) -> bool:
    """Whether somebody was led to the sign-in, or may not enter."""
    to = answer.headers.get("location", "") + answer.headers.get("hx-redirect", "")
    return to.startswith("/login?")


def _asks(told: Described, person: Person, url: str, form: Form | None) -> Iterator[tuple[str, Asked]]:
    """What is tried at an address, the harmless first."""
    bare = Asked(person.username, told.method, url)
    if told.method == "GET":
        path = url.partition("?")[0]
        yield from (("as it is", replace(bare, target=part)) for part in (None, *told.parts))
        if form:
            yield "filled", replace(bare, url=f"{path}?{urlencode(_filled(told, form))}")
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
        yield "a row that is not there", replace(bare, url=url.replace(digits[0], _NOBODYS), fields=_only_token(form))


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
    yield (
        "empty",
        [*_pairs(form, lambda f: [] if f.type == "button" or (f.name in kinds and f.type != "hidden") else None)],
    )
    yield "refused", [*_pairs(form, lambda f: [_WRONG[kinds[f.name]]] if kinds.get(f.name) in _WRONG else None)]
    filled = _filled(told, form)
    yield "done", filled
    yield "sent twice", filled
    yield "the same key, other words", [(n, f"{v} 2" if kinds.get(n) == "text" else v) for n, v in filled]
    yield "as it stands", [*_pairs(form, lambda _: None)]


def _filled(told: Described, form: Form) -> Pairs:
    """A form as somebody fills it."""
    kinds = {taken.name: taken.kind for taken in told.fields}
    return [*_pairs(form, lambda f: _right(f, kinds.get(f.name, "")))]


def _pairs(form: Form, choose: Callable[[Field], list[str] | None]) -> Iterator[tuple[str, str]]:
    """What a form sends; of what can be ticked, the first of each name is."""
    ticked: set[str] = set()
    for one in form.fields:
        chosen = None if one.name == "csrf_token" or one.name in ticked else choose(one)
        if chosen and one.type in {"checkbox", "radio"}:
            ticked.add(one.name)
        yield from ((one.name, value) for value in (one.values if chosen is None else chosen))


def _right(one: Field, kind: str) -> list[str] | None:
    """What somebody would type or choose there; None leaves what stands there."""
    if one.type in {"hidden", "button"} or any(value.strip() for value in one.values):
        return None
    if one.type in {"select", "checkbox", "radio"}:
        return [value for value in one.options if value][:1]
    return [_SAMPLES.get(one.name) or _BY_KIND.get(kind, "")]


def _only_token(form: Form | None) -> Pairs:
    return [("csrf_token", _token([form]))] if form else ()


def _token(forms: Iterable[Form]) -> str:
    return next((f.values[0] for form in forms for f in form.fields if f.name == "csrf_token" and f.values), "")
