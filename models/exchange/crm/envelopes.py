"""The envelope of an event to the CRM: that of CloudEvents 1.0, with an identity number as a JWE under a shared key.

What happened comes from the models, in the shapes of `shapes`; how the event is sent is in `sender`.
"""

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
        return {
            "specversion": "1.0",
            "id": message.public_id,
            "source": self._source,
            "type": message.kind,
            "subject": message.about,
            "time": message.created_at.isoformat(),
            "version": message.id,
            "datacontenttype": "application/json",
            "data": message.payload | self._secret(message),
        }

    def _secret(self, message: Message) -> dict[str, str]:
        """The identity number that a message carries, encrypted for the CRM; without its key it gets none."""
        if message.sealed is None or self._field_key is None:
            return {}
        number = self._keyring.open(message.sealed, place=message.place)
        return {"national_id": encrypt(number, *self._field_key)}
