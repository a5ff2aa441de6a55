"""Oversikt: the desk's first tab, with what waits for the account manager. The wish for mail is saved in `mail`."""

from collections.abc import Iterable
from datetime import timedelta

from starlette.responses import Response

from models.customers.account_managers import MailWish
from models.desk.ahead import deadlines, rest_of_week, wish_and_customers
from models.desk.overview import longest_waiting, to_note_today, unserved
from models.desk.waits import waits
from models.outbox.overview import dead_count
from routes.web.answers import page
from routes.web.fields import Choice, Option
from routes.web.forms import PortalForm
from routes.web.visit import Visit

SHOWN, FEW = 10, 5
WISHES = [
    Option(MailWish.EACH.value, "Hver for seg, med en gang"),
    Option(MailWish.MORNING.value, "Samlet, kl. 07 på hverdager"),
]


class MailForm(PortalForm):
    """How one wants to be told of new orders and messages."""

    mail_wish = Choice("Nye bestillinger og meldinger", choices=WISHES)


def mail_form(visit: Visit, pairs: Iterable[tuple[str, object]]) -> MailForm:
    """The form, filled."""
    form: MailForm = MailForm.of(visit, pairs)
    return form


def index(visit: Visit) -> Response:
    """What waits, what has stood still, this week, deadlines with free places, and what could not be sent."""
    return draw(visit)


def draw(visit: Visit, form: MailForm | None = None, *, status: int = 200) -> Response:
    """The overview, with the form for the wish."""
    assert visit.user.account_manager_id is not None
    mine = visit.user.covers
    wish, customers = wish_and_customers(visit.db, visit.user.account_manager_id, mine)
    return page(
        visit,
        "desk/index.html",
        part="mail",
        status=status,
        today=visit.today,
        customers=customers,
        waits=waits(visit.db, mine, visit.today, SHOWN),
        unserved=unserved(visit.db, SHOWN),
        idle=longest_waiting(visit.db, mine, SHOWN),
        to_note=to_note_today(visit.db, mine, visit.now, SHOWN),
        week=rest_of_week(visit.db, mine, visit.today, SHOWN),
        sunday=visit.today + timedelta(days=6 - visit.today.weekday()),
        deadlines=deadlines(visit.db, mine, visit.now, FEW),
        dead=dead_count(visit.db),
        words=visit.catalogue.news if visit.user.is_administrator else [],
        form=form or mail_form(visit, visit.draft() or [("mail_wish", wish.value)]),
    )
