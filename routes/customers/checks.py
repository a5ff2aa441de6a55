"""Kontroller at the desk: which check is due how often for a customer, a unit or a group (H8).

Who is due, the customer sees in the room of employees.
"""

from collections.abc import Iterable

from starlette.responses import Response

from models.checks.changes import Wanted, remove_check, set_check
from models.checks.check import MOST_MONTHS, Check, checks_of
from models.checks.due import LONGEST_NAME
from models.chores.chore import ChoreKind, stand_of
from models.core.scope import Right
from models.customers.customer import Customer
from models.customers.units import units_in_scope
from models.employees.work import read_groups
from routes.web.answers import go, page
from routes.web.fields import Choice, Number, Read, Text, at_most, required
from routes.web.forms import PortalForm, unit_choices
from routes.web.visit import Visit
from routes.web.words import count


def _one_group(text: str) -> str:
    groups = read_groups(text)
    if len(groups) > 1:
        raise ValueError("Skriv én gruppe. Legg til kontrollen en gang til for den neste.")
    return groups[0] if groups else ""


class CheckForm(PortalForm):
    """A check, for whom it is, and how often."""

    name = Text(
        "Kontroll",
        [required("Skriv hva kontrollen heter."), at_most(LONGEST_NAME)],
        description="For eksempel Hørselskontroll. Timer teller med når navnet står i bookingens tittel.",
    )
    months = Number("Hver … måned", 1, MOST_MONTHS, description="24 er annethvert år.")
    unit = Choice("For", refusal="Velg en av kundens avdelinger.", description="Avdelinger under den er med.")
    group = Read("Bare gruppen", _one_group, description="Som på de ansattes side, for eksempel støy. Tomt er alle.")


def index(visit: Visit, id: int) -> Response:
    """The customer's checks, and the form for another one."""
    visit.serve(Customer, id)
    return _page(visit, _form(visit, visit.draft() or []))


def create(visit: Visit, id: int) -> Response:
    """Ask for a check, or give it another interval."""
    visit.serve(Customer, id)
    form = _form(visit, visit.form.multi_items())
    if not form.validate():
        return _page(visit, form, status=422)
    wanted = Wanted(" ".join((form.name.data or "").split()), int(form.unit.data), form.group.value, form.months.value)
    check = set_check(visit.db, wanted, by=visit.user, now=visit.now)
    say = f"{check.name} hver {check.months}. måned er lagret."
    if not _is_being_written(visit):
        people = next(row.people for row in checks_of(visit.db) if row.id == check.id)
        say += f" {count(people)} {'ansatt' if people == 1 else 'ansatte'} har den nå."
    return go(visit, visit.url("desk_checks", id=id), say=say)


def destroy(visit: Visit, id: int) -> Response:
    """Ask for it no more."""
    customer_id = visit.serve(Check, id)
    check = visit.db.get_one(Check, id)
    name = check.name
    remove_check(visit.db, check, by=visit.user, now=visit.now)
    return go(visit, visit.url("desk_checks", id=customer_id), say=f"{name} er tatt bort.")


def _is_being_written(visit: Visit) -> bool:
    """Whether it is being written who has which check; that of many employees takes longer than a visit."""
    return stand_of(visit.db, ChoreKind.CHECKS, visit.customer_id, visit.now) is not None


def _form(visit: Visit, pairs: Iterable[tuple[str, object]]) -> CheckForm:
    form: CheckForm = CheckForm.of(visit, pairs)
    assert visit.scope is not None
    form.unit.choices = unit_choices(units_in_scope(visit.db, visit.scope, *Right))
    form.unit.data = form.unit.data or form.unit.choices[0].value
    return form


def _page(visit: Visit, form: CheckForm, *, status: int = 200) -> Response:
    return page(
        visit,
        "customers/checks/index.html",
        part="checks",
        status=status,
        customer=visit.db.get_one(Customer, visit.customer_id),
        checks=checks_of(visit.db),
        being_written=_is_being_written(visit),
        form=form,
    )
