"""A conversation as a page shows it to either side, and the form that adds to it, whatever it is about.

How a message is sent is in `sending`; what is written on, the rooms know: `conversation` in each of them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from models.conversations.files import FileRow
from models.conversations.message import LONGEST, MessageRow, Side
from models.users.of_customer import Asker
from routes.web.fields import Text, at_most, required
from routes.web.forms import PortalForm, masked_sentence
from routes.web.texts.attaching import Attaching
from routes.web.texts.guard import Guard
from routes.web.visit import Visit


class MessageForm(PortalForm):
    """What one writes."""

    message = Text("Skriv en melding", [required("Skriv meldingen før du sender den."), at_most(LONGEST)])

    @property
    def asker(self) -> Asker | None:
        """Who asked for it, where staff write it in the customer's stead."""
        return None


def own_message(visit: Visit, pairs: Iterable[tuple[str, object]] | None = None) -> MessageForm:
    """The form of a message of one's own."""
    form: MessageForm = MessageForm.of(visit, pairs)
    return form


Filling = Callable[[Visit, Iterable[tuple[str, object]]], MessageForm]
"""How the form is filled: a message of one's own, or at the desk perhaps one in the customer's stead."""


@dataclass(frozen=True, slots=True)
class Hanging:
    """A file, and where it leads on the page of the side that looks."""

    file: FileRow
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """The messages with their files, and the form below them."""

    messages: list[MessageRow]
    hanging: list[FileRow]
    """The files of the conversation, whatever they came with."""
    form: MessageForm
    files: Attaching
    """Those of the form."""
    key: str
    action: str
    """Where the form is sent to,"""
    answered: str
    """and where that what the customer wrote last asks for no answer."""
    way: Callable[[int], str]
    """Where a file of it leads, by its id."""
    side: Side
    """Whose page it is drawn on."""
    may_write: bool
    """Whether there is a form: there is none for staff who only read."""
    may_act: bool = False
    """Whether it is staff who may write in the customer's stead."""
    guard: Guard | None = None
    repeated: bool = False
    """Whether the form was sent before, with another text or other files."""
    status: int = 200
    """With which the form is drawn again."""
    said: str = ""
    """What the sender is told once the message is written; the form is then empty."""

    @property
    def masked(self) -> str:
        """What is said where identity numbers were masked in a form that is drawn again, in names of files, too."""
        return masked_sentence(self.form.masked + self.files.masked).strip()

    def files_with(self, message: int | None) -> list[Hanging]:
        """The files that came with a message, or, with None, with what the conversation is about."""
        return [Hanging(file, self.way(file.id)) for file in self.hanging if file.message_id == message]

    @property
    def is_waited_for(self) -> bool:
        """Whether the customer waits for an answer, on the page of those who give it."""
        return self.side is Side.PROVIDER and any(message.unanswered for message in self.messages)

    @property
    def has_news(self) -> bool:
        """Whether a user of the customer sees for the first time what the provider wrote."""
        return self.side is Side.CUSTOMER and any(message.unread for message in self.messages)

    @property
    def needs_a_look(self) -> bool:
        """Whether the form, or one of its files, has something to say, so that focus goes there."""
        return bool(self.form.errors or self.files.problems or self.guard or self.repeated)
