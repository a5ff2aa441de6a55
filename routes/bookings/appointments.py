"""An employee's own appointment, opened by the personal link in a letter, without a sign-in (section 5, number 16).

A GET changes nothing, so mail programs may look at links beforehand. What the holder may do is in
`models.bookings.sign_ups.appointment`.
"""

import hashlib
from math import ceil
from typing import Any

from starlette.responses import Response

from models.bookings.booking import BookingCancelled, TooLate
from models.bookings.sign_ups.appointment import MyAppointment, Stage, open_link
from models.bookings.sign_ups.sign_up import AlreadySignedUp, NoEmail, NoLongerSignedUp, NotActive, Overlaps
from models.bookings.slots import SlotFull
from models.core.signed import LinkIsOver, NoSuchLink
from models.customers.units import account_manager_of
from models.users.throttle import Bucket, TooManyAttempts, attempt
from models.values.language import LANGUAGES, language_of
from routes.web.answers import page, swap
from routes.web.errors import Refused, not_found, refusal
from routes.web.visit import Visit

SAID = {
    "nb": {
        "slot": "Timen er din.",
        "accept": "Timen er din.",
        "confirm": "Takk! Det er notert at du kommer.",
        "wait": "Du står på ventelisten.",
        "decline": "Du er meldt av.",
    },
    "en": {
        "slot": "The appointment is yours.",
        "accept": "The appointment is yours.",
        "confirm": "Thank you! It is noted that you will come.",
        "wait": "You are on the waiting list.",
        "decline": "You are no longer signed up.",
    },
}
PROBLEMS: dict[str, dict[type[Exception], str]] = {
    "nb": {
        SlotFull: "Den tiden ble nettopp tatt av noen andre. Velg en annen.",
        TooLate: "Fristen er ute, så ingenting er endret.",
        Overlaps: "Du har en annen time på det tidspunktet. Velg en annen.",
        NoLongerSignedUp: "Timen er endret i mellomtiden. Se hva som gjelder nå.",
    },
    "en": {
        SlotFull: "That time was just taken by somebody else. Please choose another.",
        TooLate: "The deadline has passed, so nothing was changed.",
        Overlaps: "You have another appointment at that time. Please choose another.",
        NoLongerSignedUp: "The appointment has changed in the meantime. See what applies now.",
    },
}
_REFUSALS = (SlotFull, TooLate, Overlaps, NoLongerSignedUp, BookingCancelled, AlreadySignedUp, NotActive, NoEmail)


def show(visit: Visit, token: str) -> Response:
    """The appointment, the offer, the place in the line, or the times to choose from."""
    return _show(visit, token, _opened(visit, token))


def update(visit: Visit, token: str) -> Response:
    """Choose, change, accept, confirm, wait or decline."""
    mine = _opened(visit, token)
    _slow_down(visit, token)
    lang = _language(visit, mine)
    try:
        done = _carry_out(visit, mine)
    except _REFUSALS as refused:
        visit.undo()  # what is shown is how things are, not how they would have been
        problem = PROBLEMS[lang].get(type(refused), PROBLEMS[lang][NoLongerSignedUp])
        return _show(visit, token, _opened(visit, token), status=409, problem=problem)
    there = visit.url("appointment", token=token, lang=visit.form.get("lang"))
    now = {"mine": None, "lang": lang} if done == "decline" else _context(visit, _opened(visit, token))
    return swap(visit, "bookings/appointment/_appointment.html", or_go=there, say=SAID[lang][done], token=token, **now)


def _opened(visit: Visit, token: str) -> MyAppointment:
    """What the link opens. Whatever is wrong with it, the page is the same, and shows nothing of anybody."""
    try:
        return open_link(visit.db, visit.portal.signer, token, visit.now)
    except NoSuchLink:
        raise not_found() from None
    except LinkIsOver:
        raise refusal(410) from None


def _carry_out(visit: Visit, mine: MyAppointment) -> str:
    """Do what the pressed button says; gives what that was."""
    slot, answer = visit.form.get("slot"), visit.form.get("answer")
    if isinstance(slot, str) and slot.isdecimal() and slot.isascii() and len(slot) < 10:
        mine.choose(visit.db, int(slot), visit.now)
        return "slot"
    actions = {"accept": mine.accept, "confirm": mine.confirm, "wait": mine.wait, "decline": mine.decline}
    if not isinstance(answer, str) or answer not in actions:
        raise refusal(400)
    actions[answer](visit.db, visit.now)
    return answer


def _show(visit: Visit, token: str, mine: MyAppointment, *, status: int = 200, problem: str = "") -> Response:
    return page(
        visit,
        "bookings/appointment/show.html",
        part="appointment",
        status=status,
        token=token,
        **_context(visit, mine, problem),
    )


def _context(visit: Visit, mine: MyAppointment, problem: str = "") -> dict[str, Any]:
    db, stage = visit.db, mine.stage
    changeable = mine.is_changeable(visit.now)
    return {
        "mine": mine,
        "lang": _language(visit, mine),
        "languages": LANGUAGES,
        "changeable": changeable,
        "days": mine.free_days(db, visit.now) if changeable and stage is not Stage.OFFERED else [],
        "in_line": mine.place_in_line(db) if stage is Stage.WAITING else None,
        "manager": None if changeable else account_manager_of(db, mine.booking.unit_id),
        "problem": problem,
    }


def _language(visit: Visit, mine: MyAppointment) -> str:
    """What the holder has asked for on the page, or else the language that the employer has noted."""
    asked = visit.query_params.get("lang") or visit.form.get("lang")
    return asked if isinstance(asked, str) and asked in LANGUAGES else language_of(mine.employee.language)


def _slow_down(visit: Visit, token: str) -> None:
    """Each change is a letter and an event: nobody needs dozens of them in a quarter of an hour."""
    key = {Bucket.LINK: hashlib.sha256(token.encode()).hexdigest()}
    try:
        attempt(visit.db, key, visit.now)
    except TooManyAttempts as refused:
        wait = ceil(refused.wait.total_seconds())
        raise Refused(429, "Vent litt", "Du har endret timen mange ganger. Prøv igjen senere.", wait=wait) from None
