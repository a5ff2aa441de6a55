"""Oppslag at the desk: what customers are told on Info. What is asked of a notice is in `form`."""

from collections.abc import Iterable

from starlette.responses import Response

from models.core.scope import Right
from models.customers.customer import Customer
from models.customers.search import customers_of
from models.customers.units import units_in_scope
from models.notices.notice import Notice, change, fingerprint_of, publish, withdraw
from models.notices.search import Criteria, KeyUsed, State, find_notices, is_published, together
from routes.notices.form import IMPORTANT, CustomerNoticeForm, NoticeForm, NoticesForm, beginning
from routes.web.answers import go, page
from routes.web.fields import Option
from routes.web.forms import PortalForm, masked_sentence, unit_choices
from routes.web.keys import idempotency_key, new_key
from routes.web.search import Listing, Whose, answer
from routes.web.visit import Visit
from routes.web.words import count
from routes.web.words import date as day
from routes.web.words.labels import ValueChoice

AHEAD = Option("", "Nå og senere")


class NoticeSearch(PortalForm):
    """The filters of the list; an empty one does not restrict."""

    state = ValueChoice("Status:", (State.UP, State.COMING, State.OVER), none=AHEAD)
    whose = Whose("Kunder:")

    def criteria(self, visit: Visit, after: int | None) -> Criteria:
        """What to look for, once the form is valid."""
        return Criteria(
            visit.today, State(self.state.data) if self.state.data else None, self.whose.managers(visit), after=after
        )


class Notices(Listing):
    """A page of notices."""

    route = "desk_notices"
    nothing = "Ingen oppslag funnet"
    words = ("oppslag", "oppslag")


def index(visit: Visit) -> Response:
    """Notices that are up, that come, and that are over."""
    search: NoticeSearch = NoticeSearch.of(visit)
    return answer(
        visit,
        Notices,
        "notices/desk/index.html",
        search,
        lambda after: find_notices(visit.db, search.criteria(visit, after)),
        today=visit.today,
    )


def new(visit: Visit) -> Response:
    """A notice to all of one's customers, or to those that stay ticked."""
    mine = customers_of(visit.db, visit.user.covers)
    draft = visit.draft()
    everybody = [("customer", str(customer.id)) for customer in mine]
    form = NoticesForm.of(visit, draft or [*beginning(visit.today), *everybody])
    return _new(visit, form, dict(draft or {}).get("idempotency_key") or new_key(), mine=mine)


def create(visit: Visit) -> Response:
    """Put it up with each of them, or with nobody."""
    mine, key = customers_of(visit.db, visit.user.covers), idempotency_key(visit.form)
    form: NoticesForm = NoticesForm.of(visit)
    form.mine = frozenset(customer.id for customer in mine)
    if not form.validate():
        return _new(visit, form, key, status=422, mine=mine)
    chosen = form.customer.data
    published = _published(visit, form, key, chosen)
    if published is None:
        return _new(visit, form, new_key(), status=409, mine=mine)
    for id in [] if published else chosen:
        visit.serve(Customer, id)
        _publish(visit, form, key, None, chosen)
    to = "én kunde" if len(chosen) == 1 else f"{count(len(chosen))} kunder"
    say = f"Oppslaget er lagt ut til {to}." + masked_sentence(form.masked)
    return go(visit, visit.url("desk_notices"), say=say)


def new_for_customer(visit: Visit, id: int) -> Response:
    """A notice to one customer."""
    visit.serve(Customer, id)
    draft = visit.draft()
    form = _for_customer(visit, draft or beginning(visit.today))
    return _new(visit, form, dict(draft or {}).get("idempotency_key") or new_key())


def create_for_customer(visit: Visit, id: int) -> Response:
    """Put it up with the customer."""
    visit.serve(Customer, id)
    form, key = _for_customer(visit), idempotency_key(visit.form)
    if not form.validate():
        return _new(visit, form, key, status=422)
    unit_id = int(form.unit.data)
    published = _published(visit, form, key, [unit_id])
    if published is None:
        return _new(visit, form, new_key(), status=409)
    if not published:
        _publish(visit, form, key, unit_id, [unit_id])
    return go(visit, visit.url("desk_customer", id=id), say="Oppslaget er lagt ut." + masked_sentence(form.masked))


def edit(visit: Visit, id: int) -> Response:
    """What a notice says, to be changed."""
    visit.serve(Notice, id)
    notice = visit.db.get_one(Notice, id)
    stored = {
        **{name: getattr(notice, name) for name in ("title", "text", "link", "link_label")},
        "tone": IMPORTANT.value if notice.is_important else "",
        "first_day": day(notice.first_day),
        "last_day": day(notice.last_day),
    }
    return _edit(visit, NoticeForm.of(visit, visit.draft() or stored.items()), notice)


def update(visit: Visit, id: int) -> Response:
    """Say it in other words, to everybody to whom it went."""
    visit.serve(Notice, id)
    notice = visit.db.get_one(Notice, id)
    form: NoticeForm = NoticeForm.of(visit)
    if not form.validate():
        return _edit(visit, form, notice, status=422)
    for each in together(visit.db, notice.publication):
        visit.serve(Notice, each.id)
        change(visit.db, each.id, form.words, by=visit.user, now=visit.now)
    return go(visit, visit.url("desk_notices"), say="Oppslaget er lagret." + masked_sentence(form.masked))


def destroy(visit: Visit, id: int) -> Response:
    """Take it down, with everybody to whom it went; whoever saves it again puts it up again."""
    visit.serve(Notice, id)
    for each in together(visit.db, visit.db.get_one(Notice, id).publication):
        visit.serve(Notice, each.id)
        withdraw(visit.db, each.id, by=visit.user, now=visit.now)
    return go(visit, visit.url("desk_notices"), say="Oppslaget er trukket.")


def _for_customer(visit: Visit, pairs: Iterable[tuple[str, object]] | None = None) -> CustomerNoticeForm:
    form: CustomerNoticeForm = CustomerNoticeForm.of(visit, pairs)
    assert visit.scope is not None
    form.unit.choices = unit_choices(units_in_scope(visit.db, visit.scope, *Right))
    return form


def _published(visit: Visit, form: NoticeForm, key: str, to: list[int]) -> bool | None:
    """Whether it is up already; None where the form was sent before with other words."""
    try:
        return is_published(visit.db, key, fingerprint_of(form.words, to))
    except KeyUsed:
        return None


def _publish(visit: Visit, form: NoticeForm, key: str, unit_id: int | None, to: list[int]) -> None:
    sent = fingerprint_of(form.words, to)
    publish(visit.db, unit_id, form.words, publication=key, fingerprint=sent, by=visit.user, now=visit.now)


def _new(visit: Visit, form: NoticeForm, key: str, *, status: int = 200, mine: object = None) -> Response:
    customer = visit.db.get_one(Customer, visit.customer_id) if visit.served else None
    return page(
        visit, "notices/desk/new.html", part="notice-form", status=status, form=form, key=key, mine=mine,
        customer=customer, used=status == 409, notice=None,
    )  # fmt: skip


def _edit(visit: Visit, form: NoticeForm, notice: Notice, *, status: int = 200) -> Response:
    shown = together(visit.db, notice.publication)
    return page(
        visit, "notices/desk/edit.html", part="notice-form", status=status, form=form, notice=notice, shown=shown,
        key=None, used=False, mine=None, customer=None,
    )  # fmt: skip
