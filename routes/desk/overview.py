"""Oversikt: the desk's first tab, with what waits for the account manager. The wish for mail is saved in `mail`."""

from collections.abc import Iterable
from datetime import timedelta

from starlette.responses import Response

from models.customers.account_managers import MailWish, wish_of
from models.desk.ahead import customer_count, deadlines, rest_of_week
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
    assert visit.user.account_manager_id is not None
    wish = wish_of(visit.db, visit.user.account_manager_id)
    return draw(visit, mail_form(visit, visit.draft() or [("mail_wish", wish.value)]))


def draw(visit: Visit, form: MailForm, *, status: int = 200) -> Response:
    """The overview, with the form for the wish."""
    mine = visit.user.covers
    return page(
        visit,
        "desk/index.html",
        part="mail",
        status=status,
        today=visit.today,
        customers=customer_count(visit.db, mine),
        waits=waits(visit.db, mine, visit.today, SHOWN),
        unserved=unserved(visit.db, SHOWN),
        idle=longest_waiting(visit.db, mine, SHOWN),
        to_note=to_note_today(visit.db, mine, visit.now, SHOWN),
        week=rest_of_week(visit.db, mine, visit.today, SHOWN),
        sunday=visit.today + timedelta(days=6 - visit.today.weekday()),
        deadlines=deadlines(visit.db, mine, visit.now, FEW),
        dead=dead_count(visit.db),
        words=visit.catalogue.news if visit.user.is_administrator else [],
        form=form,
    )
