"""What the CRM is told: in an envelope that it can verify, in order, and again until it has taken it (C1, C2, AR6)."""

import base64
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from standardwebhooks import Webhook

from models.core.scope import across_customers
from models.core.sealed import Keyring
from models.outbox.message import Channel, Outgoing, post
from tests.stage.outside.servers import Crm
from tests.stage.portals.outgoing import FACTS, SECRETS, Portal
from tests.stage.stores.databases import FIELD_KEYS
from tests.stage.times import NOW

NUMBER = "14838419861"


# The CRM


def test_c1_the_crm_is_told_in_an_envelope_that_it_can_verify(crm: tuple[Portal, Crm]) -> None:
    portal, there = crm
    message = portal.tell()
    assert portal.deliver() == 1
    (call,) = there.calls
    assert call.path == "/hooks?from=portal"
    assert call.headers["content-type"] == "application/json"
    assert call.headers["webhook-id"] == message.public_id
    assert call.headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    signatures = [Webhook(secret).sign(message.public_id, NOW, call.body.decode()) for secret in SECRETS]
    assert call.headers["webhook-signature"] == " ".join(signatures)
    assert json.loads(call.body) == {
        "specversion": "1.0",
        "id": message.public_id,
        "source": "https://portal.example",
        "type": "order.placed",
        "subject": "order:307600",
        "time": "2026-10-01T08:00:00+00:00",
        "version": message.id,
        "datacontenttype": "application/json",
        "data": FACTS,
    }
    assert "Tromsø".encode() in call.body


def test_the_crm_is_asked_whether_it_takes_events_and_not_only_whether_somebody_listens(
    crm: tuple[Portal, Crm],
) -> None:
    portal, there = crm
    there.answers = [401]
    assert list(portal.postman.reach()) == [("CRM", "http 401")]
    assert list(portal.postman.reach()) == [("CRM", "")]
    for call in there.calls:
        signature = Webhook(SECRETS[0]).sign(call.headers["webhook-id"], NOW, call.body.decode())
        assert signature in call.headers["webhook-signature"]
        event = json.loads(call.body)
        assert (event["type"], event["subject"], event["data"]) == ("portal.asked", "portal:check", {})


@pytest.mark.parametrize("status", [500, 503, 429, 400, 404, 410, 301, 307])
def test_c2_an_event_that_the_crm_does_not_take_waits_and_goes_again_in_order(
    crm: tuple[Portal, Crm], status: int
) -> None:
    portal, there = crm
    there.answers = [status]
    first, second = portal.tell(), portal.tell("order.reference_changed")
    assert portal.deliver() == 0
    assert portal.stored(first).last_error == f"http {status}"
    assert portal.outbox == (2, 0)
    assert portal.deliver(timedelta(minutes=1)) == 2
    ids = [call.headers["webhook-id"] for call in there.calls]
    assert ids == [first.public_id, first.public_id, second.public_id]
    one, again, _second = there.calls
    assert one.body == again.body
    assert int(again.headers["webhook-timestamp"]) == int(one.headers["webhook-timestamp"]) + 60
    assert {call.path for call in there.calls} == {"/hooks?from=portal"}, "a redirect is not followed"


@pytest.mark.parametrize("shared", [True, False], ids=["with a key", "without a key"])
def test_ar6_an_identity_number_leaves_for_the_crm_alone_and_only_under_its_key(
    crm: tuple[Portal, Crm], *, shared: bool
) -> None:
    """Opened by a library that did not write it; the portal forgets it when the CRM has it."""
    portal, there = crm
    key = bytes(range(32))
    kid = "crm1"
    if shared:
        portal.settings = replace(portal.settings, crm_field_key=f"{kid}:{base64.b64encode(key).decode()}")
    there.answers = [503]
    with portal.database.session() as db, across_customers(db):
        event = Outgoing(
            channel=Channel.CRM,
            kind="employee.national_id_changed",
            about="employee:17",
            customer_id=None,
            payload={"id": 17, "registered": True},
            at=NOW,
        )
        message = post(db, event).seal(Keyring(FIELD_KEYS), NUMBER)
        db.commit()
    assert portal.deliver() == 0
    assert portal.stored(message).sealed
    assert portal.deliver(timedelta(minutes=1)) == 1
    assert portal.stored(message).sealed is None
    assert all(NUMBER.encode() not in call.body for call in there.calls)
    data = [json.loads(call.body)["data"] for call in there.calls]
    if not shared:
        assert data == [event.payload, event.payload]
        return
    assert [{name: one[name] for name in event.payload} for one in data] == [event.payload, event.payload]
    opened = [jwe.decrypt_compact(one["national_id"], OctKey.import_key(key)) for one in data]
    assert [one.plaintext for one in opened] == [NUMBER.encode(), NUMBER.encode()]
    assert opened[0].protected == {"alg": "dir", "enc": "A256GCM", "kid": kid}
    assert data[0]["national_id"] != data[1]["national_id"]
    with pytest.raises(JoseError):
        jwe.decrypt_compact(data[0]["national_id"], OctKey.import_key(bytes(32)))


def test_without_a_crm_events_are_nowhere(lonely: Portal, tmp_path: Path) -> None:
    """Neither CRM_URL nor CRM_SECRETS: nothing is kept but that something was changed, and when."""
    message = lonely.tell()
    assert lonely.deliver() == 0
    assert not (tmp_path / "crm").exists()
    stored = lonely.stored(message)
    assert (stored.payload, stored.to, stored.sealed, stored.kind) == ({}, None, None, "order.placed")
    assert lonely.outbox == (0, 0)
