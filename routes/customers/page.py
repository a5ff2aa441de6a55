"""The page of one customer at the desk, and the form on it that opens the portal as the customer sees it."""

from collections.abc import Iterable

from starlette.responses import Response

from models.core.scope import Right
from models.customers.customer import customer_with_manager
from models.customers.units import units_in_scope
from models.desk.glance import glance_at
from models.notices.search import Criteria, find_notices
from models.users.of_customer import CustomerUser, users_at
from routes.web.answers import page
from routes.web.fields import Choice, Option, Text, at_most, required
from routes.web.forms import PortalForm
from routes.web.visit import Visit
from routes.web.words import RIGHTS

EVERYTHING = Option("", "Alle rettigheter")


class ViewingForm(PortalForm):
    """With whose rights, and why, staff see the portal as a customer does."""

    as_user = Choice("Med rettighetene til:", default="", refusal="Velg en av kundens brukere.")
    reason = Text(
        "Hvorfor?",
        [required("Skriv hvorfor du vil se portalen som kunden."), at_most(200)],
        description="Står i kundens logg, sammen med sidene du åpner.",
    )


def viewing_form(visit: Visit, pairs: Iterable[tuple[str, object]] | None = None) -> ViewingForm:
    """The form, filled with what was sent, with the users of the customer that this visit serves."""
    form: ViewingForm = ViewingForm.of(visit, pairs)
    form.as_user.find_choices = lambda: _choices(users_at(visit.db, visit.customer_id))
    return form


def _choices(users: Iterable[CustomerUser]) -> list[Option]:
    return [EVERYTHING, *(Option(str(user.id), f"{user.full_name} ({user.username})") for user in users)]


def draw(visit: Visit, form: ViewingForm, *, status: int = 200) -> Response:
    """The page of the customer that this visit serves."""
    assert visit.scope is not None
    customer = customer_with_manager(visit.db, visit.customer_id)
    users = users_at(visit.db, customer.id, also_inactive=True)
    form.as_user.find_choices = lambda: _choices(user for user in users if user.is_active)
    return page(
        visit,
        "customers/show.html",
        status=status,
        customer=customer,
        manager=customer.manager,
        may_act=visit.may_act,
        units=units_in_scope(visit.db, visit.scope, *Right),
        users=users,
        notices=find_notices(visit.db, Criteria(visit.today, customer_id=customer.id)).rows,
        today=visit.today,
        now=visit.now,
        glance=glance_at(visit.db, today=visit.today, now=visit.now),
        rights=RIGHTS,
        form=form,
    )
