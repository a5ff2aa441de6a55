"""The form of a user: name and address, and which rights in which branches of the customer."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from wtforms import BooleanField, Field
from wtforms.validators import Regexp, ValidationError

from models.core.scope import Right
from models.customers.units import UnitRow
from models.users.administration import Powers, Rights
from models.users.changes import Person
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
    right = Ticked()
    ids: frozenset[int] = frozenset()
    """The units in which rights may be given."""
    powers: Powers
    fixed: Rights = MappingProxyType({})
    """What the user has, and keeps, beyond what one may give or take."""

    def set_choices(self, units: Sequence[UnitRow], powers: Powers, fixed: Rights) -> None:
        """Let rights be given in these units, as far as somebody may."""
        self.ids, self.powers, self.fixed = frozenset(unit.id for unit in units), powers, fixed

    def validate_right(self, _field: Field) -> None:
        """Whoever has no right at all is no user; the units are the customer's, and nobody gives what one has not."""
        kept = {unit_id: has - self.fixed.get(unit_id, frozenset()) for unit_id, has in self.rights.items()}
        if not self.ids.issuperset(unit_id for unit_id, has in kept.items() if has):
            raise ValidationError("Velg blant kundens avdelinger.")
        if not all(self.powers.covers(unit_id, *has) for unit_id, has in kept.items() if has):
            raise ValidationError("Du kan bare gi rettigheter som du selv har.")
        if not (self.rights or any(self.fixed.values())):
            raise ValidationError("Kryss av for minst én rettighet.")

    @property
    def rights(self) -> Rights:
        """All that is ticked, by unit."""
        pairs = self.pairs()
        return {id: frozenset(right for unit, right in pairs if unit == id) for id, _ in pairs}

    def pairs(self) -> list[tuple[int, Right]]:
        """What is ticked, one after the other."""
        return list(self.granted.data)

    @property
    def person(self) -> Person:
        """Who it is, once the form is valid."""
        return Person(" ".join((self.full_name.data or "").split()), self.email.value)


@dataclass(frozen=True, slots=True)
class Cell:
    """A right in a unit, as the table shows it."""

    right: Right
    is_given: bool
    """Whether it is ticked there."""
    is_held: bool
    """Whether the user has it from above, or beyond what one may take."""
    is_open: bool
    """Whether one may give and take it."""


@dataclass(frozen=True, slots=True)
class Row:
    """A unit with all rights."""

    unit: UnitRow
    cells: tuple[Cell, ...]


def rows(units: Sequence[UnitRow], powers: Powers, given: Rights, fixed: Rights) -> list[Row]:
    """The tree of units, by each right; what is ticked on a branch holds below it, and is no tick there."""
    found, above = [], dict[str, frozenset[Right]]()
    for unit in units:
        ticked, kept = given.get(unit.id, frozenset()), fixed.get(unit.id, frozenset())
        held = frozenset[Right]().union(*(has for path, has in above.items() if unit.path.startswith(path)))
        above[unit.path] = ticked | kept
        cells = [
            Cell(right, right in ticked - kept, right in held | kept, powers.covers(unit.id, right)) for right in Right
        ]
        found.append(Row(unit, tuple(cells)))
    return found


class InvitationForm(UserForm):
    """Somebody who could not sign in to the customer yet: with rights in one branch, to begin with."""

    unit = Choice(
        "Bedrift/avdeling", description="Gjelder også avdelingene under.", refusal="Velg en av kundens avdelinger."
    )
    right = Ticked()

    def set_choices(self, units: Sequence[UnitRow], powers: Powers, fixed: Rights) -> None:
        """Let one of these units be chosen as well."""
        super().set_choices(units, powers, fixed)
        self.unit.choices = unit_choices(units)

    def pairs(self) -> list[tuple[int, Right]]:
        """What is ticked in the chosen unit comes on top."""
        chosen = [(int(self.unit.data), right) for right in self.right.data] if is_id(self.unit.data or "") else []
        return super().pairs() + chosen


class NewUserForm(InvitationForm):
    """The same at the desk, which chooses the user name."""

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

    own_password = OwnPassword(id="reset-password")
