"""The form of a user: name and address, and which rights in which branches of the customer."""

from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, Field
from wtforms.validators import Regexp, ValidationError

from models.core.scope import Right
from models.customers.units import UnitRow
from models.users.changes import Person, Rights
from models.values import email_address
from routes.web.entrance.confirming import OwnPassword
from routes.web.fields import Choice, Read, Text, at_most, is_id, required
from routes.web.forms import PortalForm, unit_choices


def _email(text: str) -> str:
    if not text:
        raise ValueError("Skriv e-postadressen. Dit går invitasjonen, og lenken til nytt passord.")
    return email_address.read(text)


class Granted(Field):
    """Rights in units, each sent as `17-orders`; what is neither is passed over."""

    data: list[tuple[int, Right]]

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was ticked."""
        pairs = (text.partition("-") for text in valuelist)
        self.data = [(int(id), Right(right)) for id, _, right in pairs if is_id(id) and right in set(Right)]

    def process_data(self, value: Any) -> None:
        """Without anything sent, there is none."""
        self.data = list(value or ())


class Ticked(Field):
    """Rights alone: those in the unit that is chosen beside them."""

    data: list[Right]

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was ticked."""
        self.data = [Right(text) for text in valuelist if text in set(Right)]

    def process_data(self, value: Any) -> None:
        """Without anything sent, there is none."""
        self.data = list(value or ())


class UserForm(PortalForm):
    """A user with grants at a customer."""

    full_name = Text("Fullt navn", [required("Skriv navnet."), at_most(200)])
    email = Read("E-post", _email, needed=True)
    own_password = OwnPassword(description="Bare når e-postadressen endres.")
    granted = Granted()
    unit = Choice(
        "Bedrift/avdeling", description="Gjelder også avdelingene under.", refusal="Velg en av kundens avdelinger."
    )
    right = Ticked()
    ids: frozenset[int] = frozenset()
    """The units of the customer."""

    def set_choices(self, units: list[UnitRow]) -> None:
        """Let rights be given in these units."""
        self.unit.choices = unit_choices(units)
        self.ids = frozenset(unit.id for unit in units)

    def validate_right(self, _field: Field) -> None:
        """Whoever has no right at all is no user; the units are the customer's."""
        if not self.ids.issuperset(self.rights):
            raise ValidationError("Velg blant kundens avdelinger.")
        if not self.rights:
            raise ValidationError("Kryss av for minst én rettighet.")

    @property
    def rights(self) -> Rights:
        """All that is ticked, by unit."""
        pairs = list(self.granted.data)
        if is_id(self.unit.data or ""):
            pairs += [(int(self.unit.data), right) for right in self.right.data]
        return {id: frozenset(right for unit, right in pairs if unit == id) for id, _ in pairs}

    @property
    def person(self) -> Person:
        """Who it is, once the form is valid."""
        return Person(" ".join((self.full_name.data or "").split()), self.email.value)


class NewUserForm(UserForm):
    """Somebody who could not sign in to the customer yet."""

    username = Text(
        "Brukernavn",
        [
            required("Skriv et brukernavn."),
            at_most(100),
            Regexp(r"\S+$", message="Et brukernavn har ingen mellomrom."),
        ],
        description="Det brukeren logger inn med. Kan ikke endres. Store og små bokstaver er like gode.",
    )
    same = BooleanField("Det er samme person, som også skal ha tilgang her")


class ResetForm(PortalForm):
    """The own password of whoever takes a second factor away from somebody else."""

    own_password = OwnPassword()
