"""Oversikt: the desk's first tab, with what waits for the account manager. The wish for mail is saved in `mail`."""

from collections.abc import Iterable

from starlette.responses import Response

from models.customers.account_managers import MailWish, wish_of
from models.desk.overview import free_soon, longest_waiting, to_note_today, unanswered, unserved
from models.desk.questions import questions
from models.orders.desk import new_orders
from models.outbox.overview import dead_count
from routes.web.answers import page
from routes.web.fields import Choice, Option
from routes.web.forms import PortalForm
from routes.web.visit import Visit

SHOWN = 10
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
    """What waits: new orders, messages, orders that have not come further, free places, what could not be sent."""
    assert visit.user.account_manager_id is not None
    wish = wish_of(visit.db, visit.user.account_manager_id)
    return draw(visit, mail_form(visit, visit.draft() or [("mail_wish", wish.value)]))


def draw(visit: Visit, form: MailForm, *, status: int = 200) -> Response:
    """The overview, with the form for the wish."""
    mine = visit.user.covers
    orders = new_orders(visit.db, mine, SHOWN)
    return page(
        visit,
        "desk/index.html",
        part="mail",
        status=status,
        orders=orders.rows,
        order_count=orders.count,
        unserved=unserved(visit.db, SHOWN),
        unanswered=unanswered(visit.db, mine, SHOWN),
        questions=questions(visit.db, mine, SHOWN),
        waiting=longest_waiting(visit.db, mine, SHOWN),
        to_note=to_note_today(visit.db, mine, visit.now, SHOWN),
        free=free_soon(visit.db, mine, visit.now, SHOWN),
        today=visit.today,
        dead=dead_count(visit.db),
        words=visit.catalogue.news if visit.user.is_administrator else [],
        form=form,
    )
