"""What can go wrong on any page: the sentence for people and the status for programs."""

from dataclasses import dataclass


class Refused(Exception):
    """A request that gets a page with a sentence instead of an answer; nothing it did is kept."""

    def __init__(self, status: int, title: str, sentence: str, *, wait: int | None = None) -> None:
        super().__init__(f"{status}")
        self.status = status
        self.title = title
        self.sentence = sentence
        self.wait = wait
        """Seconds after which it is worth trying again."""


@dataclass(frozen=True, slots=True)
class _Saying:
    title: str
    sentence: str


_SAYINGS = {
    400: _Saying("Forespørselen er ugyldig", "Adressen eller innholdet kan ikke leses. Gå tilbake og prøv igjen."),
    403: _Saying(
        "Skjemaet kunne ikke bekreftes",
        "Skjemaet er for gammelt eller kom ikke fra portalen, og ingenting er lagret. "
        "Gå tilbake, last siden på nytt og send igjen.",
    ),
    404: _Saying(
        "Siden finnes ikke",
        "Adressen er feil, eller siden gjelder noe du ikke har tilgang til.",
    ),
    405: _Saying("Siden kan ikke brukes slik", "Adressen tar ikke imot denne typen forespørsel."),
    410: _Saying("Lenken virker ikke lenger", "Den er brukt opp, for gammel eller erstattet av en nyere."),
    413: _Saying("Innholdet er for stort", "Det du sendte, er for stort. Gjør teksten eller filen mindre."),
    500: _Saying(
        "Noe gikk galt hos oss",
        "Feilen er registrert, og ingenting er lagret. Prøv igjen, eller kontakt kundeansvarlig.",
    ),
    503: _Saying("Portalen er opptatt", "Prøv igjen om et øyeblikk. Ingenting er lagret."),
}


def refusal(status: int, *, wait: int | None = None) -> Refused:
    """The refusal with this status, in the words that every page uses for it."""
    saying = _SAYINGS.get(status) or _SAYINGS[400 if status < 500 else 500]
    return Refused(status, saying.title, saying.sentence, wait=wait)


def busy(*, own: bool) -> Refused:
    """Too much is under way: of the user's own, or of everybody's."""
    if not own:
        return refusal(503, wait=5)
    return Refused(
        429,
        "Du har flere filer på vei",
        "Vent til de er lest, og send denne på nytt. Ingenting er lagret av den.",
        wait=10,
    )


def not_known() -> Refused:
    """The connection to the database was lost while it saved; each form can be sent again without saving it twice."""
    return Refused(
        503,
        "Det er ikke sikkert at det ble lagret",
        "Forbindelsen til databasen ble brutt mens vi lagret. Send det samme skjemaet en gang til: "
        "Ble det lagret, blir det ikke lagret to ganger.",
        wait=5,
    )


def only_looking() -> Refused:
    """Staff who see the portal as a customer does change nothing in it."""
    return Refused(
        403,
        "Her kan ingenting endres",
        "Du ser portalen slik kunden ser den, og ingenting er lagret. Avslutt innsynet for å gjøre noe selv.",
    )


def not_ones_own() -> Refused:
    """What is done in a customer's stead is done by those who know the customer."""
    return Refused(
        403,
        "Dette er ikke din kunde",
        "Bare kundeansvarlig, en stedfortreder eller en administrator kan gjøre dette for kunden. Ingenting er lagret.",
    )


def not_found() -> Refused:
    """What one may not see and what does not exist are the same (B13, X3)."""
    return refusal(404)
