"""Signatures of calls from and to the CRM, as the reference library of Standard Webhooks makes and checks them."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from models.exchange.crm.webhooks import Unsigned, keys_of, sign, verify

FIVE_MINUTES = timedelta(minutes=5)
SECRETS = st.lists(
    st.binary(min_size=24, max_size=64).map(lambda key: "whsec_" + base64.b64encode(key).decode()),
    min_size=2,
    max_size=4,
    unique=True,
)
IDS = st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1, max_size=60)
BODIES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=200)


@given(SECRETS, IDS, BODIES)
@settings(max_examples=100, deadline=None, derandomize=True)
def test_what_we_sign_the_reference_library_verifies_with_each_of_the_keys(
    secrets: list[str], id: str, body: str
) -> None:
    *ours, other = secrets
    headers = sign(keys_of(ours), id, int(datetime.now(UTC).timestamp()), body.encode())
    for secret in ours:
        Webhook(secret).verify(body, headers, json_parse=False)
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(body + " ", headers, json_parse=False)
    with pytest.raises(WebhookVerificationError):
        Webhook(other).verify(body, headers, json_parse=False)


@given(SECRETS, IDS, BODIES, st.datetimes(datetime(2000, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  # hypothesis adds the zone
@settings(max_examples=100, deadline=None, derandomize=True)
def test_what_the_reference_library_signs_we_verify_with_any_of_the_keys(
    secrets: list[str], id: str, body: str, now: datetime
) -> None:
    *ours, other = secrets
    headers = {
        "webhook-id": id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": f"{Webhook(other).sign(id, now, body)} {Webhook(ours[-1]).sign(id, now, body)}",
    }
    assert verify(keys_of(ours), headers, body.encode(), now) == id
    for wrong, moment in ((body + " ", now), (body, now + FIVE_MINUTES * 1.01), (body, now - FIVE_MINUTES * 1.01)):
        with pytest.raises(Unsigned):
            verify(keys_of(ours), headers, wrong.encode(), moment)
    with pytest.raises(Unsigned):
        verify(keys_of(ours), headers | {"webhook-signature": Webhook(other).sign(id, now, body)}, body.encode(), now)
