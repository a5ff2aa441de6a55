"""Varsler på e-post: how a customer's user wishes to be told of each kind of thing (H5)."""

from starlette.responses import Response

from models.alerts.kinds import ABOUT, Kind
from models.alerts.wishes import wish_for, wishes_of
from models.customers.account_managers import MailWish
from routes.web.answers import page, swap
from routes.web.fields import Choice, Option
from routes.web.forms import PortalForm
from routes.web.visit import Visit

_WISHES = [
    Option(MailWish.EACH.value, "Med en gang"),
    Option(MailWish.MORNING.value, "Samlet, kl. 07 på hverdager"),
    Option(MailWish.NONE.value, "Ikke på e-post"),
]


def _choice(kind: Kind) -> Choice:
    about = ABOUT[kind]
    return Choice(about.label, choices=_WISHES, default=about.default.value, description=about.hint)


class AlertsForm(PortalForm):
    """The wish for each kind."""

    new_times = _choice(Kind.NEW_TIMES)
    changed_times = _choice(Kind.CHANGED_TIMES)
    deadline = _choice(Kind.DEADLINE)
    answer = _choice(Kind.ANSWER)
    report = _choice(Kind.REPORT)
    new_invoice = _choice(Kind.NEW_INVOICE)
    overdue_invoice = _choice(Kind.OVERDUE_INVOICE)
    invoice_answer = _choice(Kind.INVOICE_ANSWER)


def edit(visit: Visit) -> Response:
    """What one is told of, with the wishes of now, or with what was chosen before the session ended."""
    stored = [(kind.value, wish.value) for kind, wish in wishes_of(visit.db, visit.user.user_id).items()]
    form: AlertsForm = AlertsForm.of(visit, visit.draft() or stored)
    return page(visit, "alerts/edit.html", part="wishes", form=form, kinds=_kinds(visit))


def update(visit: Visit) -> Response:
    """Save the wishes for what one may see; of the rest nothing is said, nor changed."""
    form: AlertsForm = AlertsForm.of(visit, visit.form.multi_items())
    kinds = _kinds(visit)
    if not form.validate():
        return page(visit, "alerts/edit.html", part="wishes", status=422, form=form, kinds=kinds)
    wish_for(visit.db, visit.user.user_id, {kind: MailWish(form[kind.value].data) for kind in kinds})
    return swap(
        visit, "alerts/_wishes.html", or_go=visit.url("alerts"), say="Valgene er lagret.", form=form, kinds=kinds
    )


def _kinds(visit: Visit) -> list[Kind]:
    return [kind for kind, about in ABOUT.items() if visit.user.may(*about.rights)]
