"""The answer to somebody who has tried too often: the sentence, and when to try again."""

from datetime import timedelta
from math import ceil

from starlette.responses import Response

from models.users.throttle import key_of
from routes.web.visit import Visit


def address_key(visit: Visit) -> str:
    """What the address that a request comes from is counted by."""
    client = visit.request.client
    return key_of(client.host if client else "")


def too_many(wait: timedelta) -> str:
    """The sentence, with how long to wait."""
    return f"For mange forsøk. Vent {in_minutes(wait)} og prøv igjen, eller kontakt kundeansvarlig."


def in_minutes(wait: timedelta) -> str:
    """How long that is, in words."""
    minutes = ceil(wait.total_seconds() / 60)
    return f"{minutes} {'minutt' if minutes == 1 else 'minutter'}"


def try_later(response: Response, wait: timedelta) -> Response:
    """Say to programs, too, when to come again."""
    response.headers["retry-after"] = str(ceil(wait.total_seconds()))
    return response
