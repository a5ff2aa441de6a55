"""Who of a customer asked staff for what they write in its stead, on the telephone: the fields that say so (D2).

They are drawn by `frame/_asker.html`. What is written, and whether it may be, the rooms know.
"""

from collections.abc import Mapping
from types import MappingProxyType

from wtforms.validators import ValidationError

from models.users.of_customer import Asker, users_at
from routes.web.fields import Choice, Option, Text, at_most
from routes.web.forms import PortalForm
from routes.web.visit import Visit

_NO_USER = Option("", "Ingen av brukerne")


class AskerForm(PortalForm):
    """One of the customer's users, or a name."""

    asked_by = Choice("Hvem hos kunden ba om det:", default="", refusal="Velg en av kundens brukere.")
    asked_name = Text("Navnet, når det er en annen:", [at_most(200)], description="Navn og gjerne stilling.")
    askers: Mapping[str, Asker] = MappingProxyType({})
    """Who may be chosen, by what the field sends."""

    def validate_asked_by(self, field: Choice) -> None:
        """Raises the sentence where nobody is named."""
        if field.flags.required and not (field.data or self.asked_name.data):
            raise ValidationError("Velg hvem som ba om det, eller skriv navnet.")

    def validate_asked_name(self, field: Text) -> None:
        """Raises the sentence where two are named."""
        if field.data and self.asked_by.data:
            raise ValidationError("Du har valgt en bruker. Ta bort navnet, eller velg «Ingen av brukerne».")

    @property
    def asker(self) -> Asker | None:
        """Who is named, once the form is valid."""
        name = self.asked_name.data or ""
        return Asker(name) if name else self.askers.get(self.asked_by.data)


def set_askers(visit: Visit, form: AskerForm, *, needed: bool = True) -> None:
    """Let one choose among the users of the customer that this visit serves."""
    users = users_at(visit.db, visit.customer_id)
    form.askers = {str(user.id): Asker(user.full_name, user.id, user.email) for user in users}
    form.asked_by.choices = [_NO_USER, *(Option(str(user.id), f"{user.full_name} ({user.username})") for user in users)]
    form.asked_by.flags.required = needed
