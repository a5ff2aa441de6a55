"""The form of a unit, or of the company itself: name, organisation number, account manager; what was agreed on."""

from dataclasses import asdict, replace

from wtforms import BooleanField
from wtforms.validators import ValidationError

from models.customers.agreements import Agreement, agreement_of
from models.customers.customer import Customer
from models.customers.references import LONGEST, Rule
from models.customers.search import account_managers
from models.customers.unit_changes import UnitFacts
from models.values import email_address, phone
from models.values.organisation_number import read_number
from routes.web.fields import Choice, Day, Option, Read, Text, at_most, required
from routes.web.forms import PortalForm
from routes.web.visit import Visit
from routes.web.words import date

NUMBER_TAKEN = "Organisasjonsnummeret er allerede i bruk."
_WHERE = "Velg en av kundens avdelinger."
NAME_TAKEN = "Det er allerede en avdeling med dette navnet på samme sted."


def _needed(text: str) -> str:
    number = read_number(text)
    if number is None:
        raise ValueError("Skriv organisasjonsnummeret.")
    return number


def _address(text: str) -> str:
    return email_address.read(text) if text else ""


class FactsForm(PortalForm):
    """What a unit and the company itself have both."""

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


class CompanyForm(FactsForm):
    """The company itself: it has a number, somebody of the provider's own, and what was agreed on with it (I1)."""

    agreement = Text("Avtale", [at_most(100)], description="I korthet, for eksempel BHT. Kunden ser det på Info.")
    agreement_until = Day("Avtalen gjelder til", description="Siste dag. Tomt: uten ende.")
    contact_name = Text(
        "Kontaktperson hos kunden",
        [at_most(200)],
        description="Den dere snakker med om avtalen. Kunden ser det på Info.",
    )
    contact_phone = Read("Kontaktpersonens telefon", phone.read)
    contact_email = Read("Kontaktpersonens e-post", _address)

    def validate_contact_name(self, field: Text) -> None:
        """A number or an address is somebody's."""
        if not field.data and (self.contact_phone.data or self.contact_email.data):
            raise ValidationError("Skriv navnet på kontaktpersonen.")

    def validate_agreement(self, field: Text) -> None:
        """A day is the end of something."""
        if not field.data and self.agreement_until.data:
            raise ValidationError("Skriv hva avtalen gjelder.")

    @property
    def facts(self) -> UnitFacts:
        """With what was agreed on."""
        return replace(super().facts, agreement=self.agreed)

    @property
    def agreed(self) -> Agreement:
        """What was typed of it, once the form is valid."""
        return Agreement(
            self.agreement.data or "",
            self.agreement_until.day,
            " ".join((self.contact_name.data or "").split()),
            self.contact_email.value or "",
            self.contact_phone.value or "",
        )


def stored(customer: Customer) -> dict[str, str]:
    """What was agreed on with a customer, as its form shows it."""
    known = asdict(agreement_of(customer))
    return {name: date(value) if name == "agreement_until" and value else value or "" for name, value in known.items()}


class UnitForm(FactsForm):
    """A unit below another."""

    organisation_number = Read("Organisasjonsnummer", read_number, description="Kan stå tomt.")
    parent = Choice("Ligger under", validators=[required(_WHERE)], refusal=_WHERE)
