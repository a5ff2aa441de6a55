"""The envelope of an event to the CRM: that of CloudEvents 1.0, with an identity number as a JWE under a shared key.

What happened comes from the models, in the shapes of `shapes`; how the event is sent is in `sender`.
"""

from datetime import datetime

from models.core.sealed import Keyring, read_key
from models.core.settings import Settings
from models.exchange.crm.jwe import encrypt
from models.outbox.message import Message


class Envelopes:
    """Puts messages into envelopes; raises SettingsRefused where a key cannot be used."""

    def __init__(self, settings: Settings) -> None:
        self._keyring = Keyring(settings.field_keys)
        self._field_key = read_key(settings.crm_field_key, "CRM_FIELD_KEY") if settings.crm_field_key else None
        self._source = settings.public_url

    def event(self, message: Message) -> dict[str, object]:
        """What happened, to what and when; the same at every attempt, but that encryption is never twice the same.

        `version` grows with each event about the same thing: of two, the one with the larger tells how it is now.
        """
        return self._envelope(message.public_id, message.kind, message.created_at) | {
            "subject": message.about,
            "version": message.id,
            "data": message.payload | self._secret(message),
        }

    def question(self, id: str, now: datetime) -> dict[str, object]:
        """An event that says nothing: whether the CRM takes one."""
        return self._envelope(id, "portal.asked", now) | {"subject": "portal:check", "version": 0, "data": {}}

    def _envelope(self, id: str, kind: str, at: datetime) -> dict[str, object]:
        return {
            "specversion": "1.0",
            "id": id,
            "source": self._source,
            "type": kind,
            "time": at.isoformat(),
            "datacontenttype": "application/json",
        }

    def _secret(self, message: Message) -> dict[str, str]:
        """The identity number that a message carries, encrypted for the CRM; without its key it gets none."""
        if message.sealed is None or self._field_key is None:
            return {}
        number = self._keyring.open(message.sealed, place=message.place)
        return {"national_id": encrypt(number, *self._field_key)}
