"""A CRM that calls the portal: it signs what it says. What it should be answered is said in the tests."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import uuid4

import httpx2
from standardwebhooks import Webhook

from tests.stage.house import CRM_SECRETS, House
from tests.stage.page import Page
from tests.stage.times import NOW

[SECRET] = CRM_SECRETS
OTHER = "whsec_" + base64.b64encode(b"another secret, of somebody else").decode()
DEMOKUNDE, FJORDBYGG, TESTBEDRIFTEN = "315908302", "319099603", "311661310"


class Crm:
    """A CRM that signs what it says, with the reference library of Standard Webhooks."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.now = NOW

    def call(
        self,
        method: str,
        target: str,
        body: bytes = b"",
        *,
        secrets: tuple[str, ...] = (SECRET,),
        headers: dict[str, str] | None = None,
    ) -> httpx2.Response:
        """One request, signed over its body, or over its target where it has none."""
        signed = signature(body or target.encode(), self.now, secrets)
        return self._page.call(method, target, body, {"content-type": "application/json", **signed, **(headers or {})})

    def tell(self, *events: dict[str, Any], **how: Any) -> list[tuple[str, str]]:
        """Send events as one batch; gives the status and the reason of each."""
        answer = self.call("POST", "/crm/events", json.dumps(list(events)).encode(), **how)
        assert answer.status_code == 200, answer.text
        return [(result["status"], result["reason"]) for result in answer.json()["results"]]

    def fetch(self, after: int) -> dict[str, Any]:
        """The events that it does not have yet."""
        answer = self.call("GET", f"/crm/outbox?after={after}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


def signature(said: bytes, now: datetime, secrets: tuple[str, ...] = (SECRET,)) -> dict[str, str]:
    """The headers of what is signed."""
    id = uuid4().hex
    return {
        "webhook-id": id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(Webhook(secret).sign(id, now, said.decode()) for secret in secrets),
    }


def arrives(house: House) -> None:
    """The CRM fetches its events, and says that it has them."""
    crm = Crm(house.visitor())
    crm.now = house.clock.now()
    crm.fetch(crm.fetch(0)["after"])


def event(type_: str, subject: str, version: int, customer: str | None = FJORDBYGG, **data: Any) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": uuid4().hex,
        "source": "crm",
        "type": type_,
        "subject": subject,
        "time": NOW.isoformat(),
        "version": version,
        "customer": customer,
        "data": data,
    }


@contextmanager
def calling(house: House, **settings: Any) -> Iterator[Crm]:
    with house.with_settings(crm_secrets=(SECRET,), **settings) as visitor:
        yield Crm(visitor())
