"""The forms of a member of the staff: who it is, with which role, and to whom customers or letters go."""

from typing import Any

from wtforms.validators import Regexp, ValidationError

from models.customers.search import account_managers
from models.staff.changes import Details
from models.users.user import Role
from models.values import email_address
from routes.web.entrance.confirming import OwnPassword
from routes.web.fields import Choice, Day, Option, Text, at_most, required
from routes.web.fields import Read as ReadField
from routes.web.forms import PortalForm
from routes.web.visit import Visit

ROLES = {
    Role.ADMINISTRATOR: "Administrator",
    Role.ACCOUNT_MANAGER: "Kundeansvarlig",
    Role.READER: "Leser",
}
"""What a role is called."""
NONE = "none"
LEFT = "Velg en som fortsatt kan ha kunder."
_CHOOSE = "Velg hvem som overtar."


def _email(text: str) -> str:
    if not text:
        raise ValueError("Skriv e-postadressen. Dit går invitasjonen, og det kundene skriver.")
    return email_address.read(text)


class MemberForm(PortalForm):
    """Who somebody is, and what may be done at the desk."""

    full_name = Text("Fullt navn", [required("Skriv navnet."), at_most(200)])
    email = ReadField("E-post", _email, needed=True)
    own_password = OwnPassword(description="Bare når e-postadressen endres.")
    phone = Text("Telefon", [at_most(40)], description="Kundene ser det. Kan stå tomt.")
    role = Choice(
        "Rolle",
        choices=[Option(role.value, word) for role, word in ROLES.items()],
        validators=[required("Velg en rolle.")],
        refusal="Velg en rolle.",
        description="En administrator kan alt, og bestemmer hvem som er medarbeider. En leser endrer ingenting.",
    )

    @property
    def details(self) -> Details:
        """Who it is, once the form is valid."""
        return Details(" ".join((self.full_name.data or "").split()), self.email.value, self.phone.data or "")


class NewMemberForm(MemberForm):
    """Somebody who cannot sign in yet."""

    username = Text(
        "Brukernavn",
        [
            required("Skriv et brukernavn."),
            at_most(100),
            Regexp(r"\S+$", message="Et brukernavn har ingen mellomrom."),
        ],
        description="Det medarbeideren logger inn med. Kan ikke endres. Store og små bokstaver er like gode.",
    )


class HandOverForm(PortalForm):
    """Who gets all the customers: somebody, or nobody."""

    to = Choice("Hvem overtar?", validators=[required(_CHOOSE)], refusal=LEFT)


class LeavingForm(PortalForm):
    """The same, where somebody leaves; the two forms stand on one page."""

    heir = Choice("Hvem overtar kundene?", validators=[required(_CHOOSE)], refusal=LEFT)


class ResetForm(PortalForm):
    """The own password of whoever takes a second factor away from a colleague."""

    own_password = OwnPassword(id="reset-password")


def chosen(field: Choice) -> int | None:
    """Who it is, once the form is valid; None is nobody."""
    return None if field.data == NONE else int(field.data)


class StandInForm(PortalForm):
    """Who stands in, and when."""

    stand_in = Choice("Stedfortreder", validators=[required("Velg hvem som er stedfortreder.")], refusal=LEFT)
    first_day = Day("Fra og med", [required("Skriv den første dagen.")])
    last_day = Day("Til og med", [required("Skriv den siste dagen.")])

    def validate_last_day(self, field: Day) -> None:
        """The last day is not before the first, nor over."""
        if field.day and self.first_day.day and field.day < self.first_day.day:
            raise ValidationError("Den siste dagen er før den første. Bytt om eller rett en av dem.")
        if field.day and field.day < self.meta.today:
            raise ValidationError("Den siste dagen er over.")


def others(visit: Visit, member_id: int) -> list[Any]:
    """The account managers besides this one, as the options of a select."""
    return [Option(str(id), name) for id, name in account_managers(visit.db) if id != member_id]
