"""The receipt line, on each page that follows a save (number 12): what happened, in words for people.

`Sendt til bedriftshelsetjenesten kl. 10:42` or `Venter på å bli sendt` where there is a CRM, else `Lagret kl. 10:42`.

Its part, `frame/_receipt.html`, asks again by itself until the CRM has answered, for half a minute; without script a
reload shows how it is. What a receipt is, stands in `models.outbox.receipts`.
"""

from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from models.outbox.receipts import receipt_for
from routes.web.answers import go, nothing_new, swap
from routes.web.visit import Visit
from routes.web.words import date, time

WAITING = "Venter på å bli sendt"


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """What the line says; `ask` is where htmx asks for it again, while that is worth it."""

    text: str = ""
    ask: str | None = None


def receipt_of(visit: Visit, about: str, *, ask: str) -> ReceiptLine:
    """The line of a thing that the user may see; empty where nobody was ever told of it."""
    receipt = receipt_for(visit.db, about)
    if receipt is None:
        return ReceiptLine()
    if not visit.portal.settings.has_crm:
        return ReceiptLine(f"Lagret {_when(visit, receipt.posted_at)}")
    if receipt.delivered_at is None:
        return ReceiptLine(WAITING, ask if receipt.comes_soon(visit.now) else None)
    return ReceiptLine(f"Sendt til bedriftshelsetjenesten {_when(visit, receipt.delivered_at)}")


def _when(visit: Visit, at: datetime) -> str:
    day = date(at)
    return f"{'' if day == date(visit.now) else f'{day} '}kl. {time(at)}"


def receipt_again(visit: Visit, about: str, *, place: str) -> Response:
    """The answer to a line that asks again: itself, or nothing while nothing is new; a person goes to `place`."""
    if visit.asked.target != "receipt":
        return go(visit, place)
    line = receipt_of(visit, about, ask=visit.request.url.path)
    return nothing_new() if line.ask else swap(visit, "frame/_receipt.html", or_go=place, receipt=line)
