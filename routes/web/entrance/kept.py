"""What was typed in a form that could not be taken, kept for the same user, and the way back to it.

Who may enter at all is decided in `doors`; what a draft is, in `models.users.drafts`.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from urllib.parse import urlsplit

from starlette.responses import Response

from models.core.scope import across_customers
from models.users.drafts import keep
from models.users.sessions import Choice, user_of_session
from models.users.throttle import Bucket, TooManyAttempts, attempt, key_of, take_back
from models.values.national_id import mask_in
from routes.web.answers import go, page, sign_in
from routes.web.entrance.slowing import in_minutes, try_later
from routes.web.errors import Refused
from routes.web.http.asked import SAFE_METHODS
from routes.web.uploads import name_of
from routes.web.visit import Visit

_NOT_KEPT = {
    "csrf_token",
    "password",
    "own_password",
    "secret",
    "new_password",
    "code",
    "passkey",
    "made",
    "question",
    "proof",
    "sealed_secret",
    "national_id",
    "sealed_number",
}
"""Secrets, also typed wrong, when they are no identity numbers that a mask would find."""
_ENOUGH = {
    Bucket.ORDERS: "Du har sendt mange bestillinger den siste timen. Du kan sende flere om {wait}.",
    Bucket.MESSAGES: "Du har skrevet mange meldinger den siste timen. Du kan skrive flere om {wait}.",
    Bucket.INVITATIONS: "Du har sendt mange invitasjoner den siste timen. Du kan sende flere om {wait}.",
    Bucket.IMPORTS: "Du har sendt inn mange lister den siste timen. Du kan sende flere om {wait}.",
    Bucket.FILES: "Du har lastet ned mange filer den siste timen. Du kan laste ned flere om {wait}.",
}


def keep_and_sign_in(here: Visit, form: str | None, subject: str) -> Response:
    """The session ended while a form was being written: keep the form, sign in, and come back to it."""
    session_id, _, customer_id = subject.partition(":")
    form_page = here.portal.links.path(form, **here.request.path_params) if form else "/"
    if form and session_id.isdigit() and (customer_id.isdigit() or not customer_id):
        with across_customers(here.db):
            user_id = user_of_session(here.db, int(session_id))
            if user_id is not None:
                form_page = _kept(here, form, user_id, int(customer_id) if customer_id else None)
        here.keep()
    return sign_in(here, back_to=form_page)


def set_up_first(here: Visit, form: str | None) -> Response:
    """Lead to where a second factor is set up, and back afterwards; what was typed is kept for the way back."""
    back = where_one_was(here)
    if form and here.request.method not in SAFE_METHODS:
        with across_customers(here.db):
            back = _kept(here, form, here.user.user_id, here.customer.id if here.customer else None)
    return go(here, here.url("new_factor", next=here.local(back, here.home)), frame=True)


def page_of_another(here: Visit, subject: str | None = None) -> Choice | None:
    """The customer that the page is of from which a request comes, where the user has gone to another one since.

    A part says so in a header, a form in its token; pages of another session, or of nobody, are nobody's.
    """
    of_page = here.request.headers.get("x-customer", "") if here.asked.partial else ""
    if subject is not None and here.signed_in is not None:
        session_id, _, of_page = subject.partition(":")
        of_page = of_page if session_id == str(here.signed_in.session_id) else ""
    if here.signed_in is None or here.customer is None or not of_page or of_page == str(here.customer.id):
        return None
    return next((choice for choice in here.customers if str(choice.id) == of_page), None)


def other_customer(here: Visit, form: str | None, other: Choice) -> Response:
    """Say of which customer the page is and which one the user is at now, and keep what was typed for the way back."""
    back = where_one_was(here)
    if form and here.request.method not in SAFE_METHODS:
        with across_customers(here.db):
            back = _kept(here, form, here.user.user_id, other.id)
        here.keep()
    return page(here, "frame/other_customer.html", status=409, other=other, back=here.local(back, here.url("info")))


def counted(here: Visit, what: Bucket, form: str | None, answer: Callable[[], Response]) -> Response:
    """Do what costs others, and count it before; where it was enough for an hour, keep what was typed for later.

    What is refused for another reason is taken back: it has cost nobody anything.
    """
    who = {what: key_of("user", str(here.user.user_id), what)}
    most = here.portal.settings.hourly[what.name.lower()]
    try:
        reserved = here.on_record(lambda db: attempt(db, who, here.now, hourly=most))
    except TooManyAttempts as refused:
        back = where_one_was(here)
        if form and here.request.method not in SAFE_METHODS:
            with across_customers(here.db):
                back = _kept(here, form, here.user.user_id, here.customer.id if here.customer else None)
            here.keep()
        said = _ENOUGH[what].format(wait=in_minutes(refused.wait))
        there = here.local(back, here.url("info"))
        return try_later(page(here, "frame/enough.html", status=429, said=said, back=there), refused.wait)
    try:
        response = answer()
    except Refused:
        _take_back(here, reserved)
        raise
    if response.status_code >= 400:
        _take_back(here, reserved)
    return response


def _take_back(here: Visit, reserved: list[int]) -> None:
    here.db.rollback()  # a refusal keeps nothing, and on SQLite nobody else could write
    here.on_record(lambda db: take_back(db, reserved))


def where_one_was(here: Visit) -> str:
    """Where to return to: the page itself, or the page that asked htmx for a part of itself (N7)."""
    if here.asked.partial:
        with suppress(ValueError):  # it is no URL
            current = urlsplit(here.request.headers.get("hx-current-url", ""))
            if current.path.startswith("/"):
                return current.path + (f"?{current.query}" if current.query else "")
    return here.path if here.request.method in SAFE_METHODS else here.portal.links.path("info")


def _kept(here: Visit, form: str, user_id: int, customer_id: int | None) -> str:
    """The page of the form, with what was typed in it."""
    links, params = here.portal.links, here.request.path_params
    key = keep(
        here.db,
        here.portal.keyring,
        user_id=user_id,
        customer_id=customer_id,
        form=links.path(form, **params).partition("?")[0],
        fields=list(_to_keep(here)),
        now=here.now,
    )
    return links.path(form, **params, draft=key)


def _to_keep(here: Visit) -> Iterator[tuple[str, str]]:
    """What was typed, and the names of the files that were chosen: those themselves cannot be kept."""
    for name, value in here.form.multi_items():
        if isinstance(value, str):
            if name not in _NOT_KEPT:
                yield name, mask_in(value, today=here.today)[0]
        elif value.filename:
            yield "lost_files", name_of(here, value.filename)[0]
