"""How an account manager gets news: a letter for each, or one in the morning."""

from starlette.responses import Response

from models.customers.account_managers import MailWish, wish_for
from routes.desk.overview import draw, mail_form
from routes.web.answers import swap
from routes.web.visit import Visit


def update(visit: Visit) -> Response:
    """Save the wish; what waits for the morning goes out at once where it is not wished any more."""
    assert visit.user.account_manager_id is not None
    form = mail_form(visit, visit.form.multi_items())
    if not form.validate():
        return draw(visit, form, status=422)
    wish_for(visit.db, visit.user.account_manager_id, MailWish(form.mail_wish.data))
    return swap(visit, "desk/_mail.html", or_go=visit.url("desk"), say="Ønsket er lagret.", form=form)
