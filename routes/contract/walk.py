"""The walk through a rehearsal: every line is reached as people reach it, by the links and forms of the pages before.

What is tried at each is in `tries`; what shows nothing new is left out.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from starlette.applications import Starlette
from starlette.routing import Match, Route

from models.demo import SIGN_INS
from routes.contract import description, drawn
from routes.contract.asking import Answer, Asked, Example, Person
from routes.contract.description import Described
from routes.contract.markup import Form
from routes.contract.tries import filled, tries
from routes.web.lines import Line, anyone

_OF_EACH = 3
"""People who open an address of the same line: one sees what another does not."""
_OFTEN = {"as it is": 2, "done": 4, "empty": 4, "a row that is not there": 1}
_OFTEN_ELSE = 2
"""How often the same is tried at a line, with another form or by another person."""
_SPARE = 12
"""Forms of other rows that are kept of a line."""
_BEGINNINGS = (
    "/",
    "/info",
    "/desk",
    "/login",
    "/login/work",
    "/password",
    "/guide",
    "/contract",
    "/healthz",
    "/readyz",
)
"""Where everybody begins."""
_ENDS_THE_SESSION = (
    "switch_customer",
    "begin_viewing",
    "end_viewing",
    "forget",
    "end_sessions",
    "change_password",
    "create_session",
    "sign_out",
)
"""Lines that are tried last, in this order."""


@dataclass
class Walk:
    """One walk: who goes, what has been reached, and what was seen."""

    app: Starlette
    lines: Sequence[Line]
    examples: list[Example] = field(default_factory=list)
    passwords: dict[str, str] = field(
        default_factory=lambda: {username: password for username, password, _ in SIGN_INS}
    )
    """With what each user signs in by now."""
    _reached: dict[str, list[tuple[Person, str, Form | None]]] = field(default_factory=dict)
    """By the name of a line: who came there, at which address, and with which form."""
    _spare: dict[str, list[tuple[Person, str, Form]]] = field(default_factory=dict)
    """Forms of other rows: what was done to one row cannot be done to it again."""
    _on_errands: dict[Line, tuple[Person, str]] = field(default_factory=dict)
    """Where errands came, last."""
    _seen: set[tuple[str, str | None, int]] = field(default_factory=set)
    _brought: set[tuple[str, str | None, str]] = field(default_factory=set)
    """What has come of a line with a part, or with the whole page: rows, and `hx-partial`."""
    _opened: Counter[str] = field(default_factory=Counter)
    """How many people opened addresses of a kind."""
    _lines: dict[tuple[str, str], Line | None] = field(default_factory=dict)

    async def go(self) -> list[Example]:
        """Walk, and come back with the examples in the order of the map."""
        people = [await self.enter(username) for username in (None, *self.passwords)]
        for person in people:
            await self._look_around(person)
        for line, (person, url) in self._on_errands.items():
            if line.name not in self._reached:
                await self._open(person, line, url)
        order = {name: at for at, name in enumerate((description.EVERYWHERE.name, *(line.name for line in self.lines)))}
        tried: set[str] = set()
        while new := [line for line in self.lines if line.name in self._reached.keys() - tried]:
            quiet = [line for line in new if line.name not in _ENDS_THE_SESSION]
            last = sorted(new, key=lambda line: _ENDS_THE_SESSION.index(line.name))[:1] if not quiet else []
            for line in last or sorted(quiet, key=lambda line: line.method == "POST"):
                tried.add(line.name)
                await self._try(line)
        return sorted(self.examples, key=lambda example: order[example.line])

    async def enter(self, username: str | None) -> Person:
        """Somebody at a browser of their own: signed in, where it is a user."""
        person = Person(self.app, username)
        if username:
            page = await person.ask(Asked(None, "GET", "/login"))
            token = next(form.token for form in page.markup.forms if form.token)
            pairs = [("username", username), ("password", self.passwords[username]), *token]
            await person.ask(Asked(None, "POST", "/login", pairs))
        return person

    # Where one comes to

    async def _look_around(self, person: Person) -> None:
        """Open what can be opened from the first page on, and keep which forms stand there."""
        ways, opened, lines = dict.fromkeys(_BEGINNINGS), set[str](), set[str]()
        while url := next((way for way in ways if way not in opened), None):
            opened.add(url)
            line = self.line("GET", url)
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
        self._keep(line, "as it is", asked, answer)
        if answer.status < 400:
            self._reached.setdefault(line.name, []).append((person, url, None))
            self._opened[_kind_of(line, url)] += 1
            self._keep_forms(person, answer)
        return answer

    def _is_worth(self, kind: str, kinds: set[str]) -> bool:
        """Whether somebody who has opened addresses of those kinds opens another one."""
        return kind not in kinds and self._opened[kind] < _OF_EACH

    def _keep_forms(self, person: Person, answer: Answer) -> None:
        for form in answer.markup.forms:
            line = self.line(form.method, form.action)
            if line is not None:
                ways, way = self._reached.setdefault(line.name, []), (person, form.action.partition("#")[0], form)
                if len(ways) <= _OF_EACH and form.looks not in {kept.looks for _, _, kept in ways if kept}:
                    ways.append(way)
                elif len(spare := self._spare.setdefault(line.name, [])) < _SPARE:
                    spare.append(way)

    def line(self, method: str, url: str) -> Line | None:
        """The line of the map that an address is of."""
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
        bare = [way for way in ways if not way[2]][: 2 if told.parts else 1]  # whoever comes later sees the same
        often = Counter[tuple[str, str | None]]()
        for person, url, form in [*bare, *(way for way in ways if way[2])]:
            for state, asked in tries(told, person.username, url, form):
                often[state, asked.target] += 1
                is_new = often[state, asked.target] <= _OFTEN.get(state, _OFTEN_ELSE)
                if is_new and not self._is_whole(told):
                    await self._ask(line, person, state, asked)
        for person, url, form in (*ways, *self._spare.get(line.name, [])):
            if form is None:
                continue
            for part in self._unseen(told, form)[:1]:
                fields = filled(told, form)
                await self._ask(line, person, "done", Asked(person.username, told.method, url, fields, part))

    def _unseen(self, told: Described, form: Form) -> list[str | None]:
        """What a form of another row is sent for: the parts that have not come yet, or what a change is answered with.

        Which rows a part is of, the form says.
        """
        seen = [(part, status) for name, part, status in self._seen if name == told.name]
        parts, statuses = ({one[at] for one in seen} for at in (0, 1))
        wanted: list[str | None] = [part for part in told.parts if part not in parts and "{" not in part]
        wanted += [None] if {303} <= {*told.statuses} - statuses else []
        return wanted + ([form.target or None] if {200} <= {*told.statuses} - statuses else [])

    async def ask(self, person: Person, state: str, asked: Asked, *, anywhere: bool = False) -> Answer:
        """Ask on an errand, and keep what came: of the line, or as what every place can answer."""
        answer, line = await person.ask(asked), self.line(asked.method, asked.url)
        if anywhere:
            self.examples.append(Example(description.EVERYWHERE.name, state, asked, answer))
        elif line is not None and (line.who is anyone or not _is_outside(answer)):
            self._keep(line, state, asked, answer)
            if asked.method == "GET" and answer.status == 200:
                self._on_errands[line] = (person, asked.url)
        return answer

    async def _ask(self, line: Line, person: Person, state: str, asked: Asked) -> None:
        if asked.method == "POST" and not any(name == "csrf_token" for name, _ in asked.fields):
            return
        answer = await person.ask(asked)
        if _is_outside(answer):
            return
        self._keep(line, state, asked, answer)
        if asked.target is None or asked.method == "POST":
            self._keep_forms(person, answer)
        for way in _further(answer) if asked.method == "POST" else ():
            beyond = self.line("GET", way)
            if beyond is not None and beyond.name not in self._reached:
                await self._open(person, beyond, way)

    def _keep(self, line: Line, state: str, asked: Asked, answer: Answer) -> None:
        example = Example(line.name, state, asked, answer)
        told, part = description.described(line), example.part
        names = {*told.rows, *told.says, *(told.beside.get(part, ()) if part else ())}
        brought = {(line.name, part, name) for name in drawn.brought(names, drawn.ids(answer.html))}
        shown = (line.name, part, answer.status)
        if shown not in self._seen or not brought <= self._brought:
            self._seen.add(shown)
            self._brought |= brought
            self.examples.append(example)

    def _is_whole(self, told: Described) -> bool:
        """Whether every status and every part of a line has been seen, and what comes beside each."""
        seen = [(part, status) for name, part, status in self._seen if name == told.name]
        brought = {(part, name) for line, part, name in self._brought if line == told.name}
        beside = {(part, name) for part, names in told.beside.items() for name in names}
        parts, statuses = ({one[at] for one in seen} for at in (0, 1))
        return {*told.parts} <= parts and {*told.statuses} <= statuses and beside <= brought


def _kind_of(line: Line, url: str) -> str:
    """A line, and what is said in its query, but for where a list goes on."""
    return " ".join([line.name, *sorted(dict(parse_qsl(urlsplit(url).query)).keys() - {"after"})])


def _further(answer: Answer) -> list[str]:
    """The addresses that an answer leads to or offers."""
    ways = [answer.headers.get("location", ""), *answer.markup.links]
    return [way.partition("#")[0] for way in ways if way.startswith("/")]


def _is_outside(answer: Answer) -> bool:
    """Whether somebody was led to the sign-in, or may not enter."""
    to = answer.headers.get("location", "") + answer.headers.get("hx-redirect", "")
    return to.startswith("/login?")
