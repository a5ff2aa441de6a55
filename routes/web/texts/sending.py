"""Drawing a conversation and sending a message in it, with its files, from either side, whatever it is about.

What a page shows of it is in `talk`; what it is about, the rooms say.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from models.conversations.files import Files
from models.conversations.message import AlreadySent, MessageRow, Side
from routes.web.forms import masked_sentence
from routes.web.keys import FRESH_KEY, idempotency_key, new_key
from routes.web.texts.attaching import Attaching, attaching, keep_waiting, lost_in
from routes.web.texts.guard import guard_on
from routes.web.texts.talk import Filling, MessageForm, Talk, own_message
from routes.web.visit import Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a conversation is about."""

    key: int
    """By which its files know it."""
    files: Files
    messages: Callable[[], list[MessageRow]]
    write: Callable[..., object]
    """Adds a message; raises AlreadySent."""
    action: str
    """Where the form is sent to,"""
    answered: str
    """and where that what the customer wrote last asks for no answer."""
    way: Callable[[int], str]
    """Where a file of it leads, by its id."""
    has_own_files: bool = False
    """Whether files hang on it without a message, too; else nobody looks for any where nothing is written."""


def draw_talk(
    visit: Visit, subject: Subject, pairs: Iterable[tuple[str, str]] = (), *, fill: Filling = own_message
) -> Talk:
    """The messages, with a form that holds what was typed, under the key that it had."""
    typed = list(pairs)
    key = dict(typed).get("idempotency_key") or FRESH_KEY
    return _drawn(visit, subject, fill(visit, typed), key, lost_in(typed))


def send_in(visit: Visit, subject: Subject, fill: Filling = own_message) -> Talk:
    """Write what was sent, unless it is asked about; the answer holds the form to draw, and its status."""
    form, key = fill(visit, visit.form.multi_items()), idempotency_key(visit.form)
    files = attaching(visit, key, subject.files)
    if not form.validate() or files.problems:
        return _drawn(visit, subject, form, key, files, status=422)
    guard = guard_on(visit, form, ["message"])
    if guard:
        return _drawn(visit, subject, form, key, files, guard=guard, status=guard.status)
    if form.asker:
        visit.act()
    fallback, text = visit.portal.settings.fallback_email, form.message.data or ""
    sent: dict[str, Any] = {"by": visit.user, "key": key, "now": visit.now, "asker": form.asker}
    try:
        subject.write(text, **sent, fallback=fallback, chosen=files.chosen)
    except AlreadySent:
        visit.undo()
        return _drawn(visit, subject, form, new_key(), files, repeated=True, status=409)
    said = "Meldingen er sendt." + masked_sentence(form.masked + files.masked)
    return _drawn(visit, subject, fill(visit, ()), new_key(), Attaching(), said=said)


def _drawn(visit: Visit, subject: Subject, form: MessageForm, key: str, files: Attaching, **more: Any) -> Talk:
    at_desk, messages = visit.is_at_desk, subject.messages()
    return Talk(
        messages=messages,
        hanging=subject.files.hanging_on(visit.db, subject.key) if messages or subject.has_own_files else [],
        files=files if more.get("said") else keep_waiting(visit, files, key, subject.files),
        form=form,
        key=key,
        action=subject.action,
        answered=subject.answered,
        way=subject.way,
        may_write=visit.is_serving or not at_desk,
        may_act=at_desk and visit.may_act,
        side=Side.PROVIDER if at_desk else Side.CUSTOMER,
        **more,
    )
