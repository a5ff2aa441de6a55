"""The form of a row of a list that is wrong: its cells can be corrected in place.

What the page shows besides is in `sheet`.
"""

from collections.abc import Mapping

from wtforms import BooleanField

from models.imports.cells.headings import NAMES, Meaning
from routes.web.fields import Choice, NationalIdField, Text
from routes.web.forms import PortalForm


class RowForm(PortalForm):
    """The cells of a row that can be corrected in place; how each is read, the list says."""

    id = Text(NAMES[Meaning.ID])
    given_name = Text("Fornavn")
    family_name = Text("Etternavn")
    email = Text("Epost")
    mobile = Text("Mobil")
    birth_date = Text("Fødselsdag", description="dd.mm.åååå")
    unit = Choice("Bedrift/avdeling", default="")
    national_id = NationalIdField(
        "Fødselsnummer (11 siffer)", description="Skriv hele nummeret, eller la feltet stå tomt for å importere uten."
    )
    status = Text(NAMES[Meaning.STATUS])
    end_date = Text(NAMES[Meaning.END_DATE], description="dd.mm.åååå")
    employee_number = Text(NAMES[Meaning.EMPLOYEE_NUMBER])
    job_title = Text(NAMES[Meaning.JOB_TITLE])
    groups = Text(NAMES[Meaning.GROUPS])
    same_person = BooleanField("Ja, det er den samme personen")


def row_form(days: Mapping[str, str]) -> type[RowForm]:
    """The same with the cells of the checks that the customer has, which are others for each."""
    return type("RowForm", (RowForm,), {name: Text(label, description="dd.mm.åååå") for name, label in days.items()})
