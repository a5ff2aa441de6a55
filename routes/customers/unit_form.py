"""The form of a unit, or of the company itself: name, organisation number, account manager."""

from wtforms import BooleanField
from wtforms.validators import ValidationError

from models.customers.references import LONGEST, Rule
from models.customers.search import account_managers
from models.customers.unit_changes import UnitFacts
from models.values.organisation_number import read_number
from routes.web.fields import Choice, Option, Read, Text, at_most, required
from routes.web.forms import PortalForm
from routes.web.visit import Visit

NUMBER_TAKEN = "Organisasjonsnummeret er allerede i bruk."
_WHERE = "Velg en av kundens avdelinger."
NAME_TAKEN = "Det er allerede en avdeling med dette navnet på samme sted."


def _needed(text: str) -> str:
    number = read_number(text)
    if number is None:
        raise ValueError("Skriv organisasjonsnummeret.")
    return number


class CompanyForm(PortalForm):
    """The company itself: a customer has a number, and somebody of the provider's own."""

    name = Text("Navn", [required("Skriv navnet."), at_most(200)])
    organisation_number = Read("Organisasjonsnummer", _needed, needed=True)
    account_manager = Choice("Kundeansvarlig", default="", refusal="Velg en av de kundeansvarlige.")
    reference_needed = BooleanField(
        "Referanse kreves", description="På hver bestilling herfra, og fra det som ligger under."
    )
    reference_pattern = Text(
        "Slik skal referansen se ut",
        [at_most(LONGEST)],
        description="0 er et siffer, A en bokstav, andre tegn står som de er: PO-00000. Tomt: hva som helst.",
    )
    reference_example = Text("Eksempel på referanse", [at_most(LONGEST)], description="Står i bestillingsskjemaet.")

    def validate_reference_example(self, field: Text) -> None:
        """An example is one, or nobody could follow it."""
        if field.data and not Rule(self.reference_pattern.data or "").fits(field.data):
            raise ValidationError("Eksemplet passer ikke med hvordan referansen skal se ut.")

    def set_choices(self, visit: Visit, otherwise: str) -> None:
        """Let an account manager be chosen; `otherwise` says what it means that none is."""
        people = (Option(str(id), name) for id, name in account_managers(visit.db))
        self.account_manager.choices = [Option("", otherwise), *people]

    @property
    def facts(self) -> UnitFacts:
        """What was typed, once the form is valid."""
        manager = self.account_manager.data
        name = " ".join((self.name.data or "").split())
        rule = Rule(self.reference_pattern.data or "", self.reference_example.data or "")
        needed = rule if self.reference_needed.data else None
        return UnitFacts(name, self.organisation_number.value, int(manager) if manager else None, needed)


class UnitForm(CompanyForm):
    """A unit below another."""

    organisation_number = Read("Organisasjonsnummer", read_number, description="Kan stå tomt.")
    parent = Choice("Ligger under", validators=[required(_WHERE)], refusal=_WHERE)
