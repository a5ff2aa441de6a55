"""The form of a customer's issuer at the desk: its address, the portal's name and secret there, and e-mail domains."""

from wtforms import BooleanField, PasswordField
from wtforms.validators import StopValidation, ValidationError

from models.exchange.oidc import Distrusted
from models.exchange.oidc.asking import Asker
from models.users.sign_on.changes import Shown, Wanted
from models.values.email_address import domain_in_ascii
from routes.web.entrance.confirming import OwnPassword
from routes.web.fields import Read, Text, at_most, required
from routes.web.forms import PortalForm

_MOST_DOMAINS = 50
_OF_ALL = {"gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "hotmail.no", "live.com", "live.no", "msn.com"}
_OF_ALL |= {"icloud.com", "me.com", "mac.com", "yahoo.com", "yahoo.no", "proton.me", "protonmail.com", "online.no"}
"""Domains in which anybody can have an address."""


def _domains(text: str) -> tuple[str, ...]:
    """One on each line, or with commas between; raises the sentence for the field."""
    found = []
    for word in text.replace(",", " ").replace(";", " ").split():
        domain = domain_in_ascii(word.rpartition("@")[2]).lower()
        if "." not in domain or len(domain) > 253:
            raise ValueError(f"{word[:60]} er ikke et domene. Skriv det slik: firma.no.")
        if domain in _OF_ALL:
            raise ValueError(f"I {domain} kan alle få en adresse. Skriv bare domener som er kundens egne.")
        found.append(domain)
    if not found:
        raise ValueError("Skriv minst ett e-postdomene som er kundens eget.")
    if len(found) > _MOST_DOMAINS:
        raise ValueError(f"Skriv høyst {_MOST_DOMAINS} domener.")
    return tuple(dict.fromkeys(found))


class Address(Text):
    """What an issuer calls itself, which is where it is asked."""

    asker = Asker()

    def pre_validate(self, form: object) -> None:
        """Raises the sentence for the field."""
        try:
            self.asker.check(self.data or "")
        except Distrusted:
            raise StopValidation("Skriv adressen slik utstederen oppgir den, med https:// først.") from None


class SignOnForm(PortalForm):
    """Where a customer's users sign in at work."""

    address = Address(
        "Utsteder (issuer)",
        [required("Skriv adressen til utstederen."), at_most(300)],
        description="For Entra ID: https://login.microsoftonline.com/<kundens tenant-id>/v2.0",
    )
    client_id = Text("Portalens navn der (client id)", [required("Skriv portalens navn der."), at_most(200)])
    secret = PasswordField("Hemmelighet (client secret)", [at_most(500)])
    domains = Read(
        "E-postdomener", _domains, needed=True, description="Kundens egne, ett på hver linje. Bare disse slippes inn."
    )
    must_verify = BooleanField(
        "Utstederen må ha bekreftet e-postadressen",
        description="Kryss av for BankID, ID-porten og andre der ikke bare kundens egne har konto.",
    )
    is_on = BooleanField("Slått på", description="Før det kan ingen logge inn slik.")
    is_only_way = BooleanField(
        "Passord er slått av",
        description="Brukerne kommer bare inn med jobbkontoen. Medarbeidere logger inn som før.",
    )
    own_password = OwnPassword()
    has_secret = False

    def validate_secret(self, field: PasswordField) -> None:
        """The first time there has to be one."""
        if not field.data and not self.has_secret:
            raise ValidationError("Skriv hemmeligheten som portalen har fått hos utstederen.")

    def validate_is_only_way(self, field: BooleanField) -> None:
        """A door that is shut is no way in."""
        if field.data and not self.is_on.data:
            raise ValidationError("Innloggingen med jobbkonto må være slått på når passord er slått av.")

    @property
    def wanted(self) -> Wanted:
        """What was typed, once the form is valid."""
        return Wanted(
            self.address.data or "",
            self.client_id.data or "",
            self.secret.data or "",
            self.domains.value,
            must_verify=self.must_verify.data,
            is_on=self.is_on.data,
            is_only_way=self.is_only_way.data,
        )


def stored(issuer: Shown | None) -> list[tuple[str, object]]:
    """What is set up, as a browser would send it."""
    if issuer is None:
        return [("is_on", "1")]
    ticked = [(name, "1") for name in ("must_verify", "is_on", "is_only_way") if getattr(issuer, name)]
    return [
        ("address", issuer.address),
        ("client_id", issuer.client_id),
        ("domains", "\n".join(issuer.domains)),
        *ticked,
    ]
