"""Somebody who goes an errand: opens pages one after the other, and sends the forms that stand there.

The errands themselves are in the modules beside this one.
"""

from collections.abc import Awaitable, Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from models.users.throttle import Bucket
from routes.contract.asking import Answer, Asked, Files, Pairs, Person
from routes.contract.description import described
from routes.contract.markup import Form, Markup
from routes.contract.tries import filled
from routes.web.lines import Line
from routes.web.portal import Portal

_OFTEN = 30
"""More often than anybody may try."""


class Outside(Protocol):
    """What happens beside the portal meanwhile."""

    def password_letter(self, username: str) -> tuple[str, str]:
        """The link in a letter to choose a password with, unsigned, and whom it is to."""

    def appointment_letter(self) -> tuple[str, str]:
        """The same of an appointment."""

    def time_passes(self, how_long: timedelta) -> None:
        """It is so much later."""

    def is_used_up(self, username: str, what: Bucket) -> AbstractContextManager[None]:
        """A user has done as much as one may in an hour."""

    def is_slowed_down(self, address: str) -> AbstractContextManager[None]:
        """From a computer somebody has failed as often as one may."""

    def are_many(self, table: str) -> AbstractContextManager[None]:
        """Each row of a table is there some thousand times."""

    def is_away(self, table: str) -> AbstractContextManager[None]:
        """A table cannot be asked, as if the database were away."""

    def is_broken(self, column: str) -> AbstractContextManager[None]:
        """A column, such as `reports.published_on`, holds what nobody can read."""

    def crm_takes_all(self) -> None:
        """The CRM takes what it is told."""

    def letter_is_refused(self) -> None:
        """A letter comes back."""

    def mail_rests(self) -> None:
        """The mail server takes nothing for a while."""

    def crm_is_refused(self) -> None:
        """The CRM has told of what cannot be taken."""


class Takes(Protocol):
    """The walk, which asks, and keeps what came as an example."""

    @property
    def passwords(self) -> dict[str, str]:
        """With what each user signs in by now."""

    def line(self, method: str, url: str) -> Line | None:
        """The line of the map that an address is of."""

    async def ask(self, person: Person, state: str, asked: Asked, *, anywhere: bool = False) -> Answer:
        """Ask, and keep the answer: as the line's, or as what every place can answer."""

    async def enter(self, username: str | None) -> Person:
        """Somebody at a browser of their own, signed in."""


@dataclass
class Goer:
    """One person, and the page that is open."""

    walk: Takes
    person: Person
    at: Markup = field(default_factory=lambda: Markup(""))
    _chosen: Files = ()

    def choose(self, field: str, name: str, content: bytes) -> None:
        """Choose a file for the form that is sent next."""
        self._chosen = (*self._chosen, (field, name, content))

    async def open(self, url: str, *, part: str | None = None, shows: str = "as it is") -> Answer:
        """Open an address; a part alone leaves the page as it is."""
        answer = await self.walk.ask(self.person, shows, Asked(self.person.username, "GET", url, target=part))
        if part is None:
            self.at = answer.markup
        return answer

    def take(self, answer: Answer) -> None:
        """Go on from an answer to a form."""
        self.at = answer.markup

    async def follow(self, line: str, *, having: str = "") -> str:
        """Open the first address of a line that the page leads to, and that has a form to the line `having`."""
        if having and self.forms(having):
            return ""
        return await self.try_each(self.ways(line), having=having)

    async def try_each(self, urls: Iterable[str], *, having: str = "") -> str:
        """Open one address after the other until a form is there."""
        for url in urls:
            await self.open(url)
            if not having or self.forms(having):
                return url
        raise LookupError(having)

    def ways(self, line: str) -> list[str]:
        """Where the page leads to, of one line."""
        ways = dict.fromkeys(way.partition("#")[0] for way in self.at.links if way.startswith("/"))
        return [way for way in ways if self._is_of(line, "GET", way)]

    def forms(self, line: str) -> list[Form]:
        """The forms of the page that are sent to a line."""
        return [form for form in self.at.forms if self._is_of(line, form.method, form.action)]

    def form(self, line: str, *having: str) -> Form:
        """The first form of the page that is sent to a line and has these fields; raises LookupError."""
        for form in self.forms(line):
            if {*having} <= {one.name for one in form.fields}:
                return form
        raise LookupError(line)

    async def send(
        self, line: str, shows: str = "done", *, part: str | None = None, to: str = "", **typed: str
    ) -> Answer:
        """Fill and send the first form of the page that is sent to a line and has what is typed."""
        return await self.give(self.form(line, *typed), shows, part=part, to=to, **typed)

    async def give(
        self, form: Form, shows: str = "done", *, part: str | None = None, to: str = "", **typed: str
    ) -> Answer:
        """Fill and send a form; where something is typed, the rest is as it stands. `to` is another address."""
        line = self.walk.line(form.method, to or form.action.partition("#")[0])
        fields = form.with_values(typed) if typed or line is None else filled(described(line), form)
        return await self._send(form, fields, shows, part, to)

    async def press(self, form: Form, shows: str = "done", *, part: str | None = None, to: str = "") -> Answer:
        """Send a form as it stands."""
        return await self._send(form, form.with_values({}), shows, part, to)

    async def post(self, url: str, shows: str = "done", *, part: str | None = None, **typed: str) -> Answer:
        """Send what no form of this page does, as another page of the same person would."""
        tokens = next((form.token for form in self.at.forms if form.token), [])
        return await self._send(Form("POST", url), [*tokens, *typed.items()], shows, part, "")

    async def until(self, status: int, form: Form, shows: str, *, part: str | None = None, **typed: str) -> None:
        """Send a form again and again, until it is answered so."""
        for _ in range(_OFTEN):
            if (await self.give(form, shows, part=part, **typed)).status == status:
                return
        raise LookupError(str(status))

    async def _send(self, form: Form, fields: Pairs, shows: str, part: str | None, to: str) -> Answer:
        url = to or form.action.partition("#")[0]
        asked, self._chosen = Asked(self.person.username, form.method, url, fields, part, self._chosen), ()
        return await self.walk.ask(self.person, shows, asked)

    async def anywhere(self, shows: str, method: str, url: str, *, part: str | None = None, **more: str) -> Answer:
        """Ask for what every place can answer; `more` are headers, with `_` for `-`."""
        headers = tuple((name.replace("_", "-"), value) for name, value in more.items())
        asked = Asked(self.person.username, method, url, target=part, more=headers)
        return await self.walk.ask(self.person, shows, asked, anywhere=True)

    def _is_of(self, line: str, method: str, url: str) -> bool:
        found = self.walk.line(method, url)
        return found is not None and found.name == line


@dataclass(frozen=True, slots=True)
class Going:
    """What an errand begins with."""

    walk: Takes
    portal: Portal
    outside: Outside

    a_minute = timedelta(minutes=1)
    no_moment = timedelta(minutes=15)
    """After that a sign-in is no longer recent, and the password is asked for again."""

    async def sign_in(self, username: str | None) -> Goer:
        """Somebody who has just signed in; nobody in particular, where no name is given."""
        return Goer(self.walk, await self.walk.enter(username))


Errand = Callable[[Going], Awaitable[None]]
