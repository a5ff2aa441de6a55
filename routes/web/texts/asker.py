"""What staff write in a customer's stead, as on the telephone (D2): who asked for it, who may, where its form leads.

The fields are drawn by `frame/_asker.html`. What is written, the rooms know.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from wtforms.validators import ValidationError

from models.core.database import Session
from models.customers.customer import Customer
from models.users.of_customer import Asker, users_at
from routes.web.fields import Choice, Option, Text, at_most
from routes.web.forms import PortalForm
from routes.web.texts.talk import MessageForm
from routes.web.visit import Visit

_NO_USER = Option("", "Ingen av brukerne")


@dataclass(frozen=True, slots=True)
class Ways:
    """Where the form is sent, where a new one is begun, and where one goes without sending it."""

    action: str
    new: str
    back: str
    customer: str = ""
    """The customer in whose stead it is filled in, where that is not said by who is signed in."""


class AskerForm(PortalForm):
    """One of the customer's users, or a name."""

    asked_by = Choice(
        "På vegne av:",
        default="",
        description="En av brukerne, eller navnet nedenfor.",
        refusal="Velg en av kundens brukere.",
    )
    asked_name = Text("Navn, når det er en annen:", [at_most(200)], description="Navn og gjerne stilling.")
    _db: Session
    _customer_id: int

    def ask_for(self, visit: Visit, *, needed: bool) -> None:
        """Let one choose among the users of the customer that a visit serves; they are found where they are drawn."""
        self._db, self._customer_id = visit.db, visit.customer_id
        self.asked_by.find_choices = lambda: [_NO_USER, *(Option(id, label) for id, (label, _) in self._users.items())]
        self.asked_by.flags.required = needed
        if needed:  # drawn first, and so told first of what is wrong
            own = ("asked_by", "asked_name")
            others = [name for name in self._fields if name not in own]
            self._fields = {name: self._fields[name] for name in (*own, *others)}

    def validate_asked_by(self, field: Choice) -> None:
        """Raises the sentence where nobody is named."""
        if field.flags.required and not (field.data or self.asked_name.data):
            raise ValidationError("Velg hvem som ba om det, eller skriv navnet.")

    def validate_asked_name(self, field: Text) -> None:
        """Raises the sentence where two are named."""
        if field.data and self.asked_by.data:
            raise ValidationError("Du har valgt en bruker. Ta bort navnet, eller velg «Ingen av brukerne».")

    @property
    def is_asked_for(self) -> bool:
        """Whether somebody is named, or was named wrongly."""
        return bool(self.asked_by.data or self.asked_name.data or self.asked_by.errors or self.asked_name.errors)

    @property
    def asker(self) -> Asker | None:
        """Who is named, once the form is valid."""
        if self.asked_name.data:
            return Asker(self.asked_name.data)
        return self._users[self.asked_by.data][1] if self.asked_by.data else None

    @cached_property
    def _users(self) -> dict[str, tuple[str, Asker]]:
        """Who may be chosen, by what the field sends: the label, and who it is."""
        return {
            str(user.id): (f"{user.full_name} ({user.username})", Asker(user.full_name, user.id, user.email))
            for user in users_at(self._db, self._customer_id)
        }


class MessageInStead(AskerForm, MessageForm):
    """What staff write as the provider, or in the stead of somebody of the customer's."""


def message_at_desk(visit: Visit, pairs: Iterable[tuple[str, object]] | None = None) -> MessageInStead:
    """The form of a message at the desk."""
    form: MessageInStead = MessageInStead.of(visit, pairs)
    form.ask_for(visit, needed=False)
    return form


def act_for(visit: Visit, customer_id: int) -> None:
    """Serve a customer at the desk, to write in its stead; refuses who does not serve it, and who only looks."""
    visit.serve(Customer, customer_id)
    visit.act()


def ways_at_desk(visit: Visit, action: str, new: str, *, back: str) -> Ways:
    """The ways of a form that is filled in for the customer that a visit serves, by the names of the lines."""
    id = visit.customer_id
    named = visit.db.get_one(Customer, id).name
    return Ways(visit.url(action, id=id), visit.url(new, id=id), visit.url(back, id=id), named)
