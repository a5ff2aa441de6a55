"""The URLs that the CRM calls: who may call, what is refused, and what it fetches (C1, C3)."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from models.crm.records import ReceivedEvent
from models.orders.order import Order
from tests.exchange.crm.caller import DEMOKUNDE, OTHER, SECRET, Crm, calling, event
from tests.stage.house import House
from tests.stage.sweeps import digest
from tests.stage.times import NOW

FIVE_MINUTES = timedelta(minutes=5)
"""What is agreed on, whatever the portal says."""


def test_each_event_stands_for_itself_in_a_batch(quiet_house: House, crm: Crm) -> None:
    good = event("order.changed", "order:307513", 3, status="Løpende")
    outcomes = crm.tell(
        event("order.changed", "order:307513", 2, status="F" * 41),
        event("weather.changed", "weather:today", 1),
        event("order.changed", "order:307513", 1, DEMOKUNDE, status="Avvist"),
        event("order.changed", "order:307390", 1, "999999999", status="Avvist"),
        event("order.changed", "booking:1", 1, status="Avvist"),
        {**event("order.changed", "order:307513", 1), "version": "new"},
        good,
    )
    statuses, reasons = zip(*outcomes, strict=True)
    assert statuses == ("refused",) * 6 + ("applied",)
    for reason, words in zip(
        reasons,
        ("another shape", "no kind of event", "another customer", "no customer", "subject", "another shape", ""),
        strict=True,
    ):
        assert words in reason
    with quiet_house.behind() as db:
        assert db.get_one(Order, 307513).status == "Løpende"
        refused = db.scalars(select(ReceivedEvent.reason).where(ReceivedEvent.status == "refused")).all()
        assert len(refused) == 5  # the one without a shape has no name to be noted under
    mended = event("order.changed", "order:307513", 4, status="Utført")
    assert crm.tell({**mended, "data": {"status": "F" * 41}})[0][0] == "refused"
    assert crm.tell(mended) == [("applied", "")]


def test_what_is_not_signed_changes_nothing(quiet_house: House, crm: Crm) -> None:
    body = json.dumps(event("order.changed", "order:307390", 1, DEMOKUNDE, status="Avvist")).encode()
    before = digest(quiet_house)
    for headers in (
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": ""},
        {"webhook-timestamp": "soon"},
        {"webhook-id": ""},
        {"webhook-id": "another"},
    ):
        answer = crm.call("POST", "/crm/events", body, headers=headers)
        assert answer.status_code == 401, headers
        assert answer.json()["detail"].startswith("webhook-")
    assert crm.call("POST", "/crm/events", body, secrets=(OTHER,)).status_code == 401
    for off in (-FIVE_MINUTES, FIVE_MINUTES):
        crm.now = NOW + off * 1.01
        assert (
            crm.call("POST", "/crm/events", body).json()["detail"] == "webhook-timestamp is more than five minutes off"
        )
    assert crm.call("GET", "/crm/outbox?after=0", secrets=(OTHER,)).status_code == 401
    assert digest(quiet_house) == before
    crm.now = NOW
    assert crm.call("POST", "/crm/events", body, secrets=(OTHER, SECRET)).status_code == 200  # keys are exchanged


def test_without_secrets_there_is_no_door(quiet_house: House) -> None:
    with quiet_house.with_settings(crm_secrets=()) as visitor:
        assert Crm(visitor()).call("POST", "/crm/events", b"[]").status_code == 404


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "no JSON"),
        (b"{", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"[]", "1 to 500"),
        (json.dumps([{}] * 501).encode(), "1 to 500"),
    ],
)
def test_a_body_that_holds_no_events_is_refused_with_a_reason(crm: Crm, body: bytes, words: str) -> None:
    answer = crm.call("POST", "/crm/events", body or b" ")
    assert answer.status_code == 422
    assert words in answer.json()["detail"]


def test_a_body_that_is_too_large_is_refused_before_it_is_read(crm: Crm) -> None:
    answer = crm.call("POST", "/crm/events", b" ", headers={"content-length": str(60 * 2**20)})
    assert answer.status_code == 413


# The feed


def test_c1_a_crm_that_cannot_be_called_fetches_its_events_in_order(quiet_house: House, crm: Crm) -> None:
    tester = quiet_house.sign_in("Tester")
    for reference in ("PO 1", "PO 2"):
        tester.open("/orders/307390").fill(reference=reference).press("Lagre referanse")
    first = crm.fetch(0)
    assert [one["data"]["reference"] for one in first["events"]] == ["PO 1", "PO 2"]
    assert crm.fetch(0)["events"] == first["events"]  # until it says that it has them
    assert not tester.open("/orders/307390").has("Sendt til bedriftshelsetjenesten kl.")
    tester.fill(reference="PO 3").press("Lagre referanse")
    rest = crm.fetch(first["after"])
    assert [one["data"]["reference"] for one in rest["events"]] == ["PO 3"]
    assert not rest["more"]
    assert crm.fetch(rest["after"])["events"] == []
    assert tester.open("/orders/307390").has("Sendt til bedriftshelsetjenesten kl.")
    assert crm.call("GET", "/crm/outbox?after=x").status_code == 422


def test_a_crm_that_is_called_does_not_fetch(quiet_house: House) -> None:
    with calling(quiet_house, crm_url="http://127.0.0.1:9/") as crm:
        assert crm.call("GET", "/crm/outbox?after=0").status_code == 409
