"""What is asked of an entry of the catalogue."""

from wtforms import BooleanField
from wtforms.validators import ValidationError

from models.catalogue.entry import LONGEST_GROUP, LONGEST_STATUS, Kind, Meaning
from routes.web.fields import Choice, Number, Option, Text, at_most, required
from routes.web.forms import PortalForm
from routes.web.words.labels import label

_MOST = 500


class EntryForm(PortalForm):
    """Its name, and of a status what it means."""

    kind = Text("Hva det er")
    name = Text("Navn", [required("Skriv hva det heter."), at_most(LONGEST_GROUP)])
    meaning = Choice(
        "Betyr",
        default=Meaning.OPEN.value,
        choices=[Option(value.value, label(value)) for value in Meaning],
        description="Det portalen går etter: hva som er åpent, hva kunden venter på, og fargen på merket.",
    )

    def validate_name(self, field: Text) -> None:
        """The column of a status is shorter."""
        if self.kind.data == Kind.STATUS and len(field.data or "") > LONGEST_STATUS:
            raise ValidationError(f"En ordrestatus kan ha høyst {LONGEST_STATUS} tegn.")


class ChangeForm(EntryForm):
    """The same of one that is there, with its place, and whether it is in use."""

    position = Number("Plass i lista", 1, _MOST)
    is_active = BooleanField("I bruk", description="Det som er tatt ut av bruk, står på bestillingene som har det.")
    is_checks = BooleanField(
        "Helsekontroller",
        description="Tall og lister regner timene på disse bestillingene som helsekontroller. Gjelder én om gangen.",
    )
    version = Text("Versjon")
