"""The form of an employee, for Ny ansatt and Rediger ansatt, and what is asked before it is saved.

Saving is in `new` and `edit`.
"""

from collections.abc import Iterable
from typing import Any

from wtforms.validators import DataRequired, StopValidation

from models.core.scope import Right, Scope
from models.core.sealed import SealBroken
from models.customers.units import units_in_scope
from models.employees.details import (
    DETAILS,
    LABELS,
    Details,
    read_birth_date,
    read_family_name,
    read_given_name,
)
from models.employees.duplicates import SAME_EMAIL, SAME_NAME_AND_BIRTH, SAME_NUMBER, Duplicate, duplicates_of
from models.employees.employee import Employee
from models.employees.national_ids import others_with
from models.employees.own_numbers import who_has
from models.employees.work import read_employee_number, read_groups, read_job_title
from models.users.of_customer import Asker
from models.values import email_address, phone
from models.values.national_id import birth_date_warning, mask
from routes.web.fields import Choice, NationalIdField, Option, Read, Text
from routes.web.forms import PortalForm, masked_sentence, unit_choices
from routes.web.visit import Visit
from routes.web.words import date as written

_REASONS = {SAME_EMAIL: {"email"}, SAME_NAME_AND_BIRTH: {"given_name", "family_name", "birth_date"}}
"""Which values have to be new for a reason to be told."""


class BirthDay(Text):
    """A day of birth; what was typed stays in the field."""

    kind = "date"
    value: Any = None

    def pre_validate(self, form: Any) -> None:
        """Read the day; raises the sentence for the field."""
        try:
            self.value = read_birth_date(self.data or "", today=self.meta.today)
        except ValueError as wrong:
            raise StopValidation(str(wrong)) from None


class EmployeeForm(PortalForm):
    """The fields of an employee, with the labels of this place (AR1)."""

    given_name = Read(LABELS["given_name"], read_given_name, needed=True)
    family_name = Read(LABELS["family_name"], read_family_name, needed=True)
    email = Read(LABELS["email"], email_address.read, needed=True)
    mobile = Read(LABELS["mobile"], phone.read)
    birth_date = BirthDay(LABELS["birth_date"], description="dd.mm.åååå")
    unit = Choice(
        LABELS["unit_id"],
        default="",
        validators=[DataRequired("Velg bedrift/avdeling.")],
        description="Avdelingen den ansatte hører til.",
        refusal="Velg bedrift/avdeling.",
    )
    employee_number = Read(LABELS["employee_number"], read_employee_number, description="Nummeret i lønnssystemet.")
    job_title = Read(LABELS["job_title"], read_job_title)
    groups = Read(
        LABELS["groups"],
        read_groups,
        description="Hva kontrollene gjelder, for eksempel nattarbeid, støy. Skriv komma mellom.",
    )
    national_id = NationalIdField(
        "Fødselsnummer (11 siffer)",
        description="Vises aldri i sin helhet. Skriv hele nummeret (fødselsdato og personnummer).",
    )

    @property
    def details(self) -> Details:
        """What was typed, once the form is valid."""
        return Details(
            self.given_name.value,
            self.family_name.value,
            self.email.value,
            self.mobile.value,
            self.birth_date.value,
            int(self.unit.data),
            self.employee_number.value,
            self.job_title.value,
            self.groups.value,
        )

    @property
    def asker(self) -> Asker | None:
        """Who asked for it, where staff do it in the customer's stead."""
        return None

    @property
    def tells_of_work(self) -> bool:
        """Whether something is filled in, or wrong, in what is folded away else."""
        return any(field.data or field.errors for field in (self.employee_number, self.job_title, self.groups))

    @property
    def unit_names(self) -> dict[str, str]:
        """The units that one may choose, by what the field sends."""
        return {value: label.strip() for value, label, *_ in self.unit.iter_choices()}

    def differing(self, employee: Employee) -> dict[str, str]:
        """What is stored, as it would stand in the fields, for the fields in which something else was typed."""
        return {name: text for name, text in texts(employee).items() if text != (self[name].data or "")}


def employee_form(visit: Visit, pairs: Iterable[tuple[str, object]], whose: str = "new") -> EmployeeForm:
    """The form with what was sent, or is stored, and the units that the user may choose (AR2)."""
    form: EmployeeForm = EmployeeForm.of(visit, pairs)
    filled(visit, form, whose)
    return form


def filled(visit: Visit, form: EmployeeForm, whose: str = "new") -> None:
    """Let one choose among the units of the visit's scope, and take a number that was carried along."""
    units = units_in_scope(visit.db, scope_of(visit), Right.EMPLOYEES)
    form.unit.choices = unit_choices(units)
    if len(units) == 1:
        form.unit.data = form.unit.data or str(units[0].id)
    else:
        form.unit.choices.insert(0, Option("", "Velg"))
    _take_carried(visit, form, whose)


def texts(employee: Employee) -> dict[str, str]:
    """The stored values as they stand in the fields."""
    return {
        "given_name": employee.given_name,
        "family_name": employee.family_name,
        "email": employee.email or "",
        "mobile": employee.mobile or "",
        "birth_date": written(employee.birth_date),
        "unit": str(employee.unit_id),
        "employee_number": employee.employee_number or "",
        "job_title": employee.job_title or "",
        "groups": ", ".join(employee.groups),
    }


def say_who_has_it(visit: Visit, form: EmployeeForm) -> None:
    """The sentence at the field, where the employee number is another's."""
    form.employee_number.errors = [who_has(visit.db, form.employee_number.value)]


def carry(visit: Visit, form: EmployeeForm, whose: str = "new") -> str:
    """A good number that was typed before a question, sealed for the same form: its mask is drawn, it is not lost."""
    number = form.national_id.number
    if not number:
        return ""
    form.national_id.data = mask(number)
    return visit.portal.keyring.seal(number, place=_place(visit, whose))


def _take_carried(visit: Visit, form: EmployeeForm, whose: str) -> None:
    sealed = visit.form.get("sealed_number")
    if not isinstance(sealed, str) or not sealed or not form.national_id.data:
        return
    try:
        number = visit.portal.keyring.open(sealed, place=_place(visit, whose))
    except SealBroken:
        return
    if mask(number) == form.national_id.data:
        form.national_id.take(number)


def _place(visit: Visit, whose: str) -> str:
    return f"forms:{visit.form_subject}:{whose}"


def what_is_said(visit: Visit, said: str, form: EmployeeForm) -> tuple[str, str]:
    """The words and the tone of the notice: number and day of birth that disagree are told of, not refused (AR9)."""
    number, born = form.national_id.number, form.birth_date.value
    warning = birth_date_warning(number, born, today=visit.today) if number else None
    return f"{said}{masked_sentence(form.masked)}{' ' + warning if warning else ''}", "wait" if warning else "good"


def duplicates_among(visit: Visit, form: EmployeeForm, employee: Employee | None = None) -> list[Duplicate]:
    """Who may be the same person, unless one has said that it is not; of one who is stored, by what is new (AN2)."""
    if visit.form.get("duplicate") == "save":
        return []
    new = set(employee.details.names_of_changes(form.details)) if employee else set(DETAILS)
    found = duplicates_of(visit.db, form.details, but=employee.id if employee else None)
    told = [one for one in found if new & _REASONS[one.reason]]
    return told + others_with_number(visit, form.national_id.number, employee)


def others_with_number(visit: Visit, number: str | None, employee: Employee | None) -> list[Duplicate]:
    """Who else has the number that was typed, unless one has said that it is to be saved all the same."""
    if not number or visit.form.get("duplicate") == "save":
        return []
    than = employee.id if employee else None
    holders = others_with(visit.db, visit.portal.keyring, scope_of(visit).customer_id, number, than=than)
    return [Duplicate(SAME_NUMBER, one.employee_id, one.name, one.unit_name, one.active) for one in holders]


def scope_of(visit: Visit) -> Scope:
    """What the visit is held to; only where `who` asks for a right, or staff serve a customer."""
    assert visit.scope is not None
    return visit.scope
